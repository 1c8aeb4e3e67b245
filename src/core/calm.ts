/**
 * Calm: nothing is going on but strokes, now and then a second look at one, hours, and the tones of alarms that go on,
 * which is nearly all of a pump's life. What a tick asks anew each time, of commands, sessions, boluses, alarms,
 * permissions and memories, is then asked once for as long as the answers last, and a tick is only what a stroke, a look,
 * an hour or a tone changes. A reading that changes more ends the calm, and that tick goes on as any other. What is left
 * behind is to the last bit what `tick` leaves: `tests/canaries/calms.test.ts` holds it to that.
 *
 * It rests on one promise: whoever changes the pump or its store by anything but a tick says so, by `disturb`, and runs
 * the tick of the change, since no wake is due to it. For runs that jump, where the host holds both. A board has neither
 * the promise nor the memory, and runs `tick` alone.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { soundTones } from './alarms/alarms.ts';
import { ALARMS } from './alarms/table.ts';
import {
  EMPTY_RESERVOIR_NL,
  ERI_LOADED_MV,
  ERI_PERMILLE,
  ERI_RESTING_MV,
  RETAINED_RISE_PA,
  SLIP_MIN_PA,
  SUSPECT_RISE_PA,
} from './config.ts';
import { computedUsedPermille } from './detection/battery.ts';
import { isLookDue, noteStroke, type OcclusionState, stepOcclusion } from './detection/occlusion.ts';
import { VERDICT_CLEAR } from './detection/verdict.ts';
import { calmDigest, createCalmDigest } from './digest.ts';
import { dose, doseIdle, type DosingState, doseStroke, isStrokeDue } from './dosing.ts';
import { STROKE } from './events.ts';
import { checkDose, checkInvariants } from './invariants.ts';
import { bookDelivery, closeHour } from './ledger.ts';
import { createCalmLedger, SAVE_STROKES, saveCalmLedger } from './ledger-record.ts';
import { say } from './log.ts';
import { commandStroke, confirmPending, NO_COUNT } from './motor.ts';
import { lowReservoirNl } from './prescription.ts';
import { readingsOfStroke, sense } from './sense.ts';
import type { PumpState, Readings } from './state.ts';
import { isWhole } from './store.ts';
import type { SummedWords } from './summed-words.ts';
import { accountBattery, isDutyDue, logHour, nextDutyTick } from './tasks.ts';
import {
  dueNumerator,
  earlier,
  halfHourOf,
  idle,
  nextDeliveryTick,
  nextUnusualTick,
  nextWake,
  sayOcclusion,
  takeRate,
  tick,
} from './tick.ts';
import { NEVER } from './units.ts';

/** Of one pump, and no part of its state: with a new one the pump does the same. */
export interface Calm {
  /** Calm until this tick, itself excluded. */
  untilTick: number;
  /** The next tick in which something else than a stroke, an hour or a tone is due, or a look that was due before the calm. */
  unusualTick: number;
  /** The hour to come, and the half hour before or after which this was foreseen. */
  hourTick: number;
  halfTick: number;
  /** The next stroke or hour. */
  strokeTick: number;
  /** At this rate strokes are so many ticks apart, and one more where less than this is owed after one. */
  strideNumerator: number;
  strideTicks: number;
  strideOwed: number;
  /** With so many strokes confirmed an alarm over the reservoir changes. */
  confirmedLimit: number;
  /** The self-test has found the store in order, and nobody but the pump has written into it since. */
  isStoreSeen: boolean;
  /** The last digest and the last ledger of this calm, and whether there was one. */
  readonly digest: SummedWords;
  readonly ledger: SummedWords;
  isDigested: boolean;
  isSaved: boolean;
  /** In a run that executes every tick: the last whole one left nothing for the next (`quiet-ticks.ts`). */
  hasLeftNothing: boolean;
}

export function createCalm(): Calm {
  return {
    untilTick: 0,
    unusualTick: 0,
    hourTick: 0,
    halfTick: 0,
    strokeTick: 0,
    strideNumerator: 0,
    strideTicks: 0,
    strideOwed: 0,
    confirmedLimit: 0,
    isStoreSeen: false,
    digest: createCalmDigest(),
    ledger: createCalmLedger(),
    isDigested: false,
    isSaved: false,
    hasLeftNothing: false,
  };
}

