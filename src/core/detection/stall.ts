/**
 * Motor stall, from the stroke feedback. Strokes that a good look did not confirm are counted; three in a row are a
 * stall, and one confirmed stroke ends it. Delivery is not stopped: each stroke is also the test whether the motor
 * turns again. A feedback that never answers proves no delivery either, so strokes that could not be judged at all
 * count too, at a higher number. The motor's record is the state.
 */
import { STALL_STROKES, UNJUDGED_STROKES } from '../config.ts';
import type { MotorState } from '../motor.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT, VERDICT_SUSPECT } from './verdict.ts';

export function judgeStall(pump: { readonly motor: MotorState }): number {
  const motor = pump.motor;
  if (motor.stallRun >= STALL_STROKES || motor.unjudged >= UNJUDGED_STROKES) return VERDICT_PRESENT;
  return motor.stallRun > 0 ? VERDICT_SUSPECT : VERDICT_CLEAR;
}
