import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { createMotor, lookAtMotor } from '../../src/core/motor.ts';
import { rateAt } from '../../src/core/prescription-words.ts';
import { BOOT_AT, BOOT_WORDS, PRESCRIPTION_AT, PRESCRIPTION_WORDS } from '../../src/core/store.ts';
import { stateFields } from '../../hal/state-fields.ts';
import { Rig } from './rig.ts';

const indexOf = (name: string): number => ALARMS.findIndex((row) => row.name === name);
const STALL = indexOf('motor-stall');
const OCCLUSION = indexOf('catheter-occlusion');
const MEMORY_ERROR = indexOf('memory-error');
const MEMORY_REPAIRED = indexOf('memory-repaired');
const ERI = indexOf('elective-replacement');
const RESET = indexOf('low-battery-reset');

describe('the motor', () => {
  it('a reading that failed or is lower than the last is no look: the strokes stay pending [SR-SENS-1]', () => {
    const motor = { ...createMotor(), requested: 5, confirmed: 3, lastCount: 3, pending: 2 };
    for (const reading of [null, 2]) {
      expect(lookAtMotor(motor, reading)).toBe(0);
      expect(motor).toEqual({
        requested: 5,
        confirmed: 3,
        lastCount: 3,
        pending: 2,
        stallRun: 0,
        unjudged: 2,
      });
    }
    expect(lookAtMotor(motor, 3)).toBe(0);
    expect(motor).toEqual({ requested: 5, confirmed: 3, lastCount: 3, pending: 0, stallRun: 2, unjudged: 0 });
  });

  it('a feedback that comes free counts cumulatively [SR-STALL-3]', () => {
    const motor = { ...createMotor(), requested: 10, confirmed: 4, lastCount: 4, pending: 1, stallRun: 5 };
    expect(lookAtMotor(motor, 9)).toBe(5);
    expect(motor).toMatchObject({ confirmed: 9, stallRun: 0, pending: 0 });
  });

  it('a feedback that gains more than was ever left unconfirmed is no look, and no mark for the next [SR-SENS-1, SR-DOSE-7]', () => {
    const motor = { ...createMotor(), requested: 10, confirmed: 4, lastCount: 4, pending: 1 };
    expect(lookAtMotor(motor, 11)).toBe(0);
    expect(motor).toMatchObject({ confirmed: 4, lastCount: 4, pending: 1, unjudged: 1 });
    expect(lookAtMotor(motor, 10)).toBe(6);
    expect(motor).toMatchObject({ confirmed: 10, lastCount: 10, pending: 0, unjudged: 0 });
  });

  it('one reading of the feedback that is far too high costs no stroke of the book [SR-SENS-1]', () => {
    const rig = new Rig().runTo(7200);
    rig.count += 100_000;
    rig.runTo(7300);
    rig.count -= 100_000;
    rig.runTo(20 * 3600);
    expect(rig.pump.motor).toMatchObject({ requested: 1000, confirmed: 1000, unjudged: 0 });
    expect(rig.of('raise')).toEqual([]);
  });

  it('a feedback that is lost keeps no reservoir full: strokes that nobody could judge count as pushed [SR-RES-1, SR-RES-2, SR-RES-4]', () => {
    // 3 mL, low at 2: after 2,000 strokes, and empty at 1 after 4,000.
    const rig = new Rig({ fillNl: 3_000_000 }).runTo(3600);
    rig.isFeedbackLost = true;
    rig.runTo(4005 * 72);
    const low = ALARMS.findIndex(({ name }) => name === 'low-reservoir');
    const empty = ALARMS.findIndex(({ name }) => name === 'empty-reservoir');
    const raised = rig.of('raise').filter(({ argument }) => argument === low || argument === empty);
    // The look that finds a stroke unjudged is that of the next one, or of the hour.
    expect(raised.map(({ argument }) => argument)).toEqual([low, empty]);
    expect(Math.abs(raised[0]!.tick - 2000 * 72)).toBeLessThan(73);
    expect(Math.abs(raised[1]!.tick - 4000 * 72)).toBeLessThan(73);
    expect(rig.pump.motor.confirmed).toBe(50);
    // The feedback comes back, and what it says is what counts.
    rig.isFeedbackLost = false;
    rig.runTo(4005 * 72 + 3600);
    expect(rig.pump.motor).toMatchObject({ unjudged: 0 });
    expect(rig.pump.motor.confirmed).toBeGreaterThan(3990);
  });

  it('three strokes in a row unconfirmed are a stall, two are not [SR-STALL-1]', () => {
    const rig = new Rig().runTo(400);
    rig.isTurning = false;
    rig.runTo(574);
    rig.isTurning = true;
    rig.runTo(575);
    // Strokes of 431 and 503 are judged in 503 and 575; the one of 575 turns again.
    expect(rig.pump.motor.stallRun).toBe(2);
    rig.runTo(5000);
    expect(rig.ticksOf('raise')).toEqual([]);

    const third = new Rig().runTo(400);
    third.isTurning = false;
    third.runTo(5000);
    expect(third.of('raise')).toEqual([{ tick: 647, argument: STALL }]);
  });

  it.each(['runTo', 'jumpTo'] as const)(
    'eight strokes that no look could judge are a stall (%s) [SR-STALL-4]',
    (move) => {
      const rig = new Rig().runTo(400);
      rig.isFeedbackLost = true;
      // Stroke 5 of tick 359 is the first without a look; the eighth, stroke 12, falls in tick 863. The look of the next
      // stroke, in tick 935, is the first that fails with eight of them unjudged.
      rig[move](934);
      expect(rig.pump.motor.pending).toBe(8);
      expect(rig.ticksOf('raise')).toEqual([]);
      rig[move](1100);
      expect(rig.of('raise')).toEqual([{ tick: 935, argument: STALL }]);
      rig.isFeedbackLost = false;
      rig[move](1200);
      expect(rig.pump.motor.confirmed).toBe(rig.pump.motor.requested - 1);
      expect(rig.pump.motor.stallRun).toBe(0);
    },
  );
});

