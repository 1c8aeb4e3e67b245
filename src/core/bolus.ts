/**
 * What is given on top of the basal rate: a dose over a set time. While it runs it adds to each tick's numerator, so
 * that the dosing has one sum for all that it gives. A tenth of a ug is 100,000 pg, and a numerator counts pg a day: the
 * dose is shared out evenly over its ticks, and what the division leaves goes into the first, so the sum is exact.
 *
 * It is given on full permission alone. Whatever stops or slows the pump ends it: never resumed, never caught up.
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
} from './commands.ts';
import { BOLUS_BEGIN, BOLUS_END } from './events.ts';
import { say } from './log.ts';
import { FULL } from './permission.ts';
import { minimumNumerator } from './prescription.ts';
import {
  BOLUS_DOSE_MAX_TENTH_UG,
  BOLUS_TENTH_UG,
  CONCENTRATION_WORD,
  fastestNumerator,
  highestNumerator,
  MODE_MINIMUM,
  MODE_WORD,
} from './prescription-words.ts';
import { numeratorAt } from './schedule.ts';
import type { PumpState } from './state.ts';
import { NEVER, TICKS_PER_DAY } from './units.ts';

/** The shortest time in which the mechanism gives the dose beside the highest rate of the week; 0: it never can. */
export function shortestBolusTicks(pump: PumpState, doseTenthUg: number): number {
  const words = pump.prescription.words;
  const basal =
    words[MODE_WORD] === MODE_MINIMUM ? minimumNumerator(pump.prescription) : highestNumerator(words);
  const left = fastestNumerator(words[CONCENTRATION_WORD]!, pump.build.strokeNl) - basal;
  return left > 0 ? Math.floor((doseTenthUg * BOLUS_TENTH_UG + left - 1) / left) : 0;
}

/** What is given besides therapy has to wait while the drug runs out, and for what is being given already. */
export function judgeExtra(pump: PumpState): number {
  if (pump.prescription.isReadable === 0) return PRESCRIPTION_UNREADABLE;
  if (pump.mode.permission !== FULL) return NOT_DELIVERING;
  if (pump.alarms.rows[LOW_RESERVOIR]!.isPresent === 1) return RESERVOIR_LOW;
  return pump.bolus.isRunning === 0 ? ACCEPTED : BOLUS_RUNNING;
}

function isCount(value: number, max: number): boolean {
  return value >= 1 && value <= max && Math.floor(value) === value;
}

export function judgeBolus(pump: PumpState, doseTenthUg: number, ticks: number): number {
  if (!isCount(doseTenthUg, BOLUS_DOSE_MAX_TENTH_UG) || !isCount(ticks, TICKS_PER_DAY)) {
    return BOLUS_OUT_OF_RANGE;
  }
  const outcome = judgeExtra(pump);
  if (outcome !== ACCEPTED) return outcome;
  const shortestTicks = shortestBolusTicks(pump, doseTenthUg);
  return shortestTicks > 0 && ticks >= shortestTicks ? ACCEPTED : BOLUS_TOO_FAST;
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

/** Nothing of it in this tick any more. What was given until now is said, rounded down. */
export function endBolus(pump: PumpState, hal: PumpHal): void {
  const bolus = pump.bolus;
  if (bolus.isRunning === 0) return;
  const ticks = pump.nowTick - bolus.startTick;
  const given = ticks > 0 ? ticks * bolus.numerator + bolus.firstNumerator : 0;
  say(pump.log, hal, pump.nowTick, BOLUS_END, Math.floor(given / BOLUS_TENTH_UG));
  bolus.isRunning = 0;
  bolus.endTick = NEVER;
}

/** After the commands of each tick. */
export function stepBolus(pump: PumpState, hal: PumpHal): void {
  if (pump.nowTick >= pump.bolus.endTick) endBolus(pump, hal);
}

/** What this tick adds to what is owed, basal and bolus together. */
export function deliveryNumerator(pump: PumpState, permission: number): number {
  const now = pump.nowTick;
  const basal = numeratorAt(pump.prescription, permission, now, pump.build.startHour);
  const bolus = pump.bolus;
  if (bolus.isRunning === 0 || permission !== FULL) return basal;
  return basal + bolus.numerator + (now === bolus.startTick ? bolus.firstNumerator : 0);
}

/** The next tick in which a bolus adds something else than in the tick before it. */
export function nextBolusTick(pump: PumpState): number {
  const bolus = pump.bolus;
  // The second tick lacks what the first had more.
  return bolus.isRunning === 1 && pump.nowTick === bolus.startTick + 1 ? pump.nowTick : bolus.endTick;
}
