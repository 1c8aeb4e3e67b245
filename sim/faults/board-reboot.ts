/**
 * Somebody presses the button, a watchdog bites, a regulator sags: the board starts anew and has forgotten its pump.
 * Layer: line, because what is lost is the session and not the device: a target with a line really restarts its board,
 * and has to find out and lead it back to where it was. The world only keeps the record.
 */
import type { FaultSpec } from './fault.ts';

export const boardReboot: FaultSpec = {
  kind: 'board-reboot',
  summary: 'the board restarts and has forgotten its pump',
  layer: 'line',
  revealedBy: [],
  options: [],
  passesAfterTicks: () => 1,
};
