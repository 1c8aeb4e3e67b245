/** The patient of the model, by hand: level, delayed effect, stages. Illustrative, and exact all the same. */
import { describe, expect, it } from 'vitest';
import {
  createPatient,
  csfNgPerMl,
  effectMilliPercent,
  look,
  nextLook,
  receive,
  withdrawalStage,
  type PatientState,
} from '../../sim/plant/patient.ts';
import { powerQ26 } from '../../sim/decay.ts';
import { below, hash } from '../../sim/prng.ts';
import { amountAt, createScaledSum, deposit } from '../../sim/scaled-sum.ts';

const HOUR = 3600;
const DAY = 86_400;
/** 300 ug a day in strokes of 0.25 ug, one in 72 s. */
const PG_PER_DAY = 300_000_000;

function lookUntil(p: PatientState, tick: number, seen?: (at: number) => void): void {
  for (let at = nextLook(p, tick); at >= 0; at = nextLook(p, tick)) {
    look(p, at);
    seen?.(at);
  }
}

function treat(p: PatientState, fromTick: number, untilTick: number): void {
  for (let tick = fromTick + 71; tick < untilTick; tick += 72) {
    lookUntil(p, tick);
    receive(p, 250_000, tick);
  }
  lookUntil(p, untilTick);
}

/** Hours after `fromTick` at which a stage was first seen. */
function stagesOver(p: PatientState, fromTick: number, hours: number): { w: number[]; o: number[] } {
  const found = { w: [NaN, NaN, NaN], o: [NaN, NaN, NaN] };
  lookUntil(p, fromTick + hours * HOUR, (at) => {
    const stages = { w: withdrawalStage(p), o: p.overdoseStage };
    for (const kind of ['w', 'o'] as const) {
      for (let i = 0; i < stages[kind]; i++)
        if (Number.isNaN(found[kind][i])) found[kind][i] = (at - fromTick) / HOUR;
    }
  });
  return found;
}

describe('a scaled sum', () => {
  it('halves, and halves again', () => {
    const sum = createScaledSum(5400, 0);
    deposit(sum, 1_000_000, 100);
    expect(amountAt(sum, 100)).toBeCloseTo(1_000_000, -1);
    expect(amountAt(sum, 5500) / 500_000).toBeCloseTo(1, 5);
    expect(amountAt(sum, 10_900) / 250_000).toBeCloseTo(1, 5);
    expect(amountAt(sum, 5400 * 60)).toBe(0);
  });

  it('agrees with real exponentials after years of random doses, to a millionth or a few pg', () => {
    const sum = createScaledSum(21_600, 0);
    let real = 0;
    let before = 0;
    for (let tick = 0, i = 0; i < 100_000; i++) {
      tick += 1 + below(4000, hash(1, 1, i));
      real = real * 2 ** (-(tick - before) / 21_600) + 250_000;
      before = tick;
      deposit(sum, 250_000, tick);
      expect(Math.abs(amountAt(sum, tick) / real - 1)).toBeLessThan(1e-5);
    }
  });

  it('is exact to the last bit, for amounts of every size and ticks in any order', () => {
    const ONE_BIT = 1_048_576;
    const big = (value: number, factorQ26: number) => (BigInt(value) * BigInt(factorQ26)) / 67_108_864n;
    for (const halfLifeTicks of [1, 7, 5400, 54_000]) {
      const sum = createScaledSum(halfLifeTicks, 0);
      let scaled = 0n;
      let halfLife = 0;
      let tick = 0;
      for (let i = 0; i < 20_000; i++) {
        const random = (count: number, stream: number) => below(count, hash(halfLifeTicks, stream, i));
        tick += random(2, 1) === 0 ? random(2 * halfLifeTicks, 2) : random(20, 2);
        const at = Math.max(0, tick - random(3, 3));
        const into = Math.max(halfLife, Math.floor(at / halfLifeTicks));
        scaled >>= BigInt(into - halfLife);
        halfLife = into;
        const fraction = Math.floor((Math.max(0, at - into * halfLifeTicks) * ONE_BIT) / halfLifeTicks);
        const growth = fraction === 0 ? 2 ** 26 : 2 * powerQ26(ONE_BIT - fraction);
        // From a stroke's worth to what needs more than 53 bits on its way.
        const amount = random(10 ** (1 + random(11, 4)), 5);
        scaled += big(amount * 16, growth);
        deposit(sum, amount, at);

        const later = tick + random(3 * halfLifeTicks, 6);
        const then = Math.max(halfLife, Math.floor(later / halfLifeTicks));
        const left = Math.floor((Math.max(0, later - then * halfLifeTicks) * ONE_BIT) / halfLifeTicks);
        expect(amountAt(sum, later)).toBe(
          Number(big(Number(scaled >> BigInt(then - halfLife)), powerQ26(left)) / 16n),
        );
      }
    }
  });

  it('never rises between doses', () => {
    const sum = createScaledSum(5400, 123_456_789);
    let last = amountAt(sum, 0);
    for (let tick = 1; tick < 40_000; tick++) {
      const now = amountAt(sum, tick);
      expect(now).toBeLessThanOrEqual(last);
      last = now;
    }
  });
});

