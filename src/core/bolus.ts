/**
 * What is given beside the therapy. A bolus is on top of the basal rate: a dose over a set time. While it runs it adds to
 * each tick's numerator, so that the dosing has one sum for all that it gives. A tenth of a ug is 100,000 pg, and a
 * numerator counts pg a day: the dose is shared out evenly over its ticks, and what the division leaves goes into the
 * first, so the sum is exact.
 *
 * A prime fills tubing and catheter with drug before the therapy begins: a volume in place of the basal rate, as fast as
 * the mechanism is specified for. It ends with its strokes, as a bridge does, and leaves the reservoir as no dose: what
 * the line holds then is given by the strokes that come after.
 *
 * Either is given on full permission alone. Whatever stops or slows the pump ends it: never resumed, never caught up.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { LOW_RESERVOIR } from './alarms/table.ts';
import {
  ACCEPTED,
  BOLUS_OUT_OF_RANGE,
  BOLUS_RUNNING,
  BOLUS_TOO_FAST,
  NOT_DELIVERING,
  PRESCRIPTION_UNREADABLE,
  RESERVOIR_LOW,
  VOLUME_OUT_OF_RANGE,
} from './commands.ts';
import { LINE_MAX_NL, MINIMUM_RATE_NL_PER_HOUR } from './config.ts';
import { checkPrescription, prescribedDenominator } from './check-prescription.ts';
import { rescaleOwed } from './dosing.ts';
import { isHeld } from './held.ts';
import { BOLUS_BEGIN, BOLUS_END, BRIDGE_BEGIN, BRIDGE_END, PRIME_BEGIN, PRIME_END } from './events.ts';
import { SAVE_STROKES } from './ledger-record.ts';
import { say } from './log.ts';
import { FULL, STOPPED } from './permission.ts';
import { highestPeriodicNumerator, shortestTicks } from './periodic.ts';
import { commitPrescription, concentrationUgPerMl, minimumNumerator } from './prescription.ts';
import {
  BOLUS_DOSE_MAX_TENTH_UG,
  BOLUS_TENTH_UG,
  BRIDGE_DRUG_WORD,
  BRIDGE_HIGH_WORD,
  BRIDGE_LOW_WORD,
  BRIDGE_STROKES_WORD,
  BRIDGE_WORD,
  CONCENTRATION_WORD,
  fastestNumerator,
  highestNumerator,
  meanNumerator,
  MODE_MINIMUM,
  MODE_WORD,
  rateNumerator,
  strokeDenominator,
} from './prescription-words.ts';
import { numeratorAt } from './schedule.ts';
import type { PumpState } from './state.ts';
import { HIGH_WORD, isCount, NEVER, TICKS_PER_DAY } from './units.ts';

/** The shortest time in which the mechanism gives the dose beside the highest rate of the week; 0: it never can. */
export function shortestBolusTicks(pump: PumpState, doseTenthUg: number): number {
  const words = pump.prescription.words;
  const basal =
    words[MODE_WORD] === MODE_MINIMUM ? minimumNumerator(pump.prescription) : highestNumerator(words);
  return shortestTicks(words, doseTenthUg, basal + highestPeriodicNumerator(words), pump.build.strokeNl);
}

/** Whether the pump may give anything beside the therapy. */
function judgeBeside(pump: PumpState): number {
  const bolus = pump.bolus;
  if (pump.prescription.isReadable === 0) return PRESCRIPTION_UNREADABLE;
  // The last tick's permission, and what this tick has heard already.
  if (pump.mode.permission !== FULL || isHeld(pump)) return NOT_DELIVERING;
  // The drug that is left belongs to the therapy.
  if (pump.alarms.rows[LOW_RESERVOIR]!.isPresent === 1) return RESERVOIR_LOW;
  // A prime that a program has just ended is told from what comes after it in the tick's own stage.
  const isBusy = bolus.isRunning === 1 || bolus.isPriming === 1 || bolus.bridgeUgPerMl > 0;
  return isBusy ? BOLUS_RUNNING : ACCEPTED;
}

export function judgeBolus(pump: PumpState, doseTenthUg: number, ticks: number): number {
  if (!isCount(doseTenthUg, BOLUS_DOSE_MAX_TENTH_UG) || !isCount(ticks, TICKS_PER_DAY)) {
    return BOLUS_OUT_OF_RANGE;
  }
  const outcome = judgeBeside(pump);
  if (outcome !== ACCEPTED) return outcome;
  const shortestTicks = shortestBolusTicks(pump, doseTenthUg);
  return shortestTicks > 0 && ticks >= shortestTicks ? ACCEPTED : BOLUS_TOO_FAST;
}

