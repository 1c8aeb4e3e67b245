/**
 * What the words of a prescription mean, and which of them this pump can follow. A week is 7 days of 48 half hours; each
 * weekday has one of up to 7 day patterns. One rate for ever is one pattern of one rate.
 */
import {
  ACCEPTED,
  CONCENTRATION_OUT_OF_RANGE,
  PRESCRIPTION_OUT_OF_RANGE,
  RATE_BEYOND_MECHANISM,
  RATE_OUT_OF_RANGE,
  VOLUME_OUT_OF_RANGE,
} from './commands.ts';
import { FASTEST_NL_PER_DAY, LINE_MAX_NL } from './config.ts';
import { MAX_EXACT, TICKS_PER_DAY } from './units.ts';

/** Where each word stands. Behind them come those that seal the record in the store. */
export const MODE_WORD = 0;
export const UNIT_WORD = 1;
export const CONCENTRATION_WORD = 2;
export const LOW_RESERVOIR_WORD = 3;
export const PATIENT_GROUP_WORD = 4;
/** The tick in which this patient's therapy began; below 0 it was going on before this pump. */
export const FIRST_START_WORD = 5;
/** At a change of concentration: volume of the old drug between pump and tip, nL, or `NO_BRIDGE`; 0 says neither. */
export const BRIDGE_WORD = 6;
export const NO_BRIDGE = -1;
/** The pattern of each weekday, three bits a day, Monday lowest. */
export const WEEK_WORD = 7;
/** The periodic bolus: tenths of a ug, ticks it takes, ticks from one to the next, tick of the day of the first. */
export const BOLUS_DOSE_WORD = 8;
export const BOLUS_TICKS_WORD = 9;
export const BOLUS_INTERVAL_WORD = 10;
export const BOLUS_FIRST_WORD = 11;
/** Pattern by pattern, each from 00:00 on; two half hours to a word, the earlier one in its low bits. */
export const FIRST_RATE_WORD = 12;
export const RATE_BITS = 16;
export const RATE_MAX = 65535;
export const SLOTS_PER_DAY = 48;
export const PATTERNS = 7;
export const DAYS_PER_WEEK = 7;
/** Words that somebody prescribes. */
export const PRESCRIBED_WORDS = FIRST_RATE_WORD + (PATTERNS * SLOTS_PER_DAY) / 2;

/** Words of the pump's own behind them, all but those that seal the record. */
export const KEPT_WORDS = PRESCRIBED_WORDS + 7;
/** The dose of a day ago as `weekNumerator`, low and high, and when it was left. */
export const BASE_LOW_WORD = KEPT_WORDS - 7;
export const BASE_HIGH_WORD = KEPT_WORDS - 6;
export const CHANGED_WORD = KEPT_WORDS - 5;
/** The bridge to this prescription, while there is one: as in `BolusState`, its numerator low and high. */
export const BRIDGE_DRUG_WORD = KEPT_WORDS - 4;
export const BRIDGE_LOW_WORD = KEPT_WORDS - 3;
export const BRIDGE_HIGH_WORD = KEPT_WORDS - 2;
export const BRIDGE_STROKES_WORD = KEPT_WORDS - 1;

/** A tenth of a ug in the unit of the dosing's sum. */
export const BOLUS_TENTH_UG = 100000 * TICKS_PER_DAY;
/** No bolus is more than the day above which the label has little experience, 1,000 ug. [S] LABEL */
export const BOLUS_DOSE_MAX_TENTH_UG = 10000;

/** Codes of the modes. 0 is one rate and 1 rates by the half hour, which are alike to the pump. */
export const MODE_MINIMUM = 2;
export const MODE_STOPPED = 3;
export const MODE_PERIODIC = 4;

/** Numerator added to what is owed in each tick at one rate; `dosing.ts` has the whole sum. */
export function rateNumerator(unit: number, rate: number, concentrationUgPerMl: number): number {
  switch (unit) {
    case 0:
      return 100000 * rate; // 0.1 ug a day
    case 1:
      return 2400000 * rate; // 0.1 ug an hour
    case 2:
      // nL an hour. A concentration below zero is a flipped sign bit, found by the self-test; it asks for nothing.
      return concentrationUgPerMl < 0 ? 0 : 24 * concentrationUgPerMl * rate;
    case 3:
      return concentrationUgPerMl < 0 ? 0 : 24000 * concentrationUgPerMl * rate; // uL an hour
    default:
      return 0; // a flipped bit; found when a stroke falls due or by the self-test
  }
}

/** What one stroke subtracts from what is owed. One denominator per concentration. */
export function strokeDenominator(concentrationUgPerMl: number, strokeNl: number): number {
  return TICKS_PER_DAY * concentrationUgPerMl * strokeNl;
}

/** The highest numerator that the mechanism can follow: its specified flow, and never two strokes a tick. */
export function fastestNumerator(concentrationUgPerMl: number, strokeNl: number): number {
  return concentrationUgPerMl * Math.min(FASTEST_NL_PER_DAY, TICKS_PER_DAY * strokeNl);
}

