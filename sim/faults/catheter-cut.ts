/**
 * The catheter is cut, torn or has come off its connector: drug leaves beside the spinal canal (DAWES 2003, a
 * hairline crack). Layer: catheter. What leaves through the hole is lost to the patient, and the way out is shorter:
 * at most half the resistance (an estimate: a cut in the middle). The firmware can't notice: pressure before a
 * stroke is at rest either way. The silence is the lesson. A complete occlusion at the same time is taken to lie
 * between pump and cut.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const catheterCut: FaultSpec = {
  kind: 'catheter-cut',
  summary: 'drug leaves through a hole in the catheter and not through its tip',
  layer: 'catheter',
  revealedBy: [],
  options: [
    {
      name: 'leaked',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of the outflow that never reaches the tip',
    },
  ],
  lambdaQ30(lambdaQ30, fault) {
    return Math.floor((lambdaQ30 * 2000000) / (2000000 - numberOption(fault, 'leaked')));
  },
  lostSharePpm(ppm, fault) {
    return ppm + Math.floor(((1000000 - ppm) * numberOption(fault, 'leaked')) / 1000000);
  },
};