export function judgePrime(pump: PumpState, volumeNl: number): number {
  return isCount(volumeNl, LINE_MAX_NL) ? judgeBeside(pump) : VOLUME_OUT_OF_RANGE;
}

/** From this tick on, itself included. */
export function beginBolus(pump: PumpState, doseTenthUg: number, ticks: number, hal: PumpHal): void {
  const bolus = pump.bolus;
  const whole = doseTenthUg * BOLUS_TENTH_UG;
  bolus.isRunning = 1;
  bolus.startTick = pump.nowTick;
  bolus.endTick = pump.nowTick + ticks;
  bolus.numerator = Math.floor(whole / ticks);
  bolus.firstNumerator = whole % ticks;
  say(pump.log, hal, pump.nowTick, BOLUS_BEGIN, doseTenthUg);
}

/** Strokes that push a volume out. */
export function strokesOf(pump: PumpState, volumeNl: number): number {
  const strokeNl = pump.build.strokeNl;
  return Math.floor((volumeNl + strokeNl - 1) / strokeNl);
}

/** From this tick on, itself included. The strokes until now are booked before. */
export function beginPrime(pump: PumpState, volumeNl: number, hal: PumpHal): void {
  const bolus = pump.bolus;
  const strokes = strokesOf(pump, volumeNl);
  bolus.isRunning = 1;
  bolus.isPriming = 1;
  bolus.startTick = pump.nowTick;
  bolus.numerator = fastestNumerator(concentrationUgPerMl(pump.prescription), pump.build.strokeNl);
  bolus.firstNumerator = 0;
  bolus.endStrokes = pump.motor.requested + strokes;
  say(pump.log, hal, pump.nowTick, PRIME_BEGIN, strokes);
}

/** Nothing of it in this tick any more. What was given until now is said, rounded down; of a prime, what is missing. */
export function endBolus(pump: PumpState, hal: PumpHal): void {
  const bolus = pump.bolus;
  if (bolus.isRunning === 0) return;
  bolus.isRunning = 0;
  bolus.endTick = NEVER;
  if (bolus.isPriming === 1) {
    say(pump.log, hal, pump.nowTick, PRIME_END, bolus.endStrokes - pump.motor.requested);
    return;
  }
  const ticks = pump.nowTick - bolus.startTick;
  const given = ticks > 0 ? ticks * bolus.numerator + bolus.firstNumerator : 0;
  say(pump.log, hal, pump.nowTick, BOLUS_END, Math.floor(given / BOLUS_TENTH_UG));
}

/** What is in the strokes that are pushed now, as far as the pump knows. */
export function deliveredUgPerMl(pump: PumpState): number {
  const bridgeUgPerMl = pump.bolus.bridgeUgPerMl;
  return bridgeUgPerMl > 0 ? bridgeUgPerMl : concentrationUgPerMl(pump.prescription);
}

/**
 * The old drug is still in the line: it goes on at its mean dose until a volume is pushed, and the new program begins
 * behind it. Strokes that were commanded count, whether or not they were confirmed: a bridge that waited for a feedback
 * that is lost would push the new drug at the old flow.
 *
 * It stands behind the words of the prescription that it leads to, before these are stored: no cut leaves one without
 * the other. None: 0 ug/mL.
 */
export function putBridge(pump: PumpState, oldUgPerMl: number, oldNumerator: number, volumeNl: number): void {
  const words = pump.prescription.words;
  const numerator = Math.min(oldNumerator, fastestNumerator(oldUgPerMl, pump.build.strokeNl));
  words[BRIDGE_DRUG_WORD] = oldUgPerMl;
  words[BRIDGE_LOW_WORD] = numerator | 0;
  words[BRIDGE_HIGH_WORD] = Math.floor(numerator / HIGH_WORD);
  words[BRIDGE_STROKES_WORD] = oldUgPerMl > 0 ? pump.motor.requested + strokesOf(pump, volumeNl) : 0;
}

/**
 * What is left of the bridge, for a program that changes something else while it is under way: a whole one from its
 * beginning would push a stronger drug, which is in the line by now, at the flow of the weaker.
 */
export function bridgeLeftNl(pump: PumpState): number {
  // The last stroke may have been commanded in the tick before this one: 0 would say nothing of the line.
  return Math.max(1, (pump.bolus.endStrokes - pump.motor.requested) * pump.build.strokeNl);
}

/** What such a program orders, of the drug that is still in the line; the minimum rate where it orders no dose. */
export function bridgeNumerator(words: Int32Array, oldUgPerMl: number): number {
  const numerator = meanNumerator(words);
  return numerator > 0 ? numerator : rateNumerator(2, MINIMUM_RATE_NL_PER_HOUR, oldUgPerMl);
}

