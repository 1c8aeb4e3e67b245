/** Periodic boluses on the bench: 120 ug/day of 500 ug/mL, a stroke of 0.25 ug in 180 s, and 10 ug over 10 min every 6 h. */
import { describe, expect, it } from 'vitest';
import type { ClinicalOrder } from '../../hal/target.ts';
import { COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import { weekNumerator } from '../../src/core/prescription-words.ts';
import type { PeriodicBolus, Therapy } from '../../src/core/therapy.ts';
import { Rig } from './rig.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const DENOMINATOR = 86_400 * 500 * 500;
const periodic = (changes: Partial<PeriodicBolus> = {}, rate = 1200): Therapy => ({
  mode: 'periodic',
  unit: 'tenth-ug-per-day',
  rate,
  bolus: { doseTenthUg: 100, durationTicks: 600, intervalTicks: 6 * HOUR, firstTicks: HOUR, ...changes },
});
const program = (therapy: Therapy): ClinicalOrder => ({
  kind: 'program',
  therapy,
  concentrationUgPerMl: 500,
});
/** Everything that was asked for, in units of the dosing's sum: strokes and what is owed. */
const asked = ({ pump }: Rig): number => pump.motor.requested * DENOMINATOR + pump.dosing.owed;
const BASAL = 1200 * 100_000;
const BOLUS = 100 * 100_000 * 86_400;

describe('a periodic bolus', () => {
  it('is given from its tick of the day on, over its time, on top of the basal rate [SR-BOLUS-4]', () => {
    const rig = new Rig({ therapy: periodic() });
    expect(asked(rig.runTo(HOUR - 1))).toBe(HOUR * BASAL);
    expect(asked(rig.runTo(HOUR + 299))).toBe((HOUR + 300) * BASAL + BOLUS / 2);
    expect(asked(rig.runTo(HOUR + 599))).toBe((HOUR + 600) * BASAL + BOLUS);
    expect(asked(rig.runTo(7 * HOUR - 1))).toBe(7 * HOUR * BASAL + BOLUS);
    // Four a day, whatever day it is.
    expect(asked(rig.jumpTo(3 * DAY - 1))).toBe(3 * DAY * BASAL + 12 * BOLUS);
  });

  it('goes by the clock of the pump, gives what no tick can share evenly in its first one', () => {
    // Tick 0 is 17:00, two thirds of the one that began at 16:30 are left.
    const rig = new Rig({
      startHour: 17,
      therapy: periodic(
        { durationTicks: 5400, intervalTicks: DAY / 2, firstTicks: 16 * HOUR + 1800 - DAY / 2 },
        0,
      ),
    });
    expect(asked(rig.runTo(HOUR - 1))).toBe((BOLUS / 5400) * 3600);
    const odd = new Rig({ therapy: periodic({ doseTenthUg: 1, durationTicks: 7, firstTicks: 10 }, 0) });
    // 0.1 ug is 8.64e9 units: 1,234,285,714 in each of 7 ticks, and 2 more.
    expect(asked(odd.runTo(10))).toBe(1_234_285_716);
    expect(asked(odd.runTo(11))).toBe(1_234_285_716 + 1_234_285_714);
    expect(asked(odd.runTo(99))).toBe(8.64e9);
  });

  it('that a stop or a program falls into leaves what comes after it, and makes nothing up [SR-DOSE-2, SR-BOLUS-4]', () => {
    const rig = new Rig({ therapy: periodic() })
      .at(HOUR + 150, { kind: 'stop' })
      .at(HOUR + 450, { kind: 'resume' })
      .runTo(2 * HOUR - 1);
    expect(asked(rig)).toBe((2 * HOUR - 300) * BASAL + BOLUS / 2);
    const later = new Rig({ therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 1200 } })
      .at(HOUR + 450, program(periodic()))
      .runTo(2 * HOUR - 1);
    expect(asked(later)).toBe(2 * HOUR * BASAL + BOLUS / 4);
  });

  it('is the same to a run that jumps, with a bolus on top of it [SR-TIME-1]', () => {
    for (const therapy of [
      periodic(),
      periodic({ doseTenthUg: 5, durationTicks: 1 }, 0),
      periodic({ durationTicks: 6 * HOUR, firstTicks: 7 }),
      periodic({ doseTenthUg: 7, durationTicks: 13, intervalTicks: 50, firstTicks: 49 }),
    ]) {
      const run = (way: 'runTo' | 'jumpTo'): Rig =>
        new Rig({ therapy, startHour: 30, concentrationUgPerMl: 2000 })
          .at(5000, { kind: 'bolus', doseTenthUg: 77, ticks: 1001 })
          [way](20_000)
          .at(30_000, { kind: 'stop' })
          .at(31_000, { kind: 'resume' })
          [way](50_000);
      expect(run('jumpTo').digest()).toBe(run('runTo').digest());
    }
  });

  it('counts in the daily dose, of which the rules of titration speak [SR-LIMIT-1]', () => {
    const { words } = new Rig({ therapy: periodic() }).pump.prescription;
    expect(weekNumerator(words)).toBe(336 * (BASAL + (4 * BOLUS) / 86_400));
    const rig = new Rig({ patientGroup: 'child', firstStartTick: -1 })
      .at(100, {
        ...program(periodic({}, 3000)),
        patientGroup: 'child',
        firstStartTick: -1,
        isConfirmed: false,
      } as ClinicalOrder)
      .at(101, {
        ...program(periodic({ doseTenthUg: 113 }, 3000)),
        patientGroup: 'child',
        firstStartTick: -1,
        isConfirmed: false,
      } as ClinicalOrder)
      .runTo(101);
    // 40 ug more of 300 are 13.3 %, 45.2 are 15.07 %.
    expect(rig.of('command').map(({ argument }) => COMMAND_OUTCOMES[argument % 16])).toEqual([
      'accepted',
      'needs-confirmation',
    ]);
  });

  it('at the minimum rate gives no more than that', () => {
    const rig = new Rig({ therapy: periodic(), fillNl: 900_000 }).runTo(2 * HOUR - 1);
    expect(rig.pump.motor.requested).toBe(1); // 250 nL/h
  });
});

