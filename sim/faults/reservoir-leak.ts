/**
 * Drug seeps out of the reservoir, past a septum punctured too often (PERRUCHOUD: 14 mL, then 3.5 mL missing at
 * refills). Layer: reservoir. The firmware can't notice: nothing measures the volume. The pump runs dry early and
 * in silence, and the refill shows the loss.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const reservoirLeak: FaultSpec = {
  kind: 'reservoir-leak',
  summary: 'drug seeps out of the reservoir',
  layer: 'reservoir',
  revealedBy: [],
  options: [
    {
      name: 'rate',
      type: 'volume-rate',
      min: 0,
      max: 10000000,
      default: 20000,
      meaning: 'volume lost per hour until the reservoir is empty',
    },
  ],
  leakPlPerHour: (plPerHour, fault) => plPerHour + numberOption(fault, 'rate') * 1000,
};