/** What the words say of a bridge, at work. */
export function takeBridge(pump: PumpState, hal: PumpHal): void {
  const bolus = pump.bolus;
  const words = pump.prescription.words;
  bolus.bridgeUgPerMl = words[BRIDGE_DRUG_WORD]!;
  if (bolus.bridgeUgPerMl === 0) return;
  bolus.numerator = (words[BRIDGE_LOW_WORD]! >>> 0) + words[BRIDGE_HIGH_WORD]! * HIGH_WORD;
  bolus.endStrokes = words[BRIDGE_STROKES_WORD]!;
  say(pump.log, hal, pump.nowTick, BRIDGE_BEGIN, Math.max(0, bolus.endStrokes - pump.motor.requested));
}

/**
 * A bridge that a restart finds goes on. Of the strokes since the books were saved nobody knows. They are taken to be
 * pushed when the new drug is the stronger one, and not to be when it is the weaker: what is wrong then is a little of
 * the weaker drug at the flow that is meant for the stronger, and never the other way round. With no books at all the
 * bridge is over, or begins anew, for the same reason.
 */
export function resumeBridge(pump: PumpState, hasBooks: boolean, hal: PumpHal): void {
  const words = pump.prescription.words;
  const oldUgPerMl = words[BRIDGE_DRUG_WORD]!;
  if (pump.prescription.isReadable === 0 || oldUgPerMl === 0) return;
  const requested = pump.motor.requested;
  const isStronger = words[CONCENTRATION_WORD]! > oldUgPerMl;
  if (isStronger || !hasBooks) {
    if (!isStronger) words[BRIDGE_STROKES_WORD] = requested + strokesOf(pump, words[BRIDGE_WORD]!);
    else if (!hasBooks) words[BRIDGE_STROKES_WORD] = requested;
    else words[BRIDGE_STROKES_WORD]! -= SAVE_STROKES - (requested % SAVE_STROKES);
    // For the restart after this one, which knows nothing of this one's strokes.
    commitPrescription(pump.prescription, hal);
  }
  takeBridge(pump, hal);
  pump.dosing.denominator = strokeDenominator(oldUgPerMl, pump.build.strokeNl);
  pump.ledger.strokePg = pump.build.strokeNl * oldUgPerMl;
}

/** The last stroke of a bridge or a prime was commanded. */
function isPushed(pump: PumpState): boolean {
  const bolus = pump.bolus;
  return (bolus.bridgeUgPerMl > 0 || bolus.isPriming === 1) && pump.motor.requested >= bolus.endStrokes;
}

/** After the commands of each tick. True when what is pushed from it on counts as another drug, or as one again. */
export function stepBolus(pump: PumpState, hal: PumpHal): boolean {
  const bolus = pump.bolus;
  const now = pump.nowTick;
  const isOver = isPushed(pump);
  if (now >= bolus.endTick || (isOver && bolus.isPriming === 1)) endBolus(pump, hal);
  if (bolus.isPriming > bolus.isRunning) {
    bolus.isPriming = 0;
    return true;
  }
  if (bolus.bridgeUgPerMl === 0 || !isOver) return false;
  // Never from flipped words.
  checkPrescription(pump, hal);
  if (pump.prescription.isReadable === 0) return false;
  const ugPerMl = concentrationUgPerMl(pump.prescription);
  rescaleOwed(pump.dosing, bolus.bridgeUgPerMl, ugPerMl, prescribedDenominator(pump), now);
  bolus.bridgeUgPerMl = 0;
  putBridge(pump, 0, 0, 0);
  commitPrescription(pump.prescription, hal);
  say(pump.log, hal, now, BRIDGE_END, ugPerMl);
  return true;
}

/** What a tick adds to what is owed, basal and bolus together. */
export function deliveryNumerator(pump: PumpState, permission: number, tick: number): number {
  const bolus = pump.bolus;
  if (bolus.bridgeUgPerMl > 0) {
    if (permission === FULL) return bolus.numerator;
    const minimum = rateNumerator(2, MINIMUM_RATE_NL_PER_HOUR, bolus.bridgeUgPerMl);
    return permission === STOPPED ? 0 : Math.min(bolus.numerator, minimum);
  }
  if (bolus.isPriming === 1 && permission === FULL) return bolus.numerator;
  const basal = numeratorAt(pump.prescription, permission, tick, pump.build.startHour);
  if (bolus.isRunning === 0 || permission !== FULL) return basal;
  return basal + bolus.numerator + (tick === bolus.startTick ? bolus.firstNumerator : 0);
}

/** The next tick in which a bolus, a bridge or a prime is over. */
export function nextBolusTick(pump: PumpState): number {
  const bolus = pump.bolus;
  if (isPushed(pump)) return pump.nowTick;
  // What the first tick has more the dosing's anchor tells the second one.
  return bolus.endTick;
}
