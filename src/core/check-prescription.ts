/** Verification of the prescription, and what it means for the dosing when the words had to change. */
import type { PumpHal } from '../../hal/hal.ts';
import { anchorShare, dropOwed } from './dosing.ts';
import { concentrationUgPerMl, verifyWorking } from './prescription.ts';
import { strokeDenominator } from './prescription-words.ts';
import type { PumpState } from './state.ts';

/** The denominator that the prescription asks for: per concentration, and of volume alone when it is unreadable. */
export function prescribedDenominator(pump: PumpState): number {
  return strokeDenominator(concentrationUgPerMl(pump.prescription), pump.build.strokeNl);
}

/**
 * True when the working copy was bad. What accrued at a false rate meanwhile is less than one stroke, because no
 * stroke is due on a prescription that does not verify; it is kept after a repair and dropped with a lost prescription.
 */
export function checkPrescription(pump: PumpState, hal: PumpHal): boolean {
  if (!verifyWorking(pump.prescription, hal)) return false;
  if (pump.prescription.isReadable === 0) {
    pump.bolus.bridgeUgPerMl = 0;
    dropOwed(pump.dosing, prescribedDenominator(pump), pump.nowTick);
  } else {
    anchorShare(pump.dosing, pump.dosing.shareNumerator, pump.nowTick);
  }
  return true;
}
