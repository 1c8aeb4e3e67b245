/**
 * A fixed list of runs as one text, for any JavaScript engine: no module, no clock, no console, no structuredClone.
 * What differs between two engines shows as a line that differs.
 */
import { hourlyTherapy } from '../../hal/prescription-words.ts';
import { NO_BRIDGE } from '../../src/core/prescription-words.ts';
import type { Stimulus, TargetSetup } from '../../hal/target.ts';
import { SIGNALS } from '../../hal/signals.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import { afterTickOf, type Stepping } from '../properties/stepping.ts';

const HOUR = 3600;
const DAY = 86_400;

export const PLAIN: TargetSetup = {
  seed: 7,
  startHour: 0,
  mechanism: 'peristaltic',
  reservoirNl: 40_000_000,
  fillNl: 38_000_000,
  lowReservoirNl: 2_000_000,
  lowVolumeFade: true,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  catheterLengthMm: 890,
  compliancePlPerPa: 300,
  environment: { noise: true, posture: true, cough: true, flights: true, temperatureMilliC: 37_000 },
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
  isTickByTick: false,
  hasOracle: true,
};

export interface FixedRun {
  readonly name: string;
  readonly changes: Partial<TargetSetup>;
  readonly stimuli: readonly (readonly [tick: number, stimulus: Stimulus])[];
  readonly untilTick: number;
}

const fault = (id: string, kind: string, options: Record<string, number | string> = {}): Stimulus => ({
  kind: 'fault',
  id,
  fault: kind,
  options,
});
const clear = (id: string): Stimulus => ({ kind: 'clear', id });

/** 24 different rates, one of them nothing. */
const hourly = Array.from({ length: 24 }, (_, slot) => (slot * 7919) % 30_011);

export const FIXED_RUNS: readonly FixedRun[] = [
  { name: 'nothing happens for 30 days', changes: {}, stimuli: [], untilTick: 30 * DAY },
  {
    name: 'a catheter closes and opens again',
    changes: {},
    stimuli: [
      [DAY, fault('kink', 'catheter-occlusion')],
      [DAY + 9 * HOUR, clear('kink')],
      [2 * DAY, fault('narrow', 'catheter-occlusion', { 'diameter-closed': 973_211 })],
      [2 * DAY + 12_345, fault('cut', 'catheter-cut', { leaked: 333_333 })],
    ],
    untilTick: 3 * DAY,
  },
  {
    name: 'a motor stalls, by chance and for good, and its feedback sticks',
    changes: { mechanism: 'valve-accumulator', tolerancePpm: -12_345 },
    stimuli: [
      [HOUR, fault('some', 'motor-stall', { pattern: 'intermittent', chance: 700_000 })],
      [DAY, fault('all', 'motor-stall')],
      [DAY + 7 * HOUR, clear('all')],
      [2 * DAY, fault('stuck', 'feedback-stuck')],
      [3 * DAY, clear('stuck')],
    ],
    untilTick: 4 * DAY,
  },
  {
    name: 'memory flips in one copy and in both',
    changes: {},
    stimuli: [
      [5000, fault('a', 'memory-upset', { where: 'working', word: 12, bit: 4 })],
      [20_000, fault('b', 'memory-upset', { where: 'stored', word: 348, bit: 31 })],
      [50_000, fault('c', 'memory-upset', { where: 'working', word: 0, bit: 0 })],
      [50_000, fault('d', 'memory-upset', { where: 'stored', word: 7, bit: 19 })],
      [
        DAY,
        {
          kind: 'command',
          command: {
            kind: 'program',
            therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: 41_667 },
            concentrationUgPerMl: 2000,
            bridgeNl: NO_BRIDGE,
          },
        },
      ],
    ],
    untilTick: 2 * DAY,
  },
  {
    name: 'refills, one that nobody makes, a leak',
    changes: { fillNl: 3_000_000, tolerancePpm: 100_000 },
    stimuli: [
      [HOUR, fault('leak', 'reservoir-leak', { rate: 12_345 })],
      [10 * DAY, { kind: 'refill', volumeNl: 38_000_000 }],
      [12 * DAY, fault('missed', 'missed-refill')],
      [13 * DAY, { kind: 'refill', volumeNl: 40_000_000 }],
    ],
    untilTick: 14 * DAY,
  },
  {
    name: 'an hourly program and the orders of a week',
    changes: { therapy: hourlyTherapy('nl-per-hour', hourly), startHour: 31 },
    stimuli: [
      [DAY, { kind: 'command', command: { kind: 'stop' } }],
      [DAY + 5000, { kind: 'command', command: { kind: 'resume' } }],
      [2 * DAY, { kind: 'command', command: { kind: 'interrogate' } }],
      [2 * DAY, { kind: 'command', command: { kind: 'low-reservoir', thresholdNl: 39_000_000 } }],
      [2 * DAY + 10, { kind: 'command', command: { kind: 'silence', alarm: 0 } }],
      [4 * DAY, { kind: 'command', command: { kind: 'acknowledge', alarm: 0 } }],
      [5 * DAY, { kind: 'command', command: { kind: 'stop' } }],
      [5 * DAY, { kind: 'command', command: { kind: 'refill', volumeNl: 41_000_000 } }],
    ],
    untilTick: 8 * DAY,
  },
  {
    name: 'a film grows in the battery',
    changes: { environment: { ...PLAIN.environment, temperatureMilliC: 36_600 } },
    stimuli: [[DAY, fault('film', 'battery-resistance', { rise: 37_000_000, over: 20 * DAY })]],
    untilTick: 120 * DAY,
  },
  {
    name: 'sensors lie, jump and fall silent',
    changes: {
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-hour', rate: 4321 },
      concentrationUgPerMl: 3333,
    },
    stimuli: [
      [HOUR, fault('noisy', 'sensor-noisy', { sensor: 'outlet-pressure', amplitude: 5000 })],
      [DAY, fault('stuck', 'sensor-stuck', { sensor: 'supply', 'stuck-at': 'zero' })],
      [2 * DAY, clear('stuck')],
      [2 * DAY, fault('lost', 'sensor-lost', { sensor: 'temperature' })],
      [3 * DAY, fault('more', 'over-infusion', { excess: 777_777 })],
    ],
    untilTick: 4 * DAY,
  },
];

