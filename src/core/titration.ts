/**
 * The label's rules of titration, as soft limits: how far a program moves the daily dose of a patient's group from the
 * dose of a day ago, and no rise at all in the first 24 h of a therapy. A rule that is met is no refusal: it is named, with
 * the change, and whoever programs confirms it.
 *
 * The dose of a day ago is the one from which the changes of the last 24 h began, so that no row of small steps gets round
 * a rule. It stands behind the prescribed words, is sealed and stored with them, and a restart finds it.
 */
import { DECREASE_PERCENT, INCREASE_PERCENT } from './config.ts';
import {
  BASE_HIGH_WORD,
  BASE_LOW_WORD,
  CHANGED_WORD,
  FIRST_START_WORD,
  PATIENT_GROUP_WORD,
  weekNumerator,
} from './prescription-words.ts';
import { HIGH_WORD, TICKS_PER_DAY } from './units.ts';

/** A bit for each rule. Names for hosts: the order of the bits. */
export const RAISED_TOO_FAR = 1;
export const LOWERED_TOO_FAR = 2;
export const RAISED_ON_FIRST_DAY = 4;
export const RULES_LEFT = 8;
export const TITRATION_RULES = [
  'raised-too-far',
  'lowered-too-far',
  'raised-on-first-day',
  'rules-left',
] as const;
/** An event and a reply carry the change in units of this, and the rules below it. */
export const RULES_SPAN = 16;

/** A change of more is shown as this: so large, nobody asks how much larger. */
const LARGEST_SHOWN = 100000000;

export interface Titration {
  readonly rules: number;
  /** Of the daily dose, rounded away from 0. */
  readonly changePermille: number;
  /** The dose of a day ago, as `weekNumerator`; 0: there was none, and so no rule. */
  readonly base: number;
}

/** Rounded down. The product alone could pass 2^53. */
function percentOf(sum: number, percent: number): number {
  return Math.floor(sum / 100) * percent + Math.floor(((sum % 100) * percent) / 100);
}

/** The rules of one group allow what those of the other one ask about. */
function isLaxer(was: number, will: number): boolean {
  return was !== 0 && (will === 0 || INCREASE_PERCENT[was]! < INCREASE_PERCENT[will]!);
}

/** Whose rules count: of the groups before and after a program the stricter, so that none is left behind by the way. */
export function rulingGroup(old: Int32Array, words: Int32Array): number {
  const was = old[PATIENT_GROUP_WORD]!;
  const will = words[PATIENT_GROUP_WORD]!;
  return isLaxer(was, will) ? was : will;
}

/** The therapy that these words are of began less than a day ago, as far as they say. */
function isFirstDay(words: Int32Array, nowTick: number): boolean {
  const firstTick = words[FIRST_START_WORD]!;
  return firstTick >= 0 && nowTick - firstTick < TICKS_PER_DAY;
}

/** Which rules a program meets, both as words; of a group that has none, or with no dose to compare with: none. */
export function judgeTitration(old: Int32Array, words: Int32Array, nowTick: number): Titration {
  const isChanging = nowTick - old[CHANGED_WORD]! < TICKS_PER_DAY;
  let base = isChanging ? (old[BASE_LOW_WORD]! >>> 0) + old[BASE_HIGH_WORD]! * HIGH_WORD : 0;
  if (base === 0) base = weekNumerator(old);
  const group = rulingGroup(old, words);
  if (group === 0 || base === 0) return { rules: 0, changePermille: 0, base: base };
  const change = weekNumerator(words) - base;
  let rules = 0;
  if (change > percentOf(base, INCREASE_PERCENT[group]!)) rules |= RAISED_TOO_FAR;
  if (-change > percentOf(base, DECREASE_PERCENT)) rules |= LOWERED_TOO_FAR;
  const wasFirstDay = isFirstDay(old, nowTick);
  const willBeFirstDay = isFirstDay(words, nowTick);
  if (change > 0 && (wasFirstDay || willBeFirstDay)) rules |= RAISED_ON_FIRST_DAY;
  // Else the next program would not be asked about.
  const isLeaving = isLaxer(old[PATIENT_GROUP_WORD]!, words[PATIENT_GROUP_WORD]!);
  if (isLeaving || (wasFirstDay && !willBeFirstDay)) rules |= RULES_LEFT;
  const thousandth = Math.max(1, Math.floor(base / 1000));
  const permille = Math.min(LARGEST_SHOWN, Math.floor((Math.abs(change) + thousandth - 1) / thousandth));
  return { rules: rules, changePermille: change < 0 ? -permille : permille, base: base };
}

/** The dose of a day ago, behind the words in force and before they are sealed. */
export function putBase(inForce: Int32Array, base: number, changedTick: number): void {
  inForce[BASE_LOW_WORD] = base | 0;
  inForce[BASE_HIGH_WORD] = Math.floor(base / HIGH_WORD);
  inForce[CHANGED_WORD] = changedTick;
}

/** There is none: the pump is new, or what was prescribed is lost. */
export function forgetBase(inForce: Int32Array): void {
  putBase(inForce, 0, -TICKS_PER_DAY);
}
