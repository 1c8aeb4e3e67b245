/**
 * Tissue grows around the tip and closes it slowly (FDA, Class I 2008). Layer: catheter. A catheter-occlusion that takes
 * its time: the closed share of the diameter grows evenly, hour by hour; how fast is an estimate. The firmware can notice
 * by the outlet pressure, and only near the end, as a stroke still drains while four fifths of the diameter are closed.
 * The real device showed nothing. Left out: that the mass presses on the cord, which no pump could know.
 */
import { narrowedLambdaQ30 } from '../plant/catheter.ts';
import { numberOption, type FaultSpec } from './fault.ts';

export const inflammatoryMass: FaultSpec = {
  kind: 'inflammatory-mass',
  summary: 'tissue at the tip closes the catheter slowly',
  layer: 'catheter',
  revealedBy: ['catheter-occlusion', 'stopped-too-long'],
  options: [
    {
      name: 'diameter-closed',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of the diameter closed in the end',
    },
    {
      name: 'over',
      type: 'duration',
      min: 0,
      default: 5184000,
      meaning: 'time in which it closes, evenly; 0 = at once',
    },
  ],
  changesHourly: true,
  lambdaQ30(lambdaQ30, fault, tick) {
    const overTicks = numberOption(fault, 'over');
    const grownTicks = Math.min(overTicks, tick - fault.appliedTick);
    const endPpm = numberOption(fault, 'diameter-closed');
    const closedPpm = overTicks === 0 ? endPpm : Math.floor((endPpm * grownTicks) / overTicks);
    return narrowedLambdaQ30(lambdaQ30, closedPpm);
  },
};
