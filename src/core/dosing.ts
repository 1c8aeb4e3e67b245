/**
 * Exact dosing. Each tick adds the rate's numerator to what is owed; a stroke falls when the denominator is
 * reached and subtracts it. The remainder is carried for ever, so seven years end on the stroke that arithmetic
 * on paper gives: 300 ug/day of 500 ug/mL in 500 nL strokes is 3e8 / 2.16e10 = 1/72, stroke k in tick 72 k - 1.
 *
 * No catch-up, ever: while stopped nothing is added, what is owed never passes one stroke, and a stroke that
 * failed is not pushed again. (A pump that made up for missed strokes has put a patient into a coma.)
 *
 * The share is the same sum done a second way, from an anchor at the last change of rate: it must agree exactly.
 */
import { fail } from './assert.ts';
import { MAX_EXACT, NEVER, TICKS_PER_HOUR } from './units.ts';

export interface DosingState {
  /** What a stroke subtracts. Kept here, not worked out anew: the prescription's words may be corrupted meanwhile. */
  denominator: number;
  /** Remainder in numerator units, 0 to denominator - 1. */
  owed: number;
  shareTick: number;
  shareNumerator: number;
  shareOwed: number;
  /** Strokes of the schedule since the anchor; probes are not among them. */
  shareStrokes: number;
}

export function createDosing(denominator: number): DosingState {
  return { denominator, owed: 0, shareTick: 0, shareNumerator: 0, shareOwed: 0, shareStrokes: 0 };
}

/** Take a new anchor: from `tick` on this numerator is added. At each hour too, so that no product passes 2^53. */
export function anchorShare(dosing: DosingState, numerator: number, tick: number): void {
  dosing.shareTick = tick;
  dosing.shareNumerator = numerator;
  dosing.shareOwed = dosing.owed;
  dosing.shareStrokes = 0;
}

export function isStrokeDue(dosing: DosingState, numerator: number): boolean {
  return numerator > 0 && dosing.owed + numerator >= dosing.denominator;
}

/** First tick at or after `now` in which a stroke falls due at this rate; `missing` is then owed beside what is. */
export function nextStrokeTick(missing: number, numerator: number, now: number): number {
  if (numerator <= 0) return NEVER;
  return missing <= numerator ? now : now + Math.floor((missing + numerator - 1) / numerator) - 1;
}

/** Add one tick's numerator; true when a stroke is to be commanded in it. */
export function dose(dosing: DosingState, numerator: number, tick: number): boolean {
  if (numerator !== dosing.shareNumerator || tick % TICKS_PER_HOUR === 0) {
    anchorShare(dosing, numerator, tick);
  }
  dosing.owed += numerator;
  if (numerator === 0 || dosing.owed < dosing.denominator) return false;
  dosing.owed -= dosing.denominator;
  dosing.shareStrokes += 1;
  return true;
}

/** What `dose` does in a tick that completes a stroke, at the anchor's rate and in the middle of an hour. */
export function doseStroke(dosing: DosingState): void {
  dosing.owed += dosing.shareNumerator - dosing.denominator;
  dosing.shareStrokes += 1;
}

/** `ticks` quiet ticks at once: exactly what as many calls of `dose` without a stroke leave behind. */
export function doseIdle(dosing: DosingState, numerator: number, ticks: number): void {
  const added = numerator * ticks;
  if (added > MAX_EXACT || dosing.owed + added >= dosing.denominator) fail('idle over a stroke');
  dosing.owed += added;
}

/** A probe stroke settles what was owed: the patient gets the probe instead. */
export function settleByProbe(dosing: DosingState, tick: number): void {
  dosing.owed = 0;
  anchorShare(dosing, dosing.shareNumerator, tick);
}

/** A change of concentration keeps the fraction of a stroke that was owed, rounded down. */
export function rescaleOwed(
  dosing: DosingState,
  oldUgPerMl: number,
  newUgPerMl: number,
  denominator: number,
  tick: number,
): void {
  dosing.owed = Math.floor((dosing.owed * newUgPerMl) / oldUgPerMl);
  dosing.denominator = denominator;
  anchorShare(dosing, dosing.shareNumerator, tick);
}

/** Begin anew: of an unreadable prescription nothing that was owed has a meaning. */
export function dropOwed(dosing: DosingState, denominator: number, tick: number): void {
  dosing.owed = 0;
  dosing.denominator = denominator;
  anchorShare(dosing, dosing.shareNumerator, tick);
}

/** The second sum, after `tick` was executed: what is owed and what was pushed make up exactly the share. */
export function isShareExact(dosing: DosingState, tick: number): boolean {
  const ticks = tick + 1 - dosing.shareTick;
  return (
    dosing.owed + dosing.shareStrokes * dosing.denominator ===
    dosing.shareOwed + dosing.shareNumerator * ticks
  );
}
