/** Therapy over the week: prescription, permission and tick in, the dosing numerator of that tick out. */
import { periodicNumerator } from './periodic.ts';
import { MINIMUM_RATE, STOPPED } from './permission.ts';
import type { PrescriptionState } from './prescription.ts';
import { minimumNumerator } from './prescription.ts';
import {
  CONCENTRATION_WORD,
  MODE_MINIMUM,
  MODE_PERIODIC,
  MODE_STOPPED,
  MODE_WORD,
  PATTERNS,
  rateAt,
  rateNumerator,
  SLOTS_PER_DAY,
  UNIT_WORD,
  WEEK_WORD,
} from './prescription-words.ts';
import { TICKS_PER_HALF_HOUR, TICKS_PER_HOUR } from './units.ts';

const SLOTS_PER_HOUR = TICKS_PER_HOUR / TICKS_PER_HALF_HOUR;
const SLOTS_PER_WEEK = 7 * SLOTS_PER_DAY;

/** Half hour of the week, 0 to 335, in which a tick falls; `startHour` is the hour of the week at tick 0. */
export function slotOfWeek(tick: number, startHour: number): number {
  return (startHour * SLOTS_PER_HOUR + Math.floor(tick / TICKS_PER_HALF_HOUR)) % SLOTS_PER_WEEK;
}

/** True when the therapy itself says stopped: a stop by prescription, as binding as a commanded one. */
export function isTherapyStopped(prescription: PrescriptionState): boolean {
  return prescription.isReadable === 1 && prescription.words[MODE_WORD] === MODE_STOPPED;
}

/** What this tick adds to what is owed. Minimum rate is the lesser of programmed and minimum: it never raises. */
export function numeratorAt(
  prescription: PrescriptionState,
  permission: number,
  tick: number,
  startHour: number,
): number {
  if (permission === STOPPED) return 0;
  // One function with hardly a helper: it is asked three times a wake, and on the board each call costs as much as the sum.
  const words = prescription.words;
  const mode = words[MODE_WORD]!;
  if (prescription.isReadable === 0 || mode === MODE_MINIMUM) return minimumNumerator(prescription);
  if (mode === MODE_STOPPED) return 0;
  const slot = slotOfWeek(tick, startHour);
  const weekday = Math.floor(slot / SLOTS_PER_DAY);
  const pattern = (words[WEEK_WORD]! >>> (3 * weekday)) & 7;
  // No such pattern is a flipped bit, found at the next verification; until then it asks for nothing.
  if (pattern >= PATTERNS) return 0;
  const rate = rateAt(words, (pattern - weekday) * SLOTS_PER_DAY + slot);
  let programmed = rateNumerator(words[UNIT_WORD]!, rate, words[CONCENTRATION_WORD]!);
  if (mode === MODE_PERIODIC) programmed += periodicNumerator(words, tick, startHour);
  if (permission === MINIMUM_RATE) return Math.min(programmed, minimumNumerator(prescription));
  return programmed;
}
