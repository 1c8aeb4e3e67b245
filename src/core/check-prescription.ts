/** Verification of the prescription, and what it means for the dosing when the words had to change. */
import type { PumpHal } from '../../hal/hal.ts';
import { boundOwed } from './dosing.ts';
import { concentrationUgPerMl, strokeDenominator, verifyWorking } from './prescription.ts';
import type { PumpState } from './state.ts';

export function denominatorOf(pump: PumpState): number {
  return strokeDenominator(concentrationUgPerMl(pump.prescription), pump.build.strokeNl);
}

/** True when the working copy was bad. What accrued meanwhile is kept to less than one stroke, or dropped. */
export function checkPrescription(pump: PumpState, hal: PumpHal): boolean {
  if (!verifyWorking(pump.prescription, hal)) return false;
  if (pump.prescription.isReadable === 0) pump.dosing.owed = 0;
  boundOwed(pump.dosing, denominatorOf(pump), pump.nowTick);
  return true;
}
