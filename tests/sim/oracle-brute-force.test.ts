/**
 * The lazy oracle against a plain one that looks at every tick and every window. The plain one shares no arithmetic:
 * it works in one integer unit of 1/(3 x ticks per hour) pg, on arrays with one entry per tick.
 */
import { describe, expect, it } from 'vitest';
import {
  alarmRaised,
  createOracle,
  delivered,
  excessPg,
  failures,
  prescribe,
  prescribedPg,
} from '../../sim/oracle.ts';
import type { DoseFailure } from '../../sim/oracle.ts';

interface Run {
  readonly ticksPerHour: number;
  readonly ticks: number;
  readonly strokePg: number;
  /** Units per tick. */
  readonly rate: Float64Array;
  /** pg arriving per tick. */
  readonly dose: Float64Array;
  readonly isAlarm: Uint8Array;
}

interface Verdict {
  readonly prescribedPg: number;
  readonly excessPg: number;
  readonly failures: readonly DoseFailure[];
}

function randomSource(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % below;
  };
}

/** `isTiny`: strokes of a few pg and rates of fractions of one, where each rounding decides. */
function randomRun(seed: number, ticksPerHour: number, isTiny: boolean): Run {
  const random = randomSource(seed);
  const unit = 3 * ticksPerHour;
  const day = 24 * ticksPerHour;
  const ticks = day * (3 + random(2)) + random(day);
  const concentration = 200 + random(1801);
  const strokePg = isTiny ? 1 + random(12) : concentration * (random(4) === 0 ? 2500 : 500);
  const rate = new Float64Array(ticks);
  const dose = new Float64Array(ticks);
  const isAlarm = new Uint8Array(ticks);

  // Rates: a day in 0.1 ug/day, 0.1 ug/h or nL/h, in units a tick; up to a stroke a tick.
  const most = Math.min(1_200_000_000, strokePg * day);
  const drawRate = (): number => {
    if (isTiny) return random(6) === 0 ? 0 : 1 + random(Math.ceil((strokePg * unit) / (1 + random(90))));
    switch (random(8)) {
      case 0:
        return 0;
      case 1:
        return 12_500 * (1 + random(200)); // 0.1 to 20 ug/day
      case 2:
      case 3:
        return 300_000 * (1 + random(Math.floor(most / 2_400_000)));
      case 4:
        return 3 * concentration * (1 + random(Math.floor(most / 24 / concentration)));
      default:
        return 12_500 * (1 + random(Math.floor(most / 100_000)));
    }
  };
  const change = [day / 96, day / 24, day / 6, day, 10 * day][random(5)]!;
  const step = isTiny ? 1 : 12_500;
  const calm = random(3) === 0;
  const steady = drawRate();
  let current = steady;
  for (let t = 0; t < ticks; t += 1) {
    if (random(Math.ceil(change)) === 0)
      current = calm ? Math.floor((steady * (85 + random(30))) / 100 / step) * step : drawRate();
    rate[t] = current;
  }

  // Delivery: the prescription times a factor that changes, with gaps, trickles, dumps and delays.
  let percent = 100;
  let owed = 0;
  let gapUntil = 0;
  let pieces = 1;
  const rarity = day * [1, 2, 8, 60][random(4)]!;
  for (let t = 0; t < ticks; t += 1) {
    switch (random(rarity)) {
      case 0:
        percent = [130, 70, 100, 100, 3, 116, 84][random(7)]!;
        break;
      case 1:
        gapUntil = t + random(ticksPerHour * [1, 4, 20][random(3)]!);
        break;
      case 2:
        dose[t]! += strokePg * random([3, 20, 400][random(3)]!);
        break;
      case 3:
        pieces = 1 + random(3);
        break;
      case 4:
      case 5:
        isAlarm[t] = 1;
        break;
    }
    if (t < gapUntil) continue;
    owed += rate[t]! * percent;
    const stroke = strokePg * unit * 100;
    while (owed >= stroke) {
      owed -= stroke;
      let left = strokePg;
      for (let piece = pieces; piece > 0; piece -= 1) {
        const part = piece === 1 ? left : Math.floor(left / 2);
        const at = Math.min(ticks - 1, t + (pieces - piece) * 7);
        dose[at]! += part;
        left -= part;
      }
    }
  }
  return { ticksPerHour, ticks, strokePg, rate, dose, isAlarm };
}

