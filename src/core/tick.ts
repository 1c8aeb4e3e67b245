/**
 * One tick, read from top to bottom. Belief is brought up to date first, so what is noticed in tick n shapes the
 * delivery of tick n. The world applies tick n's stroke after tick n; it is never moved from here.
 *
 *   commands -> program -> schedule -> is a stroke due? -> SENSE -> ledger -> duties -> detection -> alarms
 *     -> permission -> dosing -> MOTOR -> invariants -> STORE -> digest
 *
 * `tick` is the reference. `nextWake` says at which tick something is next due and `idle` is exactly that many ticks
 * in which nothing is: a run that jumps leaves every bit as the ticks would have.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { judgeAlarm, soundTones } from './alarms/alarms.ts';
import { ALARMS, CATHETER_OCCLUSION } from './alarms/table.ts';
import { deliveredUgPerMl, deliveryNumerator, endBolus, nextBolusTick, stepBolus } from './bolus.ts';
import { applyCommands } from './apply-commands.ts';
import { fail } from './assert.ts';
import { checkPrescription } from './check-prescription.ts';
import { endOfServiceTick, stepLoadedSupply, stepReplacementIndicator } from './detection/battery.ts';
import { nextOcclusionTick, noteStroke, stepOcclusion } from './detection/occlusion.ts';
import { sessionLeftOpenTick } from './detection/session-left-open.ts';
import { stoppedTooLongTick } from './detection/stopped-too-long.ts';
import { VERDICT_PRESENT, VERDICT_SUSPECT } from './detection/verdict.ts';
import { stateDigest } from './digest.ts';
import { anchorShare, dose, doseIdle, isStrokeDue, nextStrokeTick, settleByProbe } from './dosing.ts';
import { GONE, PERMISSION, PRESENT, PROBE, REFILL, RESUME, STROKE, SUSPECT } from './events.ts';
import { checkInvariants } from './invariants.ts';
import { bookDelivery, bookRefill, closeHour } from './ledger.ts';
import { SAVE_STROKES, saveLedger } from './ledger-record.ts';
import { say } from './log.ts';
import { isHeld } from './held.ts';
import { enterPermission } from './mode.ts';
import { commandStroke, lookAtMotor } from './motor.ts';
import { nextPeriodicTick } from './periodic.ts';
import { FULL, STOPPED, strictest } from './permission.ts';
import { sense } from './sense.ts';
import type { PumpState, Readings } from './state.ts';
import { isDutyDue, nextDutyTick, runDuties } from './tasks.ts';
import { expireSession, sessionTimeoutTick } from './telemetry/session.ts';
import { TICKS_PER_HALF_HOUR, TICKS_PER_HOUR } from './units.ts';

/** What makes a stroke due: the command of this tick and the alarms of the last one. */
function duePermission(pump: PumpState): number {
  return isHeld(pump) ? STOPPED : pump.mode.alarmPermission;
}

export function dueNumerator(pump: PumpState): number {
  return deliveryNumerator(pump, duePermission(pump), pump.nowTick);
}

/**
 * What this tick adds, of a prescription that verifies when a stroke falls due by it or a duty of this tick may mend the
 * words.
 */
function verifiedNumerator(pump: PumpState, hal: PumpHal): number {
  const numerator = dueNumerator(pump);
  if (!isStrokeDue(pump.dosing, numerator) && !isDutyDue(pump.nowTick)) return numerator;
  return checkPrescription(pump, hal) ? dueNumerator(pump) : numerator;
}

function book(pump: PumpState, readings: Readings, refillNl: number, hal: PumpHal): void {
  if (readings.isMotorLook) bookDelivery(pump.ledger, lookAtMotor(pump.motor, readings.confirmedCount));
  // Strokes pushed until now were of the drug programmed then; those to come are of the one programmed now. What a prime
  // pushes leaves the reservoir and is no dose: it fills the line.
  if (readings.isNewDrug && pump.prescription.isReadable === 1) {
    pump.ledger.strokePg = pump.bolus.isPriming === 1 ? 0 : pump.build.strokeNl * deliveredUgPerMl(pump);
  }
  if (readings.isHour) closeHour(pump.ledger, pump.motor.requested, pump.motor.confirmed);
  if (refillNl >= 0) {
    bookRefill(pump.ledger, refillNl, pump.motor.confirmed);
    say(pump.log, hal, pump.nowTick, REFILL, refillNl);
  }
}

/** The catheter's verdict changed: say how, with the pressure that decided it. */
export function sayOcclusion(pump: PumpState, before: number, readingPa: number | null, hal: PumpHal): void {
  const occlusion = pump.occlusion;
  const pressurePa = readingPa === null ? 0 : readingPa;
  if (occlusion.verdict === VERDICT_SUSPECT) {
    say(pump.log, hal, pump.nowTick, SUSPECT, pressurePa - occlusion.baselinePa);
  } else if (occlusion.verdict === VERDICT_PRESENT) {
    say(pump.log, hal, pump.nowTick, PRESENT, occlusion.residualPa);
  } else if (before === VERDICT_PRESENT) {
    say(pump.log, hal, pump.nowTick, GONE, readingPa === null ? 0 : pressurePa - occlusion.lookBeforePa);
  }
}