describe('memory', () => {
  const RATE_WORD = 12;
  const SEQUENCE_WORD = PRESCRIPTION_WORDS - 2;
  const CHECK_WORD = PRESCRIPTION_WORDS - 1;

  it('a flip in the working copy is mended from the stored one before a stroke is pushed on it [SR-MEM-1]', () => {
    const rig = new Rig().runTo(100);
    rig.pump.prescription.words[RATE_WORD]! ^= 1 << 12;
    // 3,000 becomes 7,096: 29 ticks were owed, a stroke would be due 19 ticks later, and is verified first.
    rig.runTo(1700);
    expect(rig.of('raise')).toEqual([{ tick: 119, argument: MEMORY_REPAIRED }]);
    expect(rig.pump.prescription).toMatchObject({ isReadable: 1, repairs: 1, isJustRepaired: 0 });
    expect(rateAt(rig.pump.prescription.words, 0)).toBe(3000);
    expect(rig.pump.mode.permission).toBe(0);
    expect(rig.ticksOf('condition-gone')).toEqual([120]);
  });

  it('a flip in a stored copy is found by the self-test of the hour and written again [SR-MEM-2]', () => {
    const ofBoot = [BOOT_AT, BOOT_AT + 2, BOOT_AT + BOOT_WORDS + 3];
    const ofPrescription = [0, 2, 3, RATE_WORD, SEQUENCE_WORD - 1, SEQUENCE_WORD, CHECK_WORD].flatMap(
      (word) => [PRESCRIPTION_AT + word, PRESCRIPTION_AT + PRESCRIPTION_WORDS + word],
    );
    for (const place of [...ofBoot, ...ofPrescription]) {
      const rig = new Rig().runTo(100);
      rig.stored![place]! ^= 1 << 31;
      rig.runTo(3599);
      expect(rig.pump.prescription.repairs).toBe(0);
      rig.runTo(3600);
      expect(rig.pump.prescription.repairs).toBe(1);
      for (const copy of [0, 1]) expect(rig.storedCopy(copy)).toEqual(rig.pump.prescription.words);
      expect(rig.of('raise')).toEqual([{ tick: 3600, argument: MEMORY_REPAIRED }]);
      expect(rig.pump.motor.requested).toBe(50);
    }
  });

  it('a flip in the working copy and one of the stored ones is mended from the other', () => {
    for (const copy of [0, 1]) {
      const rig = new Rig().runTo(100);
      rig.pump.prescription.words[RATE_WORD]! ^= 1;
      rig.storedCopy(copy)[RATE_WORD]! ^= 2;
      rig.runTo(3600);
      // The working copy before the stroke of tick 143, the stored one by the self-test.
      expect(rig.of('raise')).toEqual([
        { tick: 143, argument: MEMORY_REPAIRED },
        { tick: 3600, argument: MEMORY_REPAIRED },
      ]);
      expect(rig.pump.prescription).toMatchObject({ isReadable: 1, repairs: 2 });
      expect(rig.pump.motor.requested).toBe(50);
    }
  });

  it('a flip in all copies leaves the minimum rate of the build until somebody programs the pump [SR-MEM-3]', () => {
    const rig = new Rig().runTo(100);
    rig.pump.prescription.words[RATE_WORD]! ^= 1;
    rig.storedCopy(0)[RATE_WORD]! ^= 2;
    rig.storedCopy(1)[RATE_WORD]! ^= 4;
    rig.runTo(143);
    expect(rig.of('raise')).toEqual([{ tick: 143, argument: MEMORY_ERROR }]);
    expect(rig.pump.mode.permission).toBe(1);
    expect(rig.pump.prescription.isReadable).toBe(0);
    // Nothing is owed of the lost prescription: 250 nL/h from tick 143 on are a stroke in every 7,200 ticks.
    rig.runTo(20_000);
    expect(rig.ticksOf('stroke').slice(1)).toEqual([143 + 7199, 143 + 14_399]);
    rig.at(20_001, {
      kind: 'program',
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
      concentrationUgPerMl: 500,
    });
    rig.runTo(20_500);
    expect(rig.pump.prescription.isReadable).toBe(1);
    expect(rig.of('condition-gone')).toEqual([{ tick: 20_001, argument: MEMORY_ERROR }]);
    // What was owed is dropped; the tick of the program still doses at the minimum (3e6), the next at 3e8.
    expect(rig.ticksOf('stroke').slice(3)).toEqual([20_073, 20_145, 20_217, 20_289, 20_361, 20_433]);
  });

  it('a store that cannot be read is a bad copy', () => {
    const rig = new Rig().runTo(100);
    rig.stored = null;
    rig.runTo(3600);
    for (const copy of [0, 1]) expect(rig.storedCopy(copy)).toEqual(rig.pump.prescription.words);
    rig.pump.prescription.words[RATE_WORD] = 5;
    // The hour verifies before it saves its ledger.
    rig.stored = null;
    rig.runTo(7200);
    expect(rig.pump.prescription.isReadable).toBe(0);
  });
});