/** Smallest of the last `length` entries, for every position: two passes over blocks. */
function slidingMinimum(values: Float64Array, length: number): Float64Array {
  const n = values.length;
  const forward = new Float64Array(n);
  const backward = new Float64Array(n);
  for (let i = 0; i < n; i += 1)
    forward[i] = i % length === 0 ? values[i]! : Math.min(forward[i - 1]!, values[i]!);
  for (let i = n - 1; i >= 0; i -= 1) {
    backward[i] = i === n - 1 || (i + 1) % length === 0 ? values[i]! : Math.min(backward[i + 1]!, values[i]!);
  }
  return forward.map((value, i) => (i < length ? value : Math.min(value, backward[i - length + 1]!)));
}

/** The verdict, and of each tick the excess until then. */
function bruteForce(run: Run, naive: boolean): { verdict: Verdict; excessUntil: (tick: number) => number } {
  const { ticks, strokePg, ticksPerHour } = run;
  const unit = 3 * ticksPerHour;
  const day = 24 * ticksPerHour;
  const stroke = strokePg * unit;
  // Index t + 1 holds the state after tick t; index 0 is before the run.
  const prescribed = new Float64Array(ticks + 1);
  const given = new Float64Array(ticks + 1);
  for (let t = 0; t < ticks; t += 1) {
    prescribed[t + 1] = prescribed[t]! + run.rate[t]!;
    given[t + 1] = given[t]! + run.dose[t]! * unit;
  }
  const difference = given.map((value, i) => value - prescribed[i]!);

  let excess = 0;
  const worst = new Float64Array(ticks + 1);
  if (naive) {
    for (let i = 1; i <= ticks; i += 1) {
      for (let j = Math.max(0, i - ticksPerHour); j < i; j += 1)
        excess = Math.max(excess, difference[i]! - difference[j]! - stroke);
      worst[i] = excess;
    }
  } else {
    const least = slidingMinimum(difference, ticksPerHour);
    for (let i = 1; i <= ticks; i += 1) {
      excess = Math.max(excess, difference[i]! - least[i - 1]! - stroke);
      worst[i] = excess;
    }
  }

  const found: DoseFailure[] = [];
  let over = -1;
  let under = -1;
  let silent = -1;
  let last = -1;
  let excused = false;
  for (let t = 0; t < ticks; t += 1) {
    const begin = Math.max(0, t + 1 - day);
    const d = given[t + 1]! - given[begin]!;
    const p = prescribed[t + 1]! - prescribed[begin]!;
    if (1145 * p > Number.MAX_SAFE_INTEGER || 1000 * d > Number.MAX_SAFE_INTEGER) {
      // Exact where the integer unit does not reach.
      if (over < 0 && 1000n * BigInt(d) > 1145n * BigInt(p) + 2000n * BigInt(stroke)) over = t;
      if (under < 0 && t >= day - 1 && 1000n * BigInt(d) < 855n * BigInt(p) - 2000n * BigInt(stroke))
        under = t;
    } else {
      if (over < 0 && 1000 * d - 1145 * p > 2000 * stroke) over = t;
      if (under < 0 && t >= day - 1 && 855 * p - 1000 * d > 2000 * stroke) under = t;
    }
    if (run.dose[t]! > 0) {
      last = t;
      excused = false;
    } else if (run.isAlarm[t] === 1) excused = true;
    const missed = prescribed[t + 1]! - prescribed[last + 1]!;
    if (silent < 0 && !excused && run.rate[t]! > 0 && t - last >= 2 * ticksPerHour && missed >= 8 * stroke)
      silent = t;
  }
  if (over >= 0) found.push({ kind: 'over-delivery', tick: over });
  if (under >= 0) found.push({ kind: 'under-delivery', tick: under });
  if (silent >= 0) found.push({ kind: 'silent-stop', tick: silent });
  found.sort((a, b) => a.tick - b.tick);
  return {
    verdict: {
      prescribedPg: Math.floor(prescribed[ticks]! / unit),
      excessPg: Math.floor(excess / unit),
      failures: found,
    },
    excessUntil: (tick) => Math.floor(worst[tick + 1]! / unit),
  };
}