/** Detectors with a state of their own take their step. True when a probe stroke is asked for. */
function detect(pump: PumpState, readings: Readings, hal: PumpHal): boolean {
  const occlusion = pump.occlusion;
  const before = occlusion.verdict;
  if (readings.isStrokeDue) stepLoadedSupply(pump.battery, readings.loadedMv);
  stepReplacementIndicator(
    pump.battery,
    pump.motor.requested,
    readings.isHour,
    pump.build.implantTick,
    pump.nowTick,
  );
  const wantsProbe = stepOcclusion(
    occlusion,
    readings.pressurePa,
    pump.motor.confirmed,
    readings.isStrokeDue,
    readings.isLook,
    readings.isRest,
    pump.nowTick,
  );
  if (occlusion.verdict !== before) sayOcclusion(pump, before, readings.pressurePa, hal);
  return wantsProbe;
}

/** The strictest permission of the conditions present, with and without the row that a probe overrides. */
function strictestPresent(pump: PumpState, except: number): number {
  let permission: number = FULL;
  for (let i = 0; i < ALARMS.length; i++) {
    if (i !== except && pump.alarms.rows[i]!.isPresent === 1) {
      permission = strictest(permission, ALARMS[i]!.permission);
    }
  }
  return permission;
}

function updateAlarms(pump: PumpState, hal: PumpHal): number {
  let hasChanged = false;
  const rows = pump.alarms.rows;
  const table = ALARMS;
  for (let i = 0; i < rows.length; i++) {
    const verdict = table[i]!.verdict(pump);
    // Asked here and again in there: in most ticks no row changes, and a call costs the board more than the answer.
    if ((verdict === VERDICT_PRESENT ? 1 : 0) === rows[i]!.isPresent) continue;
    if (judgeAlarm(pump.alarms, i, table[i]!, verdict, pump.log, hal, pump.nowTick)) hasChanged = true;
  }
  pump.battery.tones += soundTones(pump.alarms, ALARMS, pump.log, hal, pump.nowTick);
  return hasChanged ? strictestPresent(pump, -1) : pump.mode.alarmPermission;
}

function permit(pump: PumpState, due: number, alarmPermission: number, hal: PumpHal): void {
  const mode = pump.mode;
  const before = mode.permission;
  const permission = strictest(due, alarmPermission);
  const stoppedTicks = enterPermission(mode, alarmPermission, permission, pump.nowTick);
  if (permission !== before) say(pump.log, hal, pump.nowTick, PERMISSION, permission);
  if (permission !== FULL) endBolus(pump, hal);
  if (stoppedTicks > 0) say(pump.log, hal, pump.nowTick, RESUME, stoppedTicks);
}

/** A probe overrides only the occlusion's permission. */
function isProbeAllowed(pump: PumpState): boolean {
  return !isHeld(pump) && strictestPresent(pump, CATHETER_OCCLUSION) !== STOPPED;
}

function push(pump: PumpState, isProbe: boolean, readings: Readings, hal: PumpHal): void {
  noteStroke(pump.occlusion, isProbe, readings.pressurePa, pump.motor.confirmed, pump.nowTick);
  commandStroke(pump.motor, hal.motor);
  say(pump.log, hal, pump.nowTick, isProbe ? PROBE : STROKE, pump.motor.requested);
}

/** Execute the pump's next tick; `taken` are its readings where they had to be looked at before. */
export function tick(pump: PumpState, hal: PumpHal, taken?: Readings): void {
  const now = pump.nowTick;
  const isHour = now > 0 && now % TICKS_PER_HOUR === 0;

  const eventsBefore = pump.log.events;
  const keptBefore = pump.log.kept;
  pump.prescription.isJustRepaired = 0;
  const orders = applyCommands(pump, hal);
  expireSession(pump, hal);
  if (stepBolus(pump, hal)) orders.isNewDrug = true;
  const numeratorDue = verifiedNumerator(pump, hal);
  const isDue = isStrokeDue(pump.dosing, numeratorDue);
  const readings = taken === undefined ? sense(pump, hal, isDue, isHour, orders.isNewDrug) : taken;
  book(pump, readings, orders.refillNl, hal);
  runDuties(pump, readings, hal);
  const wantsProbe = detect(pump, readings, hal);
  const alarmPermission = updateAlarms(pump, hal);
  const permissionDue = duePermission(pump);
  permit(pump, permissionDue, alarmPermission, hal);

  const permission = pump.mode.permission;
  // The same sum, but where an alarm has just taken something back.
  const numerator = permission === permissionDue ? numeratorDue : deliveryNumerator(pump, permission, now);
  const isStroke = dose(pump.dosing, numerator, now);
  const isProbe = wantsProbe && isProbeAllowed(pump);
  if (isStroke && !isDue) fail('a stroke on a tick that took no readings for it');
  if (isProbe) settleByProbe(pump.dosing, now + 1);
  const isPush = isStroke || isProbe;
  if (isPush) push(pump, isProbe, readings, hal);

  const mayAlarmsDiffer = isHour || pump.log.events !== eventsBefore + (isStroke ? 1 : 0);
  checkInvariants(pump, isProbe, isStroke, mayAlarmsDiffer);
  const isSaveStroke = isPush && pump.motor.requested % SAVE_STROKES === 0;
  if (isHour || isSaveStroke || pump.log.kept !== keptBefore) saveLedger(pump, hal);
  pump.nowTick = now + 1;
  if (isHour) hal.telemetry.stateDigest(now, stateDigest(pump, hal.checksum));
}

