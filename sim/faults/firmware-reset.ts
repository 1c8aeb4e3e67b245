/**
 * A watchdog bites or a supply dips for an instant: the firmware starts again and has forgotten all that is not stored
 * (GILL-DIS names a reset among the alarms of a pump of this kind). Layer: target. It takes less than a tick, in which
 * the firmware does nothing; its clock goes on.
 */
import type { FaultSpec } from './fault.ts';

export const firmwareReset: FaultSpec = {
  kind: 'firmware-reset',
  summary: 'the firmware starts again from what it stored',
  layer: 'target',
  revealedBy: ['restarted'],
  options: [],
  passesAfterTicks: () => 1,
};
