import { describe, expect, it } from 'vitest';
import { below, hash, streamOf, triangular } from '../../sim/prng.ts';

describe('the counter-based hash', () => {
  it('is these bits, on every engine and for ever', () => {
    expect(streamOf('')).toBe(0x811c9dc5);
    expect(streamOf('a')).toBe(0xe40c292c);
    expect([hash(7, 1, 0), hash(7, 1, 1), hash(8, 1, 0), hash(7, 2, 0)]).toMatchInlineSnapshot(`
      [
        92292155,
        4273475164,
        828898282,
        3929261259,
      ]
    `);
  });

  it('falls evenly into ten bins', () => {
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[below(10, hash(7, streamOf('even'), i))]!++;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('does not repeat one stream in another, one tick later or under the next seed', () => {
    let same = 0;
    for (let i = 0; i < 10_000; i++) {
      const h = hash(7, streamOf('x'), i);
      if (
        h === hash(7, streamOf('y'), i) ||
        h === hash(7, streamOf('x'), i + 1) ||
        h === hash(8, streamOf('x'), i)
      )
        same++;
    }
    expect(same).toBe(0);
  });

  it('is triangular: the middle comes 101 times in 10,201, the ends once', () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 1_000_000; i++) {
      const value = triangular(100, hash(7, streamOf('triangle'), i));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect(counts.size).toBe(201);
    expect(Math.abs(counts.get(0)! - 9901)).toBeLessThan(400);
    expect(Math.abs(counts.get(100)! - 98)).toBeLessThan(40);
  });

  it('stays below its count at the largest hash', () => {
    expect(below(3, 4294967295)).toBe(2);
    expect(below(31_536_000, 4294967295)).toBe(31_535_999);
  });
});
