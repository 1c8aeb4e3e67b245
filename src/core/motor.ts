/**
 * The motor as the firmware knows it: strokes requested, strokes confirmed by the feedback.
 *
 * The feedback is a cumulative count, and it is compared cumulatively: what it gained since the last good look is
 * what was delivered, even if that is more than was asked since (a feedback that was stuck and came free). A failed
 * reading, one lower than the last, or one that gains more than was ever left unconfirmed, is no look: the strokes stay
 * pending, and what was misread once does not become the mark that every true count is below.
 */
import type { Motor } from '../../hal/hal.ts';

export interface MotorState {
  /** Strokes commanded, ever. */
  requested: number;
  /** Strokes confirmed, ever; never above requested. */
  confirmed: number;
  /** The feedback's count at the last good look, or NO_COUNT. */
  lastCount: number;
  /** Strokes commanded since the last good look. */
  pending: number;
  /** Strokes in a row that a good look did not confirm. */
  stallRun: number;
  /** Strokes that stood unjudged at the last look because it failed; 0 after a good one. */
  unjudged: number;
}

/** No look since the power came: the feedback counts from whatever it is at, and the first look only takes the mark. */
export const NO_COUNT = -1;

export function createMotor(): MotorState {
  return { requested: 0, confirmed: 0, lastCount: NO_COUNT, pending: 0, stallRun: 0, unjudged: 0 };
}

/** A count that the motor can have come to by the strokes it was told to make. */
function isPossible(motor: MotorState, count: number): boolean {
  const gained = count - motor.lastCount;
  return motor.lastCount === NO_COUNT || (gained >= 0 && gained <= motor.requested - motor.confirmed);
}

/** A look that was due: judge the strokes since the last good one. Returns how many strokes were newly confirmed. */
export function lookAtMotor(motor: MotorState, count: number | null): number {
  if (count === null || !isPossible(motor, count)) {
    motor.unjudged = motor.pending;
    return 0;
  }
  motor.unjudged = 0;
  const gained = motor.lastCount === NO_COUNT ? 0 : count - motor.lastCount;
  if (gained > 0) motor.stallRun = 0;
  else if (motor.lastCount !== NO_COUNT) motor.stallRun += motor.pending;
  motor.lastCount = count;
  motor.pending = 0;
  motor.confirmed += gained;
  return gained;
}

/** The same where the feedback has gained exactly what was pending, and nothing stood unjudged or unconfirmed before. */
export function confirmPending(motor: MotorState): number {
  const newly = motor.pending;
  motor.lastCount += newly;
  motor.confirmed += newly;
  motor.pending = 0;
  return newly;
}

export function commandStroke(motor: MotorState, hal: Motor): void {
  motor.requested += 1;
  motor.pending += 1;
  hal.stroke();
}
