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
import type { DoseFailure, Oracle } from '../../sim/oracle.ts';

const HOUR = 3600;
const DAY = 86_400;
/** 500 nL of 500 ug/mL. */
const STROKE = 250_000;

const ugPerDay = (ug: number) => ({ numerator: ug * 1_000_000, denominator: DAY });
const STOPPED = { numerator: 0, denominator: 1 };

function start(tenthUgPerDay: number, strokePg = STROKE): Oracle {
  const oracle = createOracle({ ticksPerHour: HOUR, strokePg });
  prescribe(oracle, 0, { numerator: 100_000 * tenthUgPerDay, denominator: DAY });
  return oracle;
}

/** A small pump of its own, in big integers: a stroke falls in the tick whose share completes it. */
function strokeTick(k: number, numerator: number, denominator: number, strokePg: number): number {
  const share = BigInt(numerator);
  return Number((BigInt(k) * BigInt(strokePg) * BigInt(denominator) + share - 1n) / share) - 1;
}

describe('prescription', () => {
  it('holds 0.1 ug/day, 0.1 ug/h and nL/h without loss', () => {
    const perDay = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    prescribe(perDay, 0, { numerator: 125, denominator: 108 });
    expect(prescribedPg(perDay, 106)).toBe(123); // 107 x 125 / 108 = 123.8
    expect(prescribedPg(perDay, 107)).toBe(125);
    expect(prescribedPg(perDay, 2555 * DAY - 1)).toBe(2555 * 100_000);

    const perHour = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    prescribe(perHour, 0, { numerator: 2_400_000, denominator: DAY });
    expect(prescribedPg(perHour, 8)).toBe(250); // 9 x 250 / 9
    expect(prescribedPg(perHour, 24 * HOUR - 1)).toBe(2_400_000);

    const flow = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    prescribe(flow, 0, { numerator: 24 * 7 * 503, denominator: DAY });
    expect(prescribedPg(flow, HOUR - 1)).toBe(3521);
    expect(prescribedPg(flow, HOUR - 2)).toBe(3520);
    expect(prescribedPg(flow, 1000 * HOUR - 1)).toBe(3_521_000);
  });

  it('counts a rate from its own tick and carries the fraction over changes', () => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    expect(prescribedPg(oracle, 9)).toBe(0);
    prescribe(oracle, 10, { numerator: 125, denominator: 108 });
    expect(prescribedPg(oracle, 9)).toBe(0);
    expect(prescribedPg(oracle, 10)).toBe(1);
    prescribe(oracle, 64, { numerator: 250, denominator: 108 }); // 54 ticks: 62.5 pg
    expect(prescribedPg(oracle, 63)).toBe(62);
    prescribe(oracle, 91, STOPPED); // 27 ticks: 62.5 pg
    expect(prescribedPg(oracle, 90)).toBe(125);
    expect(prescribedPg(oracle, 100_000)).toBe(125);
    expect(prescribedPg(oracle, 63)).toBe(62);
  });

  it('refuses what it could not hold', () => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    expect(() => prescribe(oracle, 0, { numerator: 1, denominator: 86_401 })).toThrow(
      'not a whole number of pg',
    );
    expect(() => prescribe(oracle, 0, { numerator: 0.5, denominator: 1 })).toThrow('not a fraction');
    expect(() => prescribe(oracle, 0, { numerator: 60_000_000, denominator: 1 })).toThrow(
      'rate out of range',
    );
    delivered(oracle, 5, 10);
    expect(() => delivered(oracle, 6, 9)).toThrow('fell');
    expect(() => delivered(oracle, 4, 11)).toThrow('earlier');
    expect(() => createOracle({ ticksPerHour: HOUR, strokePg: 0 })).toThrow('stroke');
  });
});

