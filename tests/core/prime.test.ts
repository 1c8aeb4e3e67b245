/** A prime on the bench, worked out by hand: 300 ug/day of 500 ug/mL is a stroke in 72 ticks, 24 mL a day one in 1.8. */
import { describe, expect, it } from 'vitest';
import type { ClinicalOrder } from '../../hal/target.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import { computedReservoirNl } from '../../src/core/ledger.ts';
import { NEVER } from '../../src/core/units.ts';
import { Rig } from './rig.ts';

const prime = (volumeNl: number): ClinicalOrder => ({ kind: 'prime', volumeNl });
const STOP: ClinicalOrder = { kind: 'stop' };
const RESUME: ClinicalOrder = { kind: 'resume' };
const BOLUS: ClinicalOrder = { kind: 'bolus', doseTenthUg: 10, ticks: 600 };
const program = (concentrationUgPerMl: number, bridgeNl?: number): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
  concentrationUgPerMl,
  ...(bridgeNl === undefined ? {} : { bridgeNl }),
});

const outcome = (
  rig: Rig,
  atTick: number,
  kind: (typeof COMMAND_KINDS)[number] = 'prime',
): string | undefined => {
  const told = rig.of('command').find(({ tick }) => tick === atTick);
  return told && COMMAND_OUTCOMES[told.argument - 16 * COMMAND_KINDS.indexOf(kind)];
};

const reservoirNl = ({ pump }: Rig): number =>
  computedReservoirNl(pump.ledger, pump.motor.confirmed, pump.build.strokeNl);

const BASAL_PG = 250_000;

