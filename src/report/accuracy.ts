/**
 * Accuracy in the manner of IEC 60601-2-24: flow at the tip of the catheter while the pump starts, its largest errors
 * over windows of time (the trumpet curve), the mean error, and an occlusion at several rates.
 *
 * The standard's windows are whole minutes. A pump that works in strokes has a cycle of its own, and a window that is no
 * whole number of cycles holds one stroke more or less by chance: the curve then shows the window and not the pump
 * (BISSIG). So each window is given twice, as the standard has it and as the nearest whole number of cycles.
 */
import { RATE_MAX } from '../core/prescription-words.ts';
import type { Target, TargetFactory, TargetObserver, TargetSetup } from '../../hal/target.ts';
import { EMPTY_RESERVOIR_NL, PERISTALTIC_STROKE_NL, VALVE_ACCUMULATOR_STROKE_NL } from '../core/config.ts';
import { CATHETER_OCCLUSION } from '../core/alarms/table.ts';
import { TICK_MS, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../core/units.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { setupOf } from '../scenario/run.ts';

const NL_PER_UL = 1000;
/** Sampled each half minute (BRAUN). */
const SAMPLE_TICKS = 30_000 / TICK_MS;
const START_UP_TICKS = 2 * TICKS_PER_HOUR;
/** An ambulatory pump settles for a day first (DTRON). */
const SETTLING_TICKS = TICKS_PER_DAY;
const ANALYSED_TICKS = TICKS_PER_DAY;
/** Observation windows (INFUTEST). */
const WINDOW_MINUTES = [2, 5, 11, 19, 31] as const;
/** The slowest have few strokes in the longest window of the standard, so one that holds some is added. */
const LONG_WINDOW_CYCLES = 10;

const OCCLUSION = 'catheter-occlusion';
const OCCLUSION_RATES_NL_PER_HOUR = [2000, 4000, 6250, 12_500, 25_000, 50_000, 100_000, 250_000, 1_000_000];
/** The pump runs so many strokes before the catheter is closed, and gives up noticing after so many more. */
const STROKES_BEFORE = 40;
const STROKES_AFTER = 40;
/** Time for the trapped volume to come out once the catheter is open; the pump stands meanwhile. */
const RELEASE_TICKS = 2 * TICKS_PER_MINUTE;

export interface Extremes {
  readonly windowTicks: number;
  /** Of a window that is a whole number of cycles; else null. */
  readonly cycles: number | null;
  readonly maxPercent: number;
  readonly minPercent: number;
}

export interface Window {
  readonly minutes: number | null;
  /** As the standard has it; null for a window that was added. */
  readonly standard: Extremes | null;
  readonly wholeCycles: Extremes;
}

export interface OcclusionRow {
  readonly rateUlPerHour: number;
  /** null: the pump did not notice it within `STROKES_AFTER` strokes. */
  readonly alarmTicks: number | null;
  readonly alarmStrokes: number | null;
  readonly pressureKpa: number | null;
  /** What came out when the catheter was opened. */
  readonly releasedUl: number | null;
  readonly releasedUg: number | null;
}

export interface Accuracy {
  readonly scenario: string;
  readonly file: string;
  readonly rateUlPerHour: number;
  /** The therapy's rate is not always the same, and its mean over a day was taken. */
  readonly isMeanRate: boolean;
  readonly strokeUl: number;
  readonly cycleTicks: number;
  /** Flow in each half minute of the first two hours. */
  readonly startUpUlPerHour: readonly number[];
  /** The same in each dose cycle. */
  readonly startUpByCycle: readonly { readonly endTick: number; readonly ulPerHour: number }[];
  readonly windows: readonly Window[];
  /** Over a day of whole cycles, after a day of settling. */
  readonly meanErrorPercent: number;
  readonly occlusions: readonly OcclusionRow[];
}

/** A therapy that stands still, or a rate that its mechanism cannot do. */
export class AccuracyError extends Error {}

/** Of the pump, drug and catheter of a scenario, without what happens in it. */
export async function measureAccuracy(scenario: Scenario, createTarget: TargetFactory): Promise<Accuracy> {
  const setup = setupOf(scenario, false);
  const { meanUlPerHour, isSteady } = await prescribedRate(setup, createTarget);
  // A faster rate is one of whole uL to the pump.
  const step = NL_PER_UL * meanUlPerHour > RATE_MAX ? NL_PER_UL : 1;
  const rateNlPerHour = step * Math.round((NL_PER_UL * meanUlPerHour) / step);
  if (rateNlPerHour === 0)
    throw new AccuracyError('the therapy delivers nothing on its first day: there is no flow to measure');
  const steady = atRate(setup, rateNlPerHour);
  const strokeNl = setup.mechanism === 'peristaltic' ? PERISTALTIC_STROKE_NL : VALVE_ACCUMULATOR_STROKE_NL;
  const volumes = await measureFlow(steady, rateNlPerHour, createTarget);
  const rate = rateNlPerHour / TICKS_PER_HOUR;
  const cycleTicks = strokeNl / rate;
  const analysed = volumes.slice(SETTLING_TICKS);
  const occlusions: OcclusionRow[] = [];
  for (const one of OCCLUSION_RATES_NL_PER_HOUR) {
    const row = await occlude(atRate(setup, one), one, strokeNl, createTarget);
    if (row !== null) occlusions.push(row);
  }
  return {
    scenario: scenario.name,
    file: scenario.file,
    rateUlPerHour: rateNlPerHour / 1000,
    isMeanRate: !isSteady,
    strokeUl: strokeNl / 1000,
    cycleTicks,
    startUpUlPerHour: startUp(volumes),
    startUpByCycle: startUpByCycle(volumes, cycleTicks),
    windows: windowsOf(analysed, rate, cycleTicks),
    meanErrorPercent: meanError(analysed, rate, cycleTicks),
    occlusions,
  };
}

function atRate(setup: TargetSetup, rateNlPerHour: number): TargetSetup {
  return {
    ...setup,
    therapy:
      rateNlPerHour > RATE_MAX
        ? { mode: 'continuous', unit: 'ul-per-hour', rate: rateNlPerHour / NL_PER_UL }
        : { mode: 'continuous', unit: 'nl-per-hour', rate: rateNlPerHour },
    hasOracle: false,
  };
}

const UNOBSERVED: TargetObserver = { event: () => {}, stateDigest: () => {}, afterTick: () => {} };

async function withTarget<T>(
  setup: TargetSetup,
  createTarget: TargetFactory,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await createTarget(setup);
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

function known(target: Target, signal: string): number {
  const value = target.read(signal);
  if (value === null) throw new AccuracyError(`${signal} cannot be known on this target`);
  return value;
}

/** What the therapy asks for in a day, hour by hour from the end of the first one. */
async function prescribedRate(
  setup: TargetSetup,
  createTarget: TargetFactory,
): Promise<{ meanUlPerHour: number; isSteady: boolean }> {
  return await withTarget(setup, createTarget, async (target) => {
    const prescribedNg: number[] = [];
    for (let hour = 1; hour <= 25; hour += 1) {
      await target.advance(hour * TICKS_PER_HOUR, UNOBSERVED);
      prescribedNg.push(known(target, 'true.prescribed-ug'));
    }
    const hourlyNg = prescribedNg.slice(1).map((ng, i) => ng - prescribedNg[i]!);
    const [least, most] = [Math.min(...hourlyNg), Math.max(...hourlyNg)];
    const meanNg = hourlyNg.reduce((sum, ng) => sum + ng, 0) / hourlyNg.length;
    // Two hours may differ by what was rounded.
    return { meanUlPerHour: meanNg / setup.concentrationUgPerMl, isSteady: most - least <= 1 };
  });
}

/** Fluid past the tip by the end of each tick, nL. */
async function measureFlow(
  setup: TargetSetup,
  rateNlPerHour: number,
  createTarget: TargetFactory,
): Promise<Float64Array> {
  return await withTarget(setup, createTarget, async (target) => {
    const volumes = new Float64Array(SETTLING_TICKS + ANALYSED_TICKS);
    for (let tick = 0; tick < volumes.length; tick += 1) {
      await target.advance(tick, UNOBSERVED);
      const held = ['true.reservoir-ul', 'true.trapped-ul', 'true.lost-ul'].map((name) =>
        known(target, name),
      );
      volumes[tick] = held.reduce((left, part) => left - part, setup.fillNl);
    }
    // The curve would show the reservoir, and not the pump.
    if (known(target, 'permission') !== 0) {
      const needed = Math.ceil((rateNlPerHour / TICKS_PER_HOUR) * volumes.length * 1e-6);
      throw new AccuracyError(
        `the pump stopped within the two days that are measured: they take ${needed} mL at this rate, and of the ${setup.fillNl / 1e6} mL in the reservoir ${EMPTY_RESERVOIR_NL / 1e6} mL has to stay`,
      );
    }
    return volumes;
  });
}

function startUp(volumes: Float64Array): number[] {
  const flow: number[] = [];
  for (let end = SAMPLE_TICKS; end <= START_UP_TICKS; end += SAMPLE_TICKS) {
    const moved = volumes[end - 1]! - (volumes[end - SAMPLE_TICKS - 1] ?? 0);
    flow.push((moved * TICKS_PER_HOUR) / SAMPLE_TICKS / 1000);
  }
  return flow;
}

function startUpByCycle(volumes: Float64Array, cycleTicks: number): { endTick: number; ulPerHour: number }[] {
  return Array.from({ length: Math.floor(START_UP_TICKS / cycleTicks) }, (_, i) => {
    const [start, endTick] = [Math.round(i * cycleTicks), Math.round((i + 1) * cycleTicks)];
    const moved = volumes[endTick]! - volumes[start]!;
    return { endTick, ulPerHour: (moved * TICKS_PER_HOUR) / (endTick - start) / 1000 };
  });
}

function windowsOf(volumes: Float64Array, rate: number, cycleTicks: number): Window[] {
  const cycles = (count: number): Extremes =>
    extremes(volumes, rate, Math.round(count * cycleTicks), 1, count);
  const windows = WINDOW_MINUTES.map((minutes): Window => {
    const ticks = minutes * TICKS_PER_MINUTE;
    return {
      minutes,
      standard: extremes(volumes, rate, ticks, SAMPLE_TICKS, null),
      wholeCycles: cycles(Math.max(1, Math.round(ticks / cycleTicks))),
    };
  });
  const longest = windows.at(-1)?.wholeCycles.cycles ?? 0;
  const added: Window[] =
    longest >= LONG_WINDOW_CYCLES || LONG_WINDOW_CYCLES * cycleTicks > volumes.length / 2
      ? []
      : [{ minutes: null, standard: null, wholeCycles: cycles(LONG_WINDOW_CYCLES) }];
  return [...windows, ...added];
}

/** The largest and the smallest error of the mean flow in any window of this length that begins on a step. */
export function extremes(
  volumes: ArrayLike<number>,
  rateNlPerTick: number,
  windowTicks: number,
  stepTicks: number,
  cycles: number | null,
): Extremes {
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  for (let start = 0; start + windowTicks < volumes.length; start += stepTicks) {
    const moved = volumes[start + windowTicks]! - volumes[start]!;
    if (moved > max) max = moved;
    if (moved < min) min = moved;
  }
  const percent = (moved: number): number => 100 * (moved / (rateNlPerTick * windowTicks) - 1);
  return { windowTicks, cycles, maxPercent: percent(max), minPercent: percent(min) };
}

/** Over the longest whole number of cycles. */
function meanError(volumes: Float64Array, rate: number, cycleTicks: number): number {
  const whole = Math.max(1, Math.floor((volumes.length - 1) / cycleTicks));
  const ticks = Math.min(volumes.length - 1, Math.round(whole * cycleTicks));
  return 100 * ((volumes[ticks]! - volumes[0]!) / (rate * ticks) - 1);
}

/** Closes the catheter at this rate, waits for the alarm, opens it, and catches what comes. null: too fast for the pump. */
async function occlude(
  setup: TargetSetup,
  rateNlPerHour: number,
  strokeNl: number,
  createTarget: TargetFactory,
): Promise<OcclusionRow | null> {
  const cycleTicks = (strokeNl * TICKS_PER_HOUR) / rateNlPerHour;
  if (cycleTicks < 1) return null;
  const closedTick = Math.ceil(STROKES_BEFORE * cycleTicks);
  const lastTick = closedTick + Math.ceil(STROKES_AFTER * cycleTicks);
  return await withTarget(setup, createTarget, async (target) => {
    const alarm: { tick: number | null } = { tick: null };
    const observer: TargetObserver = {
      ...UNOBSERVED,
      event: ({ kind, argument, tick }) => {
        if (kind === 'raise' && argument === CATHETER_OCCLUSION) alarm.tick ??= tick;
      },
    };
    target.stimulate(closedTick, {
      kind: 'fault',
      id: 'stopcock',
      fault: OCCLUSION,
      options: {},
    });
    await target.advance(closedTick - 1, observer);
    const strokesBefore = known(target, 'requested-strokes');
    while (alarm.tick === null && target.nowTick() <= lastTick)
      await target.advance(target.nowTick(), observer);
    const rateUlPerHour = rateNlPerHour / 1000;
    if (alarm.tick === null) {
      return {
        rateUlPerHour,
        alarmTicks: null,
        alarmStrokes: null,
        pressureKpa: null,
        releasedUl: null,
        releasedUg: null,
      };
    }
    const pressurePa = known(target, 'outlet-pressure-pa');
    const strokes = known(target, 'requested-strokes') - strokesBefore;
    const trappedNl = known(target, 'true.trapped-ul');
    target.stimulate(target.nowTick(), { kind: 'clear', id: 'stopcock' });
    await target.advance(target.nowTick() + RELEASE_TICKS, observer);
    const releasedUl = (trappedNl - known(target, 'true.trapped-ul')) / 1000;
    return {
      rateUlPerHour,
      alarmTicks: alarm.tick - closedTick,
      alarmStrokes: strokes,
      pressureKpa: pressurePa / 1000,
      releasedUl,
      releasedUg: (releasedUl * setup.concentrationUgPerMl) / 1000,
    };
  });
}
