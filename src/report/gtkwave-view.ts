/**
 * A save file of GTKWave for a waveform: what failed, what the pump knew and what the patient got, one below the other,
 * quantities as curves, and all of the run in the window. Without one its user begins with an empty window.
 */
import { TICK_MS } from '../core/units.ts';
import { dumpedTicks, type VcdEntry, type VcdOptions, variablesOf, type VcdVariable } from './vcd.ts';

/** Of the window, in pixels: about what of it is waveform. */
const [WIDTH, HEIGHT, WAVES_WIDTH] = [1400, 900, 780];
/** GTKWave counts its zoom in powers of two of the time in so many pixels. */
const ZOOM_PIXELS = 200;

/** How a trace is shown, as GTKWave writes it in hexadecimal. */
const FLAGS = { title: '200', wire: '28', reg: '24', curve: '8420', room: '20000' } as const;

const PUMP = ['permission', 'stroke', 'computed_reservoir_ul', 'outlet_pressure_pa'];
const TRUTH = ['true_reservoir_ul', 'true_delivered_ug', 'true_tip_concentration_ug_per_ml'];
const PATIENT = ['patient_effect_percent', 'patient_withdrawal_stage', 'patient_overdose_stage'];

/** `vcdName` is the file of the waveform, in the same folder. */
export function gtkwaveView(entry: VcdEntry, options: VcdOptions, vcdName: string): string {
  const variables = variablesOf(entry);
  const named = (scope: string, names: readonly string[]): VcdVariable[] =>
    names.flatMap((name) => variables.filter(({ path }) => path === `main.${scope}.${name}`));
  const within = (scope: string, ending = ''): VcdVariable[] =>
    variables.filter(({ path }) => path.startsWith(`main.${scope}.`) && path.endsWith(ending));
  const { firstTick, lastTick } = dumpedTicks(entry, options);
  const frameMs = ((lastTick + 1 - firstTick) * TICK_MS * ZOOM_PIXELS) / WAVES_WIDTH;
  return [
    `[dumpfile] "${vcdName}"`,
    `[timestart] ${firstTick * TICK_MS}`,
    `[size] ${WIDTH} ${HEIGHT}`,
    `*${(-Math.log2(frameMs)).toFixed(6)} -1`,
    '[signals_width] 300',
    ...group('what failed', within('faults')),
    ...group('what the pump knew', [...within('alarms', '_raised'), ...named('pump', PUMP)]),
    ...group('what was so', named('truth', TRUTH)),
    ...group('what the patient got (illustrative)', named('patient_illustrative', PATIENT)),
    '',
  ].join('\n');
}

function group(title: string, variables: readonly VcdVariable[]): string[] {
  if (variables.length === 0) return [];
  return [`@${FLAGS.title}`, `-${title}`, ...variables.flatMap(shown)];
}

function shown({ path, kind, bits }: VcdVariable): string[] {
  if (kind === 'wire') return [`@${FLAGS.wire}`, path];
  if (kind === 'reg') return [`@${FLAGS.reg}`, `${path}[${bits - 1}:0]`];
  // A curve takes the lines below it, too.
  return [`@${FLAGS.curve}`, path, `@${FLAGS.room}`, '-', '-'];
}