describe('a perfect pump', () => {
  const pgPerDay: readonly [string, number, number][] = [
    ['0.1 ug/day', 100_000, STROKE],
    ['24 ug/day', 24_000_000, STROKE],
    ['300 ug/day', 300_000_000, STROKE],
    ['300.7 ug/day', 300_700_000, STROKE],
    ['33.3 ug/h', 333 * 2_400_000, STROKE],
    ['317 nL/h of 503 ug/mL', 24 * 317 * 503, 500 * 503],
    ['24 mL/day of 2,000 ug/mL', 48_000_000_000, 1_000_000],
    ['0.6 mL/day of the 2,500 nL mechanism', 300_000_000, 1_250_000],
  ];
  it.each(pgPerDay)('at %s gives excess 0 and no failure', (_name, numerator, strokePg) => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg });
    prescribe(oracle, 0, { numerator, denominator: DAY });
    const end = 6 * DAY;
    for (let k = 1; ; k += 1) {
      const tick = strokeTick(k, numerator, DAY, strokePg);
      if (tick > end) break;
      delivered(oracle, tick, k * strokePg);
    }
    expect(excessPg(oracle)).toBe(0);
    expect(failures(oracle, end)).toEqual([]);
  });

  it('spoiled by one stroke too many is off by the share that stroke was early', () => {
    const oracle = start(3000);
    for (let k = 1; k <= 100; k += 1) delivered(oracle, 72 * k - 1, k * STROKE);
    delivered(oracle, 7205, 101 * STROKE); // 6 ticks after the 100th
    // D - P is -71/72 stroke just before stroke 100 and 1 - 6/72 after the extra one: 1 + 65/72, one is allowed.
    expect(excessPg(oracle)).toBe(Math.floor((65 * STROKE) / 72));
  });
});

describe('each failure, by hand, at 300 ug/day in strokes of 0.25 ug (one every 72 ticks)', () => {
  function perfectUntil(oracle: Oracle, strokes: number): void {
    for (let k = 1; k <= strokes; k += 1) delivered(oracle, 72 * k - 1, k * STROKE);
  }

  it('over: 300 ug x 1.145 + 2 strokes = 344 ug is allowed in 24 h, that is 1,376 strokes [SR-TRUTH-2]', () => {
    for (const [dumped, expected] of [
      [176, []],
      [177, [{ kind: 'over-delivery', tick: 100_000 }]],
    ] as const) {
      const oracle = start(3000);
      perfectUntil(oracle, 1388); // up to tick 99,935; 1,200 in any 24 h
      delivered(oracle, 100_000, (1388 + dumped) * STROKE);
      expect(failures(oracle, 99_999)).toEqual([]);
      expect(failures(oracle, 100_000)).toEqual(expected);
      for (let k = 1389; k <= 1500; k += 1) delivered(oracle, 72 * k - 1, (k + dumped) * STROKE);
      expect(failures(oracle, 108_000)).toEqual(expected);
      // Opened before a stroke with 71 of 72 ticks owed, closed with a later stroke, nothing owed.
      expect(excessPg(oracle)).toBe((dumped - 1) * STROKE + 246_527);
    }
  });

  it('over: counts before the first 24 h are full', () => {
    const oracle = start(3000);
    delivered(oracle, 100, 3 * STROKE); // 101 ticks: 1.145 x 1.403 strokes + 2 = 3.606
    expect(failures(oracle, 100)).toEqual([]);
    delivered(oracle, 101, 4 * STROKE); // 1.145 x 1.417 + 2 = 3.62
    expect(failures(oracle, 200)).toEqual([{ kind: 'over-delivery', tick: 101 }]);
  });

  it('under: below 300 ug x 0.855 - 2 strokes = 256 ug, that is when 177 strokes are missing [SR-TRUTH-2]', () => {
    const oracle = start(3000);
    perfectUntil(oracle, 1200);
    alarmRaised(oracle, 87_000);
    const missing = 72 * 177 - 1 + DAY; // the 177th stroke leaves the window
    expect(missing).toBe(99_143);
    expect(failures(oracle, missing - 1)).toEqual([]);
    expect(failures(oracle, missing)).toEqual([{ kind: 'under-delivery', tick: missing }]);
    delivered(oracle, 200_000, 1201 * STROKE);
    expect(failures(oracle, 200_000)).toEqual([{ kind: 'under-delivery', tick: missing }]);
  });

  it('under: not before the first full 24 h', () => {
    const oracle = start(3000);
    alarmRaised(oracle, 0);
    expect(failures(oracle, DAY - 2)).toEqual([]);
    expect(failures(oracle, DAY - 1)).toEqual([{ kind: 'under-delivery', tick: DAY - 1 }]);
  });

  it('silent stop: after 2 h, where 8 strokes take 576 ticks [SR-TRUTH-2]', () => {
    const oracle = start(3000);
    perfectUntil(oracle, 100);
    expect(failures(oracle, 7199 + 7199)).toEqual([]);
    expect(failures(oracle, 7199 + 7200)).toEqual([{ kind: 'silent-stop', tick: 14_399 }]);
  });

  it('silent stop: after 8 strokes, where these take longer than 2 h', () => {
    const oracle = start(120); // 12 ug/day: a stroke every 1,800 ticks
    delivered(oracle, 1799, STROKE);
    expect(failures(oracle, 1799 + 14_399)).toEqual([]);
    expect(failures(oracle, 20_000)).toEqual([{ kind: 'silent-stop', tick: 1799 + 14_400 }]);
  });

  it('silent stop: refigured at a change of rate', () => {
    const oracle = start(120);
    delivered(oracle, 1799, STROKE);
    prescribe(oracle, 9000, { numerator: 24_000_000, denominator: DAY }); // 7,200 ticks: 4 strokes; 4 more at 900
    expect(failures(oracle, 12_598)).toEqual([]);
    expect(failures(oracle, 20_000)).toEqual([{ kind: 'silent-stop', tick: 12_599 }]);
  });

  it('silent stop: an alarm excuses it when raised after the last delivery and in time', () => {
    const run = (alarmTick: number): readonly DoseFailure[] => {
      const oracle = start(3000);
      perfectUntil(oracle, 100);
      alarmRaised(oracle, alarmTick);
      return failures(oracle, 50_000);
    };
    expect(run(7199)).toEqual([{ kind: 'silent-stop', tick: 14_399 }]);
    expect(run(7200)).toEqual([]);
    expect(run(14_399)).toEqual([]);
    expect(run(14_400)).toEqual([{ kind: 'silent-stop', tick: 14_399 }]);
  });

  it('silent stop: never while nothing is prescribed', () => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg: STROKE });
    expect(failures(oracle, 30 * DAY)).toEqual([]);
    const stopped = start(3000);
    perfectUntil(stopped, 1200);
    prescribe(stopped, DAY, STOPPED);
    expect(failures(stopped, 30 * DAY)).toEqual([]);
    expect(excessPg(stopped)).toBe(0);
    // Even when 8 strokes were missed before the stop; with the next rate the silence counts again.
    const late = start(3000);
    prescribe(late, 1000, STOPPED);
    expect(failures(late, 30_000)).toEqual([]);
    prescribe(late, 20_000, ugPerDay(300));
    expect(failures(late, 30_000)).toEqual([{ kind: 'silent-stop', tick: 20_000 }]);
  });
});

