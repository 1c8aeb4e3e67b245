import { hourlyTherapy } from '../../hal/prescription-words.ts';
import { describe, expect, it } from 'vitest';
import { ALARMS, CATHETER_OCCLUSION } from '../../src/core/alarms/table.ts';
import { ONE_IN_72, Rig } from './rig.ts';

const HOUR = 3600;
const DAY = 86_400;
const alarm = (name: string): number => {
  const index = ALARMS.findIndex((row) => row.name === name);
  if (index < 0) throw new Error(`no alarm ${name}`);
  return index;
};
const STALL = alarm('motor-stall');
const LOW = alarm('low-reservoir');
const EMPTY = alarm('empty-reservoir');
const TOO_LONG = alarm('stopped-too-long');

/** Strokes of ticks 431, 503 and 575 do not turn; the look of the next stroke, in tick 647, finds three. */
function stalled(): Rig {
  const rig = new Rig().runTo(400);
  rig.isTurning = false;
  return rig.runTo(647);
}

describe('stop and resume', () => {
  it('a stop at T and a resume at R lose exactly the ticks T to R - 1 [SR-DOSE-2, SR-STOP-2]', () => {
    // Stroke 2 would fall in tick 143. Stopped for ticks 143 to 1,142: it falls in the tick of the resume.
    const rig = new Rig().at(143, { kind: 'stop' }).at(1143, { kind: 'resume' }).runTo(1300);
    expect(rig.ticksOf('stroke')).toEqual([71, 1143, 1215, 1287]);
    expect(rig.of('resume')).toEqual([{ tick: 1143, argument: 1000 }]);
    // A stop in the tick after the stroke takes nothing from the stroke.
    const later = new Rig().at(144, { kind: 'stop' }).at(1144, { kind: 'resume' }).runTo(1300);
    expect(later.ticksOf('stroke')).toEqual([71, 143, 1215, 1287]);
  });

  it('a stop and a resume in one tick lose nothing', () => {
    const rig = new Rig().at(143, { kind: 'stop' }, { kind: 'resume' }).runTo(300);
    expect(rig.ticksOf('stroke')).toEqual([71, 143, 215, 287]);
    expect(rig.ticksOf('permission')).toEqual([]);
  });

  it('a commanded stop is no less binding for the minimum rate, and outlasts the alarm [SR-DOSE-9, SR-STOP-2]', () => {
    const rig = new Rig({ fillNl: 900_000 }).at(10, { kind: 'stop' }).runTo(10);
    expect(rig.pump.mode.permission).toBe(2);
    rig.at(20, { kind: 'refill', volumeNl: 38_000_000 }).runTo(30);
    expect(rig.pump.alarms.rows[EMPTY]?.isPresent).toBe(0);
    expect(rig.pump.mode.permission).toBe(2);
    expect(rig.pump.motor.requested).toBe(0);
  });
});

describe('permission by alarms', () => {
  it('falls in the tick of the alarm and rises from the tick after its end [SR-DOSE-9]', () => {
    // 100 ticks at 300 ug/day are 100 / 72 strokes; at minimum rate, 250 nL/h, one tick is 1 / 7,200 of a stroke.
    const rig = new Rig({ fillNl: 1_000_500 }).runTo(71);
    expect(rig.ticksOf('stroke')).toEqual([71]);
    // The stroke of tick 71 is seen at the next look, in the tick of stroke 143: exactly 1 mL is empty.
    rig.runTo(143);
    expect(rig.of('permission')).toEqual([{ tick: 143, argument: 1 }]);
    // Due at the old rate, and not pushed: the numerator of the minimum was added instead.
    expect(rig.ticksOf('stroke')).toEqual([71]);
    expect(rig.pump.dosing.owed).toBe(71 * 300_000_000 + 24 * 500 * 250);
    rig.at(150, { kind: 'refill', volumeNl: 38_000_000 }).runTo(150);
    expect(rig.pump.alarms.rows[EMPTY]?.isPresent).toBe(0);
    expect(rig.pump.mode.alarmPermission).toBe(0);
    expect(rig.pump.mode.permission).toBe(1);
    rig.runTo(151);
    expect(rig.pump.mode.permission).toBe(0);
    // Ticks 143 to 150 at the minimum, 151 at full: 71 x 3e8 + 8 x 3e6 + 3e8 pass 2.16e10 in tick 151.
    expect(rig.ticksOf('stroke')).toEqual([71, 151]);
    expect(rig.pump.dosing.owed).toBe(24_000_000);
  });

  it('follows the condition and not the latch [SR-ALARM-5]', () => {
    const rig = stalled();
    expect(rig.pump.mode.permission).toBe(ALARMS[STALL]?.permission);
    rig.isTurning = true;
    rig.runTo(900);
    expect(rig.pump.alarms.rows[STALL]).toMatchObject({ isActive: 1, isPresent: 0 });
    expect(rig.pump.mode.alarmPermission).toBe(0);
  });

  it('takes the strictest row of the table for each condition [SR-DOSE-9, SR-ALARM-5]', () => {
    expect(ALARMS.map((row) => [row.name, row.permission])).toEqual([
      ['low-reservoir', 0],
      ['empty-reservoir', 1],
      ['motor-stall', 0],
      ['catheter-occlusion', 2],
      ['elective-replacement', 0],
      ['end-of-service', 2],
      ['low-battery-reset', 1],
      ['stopped-too-long', 0],
      ['memory-error', 1],
      ['memory-repaired', 0],
      ['session-left-open', 0],
      ['restarted', 0],
    ]);
    expect(ALARMS[CATHETER_OCCLUSION]?.name).toBe('catheter-occlusion');
  });

  it('end of service stops in tick 2,555 days and not before [SR-BATT-2]', () => {
    const rig = new Rig({
      therapy: { mode: 'minimum' },
      reservoirNl: 1_000_000_000,
      fillNl: 1_000_000_000,
    }).jumpTo(2555 * DAY - 1);
    const eos = alarm('end-of-service');
    expect(rig.of('raise').filter(({ argument }) => argument === eos)).toEqual([]);
    rig.jumpTo(2555 * DAY);
    expect(rig.of('raise').filter(({ argument }) => argument === eos)).toEqual([
      { tick: 2555 * DAY, argument: eos },
    ]);
    expect(rig.pump.mode.permission).toBe(2);
  });
});

