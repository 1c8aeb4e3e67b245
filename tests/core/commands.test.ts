import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import * as commands from '../../src/core/commands.ts';
import * as events from '../../src/core/events.ts';
import { hourlyTherapy } from '../../hal/prescription-words.ts';
import { stateFields } from '../../hal/state-fields.ts';
import type { ClinicalOrder } from '../../hal/target.ts';
import { NO_BRIDGE } from '../../src/core/prescription-words.ts';
import { Rig } from './rig.ts';

const program = (rate: number, concentrationUgPerMl = 500): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate },
  concentrationUgPerMl,
  bridgeNl: NO_BRIDGE,
});
const byTheHour = (rate: number): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-hour', rate },
  concentrationUgPerMl: 500,
});
const hourly = (rates: readonly number[]): ClinicalOrder => ({
  kind: 'program',
  therapy: hourlyTherapy('tenth-ug-per-hour', rates),
  concentrationUgPerMl: 500,
});

describe('a command refused whole', () => {
  const slots = Array.from({ length: 24 }, () => 1000);
  it.each<[string, ClinicalOrder, (typeof commands.COMMAND_OUTCOMES)[number]]>([
    ['a rate of nothing', program(0), 'rate-out-of-range'],
    ['more than 24 mL a day', byTheHour(5001), 'rate-beyond-mechanism'],
    ['one slot of 24 beyond 24 mL a day', hourly([...slots.slice(1), 5001]), 'rate-beyond-mechanism'],
    ['24 slots of nothing', hourly(slots.map(() => 0)), 'rate-out-of-range'],
    ['a concentration of nothing', program(3000, 0), 'concentration-out-of-range'],
    // 86,400 x 14,440 x 500 x 14,440 is 9,007,735,680,000,000, just over 2^53.
    ['a concentration past 2^53', program(3000, 14_440), 'concentration-out-of-range'],
    ['a threshold of nothing', { kind: 'low-reservoir', thresholdNl: 0 }, 'volume-out-of-range'],
    [
      'a threshold over the reservoir',
      { kind: 'low-reservoir', thresholdNl: 40_000_001 },
      'volume-out-of-range',
    ],
    ['a refill over the reservoir', { kind: 'refill', volumeNl: 40_000_001 }, 'volume-out-of-range'],
    ['a refill of nothing', { kind: 'refill', volumeNl: 0 }, 'volume-out-of-range'],
    ['an acknowledge of no alarm', { kind: 'acknowledge', alarm: ALARMS.length }, 'no-such-alarm'],
    ['a silence of no alarm', { kind: 'silence', alarm: -1 }, 'no-such-alarm'],
  ])('changes nothing but the event: %s [SR-CMD-1, SR-DOSE-5]', (_what, command, outcome) => {
    // Half a stroke owed, a tick after which nothing is due: with and without the command.
    const without = new Rig().runTo(101);
    const refused = new Rig().at(101, command).runTo(101);
    const code =
      commands.COMMAND_KINDS.indexOf(command.kind) * 16 + commands.COMMAND_OUTCOMES.indexOf(outcome);
    expect(refused.said(101)).toEqual([`command ${code}`]);
    const [a, b] = [stateFields(refused.pump), stateFields(without.pump)];
    for (const path of ['log.events', 'log.laneA', 'log.laneB', 'log.kept', 'ledger.sequence']) {
      expect(a.get(path), path).not.toBe(b.get(path));
      a.delete(path);
      b.delete(path);
    }
    expect([...a]).toEqual([...b]);
    for (const copy of [0, 1]) expect(refused.storedCopy(copy)).toEqual(without.storedCopy(copy));
    Object.assign(refused.pump.log, without.pump.log);
    refused.pump.ledger.sequence = without.pump.ledger.sequence;
    expect(refused.digest()).toBe(without.digest());
  });

  it('the limits themselves are taken [SR-DOSE-5]', () => {
    for (const command of [
      byTheHour(5000),
      program(3000, 14_439),
      { kind: 'low-reservoir', thresholdNl: 40_000_000 },
      { kind: 'refill', volumeNl: 40_000_000 },
      { kind: 'acknowledge', alarm: ALARMS.length - 1 },
    ] as const) {
      const rig = new Rig().at(101, command).runTo(101);
      expect(rig.said(101)[0]).toBe(`command ${commands.COMMAND_KINDS.indexOf(command.kind) * 16}`);
    }
  });

  it('a low-reservoir threshold needs a readable prescription', () => {
    const rig = new Rig().runTo(100);
    rig.pump.prescription.words[12] = 1;
    rig.stored = null;
    // The self-test of tick 1,800 finds both copies lost.
    rig.at(1801, { kind: 'low-reservoir', thresholdNl: 3_000_000 }).runTo(1801);
    expect(rig.said(1801)[0]).toBe(`command ${3 * 16 + 6}`);
  });
});