describe('a prime', () => {
  it('of 485 uL is 970 strokes in 1,746 ticks, and then the therapy begins [SR-PRIME-1]', () => {
    // The prime is over in tick 8,946; at the basal rate strokes are confirmed by the one after them.
    const rig = new Rig().at(7200, prime(485_000)).runTo(8946 + 144);
    expect(rig.of('prime-begin')).toEqual([{ tick: 7200, argument: 970 }]);
    expect(rig.of('prime-end')).toEqual([{ tick: 8946, argument: 0 }]);
    const ticks = rig.ticksOf('stroke');
    expect(ticks.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, k) => 72 * (k + 1) - 1));
    // Stroke k in tick 1.8 k rounded up, less 1: nothing was owed.
    expect(ticks.slice(100, 105)).toEqual([7201, 7203, 7205, 7207, 7208]);
    expect(ticks[1069]).toBe(8945);
    expect(ticks.slice(1070)).toEqual([8946 + 71, 8946 + 143]);
  });

  it('leaves the reservoir and is no dose: the strokes before and after it are [SR-PRIME-1]', () => {
    const rig = new Rig().at(7200, prime(485_000)).runTo(8946);
    // All 1,070 were looked at in the tick in which it ended.
    expect(reservoirNl(rig)).toBe(38_000_000 - 1070 * 500);
    expect(rig.pump.ledger.computedDosePg).toBe(100 * BASAL_PG);
    rig.runTo(10_800);
    // (10,800 - 8,946) / 72 = 25.75
    expect(rig.pump.ledger.computedDosePg).toBe(125 * BASAL_PG);
    expect(reservoirNl(rig)).toBe(38_000_000 - 1095 * 500);
  });

  it('pushes whole strokes, no fewer than the volume', () => {
    const rig = new Rig().at(7200, prime(1001)).runTo(7300);
    expect(rig.of('prime-begin')).toEqual([{ tick: 7200, argument: 3 }]);
    // 5.4 ticks of it: in the sixth tick 0.6 / 1.8 of a stroke is owed besides, a third of the 72 to the next one.
    expect(rig.of('prime-end')).toEqual([{ tick: 7206, argument: 0 }]);
    expect(rig.ticksOf('stroke').slice(100)).toEqual([7201, 7203, 7205, 7206 + 47]);
  });

  it('is the same to a run that jumps [SR-TIME-1]', () => {
    const run = (way: 'runTo' | 'jumpTo'): Rig =>
      new Rig()
        .at(7240, prime(485_000))
        [way](9100)
        .at(9101, prime(1001))
        [way](9300)
        .at(9301, prime(20_000))
        [way](9320)
        .at(9321, STOP)
        [way](9400)
        .at(9401, RESUME)
        [way](12_000);
    const ticked = run('runTo');
    const jumped = run('jumpTo');
    expect(ticked.ticksOf('prime-end')).toHaveLength(3);
    expect(jumped.digest()).toBe(ticked.digest());
    expect(jumped.events).toEqual(ticked.events);
  });

  it('is over with a stop, says what is missing, and is neither resumed nor made up [SR-PRIME-1, SR-DOSE-2]', () => {
    const rig = new Rig()
      .at(7200, prime(485_000))
      .at(7300, STOP)
      .at(7360, RESUME)
      .runTo(7360 + 72);
    // 100 / 1.8 = 55.6 strokes; the rest of the last is owed to the basal rate, 40 of its 72 ticks.
    expect(rig.of('prime-end')).toEqual([{ tick: 7300, argument: 970 - 55 }]);
    expect(rig.ticksOf('stroke').slice(155)).toEqual([7360 + 31]);
    expect(rig.pump.ledger.computedDosePg).toBe(100 * BASAL_PG);
    rig.runTo(7360 + 31 + 72);
    expect(rig.pump.ledger.computedDosePg).toBe(101 * BASAL_PG);
  });

  it('is over with a program, whose drug counts from its first stroke on', () => {
    const rig = new Rig().at(7200, prime(485_000)).at(7300, program(1000, 2000)).runTo(7300);
    expect(rig.of('prime-end')).toEqual([{ tick: 7300, argument: 970 - 55 }]);
    // The bridge of four strokes goes on at the old dose: 32 ticks to the first, 72 to each of the others, then 144.
    rig.runTo(7300 + 31 + 3 * 72 + 144);
    expect(rig.ticksOf('stroke').slice(155)).toEqual([7331, 7403, 7475, 7547, 7547 + 144]);
    expect(rig.pump.ledger.computedDosePg).toBe(104 * BASAL_PG);
  });

  it('is over when an alarm restricts the pump', () => {
    // Ten strokes above the mark of 1 mL: stroke k after 1.8 k ticks, less 0.025 that tick 0 gave; the tenth in tick 18,
    // confirmed with the eleventh, which tick 20 does not push any more.
    const rig = new Rig({ fillNl: 1_005_000, lowReservoirNl: 1 }).at(1, prime(485_000)).runTo(1000);
    expect(rig.of('raise')).toEqual([{ tick: 20, argument: 1 }]);
    expect(rig.of('prime-end')).toEqual([{ tick: 20, argument: 960 }]);
  });

  it('is not found by a restart, whose strokes are dose again', () => {
    const before = new Rig().at(7200, prime(485_000)).runTo(7999);
    const rig = Rig.restarted(before.stored!.slice(), 8000).runTo(8000 + 144);
    expect(rig.of('prime-begin')).toEqual([]);
    expect(rig.ticksOf('stroke')).toEqual([8071, 8143]);
    expect(rig.pump.ledger.strokePg).toBe(BASAL_PG);
  });

  it('has no bolus beside it', () => {
    const rig = new Rig().at(100, prime(485_000)).at(110, BOLUS).runTo(110);
    expect(outcome(rig, 110, 'bolus')).toBe('bolus-running');
  });

  it('that a program ends has no bolus in the tick of that program, nor is another prime begun in it', () => {
    for (const order of [BOLUS, prime(1000)]) {
      const run = (way: 'runTo' | 'jumpTo'): Rig =>
        new Rig().at(7200, prime(485_000)).at(7800, program(500), order)[way](9000);
      const rig = run('runTo');
      const kind = order.kind === 'bolus' ? 'bolus' : 'prime';
      const told = rig.of('command').filter(({ tick }) => tick === 7800);
      expect(told.map(({ argument }) => COMMAND_OUTCOMES[argument % 16])).toEqual([
        'accepted',
        'bolus-running',
      ]);
      expect(Math.floor(told[1]!.argument / 16)).toBe(COMMAND_KINDS.indexOf(kind));
      expect(rig.of('prime-begin')).toHaveLength(1);
      expect(rig.pump.bolus).toMatchObject({ isRunning: 0, isPriming: 0, endTick: NEVER });
      // 600 ticks of 1/1.8 of a stroke leave a third of one, which 48 ticks of the therapy complete.
      expect(rig.ticksOf('stroke').filter((tick) => tick >= 7800)).toEqual(
        Array.from({ length: 17 }, (_, k) => 7847 + 72 * k),
      );
      const jumped = run('jumpTo');
      expect(jumped.digest()).toBe(rig.digest());
      expect(jumped.events).toEqual(rig.events);
    }
  });

  it.each<[string, Rig, (typeof COMMAND_OUTCOMES)[number]]>([
    ['of nothing', new Rig().at(100, prime(0)), 'volume-out-of-range'],
    ['of part of a nL', new Rig().at(100, prime(1.5)), 'volume-out-of-range'],
    ['of more than any line holds', new Rig().at(100, prime(1_000_001)), 'volume-out-of-range'],
    ['while stopped', new Rig().at(90, STOP).at(100, prime(485_000)), 'not-delivering'],
    ['beside another one', new Rig().at(90, prime(485_000)).at(100, prime(485_000)), 'bolus-running'],
    ['beside a bolus', new Rig().at(90, BOLUS).at(100, prime(485_000)), 'bolus-running'],
    ['beside a bridge', new Rig().at(90, program(1000, 2000)).at(100, prime(485_000)), 'bolus-running'],
    [
      'with a low reservoir',
      new Rig({ lowReservoirNl: 38_000_000 }).at(100, prime(485_000)),
      'reservoir-low',
    ],
  ])('%s is refused whole [SR-PRIME-1]', (_what, rig, expected) => {
    rig.runTo(100);
    expect(outcome(rig, 100)).toBe(expected);
    expect(rig.ticksOf('prime-begin')).not.toContain(100);
  });
});