describe('hours', () => {
  it('tick 0 closes no hour; the first closes in tick 3,600 with the strokes confirmed by then', () => {
    const rig = new Rig().runTo(HOUR);
    expect(rig.of('hour')).toEqual([{ tick: HOUR, argument: 50 }]);
    expect(rig.digests.map(({ tick }) => tick)).toEqual([HOUR]);
    expect(rig.asked.get(0)).toBeUndefined();
    expect(rig.asked.get(HOUR)).toEqual(['count', 'resting', 'temperature']);
  });

  it('a program slot begins in its hour tick, whatever hour tick 0 was [SR-DOSE-3]', () => {
    const rates = Array.from({ length: 24 }, (_, slot) => (slot === 6 ? 5000 : 0));
    const rig = new Rig({ therapy: hourlyTherapy('tenth-ug-per-hour', rates), startHour: 5 });
    rig.runTo(3 * HOUR);
    const strokes = rig.ticksOf('stroke');
    // 24 mL a day is a stroke in 1.8 ticks.
    expect(strokes).toHaveLength(2000);
    expect([strokes[0], strokes.at(-1)]).toEqual([HOUR + 1, 2 * HOUR - 1]);
  });
});

describe('stopped too long', () => {
  it('is 48 h from the first tick without delivery, inclusive [SR-STOP-1]', () => {
    const rig = new Rig().at(1000, { kind: 'stop' }).jumpTo(1000 + 172_799);
    expect(rig.ticksOf('raise')).toEqual([]);
    rig.jumpTo(1000 + 172_800);
    expect(rig.of('raise')).toEqual([{ tick: 173_800, argument: TOO_LONG }]);
    // It reports and does not act: resuming ends it, unlatched, in its own tick or the next.
    rig.at(180_000, { kind: 'resume' }).runTo(180_001);
    expect(rig.of('clear').map(({ argument }) => argument)).toEqual([TOO_LONG]);
    expect(rig.of('resume')).toEqual([{ tick: 180_000, argument: 179_000 }]);
    expect(rig.ticksOf('clear')).toEqual([180_001]);
  });

  it('counts a therapy that says stopped as well [SR-STOP-1]', () => {
    const rig = new Rig({ therapy: { mode: 'stopped' } }).jumpTo(172_800);
    expect(rig.of('raise')).toEqual([{ tick: 172_800, argument: TOO_LONG }]);
  });
});