/** Something else than a tick or a command has changed the pump or its store. */
export function disturb(calm: Calm): void {
  calm.untilTick = 0;
  calm.isStoreSeen = false;
  calm.hasLeftNothing = false;
}

/**
 * Nothing is under way or doubtful. What comes at a known tick is `nextUnusualTick`'s to say, so that a catheter may be
 * suspect, and even closed: the pump then stands still between its samples.
 */
function isQuiet(pump: PumpState, hal: PumpHal): boolean {
  const bolus = pump.bolus;
  const motor = pump.motor;
  const battery = pump.battery;
  return (
    // These two end with a stroke.
    bolus.isPriming === 0 &&
    bolus.bridgeUgPerMl === 0 &&
    pump.occlusion.hasBaseline === 1 &&
    motor.lastCount !== NO_COUNT &&
    motor.stallRun === 0 &&
    motor.unjudged === 0 &&
    battery.lowLoadedRun === 0 &&
    battery.lowRestingRun === 0 &&
    battery.failedLoadedRun === 0 &&
    battery.isUnderReset === 0 &&
    isWhole(pump.prescription.words, hal.checksum)
  );
}

/** Confirmed strokes with which no more than `leftNl` is computed to be left; NEVER when that is so already. */
function confirmedAt(pump: PumpState, leftNl: number): number {
  const ledger = pump.ledger;
  const strokeNl = pump.build.strokeNl;
  const limit = ledger.confirmedAtFill + Math.floor((ledger.filledNl - leftNl + strokeNl - 1) / strokeNl);
  return limit > pump.motor.confirmed ? limit : NEVER;
}

function takeStride(calm: Calm, dosing: DosingState): void {
  calm.strideNumerator = dosing.shareNumerator;
  calm.strideTicks = Math.floor(dosing.denominator / dosing.shareNumerator);
  calm.strideOwed = dosing.denominator - calm.strideTicks * dosing.shareNumerator;
}

function foreseeStroke(pump: PumpState, calm: Calm): void {
  calm.strokeTick = earlier(nextDeliveryTick(pump, calm.halfTick), calm.hourTick);
}

/** The same in the tick after a stroke, without a division as long as the rate is that of the stroke before. */
function foreseeNextStroke(pump: PumpState, calm: Calm): void {
  const now = pump.nowTick;
  const dosing = pump.dosing;
  const strokeTick = now - 1 + calm.strideTicks + (dosing.owed < calm.strideOwed ? 1 : 0);
  const isOverHalf = now <= calm.halfTick && strokeTick >= calm.halfTick;
  if (isOverHalf || dosing.shareNumerator !== calm.strideNumerator) {
    takeStride(calm, dosing);
    foreseeStroke(pump, calm);
  } else calm.strokeTick = earlier(strokeTick, calm.hourTick);
}

/** What comes next. */
function foresee(pump: PumpState, calm: Calm): void {
  const now = pump.nowTick;
  calm.hourTick = nextDutyTick(now);
  calm.halfTick = halfHourOf(now);
  // A self-test looks at what nobody here vouches for. The next hour foresees anew.
  calm.untilTick = earlier(calm.unusualTick, calm.isStoreSeen ? calm.hourTick + 1 : calm.hourTick);
  foreseeStroke(pump, calm);
}

/** The tick before this one has looked at the whole store, and mended what it found. */
function isSelfTested(pump: PumpState): boolean {
  return isDutyDue(pump.nowTick - 1);
}

/** After a whole tick: is it calm from here on? */
function judge(pump: PumpState, calm: Calm, hal: PumpHal): void {
  calm.isStoreSeen = calm.isStoreSeen || isSelfTested(pump);
  calm.untilTick = 0;
  calm.strideNumerator = 0;
  calm.isDigested = false;
  calm.isSaved = false;
  if (!isQuiet(pump, hal)) return;
  // Tones are a calm's own.
  calm.unusualTick = nextUnusualTick(pump, NEVER);
  calm.confirmedLimit = earlier(
    confirmedAt(pump, lowReservoirNl(pump.prescription)),
    confirmedAt(pump, EMPTY_RESERVOIR_NL),
  );
  foresee(pump, calm);
}

/** The whole tick, with the readings that were taken for it. */
function endCalm(pump: PumpState, calm: Calm, readings: Readings, hal: PumpHal): void {
  tick(pump, hal, readings);
  judge(pump, calm, hal);
}

