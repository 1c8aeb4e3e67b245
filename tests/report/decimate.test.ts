import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimate, extentOf, lowerBound } from '../../src/report/decimate.ts';

const COUNT = 20_000;
const x = Float64Array.from({ length: COUNT }, (_, i) => 10 * i);

function within(line: ReturnType<typeof decimate>, from: number, to: number): (number | null)[] {
  return line.y.filter((_, i) => line.x[i]! >= from && line.x[i]! < to);
}

describe('thinning a line for a view', () => {
  it('keeps every peak and trough, wherever they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: COUNT - 1 }),
        fc.integer({ min: 0, max: COUNT - 1 }),
        fc.integer({ min: 50, max: 900 }),
        (peak, trough, buckets) => {
          fc.pre(peak !== trough);
          const y = new Float64Array(COUNT).fill(5);
          y[peak] = 9;
          y[trough] = 1;
          const line = decimate(x, y, 0, 10 * COUNT, buckets);
          expect(line.x.length).toBeLessThanOrEqual(5 * (buckets + 2));
          expect(line.y[line.x.indexOf(10 * peak)]).toBe(9);
          expect(line.y[line.x.indexOf(10 * trough)]).toBe(1);
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });

  it('leaves points ascending, once each, with one beyond either end of the view', () => {
    const y = x.map((at) => Math.floor(at / 700) % 13);
    const line = decimate(x, y, 40_000, 90_000, 200);
    expect(line.x.every((at, i) => i === 0 || at > line.x[i - 1]!)).toBe(true);
    expect(line.x[0]).toBe(39_990);
    expect(line.x.at(-1)).toBe(90_010);
  });

  it('leaves few points as they are', () => {
    const line = decimate([0, 10, 20, 30], [1, 2, Number.NaN, 4], 0, 30, 100);
    expect(line).toEqual({ x: [0, 10, 20, 30], y: [1, 2, null, 4] });
  });

  it('shows that something is unknown, also within a bucket', () => {
    const y = new Float64Array(COUNT).fill(5);
    y[12_345] = Number.NaN;
    const line = decimate(x, y, 0, 10 * COUNT, 100);
    expect(within(line, 123_450, 123_451)).toEqual([null]);
  });

  it('finds where a value would stand', () => {
    expect([0, 5, 10, 11, 99].map((wanted) => lowerBound([0, 10, 20], wanted))).toEqual([0, 1, 1, 2, 3]);
  });
});

describe('how high and low the lines of a view reach', () => {
  const line = { x: [0, 100, 200, 300], y: [0, 50, -50, 400] };
  it('counts where a line crosses the ends of the view, and nothing that lies beyond them', () => {
    expect(extentOf([line], 90, 110)).toEqual([40, 50]);
    expect(extentOf([line], 220, 240)).toEqual([40, 130]);
    expect(extentOf([line], 0, 300)).toEqual([-50, 400]);
  });

  it('draws no line to what is unknown', () => {
    expect(extentOf([{ x: [0, 100, 200], y: [7, null, 9] }], 40, 160)).toBeNull();
    expect(extentOf([{ x: [0, 100, 200], y: [7, null, 9] }, line], 150, 250)).toEqual([-50, 175]);
  });
});
