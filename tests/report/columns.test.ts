import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packColumns, unpackColumns } from '../../src/report/columns.ts';

const MOST = 2 ** 51;
const value = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -MOST, max: MOST }),
  fc.constant(Number.NaN),
);

describe('columns as bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value)), (columns) => {
        const back = unpackColumns(packColumns(columns)).map((column) => [...column]);
        // A negative zero is a zero.
        expect(back).toEqual(columns.map((column) => column.map((one) => one + 0)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('take one byte for each of steady steps', () => {
    const strokes = Int32Array.from({ length: 10_000 }, (_, i) => 71 + 72 * i);
    expect(packColumns([strokes]).length).toBeLessThan(2 * 10_000 + 8);
    const flat = new Float64Array(10_000).fill(37_000_000);
    expect(packColumns([flat]).length).toBeLessThan(10_000 + 16);
  });

  it('are refused where they end too early', () => {
    const bytes = packColumns([[1, 2, 300]]);
    expect(() => unpackColumns(bytes.slice(0, -1))).toThrow('ends too early');
  });
});
