/** Series made of others for the pictures: what is worked out here is not in the recording and adds nothing to it. */
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../core/units.ts';

/** A rate is an average over so many strokes at least, or it would show the strokes and not the rate. */
const AVERAGED_STROKES = 20;

/** Over how many ticks a rate is averaged: whole hours, because that is what programs are made of. */
export function averagingTicks(strokeCount: number, ticks: number): number {
  if (strokeCount === 0) return TICKS_PER_HOUR;
  const hours = Math.ceil((AVERAGED_STROKES * ticks) / strokeCount / TICKS_PER_HOUR);
  return Math.min(hours * TICKS_PER_HOUR, TICKS_PER_DAY);
}

/** Rate per day, at each sample the average over the `windowTicks` before it; unknown until there are so many. */
export function ratePerDay(
  ticks: ArrayLike<number>,
  cumulative: ArrayLike<number>,
  windowTicks: number,
): Float64Array {
  const rate = new Float64Array(ticks.length).fill(Number.NaN);
  let before = 0;
  for (let i = 0; i < ticks.length; i += 1) {
    const start = ticks[i]! - windowTicks;
    if (start < ticks[0]!) continue;
    while (before + 1 < i && ticks[before + 1]! <= start) before += 1;
    const span = ticks[before + 1]! - ticks[before]!;
    const share = span === 0 ? 0 : (start - ticks[before]!) / span;
    const then = cumulative[before]! + share * (cumulative[before + 1]! - cumulative[before]!);
    rate[i] = ((cumulative[i]! - then) * TICKS_PER_DAY) / windowTicks;
  }
  return rate;
}

export function difference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from(a, (value, i) => value - b[i]!);
}

/** What pumps count one after the other: each begins at nothing, and what those before it have given stays given. */
export function overPumps(counted: Float64Array): Float64Array {
  let before = 0;
  return counted.map((value, i) => {
    if (value === 0 && i > 0) before += counted[i - 1]!;
    return before + value;
  });
}

/** Shorter than this after a stroke, a pressure is on its way down, and says nothing but when it was looked at. */
const SETTLED_TICKS = 600;

/** The samples in the tick of a stroke, and those to which no stroke was near. */
export function peaksAndRest(sampleTicks: Float64Array, values: Float64Array, strokeTicks: Float64Array) {
  const ticks: number[] = [];
  const kept: number[] = [];
  let strokes = 0;
  sampleTicks.forEach((tick, i) => {
    while (strokes < strokeTicks.length && strokeTicks[strokes]! <= tick) strokes += 1;
    const since = strokes === 0 ? Number.POSITIVE_INFINITY : tick - strokeTicks[strokes - 1]!;
    if (since > 0 && since < SETTLED_TICKS) return;
    ticks.push(tick);
    kept.push(values[i]!);
  });
  return { ticks: Float64Array.from(ticks), values: Float64Array.from(kept) };
}