describe('level and effect', () => {
  it('are 0.42 ug/mL at 300 ug/day: 12.5 ug/h over 30 mL/h, from nothing within a day and a half', () => {
    const p = createPatient(0, 500, 1000);
    treat(p, 0, 2 * DAY);
    // A stroke's saw-tooth of 0.25 ug in 64.9 mL is 0.004.
    expect(Math.abs(csfNgPerMl(p, 2 * DAY) - 416.7)).toBeLessThan(3);
    expect(csfNgPerMl(createPatient(PG_PER_DAY, 500, 1000), 0)).toBe(416);
  });

  it('reach 95 % of the level after 4.32 half-lives, 6.5 h', () => {
    const p = createPatient(0, 500, 1000);
    treat(p, 0, 6.5 * HOUR);
    expect(csfNgPerMl(p, 6.5 * HOUR) / 416.7).toBeCloseTo(0.95, 2);
  });

  it('peak 4 h after a bolus, at 4^(-4/3) of it', () => {
    const p = createPatient(0, 500, 1000);
    receive(p, 100_000_000, 0);
    let peak = 0;
    for (let tick = 0; tick < DAY; tick += 60)
      if (effectMilliPercent(p, tick) > effectMilliPercent(p, peak)) peak = tick;
    expect(Math.abs(peak - 4 * HOUR)).toBeLessThan(600);
    // 15.75 ug over the 9 ug that count as a naive patient's own.
    expect(effectMilliPercent(p, 4 * HOUR)).toBe(Math.floor((15_749.0 / 9000) * 1000) * 100);
  });
});

describe('need', () => {
  it('is met by 50 ug in one and by 75 ug in another, and a third is limp of 50 ug', () => {
    const effectOf = (needsTenthUg: number, ug: number): { percent: number; ashworth: number } => {
      const p = createPatient(0, needsTenthUg, 1000);
      receive(p, ug * 1_000_000, 0);
      lookUntil(p, 4 * HOUR);
      return { percent: effectMilliPercent(p, 4 * HOUR) / 1000, ashworth: p.ashworth };
    };
    // 4^(-4/3) of the dose over 9 ug, and that times 50 ug over the need.
    expect(effectOf(500, 50)).toEqual({ percent: 87.4, ashworth: 1 });
    expect(effectOf(750, 50)).toEqual({ percent: 58.3, ashworth: 2 });
    expect(effectOf(750, 75)).toEqual({ percent: 87.4, ashworth: 1 });
    expect(effectOf(250, 50)).toEqual({ percent: 174.9, ashworth: 0 });
  });

  it('makes an overdose of what another one bears', () => {
    const stageOf = (needsTenthUg: number): number => {
      const p = createPatient(0, needsTenthUg, 1000);
      receive(p, 100_000_000, 0);
      lookUntil(p, 4 * HOUR);
      return p.overdoseStage;
    };
    expect(stageOf(250)).toBe(1);
    expect(stageOf(500)).toBe(0);
  });
});

describe('stages', () => {
  it('of withdrawal come 8, 27 and 49 h after the last of 60 days, to somebody who began with nothing', () => {
    const p = createPatient(0, 500, 1000);
    treat(p, 0, 60 * DAY);
    const { w } = stagesOver(p, 60 * DAY, 72);
    expect(w[0]).toBeCloseTo(8.4, 0);
    expect(w[1]).toBeCloseTo(26.7, 0);
    expect(w[2]).toBeCloseTo(48.9, 0);
  });

  it('of an overdose come within minutes of 5 mg at once, leave in a day, and withdrawal follows', () => {
    const p = createPatient(PG_PER_DAY, 500, 1000);
    receive(p, 5_000_000_000, 0);
    const { w, o } = stagesOver(p, 0, 96);
    // By hand 3, 8 and 20 min: seen at the next look.
    expect(o.map((hours) => Math.round(hours * 60))).toEqual([5, 10, 25]);
    expect(w[0]).toBeGreaterThan(30);
    expect(w[0]).toBeLessThan(50);
    expect(p.overdoseStage).toBe(0);
  });

  it('of neither kind come to a new patient from the three screening doses', () => {
    const p = createPatient(0, 500, 1000);
    for (const [day, ug] of [50, 75, 100].entries()) {
      receive(p, ug * 1_000_000, day * DAY);
      expect(stagesOver(p, day * DAY, 24)).toEqual({ w: [NaN, NaN, NaN], o: [NaN, NaN, NaN] });
    }
    expect(stagesOver(p, 3 * DAY, 200)).toEqual({ w: [NaN, NaN, NaN], o: [NaN, NaN, NaN] });
  });

  it('go with spasticity: treated 1, without the drug 4', () => {
    const p = createPatient(PG_PER_DAY, 500, 1000);
    expect(p.ashworth).toBe(1);
    lookUntil(p, 3 * DAY);
    expect(p.ashworth).toBe(4);
    expect(createPatient(0, 500, 1000).ashworth).toBe(4);
  });

  it('are left later than they were reached: no flicker on a threshold', () => {
    const p = createPatient(PG_PER_DAY, 500, 1000);
    lookUntil(p, 9 * HOUR);
    expect(withdrawalStage(p)).toBe(1);
    let isLeft = -1;
    for (let tick = 9 * HOUR; isLeft < 0; tick += 72) {
      receive(p, 250_000, tick);
      lookUntil(p, tick);
      if (withdrawalStage(p) === 0) isLeft = effectMilliPercent(p, tick);
    }
    expect(isLeft).toBeGreaterThanOrEqual(60_000);
  });
});
