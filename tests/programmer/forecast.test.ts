/** Forecasts against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { prescriptionWords } from '../../hal/prescription-words.ts';
import type { Prescription } from '../../hal/target.ts';
import { STATUS_WORDS } from '../../src/core/telemetry/answers.ts';
import { type Forecast, forecast, type Status, type Told } from '../../src/programmer/forecast.ts';

const DAY = 86_400;
const ML = 1_000_000;

function status(changes: Partial<Status>): Status {
  const zeros = Object.fromEntries(STATUS_WORDS.map((word) => [word, 0])) as unknown as Status;
  return { ...zeros, nowTick: 10 * DAY, isReadable: 1, replacementTick: -1, ...changes };
}

function told(
  therapy: Prescription['therapy'],
  reservoirMl: number,
  changes: Partial<Told> & { readonly now?: Partial<Status> } = {},
): Told {
  const { now, ...others } = changes;
  return {
    strokeNl: 500,
    startHour: 0,
    implantTick: 0,
    status: status({ computedReservoirNl: reservoirMl * ML, ...now }),
    prescription: prescriptionWords({ therapy, concentrationUgPerMl: 500, lowReservoirNl: 2 * ML }),
    lastFillTick: null,
    ...others,
  };
}

/** In mL a day: 500 ug/mL. */
function steady(mlPerDay: number): Prescription['therapy'] {
  return { mode: 'continuous', unit: 'tenth-ug-per-day', rate: mlPerDay * 5000 };
}

function inDays(tick: number | null): number | null {
  return tick === null ? null : (tick - 10 * DAY) / DAY;
}

describe('the refill', () => {
  it('is due at the low-reservoir alarm: 20 mL to 2 mL at 0.6 mL a day are 30 days [SR-FORECAST-1]', () => {
    const coming = forecast(told(steady(0.6), 20));
    expect(inDays(coming.lowReservoirTick)).toBe(30);
    expect(inDays(coming.refillTick)).toBe(30);
  });

  it('is due when the drug ends before that: 40 mL at 0.15 mL a day would last 253 days [SR-FORECAST-1] [SR-DRUG-1]', () => {
    const coming = forecast(told(steady(0.15), 40));
    expect(Math.floor(inDays(coming.lowReservoirTick) ?? 0)).toBe(253);
    expect(inDays(coming.refillTick)).toBe(182);
  });

  it('counts the six months from the fill where that is known [SR-FORECAST-1] [SR-DRUG-1]', () => {
    const coming = forecast(told(steady(0.15), 40, { lastFillTick: 4 * DAY }));
    expect(inDays(coming.drugEndTick)).toBe(176);
    expect(inDays(coming.refillTick)).toBe(176);
  });

  it('goes by the programmed week', () => {
    // 0.6 mL on five days and 1.2 mL at the weekend are 5.4 mL a week; from a Thursday on (day 10), 18 mL are
    // three weeks of 16.2 mL, Thursday and Friday's 1.2 mL, and half of Saturday's 1.2 mL.
    const day = (weekdays: number[], mlPerDay: number) => ({
      weekdays,
      steps: [{ fromSlot: 0, rate: mlPerDay * 5000 }],
    });
    const therapy: Prescription['therapy'] = {
      mode: 'flex',
      unit: 'tenth-ug-per-day',
      days: [day([0, 1, 2, 3, 4], 0.6), day([5, 6], 1.2)],
    };
    expect(inDays(forecast(told(therapy, 20)).lowReservoirTick)).toBe(23.5);
  });

  it('counts periodic boluses', () => {
    // 0.3 mL a day, and four times a day 37.5 ug, which are 0.075 mL.
    const bolus = { doseTenthUg: 375, durationTicks: 600, intervalTicks: DAY / 4, firstTicks: 0 };
    const therapy = { ...steady(0.3), mode: 'periodic', bolus } as Prescription['therapy'];
    expect(inDays(forecast(told(therapy, 20)).lowReservoirTick)).toBe(30);
  });

  it('is now below the mark, and waits for the drug alone where no rate is known', () => {
    expect(inDays(forecast(told(steady(0.6), 1.9)).refillTick)).toBe(0);
    for (const one of [told({ mode: 'stopped' }, 20), told(steady(0.6), 20, { now: { isReadable: 0 } })]) {
      const { lowReservoirTick, refillTick } = forecast(one);
      expect([lowReservoirTick, inDays(refillTick)]).toEqual([null, 182]);
    }
  });
});

describe('the battery', () => {
  const of = (now: Partial<Status>, therapy = steady(0.6)): Forecast => forecast(told(therapy, 20, { now }));

  it('has the months that rest and strokes leave it [SR-FORECAST-1]', () => {
    // 86,400 s of 9,240 nC and 1,200 strokes of 213,000 nC are 1.053936 C a day; of 2,124 C that is 2,015 days.
    expect(of({ computedBatteryPermille: 0 }).batteryMonths).toBe(66);
    // Half of it: 1,062 C, 1,007 days.
    expect(of({ computedBatteryPermille: 442 }).batteryMonths).toBe(33);
    expect(of({}).serviceEndTick).toBeNull();
  });

  it('ends with the seven years of the pump, however little it delivers', () => {
    // 2,545 days are left.
    expect(of({}, { mode: 'stopped' }).batteryMonths).toBe(83);
  });

  it('counts the seven years from the implant of a pump that took the place of another', () => {
    const late = { now: { nowTick: 2600 * DAY }, implantTick: 2590 * DAY };
    expect(forecast(told({ mode: 'stopped' }, 20, late)).batteryMonths).toBe(83);
  });

  it('has none from when it asks to be replaced, and 90 days of service from then', () => {
    const coming = of({ computedBatteryPermille: 890, replacementTick: 8 * DAY });
    expect(coming.batteryMonths).toBe(0);
    expect(inDays(coming.serviceEndTick)).toBe(88);
  });
});
