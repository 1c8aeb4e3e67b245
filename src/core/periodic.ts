/**
 * The periodic bolus: a dose over some time, again and again, on top of the rates. It is a part of the programmed day and
 * has no state: what a tick adds follows from the words and the pump's clock. So a stop, a restart or a program in the
 * middle of one leaves what comes after it of this one, and makes nothing up. The dose is shared out as that of a single
 * bolus is: evenly, and what the division leaves goes into the first tick.
 */
import { ACCEPTED, BOLUS_OUT_OF_RANGE, BOLUS_TOO_FAST } from './commands.ts';
import {
  BOLUS_DOSE_MAX_TENTH_UG,
  BOLUS_DOSE_WORD,
  BOLUS_FIRST_WORD,
  BOLUS_INTERVAL_WORD,
  BOLUS_TENTH_UG,
  BOLUS_TICKS_WORD,
  CONCENTRATION_WORD,
  fastestNumerator,
  highestNumerator,
  judgeRates,
  MODE_PERIODIC,
  MODE_WORD,
} from './prescription-words.ts';
import { NEVER, TICKS_PER_DAY, TICKS_PER_HOUR } from './units.ts';

/** The shortest time in which the mechanism gives a dose beside a basal numerator; 0: it never can. */
export function shortestTicks(
  words: Int32Array,
  doseTenthUg: number,
  basalNumerator: number,
  strokeNl: number,
): number {
  const left = fastestNumerator(words[CONCENTRATION_WORD]!, strokeNl) - basalNumerator;
  return left > 0 ? Math.floor((doseTenthUg * BOLUS_TENTH_UG + left - 1) / left) : 0;
}

/** The outcome code of what the words say of boluses; `basalNumerator` is that of the highest rate between them. */
function judgePeriodic(words: Int32Array, basalNumerator: number, strokeNl: number): number {
  const doseTenthUg = words[BOLUS_DOSE_WORD]!;
  const ticks = words[BOLUS_TICKS_WORD]!;
  const interval = words[BOLUS_INTERVAL_WORD]!;
  const first = words[BOLUS_FIRST_WORD]!;
  if (doseTenthUg < 1 || doseTenthUg > BOLUS_DOSE_MAX_TENTH_UG || ticks < 1 || ticks > interval)
    return BOLUS_OUT_OF_RANGE;
  // All days are alike.
  if (TICKS_PER_DAY % interval !== 0 || first < 0 || first >= interval) return BOLUS_OUT_OF_RANGE;
  const shortest = shortestTicks(words, doseTenthUg, basalNumerator, strokeNl);
  return shortest > 0 && ticks >= shortest ? ACCEPTED : BOLUS_TOO_FAST;
}

/** The outcome code of a prescription: refused whole when any part of it is. */
export function judgeWords(words: Int32Array, strokeNl: number): number {
  const outcome = judgeRates(words, strokeNl);
  if (outcome !== ACCEPTED || words[MODE_WORD] !== MODE_PERIODIC) return outcome;
  return judgePeriodic(words, highestNumerator(words), strokeNl);
}

/** Ticks since the last one began; of words that no pump took, of flipped ones that is, any whole number from 0 on. */
function phaseOf(words: Int32Array, tick: number, startHour: number): number {
  const interval = words[BOLUS_INTERVAL_WORD]!;
  const since = startHour * TICKS_PER_HOUR + tick - words[BOLUS_FIRST_WORD]!;
  return since - Math.floor(since / interval) * interval;
}

/** A flipped bit, found when a stroke falls due or by the self-test; until then it asks for nothing. */
function isFlipped(words: Int32Array): boolean {
  const doseTenthUg = words[BOLUS_DOSE_WORD]!;
  return (
    words[BOLUS_INTERVAL_WORD]! < 1 ||
    words[BOLUS_TICKS_WORD]! < 1 ||
    doseTenthUg < 1 ||
    doseTenthUg > BOLUS_DOSE_MAX_TENTH_UG
  );
}

/** What this tick adds beside the rate. */
export function periodicNumerator(words: Int32Array, tick: number, startHour: number): number {
  if (words[MODE_WORD] !== MODE_PERIODIC || isFlipped(words)) return 0;
  const ticks = words[BOLUS_TICKS_WORD]!;
  const phase = phaseOf(words, tick, startHour);
  if (phase >= ticks) return 0;
  const whole = words[BOLUS_DOSE_WORD]! * BOLUS_TENTH_UG;
  return Math.floor(whole / ticks) + (phase === 0 ? whole % ticks : 0);
}

/** The most that it adds, but for what the division leaves. */
export function highestPeriodicNumerator(words: Int32Array): number {
  if (words[MODE_WORD] !== MODE_PERIODIC) return 0;
  return Math.floor((words[BOLUS_DOSE_WORD]! * BOLUS_TENTH_UG) / words[BOLUS_TICKS_WORD]!);
}

/** The next tick after this one that adds something else, or would if the division of the dose left more for the first. */
export function nextPeriodicTick(words: Int32Array, tick: number, startHour: number): number {
  if (words[MODE_WORD] !== MODE_PERIODIC || isFlipped(words)) return NEVER;
  const ticks = words[BOLUS_TICKS_WORD]!;
  const interval = words[BOLUS_INTERVAL_WORD]!;
  const phase = phaseOf(words, tick, startHour);
  if (phase === 0) return tick + 1;
  return tick + (phase < ticks ? Math.min(ticks, interval) : interval) - phase;
}
