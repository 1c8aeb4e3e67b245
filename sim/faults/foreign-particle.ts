/**
 * A particle left from manufacture locks the motor for good (FDA-2019: 5 cases, two before implant and the rest within
 * five months). Layer: mechanism. A stalled stroke moves nothing and is not counted. The firmware can notice by strokes
 * that stay unconfirmed; nothing it does helps, and the pump has to be replaced.
 */
import type { FaultSpec } from './fault.ts';

export const foreignParticle: FaultSpec = {
  kind: 'foreign-particle',
  summary: 'debris locks the motor for good',
  layer: 'mechanism',
  revealedBy: ['motor-stall'],
  options: [],
  turns: () => false,
};
