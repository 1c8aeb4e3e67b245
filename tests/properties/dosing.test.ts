import { hourlyTherapy } from '../../hal/prescription-words.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleLab } from '../canaries/bundle.ts';
import { ONE_IN_72, Rig } from '../core/rig.ts';
import { RATE_MAX } from '../../src/core/prescription-words.ts';
import type { RateUnit } from '../../src/core/therapy.ts';
import { DAY, HOUR, isLong, seedOf } from './runs.ts';

/** As one bundle: in the test runner's own modules the same years take several times as long. */
const core = await bundleLab(null);

const UNITS = ['tenth-ug-per-day', 'tenth-ug-per-hour', 'nl-per-hour', 'ul-per-hour'] as const;

/** Picolitres asked for in a number of ticks, as a fraction: worked out from the prescription in big integers. */
function share(
  unit: RateUnit,
  rate: number,
  ugPerMl: number,
  ticks: number,
): { over: bigint; under: bigint } {
  const [r, c, t] = [BigInt(rate), BigInt(ugPerMl), BigInt(ticks)];
  switch (unit) {
    case 'tenth-ug-per-day': // 0.1 ug of c ug/mL are 1e8 / c pL
      return { over: r * 100_000_000n * t, under: c * 86_400n };
    case 'tenth-ug-per-hour':
      return { over: r * 100_000_000n * t, under: c * 3600n };
    case 'nl-per-hour':
      return { over: r * 1000n * t, under: 3600n };
    case 'ul-per-hour':
      return { over: r * 1_000_000n * t, under: 3600n };
  }
}

function strokesOf(unit: RateUnit, rate: number, ugPerMl: number, strokeNl: number, ticks: number): number {
  const { over, under } = share(unit, rate, ugPerMl, ticks);
  return Number(over / (under * BigInt(strokeNl) * 1000n));
}

describe('dosing is the arithmetic on paper', () => {
  const runs = isLong() ? 3000 : 300;

  it(`${runs} random rates: after any number of days the strokes are the floor of what was asked for [SR-DOSE-1]`, () => {
    fc.assert(
      fc.property(
        fc.record({
          unit: fc.constantFrom(...UNITS),
          flowNlPerDay: fc.integer({ min: 50_000, max: 3_000_000 }),
          ugPerMl: fc.constantFrom(50, 500, 997, 2000),
          strokeNl: fc.constantFrom(500, 2500),
          untilTick: fc.integer({ min: 0, max: 40 * DAY }),
        }),
        ({ unit, flowNlPerDay, ugPerMl, strokeNl, untilTick }) => {
          const perUnit = {
            'tenth-ug-per-day': 100_000 / ugPerMl,
            'tenth-ug-per-hour': 2_400_000 / ugPerMl,
            'nl-per-hour': 24,
            'ul-per-hour': 24_000,
          };
          const rate = Math.min(RATE_MAX, Math.max(1, Math.floor(flowNlPerDay / perUnit[unit])));
          const rig = new Rig(
            {
              therapy: { mode: 'continuous', unit, rate },
              concentrationUgPerMl: ugPerMl,
              strokeNl,
              reservoirNl: 1_000_000_000,
              fillNl: 1_000_000_000,
            },
            core,
          ).jumpTo(untilTick);
          expect(rig.pump.motor.requested).toBe(strokesOf(unit, rate, ugPerMl, strokeNl, untilTick + 1));
        },
      ),
      { seed: seedOf('dosing'), numRuns: runs },
    );
  }, 300_000);

  it('300 ug/day of 500 ug/mL: stroke k in tick 72 k - 1, 36,000 strokes and 20.000 mL left after 30 days [SR-DOSE-1, SR-RES-4]', () => {
    const rig = new Rig({ fillNl: 38_000_000 }, core).jumpTo(30 * DAY - 1);
    const strokes = rig.ticksOf('stroke');
    expect(strokes).toHaveLength(36_000);
    expect(strokes.every((tick, i) => tick === 72 * (i + 1) - 1)).toBe(true);
    // The stroke of the last tick is asked for and not yet confirmed; the hour that follows books it.
    expect(rig.pump.motor.confirmed).toBe(35_999);
    rig.jumpTo(30 * DAY);
    expect(rig.pump.ledger.filledNl - rig.pump.motor.confirmed * 500).toBe(20_000_000);
  });

  it('low-reservoir is raised in tick 5,184,000, in which the stroke that reaches 2 mL is confirmed [SR-RES-1]', () => {
    // 36 mL in 72,000 strokes: the last one in tick 5,183,999, seen by the hour's look in the next tick.
    const rig = new Rig({}, core).jumpTo(5_183_999);
    expect(rig.pump.motor.requested).toBe(72_000);
    expect(rig.of('raise')).toEqual([]);
    rig.jumpTo(5_184_100);
    expect(rig.of('raise')).toEqual([{ tick: 5_184_000, argument: 0 }]);
  });

  it('an hourly program gives every hour of a year its exact share, to the stroke [SR-DOSE-3]', () => {
    const rates = Array.from({ length: 24 }, (_, slot) => (slot === 3 ? 0 : 10 + ((slot * 97) % 101)));
    const rig = new Rig(
      {
        ...ONE_IN_72,
        therapy: hourlyTherapy('tenth-ug-per-hour', rates),
        startHour: 7,
        reservoirNl: 1_000_000_000,
        fillNl: 1_000_000_000,
      },
      core,
    ).jumpTo(365 * DAY);
    const perHour = new Map<number, number>();
    for (const tick of rig.ticksOf('stroke')) {
      const hour = Math.floor(tick / HOUR);
      perHour.set(hour, (perHour.get(hour) ?? 0) + 1);
    }
    let asked = 0n;
    let given = 0n;
    const perStroke = 500n * 1000n * 500n * 3600n;
    for (let hour = 0; hour < 365 * 24; hour++) {
      asked += share('tenth-ug-per-hour', rates[(7 + hour) % 24]!, 500, HOUR).over;
      const due = asked / perStroke - given;
      if (BigInt(perHour.get(hour) ?? 0) !== due) {
        expect.fail(`hour ${hour}: ${perHour.get(hour) ?? 0} strokes, and ${due} are its share`);
      }
      given += due;
    }
    expect(given).toBeGreaterThan(100_000n);
    expect(BigInt(rig.pump.motor.requested)).toBe(given);
  }, 300_000);

  it('seven years at a rate that divides nothing end on the stroke of the big integers [SR-DOSE-1]', () => {
    const rig = new Rig(
      {
        therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 1009 },
        reservoirNl: 1_000_000_000,
        fillNl: 1_000_000_000,
      },
      core,
    );
    // Short of end of service at 2,555 days, and of the day when the charge drawn asks for another pump.
    rig.jumpTo(2000 * DAY + 12_345);
    expect(rig.pump.motor.requested).toBe(strokesOf('tenth-ug-per-day', 1009, 500, 500, 2000 * DAY + 12_346));
  }, 300_000);
});
