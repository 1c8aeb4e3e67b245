/**
 * What a fault is. The truth below stays clean; a fault is laid over it as pure functions from a clean value to
 * what the pump gets instead. So truth, fault and belief are never one variable, and taking a fault away leaves
 * nothing behind but what really flowed.
 *
 * A fault has *fired* when a hook's output differed from its input and a stroke, a refill or a reading that the
 * firmware consumed used that value. Somebody merely looking never fires one.
 */

import type { Mechanism } from '../plant/mechanism.ts';

export type FaultLayer =
  | 'mechanism'
  | 'reservoir'
  | 'catheter'
  | 'battery'
  | 'environment'
  | 'sensor'
  | 'feedback'
  | 'clock'
  | 'refill'
  | 'target'
  | 'line';

/** Those that sit in the pump, and are gone with it when it is replaced. */
export const PUMP_LAYERS: readonly FaultLayer[] = [
  'mechanism',
  'reservoir',
  'battery',
  'sensor',
  'feedback',
  'clock',
];

export type Sensor = 'outlet-pressure' | 'supply' | 'temperature';
export const SENSORS: readonly Sensor[] = ['outlet-pressure', 'supply', 'temperature'];

/** Alarms that a false reading of each sensor can raise; none is judged on temperature alone. */
const ALARMS_OF_SENSOR: Readonly<Record<Sensor, readonly string[]>> = {
  'outlet-pressure': ['catheter-occlusion'],
  supply: ['elective-replacement', 'end-of-service', 'low-battery-reset'],
  temperature: [],
};

/**
 * Integer units: percent in ppm (100 % = 1,000,000), pressure Pa, voltage mV, temperature milli-C, volume-rate
 * nL/h, duration in ticks of a second, count plain.
 */
export interface OptionSpec {
  readonly name: string;
  readonly type:
    | 'percent'
    | 'pressure'
    | 'voltage'
    | 'temperature'
    | 'volume-rate'
    | 'duration'
    | 'count'
    | 'choice';
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly default: number | string;
  readonly meaning: string;
}

export type FaultOptions = Readonly<Record<string, number | string>>;
/** Small integers that a fault keeps from the moment it was applied. */
export type FaultMemory = Record<string, number>;

export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  readonly appliedTick: number;
  readonly clearedTick: number | null;
  /** First tick with nothing of it any more though nobody cleared it; null of what lasts until it is cleared. */
  readonly passedTick: number | null;
  readonly fired: boolean;
  readonly firedTick: number | null;
}

/** Plain data, part of the world's state. Options are complete and durations in the world's own ticks. */
export interface ActiveFault {
  readonly id: string;
  readonly kind: string;
  readonly options: FaultOptions;
  readonly appliedTick: number;
  clearedTick: number | null;
  readonly passedTick: number | null;
  fired: boolean;
  firedTick: number | null;
  readonly memory: FaultMemory;
  flow: FlowState | null;
  /** It has taken capacity from the reservoir, for good. */
  hasBent: boolean;
}

/** Volume that moves past the mechanism: below 0 from the spinal canal back into the reservoir. */
export interface FreeFlow {
  readonly plPerHour: number;
  /** It ends once so much has moved. */
  readonly limitPl: number;
}

/** The same while it lasts: what has moved up to a tick. */
export interface FlowState {
  readonly plPerTick: number;
  readonly limitPl: number;
  anchorTick: number;
  movedPl: number;
}

/** What a fault may look at once, when it is applied. */
export interface Onset {
  readonly mechanism: Mechanism;
  /** A random stream of this fault's own, keyed by the world's seed and the fault's id. */
  readonly stream: number;
  /** The feedback count as the firmware would read it now; the encoder's own where a fault hides it. */
  readonly confirmedStrokes: number;
  /** What a sensor would read now, before any fault; the supply at rest. */
  cleanReading(sensor: Sensor): number;
}