/** Everything that can be known at the end of a run, in one line. */
export async function drive(
  setup: TargetSetup,
  stimuli: readonly (readonly [tick: number, stimulus: Stimulus])[],
  untilTick: number,
  stepping: Stepping,
): Promise<string> {
  const target = new SimTarget({ ...setup, isTickByTick: stepping !== 'jumps' });
  for (const [tick, stimulus] of stimuli) target.stimulate(tick, stimulus);
  let hours = 0;
  let hourDigests = 0;
  await target.advance(untilTick, {
    event() {},
    stateDigest(_tick, digest) {
      hours += 1;
      hourDigests = (hourDigests ^ digest) >>> 0;
    },
    afterTick: afterTickOf(target, stepping),
  });
  const { rolling, state } = await target.digest();
  const signals = SIGNALS.map(({ name }) => `${name}=${target.read(name) ?? 'null'}`).join(' ');
  const fired = target.faults().map((f) => `${f.id}@${f.firedTick ?? 'never'}`);
  const doses = target.doseFailures().map((f) => `${f.kind}@${f.tick}`);
  return `rolling ${rolling} state ${state} hours ${hours}/${hourDigests} ${signals} fired [${fired.join(' ')}] doses [${doses.join(' ')}]`;
}

export async function driveOne(run: FixedRun, stepping: Stepping): Promise<string> {
  const line = await drive({ ...PLAIN, ...run.changes }, run.stimuli, run.untilTick, stepping);
  return `${run.name}: ${line}`;
}

export async function driveAll(): Promise<string> {
  const lines: string[] = [];
  for (const run of FIXED_RUNS) lines.push(await driveOne(run, 'jumps'));
  return lines.join('\n');
}

/** A run that somebody else has thought up: plain data, so that it can be handed to any engine as text. */
export interface GivenRun {
  readonly setup: TargetSetup;
  readonly stimuli: readonly { readonly tick: number; readonly stimulus: Stimulus }[];
  readonly untilTick: number;
}

export function driveRun({ setup, stimuli, untilTick }: GivenRun, stepping: Stepping): Promise<string> {
  const placed = stimuli.map(({ tick, stimulus }) => [tick, stimulus] as const);
  return drive(setup, placed, untilTick, stepping);
}

declare const given: { readonly runs: readonly GivenRun[]; readonly stepping: Stepping };

/** Those in the engine's global `given`. Named in the text of a bundle. @public */
export async function driveGiven(): Promise<string> {
  const lines: string[] = [];
  for (const run of given.runs) lines.push(await driveRun(run, given.stepping));
  return lines.join('\n');
}
