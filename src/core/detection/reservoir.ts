/**
 * Low and empty reservoir, from the computed volume alone: nothing measures the true one. A pump that delivers more
 * than it books runs dry with neither alarm; that is this kind of device, and the library shows it. Strokes that a lost
 * feedback leaves unjudged count as pushed.
 * Thresholds are inclusive. No state: the ledger is the state.
 */
import { EMPTY_RESERVOIR_NL } from '../config.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from './verdict.ts';

export function judgeLowReservoir(computedNl: number, thresholdNl: number): number {
  return computedNl <= thresholdNl ? VERDICT_PRESENT : VERDICT_CLEAR;
}

export function judgeEmptyReservoir(computedNl: number): number {
  return computedNl <= EMPTY_RESERVOIR_NL ? VERDICT_PRESENT : VERDICT_CLEAR;
}