describe('the alarm machine', () => {
  it('a return while latched is a new raise, and ends the acknowledgement [SR-ALARM-4]', () => {
    const rig = stalled();
    rig.at(700, { kind: 'acknowledge', alarm: STALL }).runTo(700);
    expect(rig.said(700)).toEqual([`acknowledge ${STALL}`, `command ${6 * 16}`]);
    rig.isTurning = true;
    rig.runTo(800);
    // Acknowledged and gone: it clears by itself. The stroke of 719 turns and is seen in 791.
    expect(rig.said(791)).toEqual([`condition-gone ${STALL}`, `clear ${STALL}`, 'stroke 11']);

    const latched = stalled();
    latched.isTurning = true;
    latched.runTo(800);
    latched.isTurning = false;
    latched.runTo(1200);
    expect(latched.of('raise')).toEqual([
      { tick: 647, argument: STALL },
      { tick: 1079, argument: STALL },
    ]);
    expect(latched.ticksOf('clear')).toEqual([]);
    latched.at(1201, { kind: 'acknowledge', alarm: STALL }).runTo(1201);
    latched.isTurning = true;
    latched.runTo(1400);
    latched.isTurning = false;
    latched.runTo(1900);
    expect(latched.pump.alarms.rows[STALL]).toMatchObject({ isActive: 1, isPresent: 1, isAcknowledged: 0 });
    expect(latched.ticksOf('raise')).toHaveLength(3);
  });

  it('acknowledging with the condition gone clears in that tick [SR-ALARM-3]', () => {
    const rig = stalled();
    rig.isTurning = true;
    rig.at(1000, { kind: 'acknowledge', alarm: STALL }).runTo(1000);
    expect(rig.said(1000)).toEqual([`acknowledge ${STALL}`, `clear ${STALL}`, `command ${6 * 16}`]);
  });

  it('sounds in the tick of the raise, then at each repeat: 10 min when critical, an hour when not [SR-ALARM-1]', () => {
    const rig = stalled().runTo(2000);
    expect(rig.played).toEqual([647, 1247, 1847].map((tick) => ({ tick, pattern: 2 })));
    expect(rig.said(647)).toEqual([`raise ${STALL}`, `tone ${STALL}`, 'stroke 9']);
    const low = new Rig({ fillNl: 2_000_000 }).runTo(2 * HOUR);
    expect(low.played).toEqual([0, HOUR, 2 * HOUR].map((tick) => ({ tick, pattern: 1 })));
  });

  it('silence puts the next tone off by an hour when critical and a day when not, and no more than that [SR-ALARM-2]', () => {
    const rig = stalled().at(650, { kind: 'silence', alarm: STALL }).runTo(5000);
    expect(rig.ticksOf('tone')).toEqual([647, 4250, 4850]);
    const low = new Rig({ fillNl: 2_000_000 }).at(5, { kind: 'silence', alarm: LOW }).jumpTo(DAY + HOUR + 10);
    expect(
      low
        .of('tone')
        .filter(({ argument }) => argument === LOW)
        .map(({ tick }) => tick),
    ).toEqual([0, DAY + 5, DAY + HOUR + 5]);
  });

  it('silence of an alarm that is not active or is acknowledged does nothing', () => {
    const rig = stalled()
      .at(650, { kind: 'acknowledge', alarm: STALL })
      .at(651, { kind: 'silence', alarm: STALL });
    rig.at(652, { kind: 'silence', alarm: LOW }).runTo(HOUR);
    expect(rig.ticksOf('tone')).toEqual([647]);
    expect(rig.pump.alarms.nextToneTick).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('low-reservoir is inclusive: a threshold that is just reached raises, one nanolitre less does not [SR-RES-1]', () => {
    expect(new Rig({ fillNl: 2_000_001 }).runTo(10).ticksOf('raise')).toEqual([]);
    expect(new Rig({ fillNl: 2_000_000 }).runTo(10).of('raise')).toEqual([{ tick: 0, argument: LOW }]);
  });
});

describe('one tick', () => {
  it('says things in the order of the chain [SR-LOG-1]', () => {
    const rig = new Rig({ fillNl: 1_000_500 }).at(
      143,
      { kind: 'interrogate' },
      { kind: 'silence', alarm: LOW },
    );
    rig.runTo(143);
    expect(rig.said(143)).toEqual([
      `command ${7 * 16}`,
      `command ${5 * 16}`,
      `raise ${EMPTY}`,
      `tone ${EMPTY}`,
      'permission 1',
    ]);
    expect(rig.replies).toHaveLength(1);
  });

  it('takes the readings that are due and no others', () => {
    const rig = new Rig().runTo(200);
    expect([...rig.asked]).toEqual([
      [71, ['count', 'pressure', 'loaded']],
      [143, ['count', 'pressure', 'loaded']],
    ]);
    const refilled = new Rig().at(10, { kind: 'refill', volumeNl: 1 }).runTo(10);
    expect(refilled.asked.get(10)).toEqual(['count']);
  });

  it('a tick in which nothing is due leaves what idle(1) leaves [SR-TIME-1]', () => {
    const [ticked, idled] = [new Rig().runTo(100), new Rig().runTo(100)];
    ticked.runTo(101);
    idled.core.idle(idled.pump, 1);
    expect(idled.pump).toEqual(ticked.pump);
  });

  it('a prescription that the pump would refuse makes no pump [SR-DOSE-5]', () => {
    const therapy = { mode: 'continuous', unit: 'tenth-ug-per-hour', rate: 5001 } as const;
    expect(() => new Rig({ ...ONE_IN_72, therapy })).toThrow(
      'assertion: prescription that the pump would refuse',
    );
  });
});
