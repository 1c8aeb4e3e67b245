/** Who holds the pump: an order, and no alarm. */
import { isTherapyStopped } from './schedule.ts';
import type { PumpState } from './state.ts';

/** Stopped by whoever treats the patient: by command, by an update session, or by a therapy that says so. */
export function isHeld(pump: PumpState): boolean {
  return (
    pump.mode.isStopCommanded === 1 ||
    pump.telemetry.session.isOpen === 1 ||
    isTherapyStopped(pump.prescription)
  );
}
