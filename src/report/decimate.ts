/**
 * What a line through very many points needs of them to look the same: of each bucket, about a pixel wide, the first,
 * the last, the lowest and the highest. The data stay whole; this is done anew for each view.
 */

export interface Line {
  readonly x: readonly number[];
  /** null: unknown there, the line is interrupted. */
  readonly y: readonly (number | null)[];
}

/** Index of the first of the ascending `values` that is `wanted` or more. */
export function lowerBound(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lowest and highest that lines show from `from` to `to`, where they cross its ends too; null: nothing is known. */
export function extentOf(lines: readonly Line[], from: number, to: number): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const see = (value: number): void => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { x, y } of lines) {
    y.forEach((value, i) => {
      if (value === null) return;
      if (x[i]! >= from && x[i]! <= to) see(value);
      const next = y[i + 1] ?? null;
      if (next === null) return;
      for (const end of [from, to]) {
        if (x[i]! < end && end < x[i + 1]!) {
          see(value + ((next - value) * (end - x[i]!)) / (x[i + 1]! - x[i]!));
        }
      }
    });
  }
  return low > high ? null : [low, high];
}

/** The points from `from` to `to` and one beyond each end, at most about four in each of `buckets`. */
export function decimate(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from: number,
  to: number,
  buckets: number,
): Line {
  const begin = Math.max(0, lowerBound(x, from) - 1);
  const end = Math.min(x.length, lowerBound(x, to) + 2);
  const kept = { x: [] as number[], y: [] as (number | null)[] };
  const keep = (i: number): void => {
    kept.x.push(x[i]!);
    kept.y.push(Number.isNaN(y[i]!) ? null : y[i]!);
  };
  if (end - begin <= 4 * buckets) {
    for (let i = begin; i < end; i += 1) keep(i);
    return kept;
  }
  const width = (to - from) / buckets;
  for (let i = begin; i < end; ) {
    const bucket = Math.floor((x[i]! - from) / width);
    let next = i;
    let lowest = i;
    let highest = i;
    let unknown = -1;
    for (; next < end && Math.floor((x[next]! - from) / width) === bucket; next += 1) {
      if (Number.isNaN(y[next]!)) unknown = next;
      // Not "less or equal", so that a bucket's first point is also its lowest where all are alike.
      if (y[next]! < y[lowest]! || Number.isNaN(y[lowest]!)) lowest = next;
      if (y[next]! > y[highest]! || Number.isNaN(y[highest]!)) highest = next;
    }
    const chosen = [i, lowest, highest, unknown, next - 1].filter((one) => one >= 0);
    for (const one of [...new Set(chosen)].sort((a, b) => a - b)) keep(one);
    i = next;
  }
  return kept;
}