interface EarlyRead {
  readonly tick: number;
  readonly excessPg: number;
  readonly failures: readonly DoseFailure[];
}

/** As a run calls it: at changes, deliveries and some hours; now and then it is read on the way. */
function lazily(run: Run, readEvery: number): Verdict & { readonly early: readonly EarlyRead[] } {
  const { ticks, ticksPerHour } = run;
  const oracle = createOracle({ ticksPerHour, strokePg: run.strokePg });
  const withoutExcess = createOracle({ ticksPerHour, strokePg: run.strokePg, isExcessKept: false });
  const both = [oracle, withoutExcess];
  const early: EarlyRead[] = [];
  let total = 0;
  let rate = -1;
  for (let t = 0; t < ticks; t += 1) {
    total += run.dose[t]!;
    const isNews = run.dose[t]! > 0 || t % ticksPerHour === 0;
    if (t % 2 === 0 && isNews) for (const o of both) delivered(o, t, total);
    if (run.rate[t]! !== rate) {
      rate = run.rate[t]!;
      for (const o of both) prescribe(o, t, { numerator: rate, denominator: 3 * ticksPerHour });
    }
    if (run.isAlarm[t] === 1) for (const o of both) alarmRaised(o, t);
    if (t % 2 === 1 && isNews) for (const o of both) delivered(o, t, total);
    if (t % readEvery === readEvery - 1) {
      early.push({ tick: t, excessPg: excessPg(oracle), failures: failures(oracle, t) });
      expect(failures(withoutExcess, t)).toEqual(early.at(-1)!.failures);
    }
  }
  return {
    prescribedPg: prescribedPg(oracle, ticks - 1),
    excessPg: excessPg(oracle),
    failures: failures(oracle, ticks - 1),
    early,
  };
}

function compare(
  seeds: number,
  ticksPerHour: number,
  naive: boolean,
  isTiny: boolean,
): Record<string, number> {
  const seen: Record<string, number> = {
    'over-delivery': 0,
    'under-delivery': 0,
    'silent-stop': 0,
    excess: 0,
    clean: 0,
  };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const run = randomRun(seed, ticksPerHour, isTiny);
    const { verdict: expected, excessUntil } = bruteForce(run, naive);
    const { early, ...actual } = lazily(run, 17 * ticksPerHour + 5);
    expect({ seed, ...actual }).toEqual({ seed, ...expected });
    for (const read of early) {
      expect(read.excessPg).toBe(excessUntil(read.tick));
      expect(read.failures).toEqual(expected.failures.filter(({ tick }) => tick <= read.tick));
    }
    for (const failure of expected.failures) seen[failure.kind]! += 1;
    if (expected.excessPg > 0) seen['excess']! += 1;
    if (expected.failures.length === 0) seen['clean']! += 1;
  }
  return seen;
}

describe('equal to a look at every tick and window', () => {
  it('over 120 random runs of several days, in seconds', { timeout: 120_000 }, () => {
    const seen = compare(120, 3600, false, false);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  it('over 400 random runs of an hour of 60 ticks, each window compared in turn', {
    timeout: 120_000,
  }, () => {
    const seen = compare(400, 60, true, false);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  it('over 1,000 random runs in strokes of a few pg', { timeout: 120_000 }, () => {
    const seen = compare(1000, 60, true, true);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });
});