describe('the battery', () => {
  it('three low readings in a row are the replacement indicator, two are not, a failed one is none [SR-BATT-1, SR-SENS-1]', () => {
    const rig = new Rig().runTo(72);
    rig.loadedMv = 2500;
    rig.runTo(215);
    rig.loadedMv = 2501;
    rig.runTo(287);
    rig.loadedMv = 2500;
    rig.runTo(359);
    rig.loadedMv = null;
    rig.runTo(431);
    rig.loadedMv = 2500;
    rig.runTo(503);
    expect(rig.ticksOf('raise')).toEqual([]);
    rig.runTo(575);
    expect(rig.of('raise')).toEqual([{ tick: 575, argument: ERI }]);
    expect(rig.pump.battery.eriTick).toBe(575);
  });

  it('low readings of a cold body prove nothing [SR-BATT-5]', () => {
    const rig = new Rig();
    rig.temperatureMilliC = 31_999;
    rig.runTo(3600);
    rig.loadedMv = 2400;
    rig.restingMv = 2400;
    rig.runTo(20_000);
    expect(rig.pump.battery.eriTick).toBe(Number.MAX_SAFE_INTEGER);
    rig.temperatureMilliC = 32_000;
    rig.runTo(22_000);
    // The hour of 21,600 is warm again, and its resting reading counts; the strokes after it count too.
    expect(rig.pump.battery.eriTick).toBe(21_600 + 2 * 72 + 71);
  });

  it('a supply that falls to 2,200 mV under load asks for the minimum rate, until it is over 2,300 [SR-BATT-3]', () => {
    const rig = new Rig().runTo(72);
    rig.loadedMv = 2200;
    rig.runTo(143);
    expect(rig.of('raise')).toEqual([{ tick: 143, argument: RESET }]);
    expect(rig.pump.mode.permission).toBe(1);
    // 71 ticks at 3e8 are owed, one more at 3e6; the rest at 3e6 a tick.
    rig.loadedMv = 2300;
    rig.runTo(242);
    expect(rig.ticksOf('stroke')).toEqual([71, 242]);
    expect(rig.pump.alarms.rows[RESET]?.isPresent).toBe(1);
    rig.loadedMv = 2301;
    rig.runTo(242 + 7200);
    expect(rig.pump.alarms.rows[RESET]).toMatchObject({ isPresent: 0, isActive: 1 });
  });
});

