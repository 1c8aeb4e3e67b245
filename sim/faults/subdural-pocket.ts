/**
 * The tip lies in a pocket beside the spinal fluid: drug collects there and is released at once when the pocket
 * opens (LEW 2005). Layer: catheter. Withdrawal first, then an overdose. The firmware can't notice either: nothing
 * about the pump has changed. The pocket opens when the fault is cleared; that it opens at once is an estimate.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const subduralPocket: FaultSpec = {
  kind: 'subdural-pocket',
  summary: 'drug collects in a pocket at the tip, and is released at once when the fault is cleared',
  layer: 'catheter',
  revealedBy: [],
  options: [
    {
      name: 'held',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of what leaves the tip that the pocket keeps',
    },
  ],
  pocketPpm(ppm, fault) {
    return ppm + Math.floor(((1000000 - ppm) * numberOption(fault, 'held')) / 1000000);
  },
};