export function earlier(a: number, b: number): number {
  return a < b ? a : b;
}

/** The half hour in the middle of this hour, past or to come: another rate may begin with it. */
export function halfHourOf(now: number): number {
  return now - (now % TICKS_PER_HOUR) + TICKS_PER_HALF_HOUR;
}

/** The next stroke of this hour or a tick after it: at the rate of the dosing's anchor, and from `halfTick` on at that of then. */
export function nextDeliveryTick(pump: PumpState, halfTick: number): number {
  const now = pump.nowTick;
  const dosing = pump.dosing;
  const numerator = dosing.shareNumerator;
  const missing = dosing.denominator - dosing.owed;
  const strokeTick = nextStrokeTick(missing, numerator, now);
  if (strokeTick < halfTick || now > halfTick) return strokeTick;
  const numeratorThen = deliveryNumerator(pump, duePermission(pump), halfTick);
  return nextStrokeTick(missing - numerator * (halfTick - now), numeratorThen, halfTick);
}

/** The next tick in which something else than a stroke or a duty is due, and no later than `toneTick`. */
export function nextUnusualTick(pump: PumpState, toneTick: number): number {
  const now = pump.nowTick;
  // Conditions of a moment end in the tick after it.
  const isMoment = pump.prescription.isJustRepaired === 1 || pump.ledger.restartedTick === now - 1;
  if (pump.inbox.length > 0 || pump.mode.isUnsettled === 1 || isMoment) return now;
  // Another rate than the anchor's begins in the tick that takes the anchor; at a half hour `idle` takes it.
  if (now % TICKS_PER_HALF_HOUR !== 0 && dueNumerator(pump) !== pump.dosing.shareNumerator) return now;
  let wake = earlier(toneTick, nextOcclusionTick(pump.occlusion));
  const tooLong = stoppedTooLongTick(pump.mode.stoppedSinceTick);
  if (tooLong >= now) wake = earlier(wake, tooLong);
  const session = pump.telemetry.session;
  wake = earlier(wake, sessionTimeoutTick(session, pump.build.sessionTimeoutTicks));
  const leftOpen = sessionLeftOpenTick(session);
  if (leftOpen >= now) wake = earlier(wake, leftOpen);
  const endOfService = endOfServiceTick(pump.battery, pump.build.implantTick);
  if (endOfService >= now) wake = earlier(wake, endOfService);
  wake = earlier(wake, nextBolusTick(pump));
  return earlier(wake, nextPeriodicTick(pump.prescription.words, now, pump.build.startHour));
}

/** The next tick in which something is due; never earlier than the pump's own now. */
export function nextWake(pump: PumpState): number {
  const now = pump.nowTick;
  const wake = earlier(nextUnusualTick(pump, pump.alarms.nextToneTick), nextDutyTick(now));
  return earlier(wake, nextDeliveryTick(pump, halfHourOf(now)));
}

/** The anchor of another rate, where one begins with this tick. */
export function takeRate(pump: PumpState): void {
  const numerator = dueNumerator(pump);
  if (numerator !== pump.dosing.shareNumerator) anchorShare(pump.dosing, numerator, pump.nowTick);
}

/**
 * Exactly `ticks` ticks in which nothing is due: the caller keeps to `nextWake`. So the anchor's numerator is the rate,
 * but from the half hour on, whose anchor is taken here.
 */
export function idle(pump: PumpState, ticks: number): void {
  const toTick = pump.nowTick + ticks;
  const halfTick = halfHourOf(pump.nowTick);
  if (pump.nowTick <= halfTick && halfTick < toTick) {
    doseIdle(pump.dosing, pump.dosing.shareNumerator, halfTick - pump.nowTick);
    pump.nowTick = halfTick;
    takeRate(pump);
  }
  doseIdle(pump.dosing, pump.dosing.shareNumerator, toTick - pump.nowTick);
  pump.nowTick = toTick;
}
