/** Extra doses on the bench, every stroke worked out by hand: 300 ug/day of 500 ug/mL, a stroke of 0.25 ug every 72 s. */
import { describe, expect, it } from 'vitest';
import type { ClinicalOrder } from '../../hal/target.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import { NO_BRIDGE } from '../../src/core/prescription-words.ts';
import { LEDGER_AT, LEDGER_WORDS } from '../../src/core/store.ts';
import { Rig } from './rig.ts';

const bolus = (doseTenthUg: number, ticks: number): ClinicalOrder => ({ kind: 'bolus', doseTenthUg, ticks });
const STOP: ClinicalOrder = { kind: 'stop' };
const RESUME: ClinicalOrder = { kind: 'resume' };
const program = (rate: number): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate },
  concentrationUgPerMl: 500,
});

/** Everything that was asked for, in units of the dosing's sum: strokes and what is owed. */
const asked = ({ pump }: Rig): number => pump.motor.requested * pump.dosing.denominator + pump.dosing.owed;

const outcome = (rig: Rig, atTick: number): string | undefined => {
  const told = rig.of('command').find(({ tick }) => tick === atTick);
  return told && COMMAND_OUTCOMES[told.argument - 16 * COMMAND_KINDS.indexOf('bolus')];
};

describe('a bolus', () => {
  it('of 10 ug over 10 min is a stroke every 15 ticks on top of the basal one in 72 [SR-BOLUS-1]', () => {
    const rig = new Rig().at(7200, bolus(100, 600)).runTo(14_399);
    const ticks = rig.ticksOf('stroke');
    expect(ticks.filter((tick) => tick < 7200)).toHaveLength(100);
    // 600 / 15 + 600 / 72 = 40 + 8.33, and two thirds of a stroke are left for the tick 7,848 of the basal rate.
    expect(ticks.filter((tick) => tick >= 7200 && tick < 7800)).toHaveLength(48);
    expect(ticks.filter((tick) => tick >= 7800 && tick < 14_400)).toHaveLength(92);
    // 29/360 a tick: the first stroke at 12.4 ticks, the second at 24.8, ...
    expect(ticks.slice(100, 104)).toEqual([7212, 7224, 7237, 7249]);
    expect(rig.pump.dosing.owed).toBe(0);
    expect(rig.of('bolus-begin')).toEqual([{ tick: 7200, argument: 100 }]);
    expect(rig.of('bolus-end')).toEqual([{ tick: 7800, argument: 100 }]);
  });

  it('gives what no tick can share evenly in its first one', () => {
    // 0.1 ug is 8.64e9 units: 1,234,285,714 in each of 7 ticks, and 2 more.
    const rig = new Rig().at(10, bolus(1, 7)).runTo(10);
    expect(asked(rig)).toBe(11 * 3e8 + 1_234_285_716);
    rig.runTo(16);
    expect(asked(rig)).toBe(17 * 3e8 + 8.64e9);
    rig.runTo(99);
    expect(asked(rig)).toBe(100 * 3e8 + 8.64e9);
  });

  it('is the same to a run that jumps [SR-TIME-1]', () => {
    const orders = [bolus(77, 1001), bolus(1, 7), bolus(30, 1)];
    const run = (rig: Rig, way: 'runTo' | 'jumpTo'): Rig => {
      orders.forEach((order, i) => rig.at(5000 * (i + 1), order)[way](5000 * (i + 1) + 3000));
      return rig;
    };
    const ticked = run(new Rig(), 'runTo');
    const jumped = run(new Rig(), 'jumpTo');
    expect(jumped.digest()).toBe(ticked.digest());
    expect(jumped.events).toEqual(ticked.events);
    expect(ticked.of('bolus-end').map(({ argument }) => argument)).toEqual([77, 1]);
  });

  it('is over with a stop, says what was given, and is neither resumed nor made up [SR-DOSE-2]', () => {
    const rig = new Rig().at(7200, bolus(100, 600)).at(7500, STOP).at(7560, RESUME).runTo(14_399);
    expect(rig.of('bolus-end')).toEqual([{ tick: 7500, argument: 50 }]);
    // Half the dose, and 60 ticks of the basal rate missed.
    expect(asked(rig)).toBe((14_400 - 60) * 3e8 + 300 * 1.44e9);
  });

  it('is over with a stop that is resumed in the same tick, and none begins in a tick that stops [SR-DOSE-2]', () => {
    const rig = new Rig().at(7200, bolus(100, 600)).at(7500, STOP, RESUME).runTo(8000);
    expect(rig.of('bolus-end')).toEqual([{ tick: 7500, argument: 50 }]);
    const stopped = new Rig().at(7200, STOP, bolus(100, 600)).runTo(7300);
    const told = stopped.of('command').map(({ argument }) => COMMAND_OUTCOMES[argument % 16]);
    expect(told).toEqual(['accepted', 'not-delivering']);
    expect(stopped.of('bolus-begin')).toEqual([]);
  });

  it('is over with a program, which goes on at its own rate', () => {
    const rig = new Rig().at(7200, bolus(100, 600)).at(7500, program(6000)).runTo(7999);
    expect(rig.of('bolus-end')).toEqual([{ tick: 7500, argument: 50 }]);
    expect(asked(rig)).toBe(7500 * 3e8 + 300 * 1.44e9 + 500 * 6e8);
  });

  it('is over when an alarm restricts the pump', () => {
    // 10 strokes above the mark of 1 mL: 29/360 a tick, the tenth in tick 124, confirmed with the eleventh in tick 136.
    const rig = new Rig({ fillNl: 1_005_000, lowReservoirNl: 1 }).at(0, bolus(100, 600)).runTo(1000);
    expect(rig.of('raise')).toEqual([{ tick: 136, argument: 1 }]);
    // 136 x 1.44e9 / 8.64e9 = 22.7
    expect(rig.of('bolus-end')).toEqual([{ tick: 136, argument: 22 }]);
  });
});