describe('the occlusion detector on the bench', () => {
  /** A catheter that keeps 400 Pa of each stroke from the given tick on. */
  function closed(fromTick: number): Rig {
    const rig = new Rig().runTo(fromTick);
    rig.pressurePa = 2000;
    return rig;
  }

  it('becomes suspect at 1 kPa over the baseline, and not at 999 Pa', () => {
    const rig = new Rig().runTo(100);
    rig.pressurePa = 1999;
    rig.runTo(143);
    expect(rig.ticksOf('suspect')).toEqual([]);
    rig.pressurePa = 2000;
    rig.runTo(215);
    expect(rig.of('suspect')).toEqual([{ tick: 215, argument: 1000 }]);
  });

  it('eight strokes that leave nothing behind make the reading the new baseline', () => {
    // Suspect in 143, looks two ticks after the strokes of 143 to 647: the eighth in tick 649.
    const rig = closed(100).runTo(648);
    expect(rig.pump.occlusion).toMatchObject({ verdict: 1, notRetainedRun: 7, baselinePa: 1000 });
    rig.runTo(649);
    expect(rig.pump.occlusion).toMatchObject({ verdict: 0, baselinePa: 2000 });
  });

  it('three strokes in a row retained are present: delivery stops in that tick [SR-OCC-2]', () => {
    const rig = closed(100);
    for (const stroke of [143, 215, 287]) {
      rig.runTo(stroke);
      rig.pressurePa = (rig.pressurePa ?? 0) + 300;
      rig.runTo(stroke + 2);
    }
    expect(rig.said(289)).toEqual([
      'present 1900',
      `raise ${OCCLUSION}`,
      `tone ${OCCLUSION}`,
      'permission 2',
    ]);
    expect(rig.pump.occlusion.restTick).toBe(289 + 600);
    rig.runTo(2000);
    expect(rig.pump.motor.requested).toBe(4);
  });

  it('a rise that stays under 300 Pa is not retained', () => {
    const rig = closed(100);
    for (const stroke of [143, 215, 287, 359]) {
      rig.runTo(stroke);
      rig.pressurePa = (rig.pressurePa ?? 0) + 299;
      rig.runTo(stroke + 2);
    }
    expect(rig.pump.occlusion).toMatchObject({ verdict: 1, retainedRun: 0, notRetainedRun: 4 });
  });

  function present(): Rig {
    const rig = closed(100);
    for (const stroke of [143, 215, 287]) {
      rig.runTo(stroke);
      rig.pressurePa = (rig.pressurePa ?? 0) + 300;
      rig.runTo(stroke + 2);
    }
    return rig;
  }

  it('an unconfirmed probe proves nothing: the condition stays and another probe is owed', () => {
    const rig = present();
    rig.isTurning = false;
    rig.at(400, { kind: 'acknowledge', alarm: OCCLUSION }).runTo(402);
    expect(rig.ticksOf('probe')).toEqual([400]);
    expect(rig.ticksOf('gone')).toEqual([]);
    expect(rig.pump.occlusion).toMatchObject({ verdict: 2, isProbeOwed: 1 });
    // Asked for again at the first rest sample 20 min later: samples in 889, 1489, 2089.
    rig.isTurning = true;
    rig.runTo(2000);
    expect(rig.ticksOf('probe')).toEqual([400, 2089].filter((tick) => tick <= 2000));
    rig.runTo(2091);
    expect(rig.ticksOf('probe')).toEqual([400, 2089]);
    // Confirmed and nothing left behind: gone, and the alarm, acknowledged long since, clears.
    expect(rig.said(2091)).toEqual(['gone 0', `condition-gone ${OCCLUSION}`, `clear ${OCCLUSION}`]);
  });

  it('a confirmed probe that leaves nothing behind ends it: delivery from the next tick, with nothing owed [SR-OCC-2, SR-DOSE-2]', () => {
    const rig = present().at(400, { kind: 'acknowledge', alarm: OCCLUSION }).runTo(402);
    expect(rig.said(402)).toEqual(['gone 0', `condition-gone ${OCCLUSION}`, `clear ${OCCLUSION}`]);
    expect(rig.pump.dosing.owed).toBe(0);
    rig.runTo(600);
    expect(rig.of('resume')).toEqual([{ tick: 403, argument: 403 - 289 }]);
    expect(rig.ticksOf('stroke').slice(4)).toEqual([403 + 71, 403 + 143]);
  });

  it('a second acknowledge asks for no second probe, and a commanded stop for none at all [SR-OCC-8, SR-STOP-2]', () => {
    const rig = present().at(400, { kind: 'acknowledge', alarm: OCCLUSION }).runTo(401);
    rig.pressurePa = (rig.pressurePa ?? 0) + 500;
    rig.runTo(402);
    expect(rig.pump.occlusion.verdict).toBe(2);
    rig.at(500, { kind: 'acknowledge', alarm: OCCLUSION }).runTo(3000);
    expect(rig.ticksOf('probe')).toEqual([400]);

    const stopped = present().at(399, { kind: 'stop' }).at(400, { kind: 'acknowledge', alarm: OCCLUSION });
    stopped.runTo(30_000);
    expect(stopped.ticksOf('probe')).toEqual([]);
  });

  it('6 h after the stop a probe is made without anybody asking, if the pressure is under 60 kPa [SR-OCC-9]', () => {
    const rig = present();
    rig.runTo(289 + 21_599);
    expect(rig.ticksOf('probe')).toEqual([]);
    rig.runTo(289 + 21_600);
    expect(rig.ticksOf('probe')).toEqual([289 + 21_600]);
    const high = present();
    high.pressurePa = 60_000;
    high.runTo(289 + 50_000);
    expect(high.ticksOf('probe')).toEqual([]);
  });
});