/** What can be laid over, and the type of its value. */
export interface HookValues {
  /** Does a commanded stroke turn? Detail: its number, from 0. */
  turns: boolean;
  /** Volume that a turned stroke displaces. Detail: whole nL in the reservoir over its capacity. */
  strokePl: number;
  /** What comes into the reservoir of what is filled in. */
  filledNl: number;
  leakPlPerHour: number;
  /** Of what is drawn from the reservoir, the drug that it holds in a million parts of what it should. */
  strengthPpm: number;
  /** Bits of relaxation per tick, Q30: inverse to the catheter's resistance. */
  lambdaQ30: number;
  /** Share of the catheter's outflow that doesn't reach the tip. */
  lostSharePpm: number;
  /** Share of what leaves the tip that doesn't come into the spinal fluid. */
  displacedPpm: number;
  /** Share of the rest that a pocket keeps until nothing holds it closed. */
  pocketPpm: number;
  /** What the body truly has, whatever the sensor makes of it. */
  bodyMilliC: number;
  resistanceOhm: number;
  /** Current drawn all the time beside what the pump itself takes. */
  drainUa: number;
  /** More of the patient's seconds in a million of the pump's. */
  clockPpm: number;
  /** How far the patient's time zone is ahead of the pump's. */
  zoneTicks: number;
  confirmedStrokes: number | null;
  /** A reading of the sensor that the fault's option `sensor` names. Detail: 1 for the supply under load, else 0. */
  reading: number | null;
}

export type HookName = keyof HookValues;
/** Pure. What the pump gets in place of `clean`; clean may have been changed by an earlier fault. */
export type Hook<V> = (clean: V, fault: ActiveFault, tick: number, detail: number) => V;
export type Hooks = { readonly [K in HookName]?: Hook<HookValues[K]> };

export interface FaultSpec extends Hooks {
  readonly kind: string;
  readonly summary: string;
  readonly layer: FaultLayer;
  /** Alarms that can give it away, in the words of the alarm table; none means that the pump can't know. */
  readonly revealedBy: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly remember?: (options: FaultOptions, onset: Onset) => FaultMemory;
  /** It passes by itself after so many ticks: 1 of what is over in the tick in which it is applied. */
  readonly passesAfterTicks?: (options: FaultOptions) => number;
  readonly preventsRefill?: true;
  /** What flows by itself from the moment it is applied until it is cleared. */
  readonly freeFlow?: (options: FaultOptions, onset: Onset) => FreeFlow;
  /** Share of its capacity that the reservoir loses for good, but for what is full. */
  readonly lostCapacityPpm?: (options: FaultOptions) => number;
  /** Its hooks on the catheter give other values with time: they are asked again at each full hour. */
  readonly changesHourly?: true;
  /** For what stays as it is until something else happens: may write the fault's memory, and nothing else. */
  readonly onTone?: (fault: ActiveFault, tick: number) => void;
  readonly onInterrogation?: (fault: ActiveFault, tick: number) => void;
  /** Everything was withdrawn, and other drug is there. */
  readonly onRefill?: (fault: ActiveFault) => void;
  /** Another pump is there, and knows nothing of what the fault did to the last one. */
  readonly onReplacement?: (fault: ActiveFault) => void;
}

export function numberOption(fault: ActiveFault, name: string): number {
  const value = fault.options[name];
  if (typeof value !== 'number') throw new Error(`world: fault ${fault.kind} has no number ${name}`);
  return value;
}

export function remembered(fault: ActiveFault, name: string): number {
  const value = fault.memory[name];
  if (value === undefined) throw new Error(`world: fault ${fault.kind} remembers no ${name}`);
  return value;
}

/** Alarms that can reveal a fault with these options; of a sensor's fault, those that are judged on this sensor. */
export function revealingAlarms(spec: FaultSpec, options: FaultOptions): readonly string[] {
  const sensor = options['sensor'] ?? spec.options.find((option) => option.name === 'sensor')?.default;
  const judged = SENSORS.find((name) => name === sensor);
  if (judged === undefined) return spec.revealedBy;
  return spec.revealedBy.filter((alarm) => ALARMS_OF_SENSOR[judged].includes(alarm));
}