describe('a program', () => {
  it('at the fastest rate, 24 mL a day, pushes a stroke in 1.8 ticks from its own on', () => {
    // 3e9 of 2.16e10 are owed, and 1.2e10 come with each tick.
    const rig = new Rig().at(10, byTheHour(5000)).runTo(20);
    expect(rig.ticksOf('stroke')).toEqual([11, 13, 15, 16, 18, 20]);
  });

  it('of another concentration keeps the owed fraction of a stroke, rounded down [SR-DOSE-8]', () => {
    // 50 ticks of 3e8 are owed: 1.5e10 of 2.16e10. At 333 ug/mL: floor(1.5e10 x 333 / 500) = 9,990,000,000.
    const rig = new Rig().at(50, program(3000, 333)).runTo(50);
    expect(rig.pump.dosing.owed).toBe(9_990_000_000 + 300_000_000);
    // 7 x 3e8 x 997 / 500 = 4,187,400,000 exactly; 1e5 x 7 ticks x 1001 = 700,700,000 x 333 / 500 is not whole.
    const odd = new Rig({
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 1 },
      concentrationUgPerMl: 999,
    });
    odd.at(7, program(1, 1000)).runTo(6);
    expect(odd.pump.dosing.owed).toBe(700_000);
    odd.runTo(7);
    expect(odd.pump.dosing.owed).toBe(Math.floor((700_000 * 1000) / 999) + 100_000);
    expect(odd.pump.dosing.owed).toBe(800_700);
  });

  it('of the same concentration carries what is owed to the last bit', () => {
    const rig = new Rig().at(50, program(6000)).runTo(60);
    // 1.5e10 owed, 6.6e9 missing: 11 ticks of 6e8.
    expect(rig.ticksOf('stroke')).toEqual([60]);
    expect(rig.pump.dosing.owed).toBe(0);
  });
});

describe('a refill', () => {
  it('books what was confirmed to the old fill before it sets the new volume [SR-RES-4]', () => {
    const rig = new Rig({ fillNl: 2_000_400 }).at(72, { kind: 'refill', volumeNl: 38_000_000 }).runTo(72);
    // The stroke of tick 71 is confirmed in tick 72, and is of the old fill. Low-reservoir judges the new volume.
    expect(rig.pump.motor.confirmed).toBe(1);
    expect(rig.pump.ledger).toMatchObject({
      filledNl: 38_000_000,
      confirmedAtFill: 1,
      computedDosePg: 250_000,
    });
    expect(rig.ticksOf('raise')).toEqual([]);
    expect(rig.said(72)).toEqual([`command ${4 * 16}`, 'refill 38000000']);
  });
});

describe('tables of names', () => {
  it('each code of an event is the index of its name', () => {
    const codes = new Map<string, unknown>(
      Object.entries(events).filter(([, value]) => typeof value === 'number'),
    );
    expect(codes.size).toBe(events.EVENT_KINDS.length);
    events.EVENT_KINDS.forEach((kind, code) => {
      expect(codes.get(kind.toUpperCase().replaceAll('-', '_')), kind).toBe(code);
    });
  });

  it('each code of an outcome is the index of its name', () => {
    expect([
      commands.ACCEPTED,
      commands.RATE_OUT_OF_RANGE,
      commands.RATE_BEYOND_MECHANISM,
      commands.CONCENTRATION_OUT_OF_RANGE,
      commands.VOLUME_OUT_OF_RANGE,
      commands.NO_SUCH_ALARM,
      commands.PRESCRIPTION_UNREADABLE,
      commands.SESSION_OPEN,
      commands.PRESCRIPTION_OUT_OF_RANGE,
      commands.BOLUS_OUT_OF_RANGE,
      commands.BOLUS_TOO_FAST,
      commands.BOLUS_RUNNING,
      commands.RESERVOIR_LOW,
      commands.NOT_DELIVERING,
      commands.NEEDS_CONFIRMATION,
      commands.BRIDGE_UNSAID,
    ]).toEqual(commands.COMMAND_OUTCOMES.map((_, code) => code));
    expect(commands.COMMAND_OUTCOMES).toEqual([
      'accepted',
      'rate-out-of-range',
      'rate-beyond-mechanism',
      'concentration-out-of-range',
      'volume-out-of-range',
      'no-such-alarm',
      'prescription-unreadable',
      'session-open',
      'prescription-out-of-range',
      'bolus-out-of-range',
      'bolus-too-fast',
      'bolus-running',
      'reservoir-low',
      'not-delivering',
      'needs-confirmation',
      'bridge-unsaid',
    ]);
    expect(commands.COMMAND_OUTCOMES.length).toBeLessThanOrEqual(16);
  });
});
