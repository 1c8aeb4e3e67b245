import { describe, expect, it } from 'vitest';
import { decayed, ONE_BIT_Q20, powerQ26 } from '../../sim/decay.ts';

describe('the table of 2^-x', () => {
  it('starts at exactly one and falls at every one of its 1,048,576 steps', () => {
    expect(powerQ26(0)).toBe(2 ** 26);
    let before = powerQ26(0);
    let rises = 0;
    for (let x = 1; x < ONE_BIT_Q20; x++) {
      const power = powerQ26(x);
      if (power >= before) rises++;
      before = power;
    }
    expect(rises).toBe(0);
    expect(before).toBeGreaterThan(2 ** 25);
  });

  it('is within 1e-7 of the real power everywhere', () => {
    let worst = 0;
    for (let x = 0; x < ONE_BIT_Q20; x++) {
      const real = 2 ** (-x / ONE_BIT_Q20);
      worst = Math.max(worst, Math.abs(powerQ26(x) / 2 ** 26 / real - 1));
    }
    expect(worst).toBeLessThan(1e-7);
    expect(worst).toBeGreaterThan(0);
  });

  it('halves exactly with each whole bit, rounding down', () => {
    expect(decayed(500_000, ONE_BIT_Q20)).toBe(250_000);
    expect(decayed(500_001, ONE_BIT_Q20)).toBe(250_000);
    expect(decayed(500_000, 18 * ONE_BIT_Q20)).toBe(1);
    expect(decayed(500_000, 19 * ONE_BIT_Q20)).toBe(0);
  });

  it('gives the square root of a half after half a bit', () => {
    expect(decayed(100_000_000, ONE_BIT_Q20 / 2)).toBe(70_710_678);
  });

  it('leaves all of it at once and nothing after 27 bits, however far that is', () => {
    expect(decayed(2 ** 27 - 1, 0)).toBe(2 ** 27 - 1);
    expect(decayed(2 ** 27 - 1, 26 * ONE_BIT_Q20)).toBe(1);
    expect(decayed(2 ** 27 - 1, 27 * ONE_BIT_Q20)).toBe(0);
    expect(decayed(2 ** 27 - 1, 1e300)).toBe(0);
  });
});