describe('a bolus that the pump does not give', () => {
  it('is faster than the mechanism: it says the shortest time, and takes that [SR-BOLUS-1]', () => {
    // 24 mL/day of 500 ug/mL less 300 ug/day leave 1.17e10 a tick: 8.64e11 of them take 73.8 ticks.
    const rig = new Rig().at(100, bolus(100, 73)).at(101, bolus(100, 74)).runTo(300);
    expect(rig.said(100)).toEqual([
      'bolus-shortest 74',
      `command ${16 * COMMAND_KINDS.indexOf('bolus') + 10}`,
    ]);
    expect(outcome(rig, 101)).toBe('accepted');
    expect(rig.of('bolus-end')).toEqual([{ tick: 175, argument: 100 }]);
  });

  it('has no time that is long enough beside a basal rate of 24 mL a day', () => {
    const rig = new Rig({ therapy: { mode: 'continuous', unit: 'tenth-ug-per-hour', rate: 5000 } });
    rig.at(10, bolus(1, 86_400)).runTo(20);
    expect(outcome(rig, 10)).toBe('bolus-too-fast');
    expect(rig.of('bolus-shortest')).toEqual([{ tick: 10, argument: 0 }]);
  });

  it.each<[string, Rig, (typeof COMMAND_OUTCOMES)[number]]>([
    ['no dose', new Rig().at(100, bolus(0, 60)), 'bolus-out-of-range'],
    ['part of a tenth', new Rig().at(100, bolus(1.5, 60)), 'bolus-out-of-range'],
    ['more than a day of the label', new Rig().at(100, bolus(10_001, 60)), 'bolus-out-of-range'],
    ['no time', new Rig().at(100, bolus(10, 0)), 'bolus-out-of-range'],
    ['more than a day', new Rig().at(100, bolus(10, 86_401)), 'bolus-out-of-range'],
    ['beside another one', new Rig().at(90, bolus(10, 60)).at(100, bolus(10, 60)), 'bolus-running'],
    ['while stopped', new Rig().at(90, STOP).at(100, bolus(10, 60)), 'not-delivering'],
    [
      'while the reservoir is low',
      new Rig({ lowReservoirNl: 38_000_000 }).at(100, bolus(10, 60)),
      'reservoir-low',
    ],
  ])('%s', (_what, rig, expected) => {
    rig.runTo(200);
    expect(outcome(rig, 100)).toBe(expected);
    expect(rig.ticksOf('bolus-begin')).not.toContain(100);
  });
});