describe('calls', () => {
  it('of one tick may come in any order', () => {
    const calls: ((o: Oracle) => void)[] = [
      (o) => delivered(o, 1000, 5 * STROKE),
      (o) => prescribe(o, 1000, ugPerDay(600)),
      (o) => alarmRaised(o, 1000),
    ];
    const results = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ].map((order) => {
      const oracle = start(3000);
      delivered(oracle, 500, STROKE);
      for (const index of order) calls[index]!(oracle);
      const here = [excessPg(oracle), prescribedPg(oracle, 1000), failures(oracle, 1000)];
      delivered(oracle, 1500, 6 * STROKE);
      return [here, excessPg(oracle), failures(oracle, 100_000)];
    });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(JSON.stringify(results[0])).toContain('silent-stop');
  });

  it('of one tick replace each other: the last total and the last rate stand', () => {
    const twice = start(3000);
    const once = start(3000);
    for (const o of [twice, once]) delivered(o, 71, STROKE);
    delivered(twice, 80, 2 * STROKE);
    prescribe(twice, 80, STOPPED);
    delivered(twice, 80, 3 * STROKE);
    prescribe(twice, 80, ugPerDay(900));
    delivered(once, 80, 3 * STROKE);
    prescribe(once, 80, ugPerDay(900));
    expect(twice).toEqual(once);
    expect(excessPg(twice)).toBe(excessPg(once));
  });

  it('that only read change nothing, and a clone goes on as the original', () => {
    const oracle = start(3000);
    for (let k = 1; k <= 300; k += 1) delivered(oracle, 60 * k - 1, k * STROKE);
    const before = structuredClone(oracle);
    failures(oracle, 200_000);
    excessPg(oracle);
    prescribedPg(oracle, 200_000);
    expect(oracle).toEqual(before);
    for (const o of [oracle, before]) {
      for (let k = 301; k <= 3000; k += 1) delivered(o, 60 * k - 1, k * STROKE);
    }
    expect(before).toEqual(oracle);
    expect(failures(before, 300_000)).toEqual(failures(oracle, 300_000));
    expect(failures(oracle, 300_000).length).toBe(3);
  });

  it('without news leave the result alone, whatever their ticks', () => {
    const quiet = start(3000);
    const asked = start(3000);
    let total = 0;
    for (let tick = 0; tick < 4 * DAY; tick += 1) {
      const isStroke = tick % (tick < 2 * DAY ? 72 : 90) === 0;
      if (isStroke) total += STROKE;
      if (isStroke) delivered(quiet, tick, total);
      if (isStroke || tick % 600 === 0) delivered(asked, tick, total);
    }
    expect(failures(asked, 4 * DAY)).toEqual(failures(quiet, 4 * DAY));
    expect(excessPg(asked)).toBe(excessPg(quiet));
  });
});

