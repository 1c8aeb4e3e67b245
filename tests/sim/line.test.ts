import { describe, expect, it } from 'vitest';
import { createLine, push, tanksPg, tipNgPerMl, tipPgOf, type LineState } from '../../sim/plant/line.ts';
import { below, hash } from '../../sim/prng.ts';

const STROKE_NL = 500;

/** Strokes of 2,000 ug/mL into a line of 500, until the tip holds the middle of the two. */
function strokesToMidpoint(line: LineState): number {
  let strokes = 0;
  while (tipNgPerMl(line) < 1_250_000) {
    push(line, STROKE_NL, STROKE_NL * 2000, 0);
    strokes++;
  }
  return strokes;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe('a line of 286 uL', () => {
  // 286 / 25 = 11.44 h and 286 / 6.25 = 45.76 h: a stroke in 72 s, and one in 288 s.
  it.each([
    [72, 11.4],
    [288, 45.8],
  ])(
    'has the middle of a front at its tip after as many strokes as it holds: one in %i s, %f h',
    (s, hours) => {
      const line = createLine(0, 286_000, 128, 500);
      const measured = (strokesToMidpoint(line) * s) / 3600;
      expect(Math.abs(measured / hours - 1)).toBeLessThan(0.005);
    },
  );

  it('spreads a front over a fifth of its volume with 128 tanks, from 10 to 90 per cent', () => {
    const line = createLine(0, 286_000, 128, 0);
    const passed: number[] = [];
    for (let strokes = 1; passed.length < 2; strokes++) {
      push(line, STROKE_NL, STROKE_NL * 1000, 0);
      const level = passed.length === 0 ? 100_000 : 900_000;
      if (tipNgPerMl(line) >= level) passed.push(strokes * STROKE_NL);
    }
    expect((passed[1]! - passed[0]!) / 286_000).toBeCloseTo(0.2, 2);
  });

  it('gives too early what it later lacks: a prime of exactly its volume, summed up, is the clean front', () => {
    const line = createLine(199_000, 196_000, 128, 0);
    let early = 0;
    for (let i = 0; i < 790; i++) early += push(line, STROKE_NL, STROKE_NL * 500, 0).tipPg;
    expect(early).toBeGreaterThan(5_000_000);
    let all = early;
    for (let i = 0; i < 790; i++) all += push(line, STROKE_NL, STROKE_NL * 500, 0).tipPg;
    expect(all).toBe(790 * STROKE_NL * 500);
  });

  it('refuses tanks that are smaller than what is pushed at a time', () => {
    expect(() => createLine(0, 50_000, 101, 0)).toThrow('each holds 500 nL at least');
    expect(createLine(0, 50_000, 100, 0).tankNl[0]).toBe(500);
  });
});

/** Pushes of all sizes, strengths and leaks that a seed decides, in stretches that are long enough to come to rest. */
function randomPushes(
  seed: number,
  count: number,
  act: (nl: number, pg: number, lostNl: number) => void,
): void {
  let strength = 0;
  let lostPpm = 0;
  for (let i = 0; i < count; i++) {
    const random = (n: number, stream: number) => below(n, hash(seed, stream, i));
    if (random(400, 1) === 0) strength = random(3, 2) === 0 ? 500 : random(2000, 3);
    if (random(600, 4) === 0) lostPpm = random(2, 5) * random(1_000_001, 6);
    const nl = random(50, 7) === 0 ? 1 + random(20_000, 8) : 500;
    const pg = random(100, 9) === 0 ? Math.floor(nl * strength * 0.999) : nl * strength;
    act(nl, pg, Math.floor((nl * lostPpm) / 1_000_000));
  }
}

describe('under random pushes', () => {
  it('a line is conserved to the picogram, and no tank runs negative', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const line = createLine(199_000, 231_400, 128, 500);
      let entered = line.heldPg;
      let left = 0;
      randomPushes(seed, 4000, (nl, pg, lostNl) => {
        const { tipPg, holePg } = push(line, nl, pg, lostNl);
        entered += pg;
        left += tipPg + holePg;
        expect(sumOf(line.tankPg) + left).toBe(entered);
      });
      expect(Math.min(...line.tankPg)).toBeGreaterThanOrEqual(0);
    }
  });

  it('what comes out at the tip is known before it is pushed, and the tanks are added up after each change', () => {
    const asked = { atOnce: 0, byTanks: 0, unknown: 0 };
    for (let seed = 40; seed < 50; seed++) {
      const line = createLine(20_000, 20_000, 24, 500);
      randomPushes(seed, 3000, (nl, pg, lostNl) => {
        const before = { ...line, tankPg: line.tankPg.slice() };
        const foreseen = tipPgOf(line, nl, pg, lostNl);
        expect(line).toEqual(before);
        const { tipPg } = push(line, nl, pg, lostNl);
        if (foreseen === null) asked.unknown++;
        else if (line.tankPg.every((held, i) => held === before.tankPg[i])) asked.atOnce++;
        else asked.byTanks++;
        expect([null, tipPg]).toContain(foreseen);
        expect(tanksPg(line)).toBe(sumOf(line.tankPg));
      });
    }
    // Not known are those in more chunks than there are tanks on the way to the tip.
    expect(Math.min(asked.atOnce, asked.byTanks, asked.unknown)).toBeGreaterThan(100);
  });

  it('the short cut of a line at rest gives what the full pass gives', () => {
    let shortCuts = 0;
    for (let seed = 20; seed < 30; seed++) {
      const short = createLine(20_000, 20_000, 24, 500);
      const full = createLine(20_000, 20_000, 24, 500);
      randomPushes(seed, 6000, (nl, pg, lostNl) => {
        if (lostNl === 0 && nl <= short.stillNl && pg === nl * short.stillPgPerNl) shortCuts++;
        full.stillNl = 0;
        expect(push(short, nl, pg, lostNl)).toEqual(push(full, nl, pg, lostNl));
        expect(short.tankPg).toEqual(full.tankPg);
      });
    }
    expect(shortCuts).toBeGreaterThan(1000);
  });

  it('notices a picogram that is missing', () => {
    const line = createLine(199_000, 231_400, 128, 500);
    line.stillNl = 0;
    line.heldPg -= 1;
    // The books beside the tanks are moved by what the tanks gain, so the world's hourly sum finds it.
    push(line, 500, 250_000, 0);
    expect(sumOf(line.tankPg)).not.toBe(line.heldPg);
  });
});

describe('a hole in the middle of the catheter', () => {
  it('lies behind the tubing and half of the catheter', () => {
    const line = createLine(199_000, 286_000, 128, 500);
    const beforeNl = sumOf(line.tankNl.slice(0, line.holeAfter + 1));
    expect(Math.abs(beforeNl - 342_000)).toBeLessThan(5000);
  });

  it('leaves the far piece as it is when all is lost, and fills it again afterwards', () => {
    const line = createLine(199_000, 286_000, 128, 500);
    const far = line.tankPg.slice(line.holeAfter + 1);
    for (let i = 0; i < 2000; i++) expect(push(line, 500, 1_000_000, 500).tipPg).toBe(0);
    expect(line.tankPg.slice(line.holeAfter + 1)).toEqual(far);
    // What comes first through a mended catheter is what stood in the far piece.
    expect(push(line, 500, 1_000_000, 0).tipPg).toBe(250_000);
  });

  it('takes its share of what a uniform line holds, to the picogram', () => {
    const line = createLine(199_000, 286_000, 128, 500);
    expect(push(line, 500, 250_000, 125)).toEqual({ tipPg: 187_500, holePg: 62_500 });
  });
});