describe('a bridge', () => {
  const bridged = (bridgeNl: number): Extract<ClinicalOrder, { kind: 'program' }> => ({
    kind: 'program',
    therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
    concentrationUgPerMl: 2000,
    bridgeNl,
  });
  /** 199 + 286 uL at 25 uL/h: 970 strokes, 19.4 h. */
  const ENDS = 7200 + 69_840;

  it('from 500 to 2,000 ug/mL through 485 uL at 25 uL/h takes 19.4 h, then 6.25 uL/h begin [SR-BOLUS-2]', () => {
    const rig = new Rig().at(7200, bridged(485_000)).runTo(ENDS + 2879);
    expect(rig.of('bridge-begin')).toEqual([{ tick: 7200, argument: 970 }]);
    expect(rig.of('bridge-end')).toEqual([{ tick: ENDS, argument: 2000 }]);
    const ticks = rig.ticksOf('stroke');
    expect(ticks.filter((tick) => tick < ENDS)).toHaveLength(100 + 970);
    // 6.25 uL/h are 12.5 strokes an hour, one in 288 ticks.
    expect(ticks.slice(1070)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((k) => ENDS - 1 + 288 * k));
    // 1,070 strokes of 0.25 ug and, confirmed so far, nine of 1 ug.
    expect(rig.pump.ledger.computedDosePg).toBe(1070 * 250_000 + 9 * 1_000_000);
  });

  it('stands still while the pump does, and is the same to a run that jumps [SR-TIME-1]', () => {
    const run = (way: 'runTo' | 'jumpTo'): Rig =>
      new Rig()
        .at(7200, bridged(485_000))
        .at(20_000, STOP)
        .at(23_600, RESUME)
        [way](ENDS + 8000);
    const ticked = run('runTo');
    expect(ticked.of('bridge-end')).toEqual([{ tick: ENDS + 3600, argument: 2000 }]);
    const jumped = run('jumpTo');
    expect(jumped.digest()).toBe(ticked.digest());
    expect(jumped.events).toEqual(ticked.events);
  });

  it('has no bolus beside it, and is over with a program of the old drug', () => {
    const back: ClinicalOrder = { ...bridged(NO_BRIDGE), concentrationUgPerMl: 500 };
    const rig = new Rig().at(7200, bridged(485_000)).at(7300, bolus(10, 600)).at(7400, back);
    rig.runTo(ENDS + 10);
    expect(outcome(rig, 7300)).toBe('bolus-running');
    expect(rig.ticksOf('bridge-end')).toEqual([]);
    expect(asked(rig)).toBe((ENDS + 11) * 3e8);
  });

  it('has to be said or denied where the drug changes, and nothing is taken until then [SR-BOLUS-3]', () => {
    const programOutcomes = (rig: Rig): string[] =>
      rig
        .of('command')
        .map(({ argument }) => COMMAND_OUTCOMES[argument - 16 * COMMAND_KINDS.indexOf('program')]!);
    const rig = new Rig().at(7200, bridged(0)).runTo(7300);
    expect(programOutcomes(rig)).toEqual(['bridge-unsaid']);
    expect(rig.pump.prescription.words).toEqual(new Rig().runTo(7300).pump.prescription.words);
    rig.at(7400, bridged(NO_BRIDGE)).runTo(7400);
    expect(programOutcomes(rig)).toEqual(['bridge-unsaid', 'accepted']);
    expect(rig.of('bridge-begin')).toEqual([]);
    // In the middle of a bridge the old drug is in the line still, and a third one is another change.
    const third: ClinicalOrder = { ...bridged(0), concentrationUgPerMl: 1000 };
    const amid = new Rig().at(7200, bridged(485_000)).at(7300, third).at(7400, bridged(480_000)).runTo(7400);
    expect(programOutcomes(amid)).toEqual(['accepted', 'bridge-unsaid', 'accepted']);
    expect(amid.of('bridge-begin').map(({ argument }) => argument)).toEqual([970, 960]);
  });

  it.each([
    { from: 500, to: 2000 },
    { from: 2000, to: 500 },
  ])(
    'from $from to $to ug/mL has to be said once more on the way back: the line holds both, and is taken for the stronger [SR-BOLUS-3]',
    ({ from, to }) => {
      const back = (bridgeNl: number): ClinicalOrder => ({
        ...bridged(bridgeNl),
        concentrationUgPerMl: from,
      });
      const there: ClinicalOrder = { ...bridged(485_000), concentrationUgPerMl: to };
      const rig = new Rig({ concentrationUgPerMl: from }).at(7200, there).at(20_000, back(0)).runTo(20_000);
      const told = rig.of('command').map(({ argument }) => COMMAND_OUTCOMES[argument % 16]);
      expect(told).toEqual(['accepted', 'bridge-unsaid']);
      rig.at(20_001, back(100_000)).runTo(20_001);
      expect(rig.pump.bolus).toMatchObject({ bridgeUgPerMl: 2000 });
      expect(rig.pump.ledger.strokePg).toBe(500 * 2000);
      // 100 uL of 2,000 ug/mL at 300 ug/day are 200 strokes, each of 288 ticks; in 20 h that is one in four of those of 500.
      const ends = 20_001 + 57_600;
      rig.jumpTo(ends + 1000);
      const [end] = rig.of('bridge-end');
      expect(end?.argument).toBe(from);
      expect(Math.abs(end!.tick - ends)).toBeLessThan(288);
      expect(rig.ticksOf('stroke').filter((tick) => tick > 20_000 && tick < end!.tick)).toHaveLength(200);
    },
  );

  it('goes on with what is left of it, at the dose of a program that comes meanwhile [SR-BOLUS-3]', () => {
    const half: ClinicalOrder = {
      ...bridged(0),
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 1500 },
    };
    // 500 of the 970 strokes are commanded by then; the rest at half the flow, a stroke in 144 s.
    const rig = new Rig()
      .at(7200, bridged(485_000))
      .at(43_200, half)
      .jumpTo(43_200 + 470 * 144 + 1152);
    expect(rig.of('bridge-begin')).toEqual([
      { tick: 7200, argument: 970 },
      { tick: 43_200, argument: 470 },
    ]);
    const ends = 43_200 + 470 * 144;
    expect(rig.of('bridge-end')).toEqual([{ tick: ends, argument: 2000 }]);
    // 150 ug/day of the new drug: a stroke of 1 ug in 576 s.
    expect(rig.ticksOf('stroke').slice(1070)).toEqual([ends + 575, ends + 1151]);
    // And a cut finds the rest of it again.
    const again = Rig.restarted(
      new Rig().at(7200, bridged(485_000)).at(43_200, half).runTo(43_300).stored!.slice(),
      43_301,
    );
    expect(again.runTo(43_400).of('bridge-begin')).toEqual([{ tick: 43_301, argument: 370 }]);
  });

  it('under which the therapy becomes the minimum rate gives no more than that, of the old drug', () => {
    const least: ClinicalOrder = { ...bridged(0), therapy: { mode: 'minimum' } };
    const rig = new Rig()
      .at(7200, bridged(485_000))
      .at(43_200, least)
      .jumpTo(43_200 + 4 * 7200);
    // 250 nL an hour: half a stroke.
    expect(rig.ticksOf('stroke').slice(600)).toEqual([1, 2, 3, 4].map((k) => 43_199 + 7200 * k));
    expect(rig.of('bridge-end')).toEqual([]);
  });

  it('is refused by a pump that gave nothing', () => {
    const rig = new Rig({ therapy: { mode: 'stopped' } }).at(100, bridged(485_000)).runTo(100);
    expect(rig.said(100)).toContain(`command ${16 * COMMAND_KINDS.indexOf('program') + 8}`);
  });
});

