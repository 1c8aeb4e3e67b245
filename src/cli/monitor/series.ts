/** What was seen of a pump from look to look, as curves over pump time. */

import { TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../../core/units.ts';

/** One look: counters and computed volumes as the pump told them. */
export interface Sample {
  readonly tick: number;
  readonly requestedStrokes: number;
  readonly reservoirNl: number;
  readonly batteryPermille: number;
}

export interface Point {
  readonly tick: number;
  readonly value: number;
}

/** More than any terminal has columns. */
const MOST_SAMPLES = 2000;
const SMOOTHING_TICKS = 10 * TICKS_PER_MINUTE;

/** A new pump starts a new curve. Where there are too many, half of them are kept, evenly over the time. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (sample.tick < last.tick || sample.requestedStrokes < last.requestedStrokes))
    return [sample];
  if (last?.tick === sample.tick) return samples;
  if (last === undefined || samples.length < MOST_SAMPLES) return [...samples, sample];
  return [...thinned(samples, last.tick), sample];
}

function thinned(samples: readonly Sample[], lastTick: number): readonly Sample[] {
  const first = samples[0]?.tick ?? lastTick;
  const spacing = (lastTick - first) / (MOST_SAMPLES / 2);
  const place = (sample: Sample | undefined): number =>
    sample === undefined ? -1 : Math.floor((sample.tick - first) / spacing);
  return samples.filter((sample, index) => place(sample) > place(samples[index - 1]));
}

/**
 * Strokes an hour between looks that found strokes, some minutes apart, so that a rate stands still while the pump's
 * does although looks fall where they fall. Once the next stroke is late, the rate falls as it keeps waiting.
 */
export function strokeRate(samples: readonly Sample[]): readonly Point[] {
  const points: Point[] = [];
  const found: Sample[] = [];
  /** At the last stroke. */
  let rate = Number.NaN;
  for (const [index, sample] of samples.entries()) {
    const last = found.at(-1);
    const waited = last === undefined ? Number.NaN : perHour(1, last, sample);
    const isStroke = index > 0 && sample.requestedStrokes > samples[index - 1]!.requestedStrokes;
    if (isStroke) {
      // A pause is no rate: after one that is longer than any wait for a stroke was, it begins anew.
      if (waited < rate / 2) found.length = 0;
      while (found.length > 1 && sample.tick - found[1]!.tick >= SMOOTHING_TICKS) found.shift();
      const since = found[0];
      rate =
        since === undefined
          ? waited
          : perHour(sample.requestedStrokes - since.requestedStrokes, since, sample);
      found.push(sample);
    }
    const now = isStroke ? rate : Math.min(rate, waited);
    if (!Number.isNaN(now)) points.push({ tick: sample.tick, value: now });
  }
  return points;
}

function perHour(strokes: number, from: Sample, to: Sample): number {
  return (strokes * TICKS_PER_HOUR) / (to.tick - from.tick);
}

/** The value that held at the end of each of so many equal parts of the time, of which the first begins at a point. */
export function atColumns(
  points: readonly Point[],
  fromTick: number,
  toTick: number,
  columns: number,
): number[] {
  const values: number[] = [];
  let next = 0;
  let value = Number.NaN;
  for (let column = 1; column <= columns; column++) {
    const untilTick = fromTick + ((toTick - fromTick) * column) / columns;
    while (next < points.length && points[next]!.tick <= untilTick) value = points[next++]!.value;
    values.push(value);
  }
  return values;
}