describe('a periodic bolus that the pump does not give', () => {
  it.each<[string, Therapy, string]>([
    ['of nothing', periodic({ doseTenthUg: 0 }), 'bolus-out-of-range'],
    ['of more than a day of the label', periodic({ doseTenthUg: 10_001 }), 'bolus-out-of-range'],
    ['in no time', periodic({ durationTicks: 0 }), 'bolus-out-of-range'],
    ['longer than its distance', periodic({ durationTicks: 6 * HOUR + 1 }), 'bolus-out-of-range'],
    ['that does not divide the day', periodic({ intervalTicks: 5 * HOUR }), 'bolus-out-of-range'],
    ['that begins after its distance', periodic({ firstTicks: 6 * HOUR }), 'bolus-out-of-range'],
    ['that begins yesterday', periodic({ firstTicks: -1 }), 'bolus-out-of-range'],
    // 24 mL/day of 500 ug/mL less 120 ug/day leave 1.188e10 a tick: 8.64e11 of them take 72.7 ticks.
    ['faster than the mechanism', periodic({ durationTicks: 72 }), 'bolus-too-fast'],
    ['as fast as it', periodic({ durationTicks: 73 }), 'accepted'],
  ])('%s [SR-BOLUS-4]', (_what, therapy, outcome) => {
    const rig = new Rig().at(100, program(therapy)).runTo(100);
    expect(rig.of('command').map(({ argument }) => COMMAND_OUTCOMES[argument % 16])).toEqual([outcome]);
    const shortest = rig.of('bolus-shortest').map(({ argument }) => argument);
    expect(shortest).toEqual(outcome === 'bolus-too-fast' ? [73] : []);
  });
});
