/**
 * The pump has turned over in its pocket and the port faces inwards: no needle gets in (ANESKEY). Layer: reservoir. Refills
 * are not performed while it is active. The firmware computes on, and its low and empty alarms come when they always
 * would have. The kink that a turned pump may give its catheter is a fault of its own, `catheter-occlusion`.
 */
import type { FaultSpec } from './fault.ts';

export const flippedPump: FaultSpec = {
  kind: 'flipped-pump',
  summary: 'the port faces inwards and refills are impossible',
  layer: 'reservoir',
  revealedBy: ['low-reservoir', 'empty-reservoir'],
  options: [],
  preventsRefill: true,
};
