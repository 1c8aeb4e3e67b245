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

/** A half hour of the week. */
interface HalfHour {
  fromTick: number;
  startHour: number;
  /** 0 to 335. */
  slot: number;
  /** 0 is Monday. */
  weekday: number;
}

/** The one last asked about: it is asked for several times a wake, and two comparisons cost less than the divisions. */
const last: HalfHour = { fromTick: 0, startHour: 0, slot: 0, weekday: 0 };

/** The one in which a tick falls; `startHour` is the hour of the week at tick 0. */
function halfHourOf(tick: number, startHour: number): HalfHour {
  const since = tick - last.fromTick;
  if (since >= 0 && since < TICKS_PER_HALF_HOUR && startHour === last.startHour) return last;
  const passed = Math.floor(tick / TICKS_PER_HALF_HOUR);
  last.fromTick = passed * TICKS_PER_HALF_HOUR;
  last.startHour = startHour;
  last.slot = (startHour * SLOTS_PER_HOUR + passed) % SLOTS_PER_WEEK;
  last.weekday = Math.floor(last.slot / SLOTS_PER_DAY);
  return last;
}

/** Half hour of the week, 0 to 335, in which a tick falls; `startHour` is the hour of the week at tick 0. */
export function slotOfWeek(tick: number, startHour: number): number {
  return halfHourOf(tick, startHour).slot;
}

/** Where the words have the rate of a tick, as `rateAt` counts; -1: its weekday has no such pattern. */
function placeAt(words: Int32Array, tick: number, startHour: number): number {
  const halfHour = halfHourOf(tick, startHour);
  const weekday = halfHour.weekday;
  const pattern = (words[WEEK_WORD]! >>> (3 * weekday)) & 7;
  return pattern < PATTERNS ? (pattern - weekday) * SLOTS_PER_DAY + halfHour.slot : -1;
}

/** True when the half hour after that of `tick`, of the same day, has another rate. */
export function isNextRateOther(words: Int32Array, tick: number, startHour: number): boolean {
  const mode = words[MODE_WORD]!;
  if (mode === MODE_MINIMUM || mode === MODE_STOPPED) return false;
  const place = placeAt(words, tick, startHour);
  return place >= 0 && rateAt(words, place) !== rateAt(words, place + 1);
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
  const words = prescription.words;
  const mode = words[MODE_WORD]!;
  if (prescription.isReadable === 0 || mode === MODE_MINIMUM) return minimumNumerator(prescription);
  if (mode === MODE_STOPPED) return 0;
  const place = placeAt(words, tick, startHour);
  // No such pattern is a flipped bit, found at the next verification; until then it asks for nothing.
  if (place < 0) return 0;
  let programmed = rateNumerator(words[UNIT_WORD]!, rateAt(words, place), words[CONCENTRATION_WORD]!);
  if (mode === MODE_PERIODIC) programmed += periodicNumerator(words, tick, startHour);
  if (permission === MINIMUM_RATE) return Math.min(programmed, minimumNumerator(prescription));
  return programmed;
}
