/**
 * The appointment does not happen, or the needle missed the reservoir and nothing went in. Layer: refill. Refills
 * are not performed while it is active. The firmware computes on, and gives its low and then its empty alarm at the
 * time it always would have: here the dead-reckoned volume is right. (RESID-2004: patients feel it before that.)
 */
import type { FaultSpec } from './fault.ts';

export const missedRefill: FaultSpec = {
  kind: 'missed-refill',
  summary: 'refills do not happen',
  layer: 'refill',
  revealedBy: ['low-reservoir', 'empty-reservoir'],
  options: [],
  preventsRefill: true,
};