/** The pattern of a weekday, 0 to 6; 7 is a flipped bit. */
export function patternOf(words: Int32Array, weekday: number): number {
  return (words[WEEK_WORD]! >>> (3 * weekday)) & 7;
}

/** The rate at a place, counted in half hours from the first of the first pattern. */
export function rateAt(words: Int32Array, place: number): number {
  return (words[FIRST_RATE_WORD + (place >> 1)]! >>> (RATE_BITS * (place & 1))) & RATE_MAX;
}

/** The outcome code of a concentration, for which every product of the dosing stays exact. */
function judgeConcentration(concentrationUgPerMl: number, strokeNl: number): number {
  if (concentrationUgPerMl < 1) return CONCENTRATION_OUT_OF_RANGE;
  const denominator = strokeDenominator(concentrationUgPerMl, strokeNl);
  return denominator > Math.floor(MAX_EXACT / concentrationUgPerMl) ? CONCENTRATION_OUT_OF_RANGE : ACCEPTED;
}

/** The fastest rate of the patterns that a week has, or -1: one of them is no pattern. */
function highestRate(words: Int32Array): number {
  let highest = 0;
  let seen = 0;
  for (let weekday = 0; weekday < DAYS_PER_WEEK; weekday++) {
    const pattern = patternOf(words, weekday);
    if (pattern >= PATTERNS) return -1;
    if (((seen >> pattern) & 1) === 1) continue;
    seen |= 1 << pattern;
    for (let slot = 0; slot < SLOTS_PER_DAY; slot++) {
      const rate = rateAt(words, pattern * SLOTS_PER_DAY + slot);
      if (rate > highest) highest = rate;
    }
  }
  return highest;
}

/** The numerator of the fastest rate; below 0 as `highestRate`. */
export function highestNumerator(words: Int32Array): number {
  return rateNumerator(words[UNIT_WORD]!, highestRate(words), words[CONCENTRATION_WORD]!);
}

/** The sum of a week's numerators, one each half hour; at minimum rate or stopped there is no dose. */
export function weekNumerator(words: Int32Array): number {
  const mode = words[MODE_WORD]!;
  if (mode === MODE_MINIMUM || mode === MODE_STOPPED) return 0;
  let sum = 0;
  for (let i = 0; i < DAYS_PER_WEEK * SLOTS_PER_DAY; i++) {
    const weekday = Math.floor(i / SLOTS_PER_DAY);
    sum += rateAt(words, (patternOf(words, weekday) - weekday) * SLOTS_PER_DAY + i);
  }
  const rates = rateNumerator(words[UNIT_WORD]!, sum, words[CONCENTRATION_WORD]!);
  if (mode !== MODE_PERIODIC) return rates;
  const tenthUgPerDay = Math.floor(TICKS_PER_DAY / words[BOLUS_INTERVAL_WORD]!) * words[BOLUS_DOSE_WORD]!;
  return rates + 100000 * DAYS_PER_WEEK * SLOTS_PER_DAY * tenthUgPerDay;
}

/** The numerator of a week's mean, rounded down. */
export function meanNumerator(words: Int32Array): number {
  return Math.floor(weekNumerator(words) / (DAYS_PER_WEEK * SLOTS_PER_DAY));
}

/**
 * The outcome code of a prescription: refused whole when any part of it is. One that gives nothing is none. What it says
 * of periodic boluses `judgePeriodic` looks at besides.
 */
export function judgeRates(words: Int32Array, strokeNl: number): number {
  const mode = words[MODE_WORD]!;
  const unit = words[UNIT_WORD]!;
  const ugPerMl = words[CONCENTRATION_WORD]!;
  const outcome = judgeConcentration(ugPerMl, strokeNl);
  if (outcome !== ACCEPTED) return outcome;
  if (words[LOW_RESERVOIR_WORD]! < 0) return VOLUME_OUT_OF_RANGE;
  const group = words[PATIENT_GROUP_WORD]!;
  const bridgeNl = words[BRIDGE_WORD]!;
  if (bridgeNl < NO_BRIDGE || bridgeNl > LINE_MAX_NL) return VOLUME_OUT_OF_RANGE;
  if (mode < 0 || mode > MODE_PERIODIC || group < 0 || group > 3) return PRESCRIPTION_OUT_OF_RANGE;
  if (mode === MODE_MINIMUM || mode === MODE_STOPPED) return ACCEPTED;
  const highest = highestNumerator(words);
  if (highest < 0 || unit < 0 || unit > 3) return RATE_OUT_OF_RANGE;
  if (highest > fastestNumerator(ugPerMl, strokeNl)) return RATE_BEYOND_MECHANISM;
  return highest === 0 && mode !== MODE_PERIODIC ? RATE_OUT_OF_RANGE : ACCEPTED;
}
