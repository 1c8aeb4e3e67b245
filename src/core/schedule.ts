/** Therapy over the day: prescription, permission and tick in, the dosing numerator of that tick out. */
import { MINIMUM_RATE, STOPPED } from './permission.ts';
import type { PrescriptionState } from './prescription.ts';
import {
  CONCENTRATION_WORD,
  FIRST_RATE_WORD,
  MODE_MINIMUM,
  MODE_STOPPED,
  MODE_WORD,
  minimumNumerator,
  rateNumerator,
  UNIT_WORD,
} from './prescription.ts';
import { TICKS_PER_HOUR } from './units.ts';

/** Slot of the day, 0 to 23, in which a tick falls; `startHour` is pump time at tick 0. */
export function slotAt(tick: number, startHour: number): number {
  return (startHour + Math.floor(tick / TICKS_PER_HOUR)) % 24;
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
  // One function without helpers: it is asked three times a wake, and on the board each call costs as much as the sum.
  const words = prescription.words;
  const mode = words[MODE_WORD]!;
  if (prescription.isReadable === 0 || mode === MODE_MINIMUM) return minimumNumerator(prescription);
  if (mode === MODE_STOPPED) return 0;
  const rate = words[FIRST_RATE_WORD + slotAt(tick, startHour)]!;
  // A negative rate is a flipped sign bit, found at the next verification; until then it asks for nothing.
  if (rate < 0) return 0;
  const programmed = rateNumerator(words[UNIT_WORD]!, rate, words[CONCENTRATION_WORD]!);
  if (permission === MINIMUM_RATE) return Math.min(programmed, minimumNumerator(prescription));
  return programmed;
}
