/** Signals as people and JSON see them: decimal numbers in their unit, from the integers inside. */
import type { SignalSpec } from '../../hal/signals.ts';
import { SIGNALS } from '../../hal/signals.ts';

const UNIT_WORDS: Readonly<Record<SignalSpec['unit'], string>> = {
  strokes: ' strokes',
  ug: ' ug',
  ul: ' uL',
  pa: ' Pa',
  mv: ' mV',
  'milli-c': ' milli-C',
  percent: ' %',
  'ug-per-ml': ' ug/mL',
  state: '',
};

export function signalSpec(name: string): SignalSpec | null {
  return SIGNALS.find((signal) => signal.name === name) ?? null;
}

/** The number in the signal's unit. */
export function signalNumber(name: string, value: number): number {
  return value / (signalSpec(name)?.scale ?? 1);
}

/** States are numbers in a scenario; a person wants the word beside it. */
const STATE_WORDS: Readonly<Record<string, readonly string[]>> = {
  permission: ['full', 'minimum rate', 'stopped'],
  'occlusion-state': ['clear', 'suspect', 'present'],
  'patient.withdrawal-stage': [
    'none',
    'itch, rebound spasticity',
    'fever, confusion',
    'seizure, organ failure',
  ],
  'patient.overdose-stage': ['none', 'drowsy, limp', 'slow pulse, weak breathing', 'coma'],
};

/** The word for a state of a signal that has words, else the number. */
export function stateWord(name: string, value: number): string {
  return STATE_WORDS[name]?.[value] ?? String(value);
}

/** Nobody may take a number of the patient for a prediction, wherever it stands. */
function label(name: string): string {
  return name.startsWith('patient.') ? ', illustrative' : '';
}

export function signalText(name: string, value: number): string {
  const state = STATE_WORDS[name]?.[value];
  if (state !== undefined) return `${value} (${state}${label(name)})`;
  const unit = signalSpec(name)?.unit;
  return `${signalNumber(name, value)}${unit === undefined ? '' : UNIT_WORDS[unit]}${label(name)}`;
}