describe('the digest', () => {
  it('covers every field of the state, in the order in which hosts name them', () => {
    const rig = new Rig().runTo(5000);
    const names = [...stateFields({ ...rig.pump, inbox: [] }).keys()];
    const before = rig.digest();
    const seen = new Set<number>([before]);
    for (const path of names) {
      const keys = path.split('.');
      const last = keys.pop()!;
      let node = rig.pump as unknown as Record<string, unknown>;
      for (const key of keys) node = node[key] as Record<string, unknown>;
      const value = node[last] as number;
      node[last] = value === 0 ? 1 : 0;
      const changed = rig.digest();
      expect(seen.has(changed), path).toBe(false);
      seen.add(changed);
      // The high word counts as well, where a field can hold one.
      if (!/[.](words|reply|staged)[.]/.test(path)) {
        node[last] = value + 4_294_967_296;
        if (value < 9_000_000_000_000_000) expect(rig.digest(), `${path}, high word`).not.toBe(before);
      }
      node[last] = value;
    }
    expect(rig.digest()).toBe(before);
    expect(names.length).toBeGreaterThan(450);
  });

  it('is refused with a command queued, which would be in no digest', () => {
    const rig = new Rig().runTo(10);
    rig.core.queueCommand(rig.pump, { kind: 'stop' });
    expect(() => rig.digest()).toThrow('digest of a pump with commands queued');
  });
});