/** The motor has turned as often as it was told to, and no alarm over the reservoir waits for that. */
function isTurned(pump: PumpState, calm: Calm, count: number | null): boolean {
  const motor = pump.motor;
  const pending = motor.pending;
  return count === motor.lastCount + pending && motor.confirmed + pending < calm.confirmedLimit;
}

/**
 * At the worst a suspicion: no stroke that was retained, and no rise at which the mechanism slips. Of no reading nothing
 * is made.
 */
function isOpen(pump: PumpState, pressurePa: number | null, isLook: boolean): boolean {
  const occlusion = pump.occlusion;
  return (
    pressurePa === null ||
    (pressurePa - occlusion.baselinePa < SLIP_MIN_PA &&
      !(isLook && pressurePa - occlusion.lookBeforePa >= RETAINED_RISE_PA))
  );
}

/** No sign of a cell that ages, far less of one whose load resets the logic. */
function isStrong(loadedMv: number | null): boolean {
  return loadedMv !== null && loadedMv > ERI_LOADED_MV;
}

/** Neither what is measured nor what is computed asks for a replacement that is not asked for yet. */
function isCharged(pump: PumpState, restingMv: number | null): boolean {
  const ageTicks = pump.nowTick - pump.build.implantTick;
  return (
    restingMv !== null &&
    restingMv > ERI_RESTING_MV &&
    (pump.battery.eriTick < NEVER ||
      computedUsedPermille(pump.battery, pump.motor.requested, ageTicks) < ERI_PERMILLE)
  );
}

/** No sign of a rise, and none suspected before: all that a stroke leaves is a lower baseline. */
function isClear(occlusion: OcclusionState, pressurePa: number | null): boolean {
  return (
    occlusion.verdict === VERDICT_CLEAR &&
    (pressurePa === null || pressurePa - occlusion.baselinePa < SUSPECT_RISE_PA)
  );
}

/** Of `detect`, where nothing is proved by it: a suspicion begins, goes on or ends. */
function detectSuspicion(
  pump: PumpState,
  pressurePa: number | null,
  isStrokeDue: boolean,
  isLook: boolean,
  hal: PumpHal,
): void {
  const occlusion = pump.occlusion;
  const before = occlusion.verdict;
  stepOcclusion(occlusion, pressurePa, pump.motor.confirmed, isStrokeDue, isLook, false, pump.nowTick);
  if (occlusion.verdict !== before) sayOcclusion(pump, before, pressurePa, hal);
}

function push(pump: PumpState, hal: PumpHal): void {
  commandStroke(pump.motor, hal.motor);
  say(pump.log, hal, pump.nowTick, STROKE, pump.motor.requested);
}

function save(pump: PumpState, calm: Calm, hal: PumpHal): void {
  saveCalmLedger(calm.ledger, calm.isSaved, pump, hal);
  calm.isSaved = true;
}

/** The alarms that go on sound again when their time has come. State and ledger hold what that changes. */
function sound(pump: PumpState, calm: Calm, hal: PumpHal): void {
  if (pump.nowTick >= pump.alarms.nextToneTick) {
    pump.battery.tones += soundTones(pump.alarms, ALARMS, pump.log, hal, pump.nowTick);
    calm.isDigested = false;
    calm.isSaved = false;
  }
}

/** Of `tick`, in its order, what a stroke in the middle of an hour changes. */
function runStroke(pump: PumpState, calm: Calm, hal: PumpHal): void {
  const motor = pump.motor;
  const occlusion = pump.occlusion;
  const count = hal.motor.confirmedCount();
  const pressurePa = hal.outletPressure.readPa();
  const loadedMv = hal.supply.readLoadedMv();
  // What is clear is open: for time, since nearly all of them are.
  const isUsual = isClear(occlusion, pressurePa);
  const isLook = !isUsual && isLookDue(occlusion, true, pump.nowTick);
  if (!isTurned(pump, calm, count) || !isStrong(loadedMv) || !(isUsual || isOpen(pump, pressurePa, isLook))) {
    endCalm(pump, calm, readingsOfStroke(count, pressurePa, loadedMv, isLook), hal);
    return;
  }
  bookDelivery(pump.ledger, confirmPending(motor));
  if (!isUsual) {
    detectSuspicion(pump, pressurePa, true, isLook, hal);
    noteStroke(occlusion, false, pressurePa, motor.confirmed, pump.nowTick);
  } else if (pressurePa !== null && pressurePa < occlusion.baselinePa) occlusion.baselinePa = pressurePa;
  sound(pump, calm, hal);
  doseStroke(pump.dosing);
  push(pump, hal);
  checkDose(pump);
  if (motor.requested % SAVE_STROKES === 0) save(pump, calm, hal);
  pump.nowTick += 1;
  foreseeNextStroke(pump, calm);
}

