/** The bolus that runs, if one does; `bolus.ts` says what becomes of it. */
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
  /** The bridge is over when so many strokes have been commanded. */
  bridgeStrokes: number;
}

export function createBolus(): BolusState {
  return {
    isRunning: 0,
    startTick: 0,
    endTick: NEVER,
    numerator: 0,
    firstNumerator: 0,
    bridgeUgPerMl: 0,
    bridgeStrokes: 0,
  };
}
