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
}

export function createBolus(): BolusState {
  return { isRunning: 0, startTick: 0, endTick: NEVER, numerator: 0, firstNumerator: 0 };
}