describe('a bridge over a restart', () => {
  /** The store as it is behind a tick, without its books if they are lost. */
  const storeAt = (rig: Rig, tick: number, hasBooks: boolean): Int32Array => {
    const stored = rig.runTo(tick).stored!.slice();
    if (!hasBooks) stored.fill(0, LEDGER_AT, LEDGER_AT + 2 * LEDGER_WORDS);
    return stored;
  };
  const to = (concentrationUgPerMl: number, bridgeNl: number): ClinicalOrder => ({
    kind: 'program',
    therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
    concentrationUgPerMl,
    bridgeNl,
  });

  it('to a weaker drug is the longer one: what no book has of it is pushed again [SR-BOLUS-2]', () => {
    // 300 ug/day of 2,000 ug/mL are a stroke in 288 s. The order is saved; of nine strokes since nobody knows.
    const weaker = (): Rig => new Rig({ concentrationUgPerMl: 2000 }).at(7200, to(500, 10_000));
    for (const hasBooks of [true, false]) {
      const rig = Rig.restarted(storeAt(weaker(), 10_000, hasBooks), 10_001).runTo(20_000);
      expect(rig.of('bridge-begin')).toEqual([{ tick: 10_001, argument: 20 }]);
      const ends = 10_001 + 20 * 288;
      expect(rig.of('bridge-end')).toEqual([{ tick: ends, argument: 500 }]);
      const strokes = rig.ticksOf('stroke');
      expect(strokes.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, k) => 10_000 + 288 * (k + 1)));
      // 25 uL/h of the weak drug, a stroke in 72 s, and not one of them before.
      expect(strokes.slice(20, 23)).toEqual([1, 2, 3].map((k) => ends - 1 + 72 * k));
    }
  });

  it('to a stronger drug is the shorter one: by what may have been pushed since the books were saved [SR-BOLUS-2]', () => {
    // 970 strokes of 72 s. The books are of tick 43,200, with 500 of them; up to 100 more may have been pushed.
    const cut = (hasBooks: boolean): Rig =>
      Rig.restarted(storeAt(new Rig().at(7200, to(2000, 485_000)), 43_800, hasBooks), 43_801);
    const rig = cut(true).runTo(44_000);
    expect(rig.of('bridge-begin')).toEqual([{ tick: 43_801, argument: 370 }]);
    expect(rig.ticksOf('stroke')).toEqual([43_872, 43_944]);
    expect(rig.pump.ledger.strokePg).toBe(250_000);
    // Again before the books are saved: another 100 at most.
    const again = Rig.restarted(rig.stored!.slice(), 44_001).runTo(44_100);
    expect(again.of('bridge-begin')).toEqual([{ tick: 44_001, argument: 270 }]);
    // Without books it is over: 6.25 uL/h, of whatever is in the line.
    const bookless = cut(false).runTo(44_400);
    expect(bookless.of('bridge-end')).toEqual([{ tick: 43_801, argument: 2000 }]);
    expect(bookless.ticksOf('stroke')).toEqual([43_800 + 288, 43_800 + 576]);
  });

  it('that was over before is not found again', () => {
    const rig = new Rig({ concentrationUgPerMl: 2000 }).at(7200, to(500, 10_000));
    const restarted = Rig.restarted(storeAt(rig, 14_400, false), 14_401).runTo(15_000);
    expect(rig.of('bridge-end')).toEqual([{ tick: 12_960, argument: 500 }]);
    expect(restarted.of('bridge-begin')).toEqual([]);
  });
});
