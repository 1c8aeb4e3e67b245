/**
 * Memory corruption of the prescription. `memory-error`: all copies are lost, the build's minimum runs until a
 * clinician programs the pump. `memory-repaired`: one copy was found bad and mended from the other; the condition is
 * a moment, the alarm is latched so that somebody learns of it. The prescription's record is the state.
 */
import type { PrescriptionState } from '../prescription.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from './verdict.ts';

export function judgeMemoryError(pump: { readonly prescription: PrescriptionState }): number {
  return pump.prescription.isReadable === 0 ? VERDICT_PRESENT : VERDICT_CLEAR;
}

export function judgeMemoryRepaired(pump: { readonly prescription: PrescriptionState }): number {
  return pump.prescription.isJustRepaired === 1 ? VERDICT_PRESENT : VERDICT_CLEAR;
}