/** What an hour changes, with its stroke if one is due. */
function runHour(pump: PumpState, calm: Calm, hal: PumpHal): void {
  const now = pump.nowTick;
  const motor = pump.motor;
  const numerator = dueNumerator(pump);
  const isDue = isStrokeDue(pump.dosing, numerator);
  const readings = sense(pump, hal, isDue, true, false);
  const isUsual =
    isTurned(pump, calm, readings.confirmedCount) &&
    isCharged(pump, readings.restingMv) &&
    isOpen(pump, readings.pressurePa, readings.isLook) &&
    (!isDue || isStrong(readings.loadedMv));
  if (!isUsual) {
    endCalm(pump, calm, readings, hal);
    return;
  }
  bookDelivery(pump.ledger, confirmPending(motor));
  closeHour(pump.ledger, motor.requested, motor.confirmed);
  logHour(pump, readings, hal);
  accountBattery(pump, readings, hal);
  detectSuspicion(pump, readings.pressurePa, isDue, readings.isLook, hal);
  sound(pump, calm, hal);
  const isStroke = dose(pump.dosing, numerator, now);
  if (isStroke) {
    noteStroke(pump.occlusion, false, readings.pressurePa, motor.confirmed, now);
    push(pump, hal);
  }
  checkInvariants(pump, false, isStroke, true);
  save(pump, calm, hal);
  pump.nowTick = now + 1;
  hal.telemetry.stateDigest(now, calmDigest(calm.digest, calm.isDigested, pump, hal.checksum));
  calm.isDigested = true;
  foresee(pump, calm);
}

/** The second look at a stroke, in a tick without one. */
function runLook(pump: PumpState, calm: Calm, hal: PumpHal): void {
  const readings = sense(pump, hal, false, false, false);
  if (!isTurned(pump, calm, readings.confirmedCount) || !isOpen(pump, readings.pressurePa, true)) {
    endCalm(pump, calm, readings, hal);
    return;
  }
  bookDelivery(pump.ledger, confirmPending(pump.motor));
  detectSuspicion(pump, readings.pressurePa, false, true, hal);
  sound(pump, calm, hal);
  doseIdle(pump.dosing, pump.dosing.shareNumerator, 1);
  checkDose(pump);
  pump.nowTick += 1;
}

/** A tone, in a tick without anything else. */
function runTone(pump: PumpState, calm: Calm, hal: PumpHal): void {
  sound(pump, calm, hal);
  doseIdle(pump.dosing, pump.dosing.shareNumerator, 1);
  checkDose(pump);
  pump.nowTick += 1;
}

function isCalm(pump: PumpState, calm: Calm): boolean {
  return pump.nowTick < calm.untilTick && pump.inbox.length === 0;
}

/** As `nextWake`. */
export function nextCalmWake(pump: PumpState, calm: Calm): number {
  if (!isCalm(pump, calm)) return nextWake(pump);
  const pumpTick = earlier(pump.occlusion.lookTick, pump.alarms.nextToneTick);
  return earlier(earlier(calm.untilTick, calm.strokeTick), pumpTick);
}

/** As `tick`. */
export function runTick(pump: PumpState, calm: Calm, hal: PumpHal): void {
  const now = pump.nowTick;
  if (!isCalm(pump, calm)) {
    tick(pump, hal);
    judge(pump, calm, hal);
    return;
  }
  if (now === calm.halfTick) takeRate(pump);
  if (now === calm.hourTick) runHour(pump, calm, hal);
  else if (now === calm.strokeTick) runStroke(pump, calm, hal);
  else if (now === pump.occlusion.lookTick) runLook(pump, calm, hal);
  else if (now === pump.alarms.nextToneTick) runTone(pump, calm, hal);
  else idle(pump, 1);
}
