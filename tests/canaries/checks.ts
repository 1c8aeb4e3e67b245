/**
 * Checks of the firmware as plain functions: each throws with a sentence when the core breaks the promise in its name.
 * They run against the real core, where all must pass, and against cores with one known fault, where the check named
 * for that fault must not.
 */
import { hourlyTherapy } from '../../hal/prescription-words.ts';
import type { TargetSetup } from '../../hal/target.ts';
import * as worldBattery from '../../sim/plant/battery.ts';
import { NOMINAL_STROKE_NL } from '../../sim/world.ts';
import { Rig } from '../core/rig.ts';

export type Lab = typeof import('./lab.ts');
export type Check = (lab: Lab) => Promise<void> | void;

const HOUR = 3600;
const DAY = 86_400;
const MOTOR_STALL = 2;

function same(what: string, actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: ${a} instead of ${e}`);
}

export const SETUP: TargetSetup = {
  seed: 7,
  startHour: 0,
  mechanism: 'peristaltic',
  reservoirNl: 40_000_000,
  fillNl: 38_000_000,
  lowReservoirNl: 2_000_000,
  lowVolumeFade: false,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  catheterLengthMm: 890,
  compliancePlPerPa: 300,
  environment: { noise: true, posture: true, cough: true, flights: false, temperatureMilliC: 37_000 },
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
  isTickByTick: false,
  hasOracle: true,
};

/** Strokes 6, 7 and 8 do not turn: the look of stroke 9, in tick 647, finds three in a row. */
function stalledRig(lab: Lab): Rig {
  const rig = new Rig({}, lab).runTo(400);
  rig.isTurning = false;
  return rig.runTo(640);
}

const checks = {
  'a latched alarm stays until it is acknowledged': (lab) => {
    const rig = stalledRig(lab).runTo(650);
    same('raise of the stall', rig.of('raise'), [{ tick: 647, argument: MOTOR_STALL }]);
    rig.isTurning = true;
    rig.runTo(2 * HOUR);
    same('end of the condition', rig.ticksOf('condition-gone'), [791]);
    same('alarm active without its condition', rig.pump.alarms.rows[MOTOR_STALL], {
      isActive: 1,
      isPresent: 0,
      isAcknowledged: 0,
      raises: 1,
      toneTick: 647 + 600 * 11,
    });
    rig.at(2 * HOUR + 1, { kind: 'acknowledge', alarm: MOTOR_STALL }).runTo(2 * HOUR + 1);
    same('clear', rig.ticksOf('clear'), [2 * HOUR + 1]);
  },

  'missed strokes are never made up': (lab) => {
    const rig = new Rig({}, lab).at(100, { kind: 'stop' }).at(100_000, { kind: 'resume' }).runTo(100_200);
    // 28 ticks of the second stroke had accrued: ticks 72 to 99. The rest takes 44 from the resume on.
    same('strokes around a stop', rig.ticksOf('stroke'), [71, 100_043, 100_115, 100_187]);
    same('strokes requested', rig.pump.motor.requested, 4);
  },

  'a stall ends with the first confirmed stroke': (lab) => {
    const rig = stalledRig(lab).runTo(700);
    rig.isTurning = true;
    rig.runTo(863);
    // The stroke of tick 719 turns; the look of the next one, in tick 791, sees it.
    same('end of the condition', rig.of('condition-gone'), [{ tick: 791, argument: MOTOR_STALL }]);
    same('strokes in a row unconfirmed', rig.pump.motor.stallRun, 0);
  },

  'the minimum rate never raises a lower program': (lab) => {
    // 100 nL/h with the reservoir empty by computation: minimum rate is 250 nL/h, and the program is the lesser.
    const therapy = { mode: 'continuous', unit: 'nl-per-hour', rate: 100 } as const;
    const rig = new Rig({ therapy, fillNl: 900_000 }, lab).runTo(10 * HOUR - 1);
    same('permission of an empty reservoir', rig.pump.mode.permission, 1);
    same('strokes of 100 nL/h', rig.ticksOf('stroke'), [5 * HOUR - 1, 10 * HOUR - 1]);
    const faster = new Rig(
      { therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: 1000 }, fillNl: 900_000 },
      lab,
    );
    // Tick 0 raises the alarm and doses at the minimum already.
    same('strokes of 250 nL/h', faster.runTo(4 * HOUR - 1).ticksOf('stroke'), [2 * HOUR - 1, 4 * HOUR - 1]);
  },

  'core and world agree about the device': (lab) => {
    for (const [strokes, tones, telemetryTicks, tick] of [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [1_000_000, 10_000, 100 * lab.config.INTERROGATION_TICKS, 2555 * DAY],
    ] as const) {
      const believed = lab.computedUsedNc({ ...lab.createBattery(), tones, telemetryTicks }, strokes, tick);
      const world = { ...worldBattery.createBattery(1000, 0), tones, telemetryTicks };
      same(
        `charge of ${strokes} strokes, ${tones} tones, ${telemetryTicks} s of telemetry, ${tick} s`,
        believed,
        worldBattery.usedNc(world, strokes, tick),
      );
    }
    // Elective replacement is where the world's cell is about to fall off its plateau, and neither before nor after.
    const capacity = lab.config.BATTERY_CAPACITY_NC;
    const usedAtEri = (capacity / 1000) * lab.config.ERI_PERMILLE;
    same('resting supply of an empty cell', worldBattery.restingMv(capacity), 2400);
    same('resting supply just before it', worldBattery.restingMv(capacity - 1_000_000_000) > 2400, true);
    const loadedAtEri = worldBattery.loadedMv(usedAtEri, worldBattery.resistanceOhm(usedAtEri));
    same('loaded supply at ERI over its threshold', loadedAtEri > lab.config.ERI_LOADED_MV, true);
    same(
      'resting supply at ERI over its threshold',
      worldBattery.restingMv(usedAtEri) > lab.config.ERI_RESTING_MV,
      true,
    );
    // The firmware is built with its own figure, and the world moves its own: nothing hands one to the other.
    for (const [mechanism, strokeNl] of [
      ['peristaltic', lab.config.PERISTALTIC_STROKE_NL],
      ['valve-accumulator', lab.config.VALVE_ACCUMULATOR_STROKE_NL],
    ] as const) {
      same(`stroke of ${mechanism}`, strokeNl, NOMINAL_STROKE_NL[mechanism]);
      const { build } = new lab.SimTarget({ ...SETUP, mechanism }).pump;
      same(`stroke of a pump built as ${mechanism}`, build.strokeNl, strokeNl);
    }
    const computed = new Rig({}, lab).runTo(72 * 10).pump;
    same('volume of ten strokes', computed.ledger.filledNl - computed.motor.confirmed * 500, 37_995_500);
  },

  'jumps and ticks give the same run': async (lab) => {
    const ends: string[] = [];
    for (const isTickByTick of [false, true]) {
      const target = new lab.SimTarget({ ...SETUP, isTickByTick });
      target.stimulate(5000, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options: {} });
      target.stimulate(20_000, { kind: 'clear', id: 'kink' });
      target.stimulate(40_000, { kind: 'command', command: { kind: 'stop' } });
      target.stimulate(43_210, { kind: 'command', command: { kind: 'resume' } });
      target.stimulate(50_000, { kind: 'fault', id: 'stall', fault: 'motor-stall', options: {} });
      target.stimulate(60_000, { kind: 'clear', id: 'stall' });
      target.stimulate(70_000, { kind: 'command', command: { kind: 'silence', alarm: MOTOR_STALL } });
      await target.advance(DAY, { event() {}, stateDigest() {}, afterTick() {} });
      ends.push(JSON.stringify([await target.digest(), target.faults(), target.doseFailures()]));
    }
    same('end of the run by jumps', ends[0], ends[1]);
  },

  'a change of slot keeps the remainder': (lab) => {
    // 100 and 150 nL/h in turn: 250 nL in two hours, so one stroke of 500 nL in four, at the end of the fourth.
    const rates = Array.from({ length: 24 }, (_, slot) => (slot % 2 === 0 ? 100 : 150));
    const rig = new Rig({ therapy: hourlyTherapy('nl-per-hour', rates) }, lab).runTo(DAY - 1);
    const expected = [1, 2, 3, 4, 5, 6].map((k) => 4 * k * HOUR - 1);
    same('strokes of the day', rig.ticksOf('stroke'), expected);
  },

  'an alarm sounds again after each repeat': (lab) => {
    const rig = stalledRig(lab).runTo(3000);
    same('tones of a critical alarm', rig.ticksOf('tone'), [647, 1247, 1847, 2447]);
    const low = new Rig({ fillNl: 1_900_000 }, lab).runTo(3 * HOUR);
    same('tones of a non-critical one', low.ticksOf('tone'), [0, HOUR, 2 * HOUR, 3 * HOUR]);
  },

  'silence ends': (lab) => {
    const rig = stalledRig(lab).at(700, { kind: 'silence', alarm: MOTOR_STALL }).runTo(5600);
    same('tones around an hour of silence', rig.ticksOf('tone'), [
      647,
      700 + HOUR,
      700 + HOUR + 600,
      700 + HOUR + 1200,
    ]);
  },

  'every field of the state is in the digest': (lab) => {
    const rig = stalledRig(lab).runTo(5000);
    const before = rig.digest();
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null)
        throw new Error(`${path} is neither an integer nor a record`);
      const record = node as Record<string, unknown>;
      for (const key of Object.keys(record)) {
        const value = record[key];
        if (typeof value !== 'number') {
          visit(value, `${path}.${key}`);
          continue;
        }
        record[key] = value + 1;
        if (rig.digest() === before) throw new Error(`${path}.${key} is not in the digest`);
        record[key] = value;
      }
    };
    visit(rig.pump, 'pump');
    same('digest of the state put back', rig.digest(), before);
  },
} satisfies Record<string, Check>;

export type CheckName = keyof typeof checks;
export const CHECKS: Readonly<Record<CheckName, Check>> = checks;
export const CHECK_NAMES = Object.keys(checks) as CheckName[];
