/** The bolus or the prime that runs, if one does; `bolus.ts` says what becomes of it. */
import { NEVER } from './units.ts';

export interface BolusState {
  isRunning: number;
  startTick: number;
  /** The first tick behind it. */
  endTick: number;
  /** Added in each tick, and once more in the first. */
  numerator: number;
  firstNumerator: number;
  /** While a change of concentration is bridged the old one, else 0: each tick then has `numerator` in place of the basal. */
  bridgeUgPerMl: number;
  /** What runs is a prime. Stays 1 until the tick in which what it pushed is told from what comes after it. */
  isPriming: number;
  /** A bridge or a prime is over when so many strokes have been commanded. */
  endStrokes: number;
}

export function createBolus(): BolusState {
  return {
    isRunning: 0,
    startTick: 0,
    endTick: NEVER,
    numerator: 0,
    firstNumerator: 0,
    bridgeUgPerMl: 0,
    isPriming: 0,
    endStrokes: 0,
  };
}