it('tells no excess where none is kept', () => {
  const oracle = createOracle({ ticksPerHour: HOUR, strokePg: STROKE, isExcessKept: false });
  delivered(oracle, 10, STROKE);
  expect(() => excessPg(oracle)).toThrow('no excess is kept');
});

describe('seven years at 24 mL/day of 2,000 ug/mL', () => {
  const SEVEN_YEARS = 2555 * DAY;
  const RATE = { numerator: 48_000_000_000, denominator: DAY };
  /** An hour at this rate in one stroke keeps the test short; the totals are those of the device. */
  const HOURLY = 2_000_000_000;

  it('stays exact to the last pg', () => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg: HOURLY });
    prescribe(oracle, 0, RATE);
    for (let hour = 1; hour <= 2555 * 24; hour += 1) delivered(oracle, hour * HOUR - 1, hour * HOURLY);
    expect(excessPg(oracle)).toBe(0);
    expect(failures(oracle, SEVEN_YEARS)).toEqual([]);
    expect(prescribedPg(oracle, SEVEN_YEARS - 1)).toBe(2555 * 48_000_000_000);
    for (const tick of [SEVEN_YEARS - 2, SEVEN_YEARS, SEVEN_YEARS + 12_345]) {
      expect(BigInt(prescribedPg(oracle, tick))).toBe((BigInt(tick + 1) * 48_000_000_000n) / 86_400n);
    }
  });

  it('judges the last days as it judges the first', () => {
    const last = (days: number) => {
      const from = days * DAY;
      const oracle = createOracle({ ticksPerHour: HOUR, strokePg: HOURLY });
      prescribe(oracle, 0, RATE);
      for (let hour = 1; hour <= days * 24; hour += 1) delivered(oracle, hour * HOUR - 1, hour * HOURLY);
      let total = days * 24 * HOURLY;
      // +30 % in strokes of 1,000,000 pg for a day, then half of the prescription, then nothing.
      for (let tick = 0; tick < 3 * DAY; tick += 1) {
        if (tick === DAY)
          prescribe(oracle, from + tick, { numerator: 24 * 999_983 * 1999, denominator: DAY });
        if (tick < DAY ? (tick * 13) % 18 < 13 : tick < 2 * DAY && tick % 1000 < 270) {
          total += 1_000_000;
          delivered(oracle, from + tick, total);
        }
      }
      const end = from + 3 * DAY;
      return {
        excess: excessPg(oracle),
        failures: failures(oracle, end).map((f) => ({ ...f, tick: f.tick - from })),
        prescribed: prescribedPg(oracle, end) - days * 48_000_000_000,
      };
    };
    const early = last(2);
    expect(last(2552)).toEqual(early);
    expect(early.failures.length).toBe(3);
    expect(early.excess).toBeGreaterThan(0);
  });

  it('says so when a day passes what it can multiply', () => {
    const oracle = createOracle({ ticksPerHour: HOUR, strokePg: HOURLY });
    delivered(oracle, 10, 2 ** 42 + 1);
    expect(() => failures(oracle, 10)).toThrow('2^42');
    expect(() => prescribe(start(3000), 2 ** 31, STOPPED)).toThrow('tick');
  });
});
