/**
 * The tip of the catheter has slipped out of the spinal canal: drug still leaves it, but beside the spinal fluid.
 * Layer: catheter. The firmware can't notice: the flow, the motor and the pressure before a stroke are what they
 * were, and neither can a judge at the pump's outlet. Only the patient shows it, and a picture of the catheter.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const tipDisplacement: FaultSpec = {
  kind: 'tip-displacement',
  summary: 'drug leaves the tip, but not into the spinal fluid',
  layer: 'catheter',
  revealedBy: [],
  options: [
    {
      name: 'displaced',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of what leaves the tip that never comes into the spinal fluid',
    },
  ],
  displacedPpm(ppm, fault) {
    return ppm + Math.floor(((1000000 - ppm) * numberOption(fault, 'displaced')) / 1000000);
  },
};
