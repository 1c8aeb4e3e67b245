/**
 * A kink, a blocked connector or a mass at the tip narrows the catheter (incidents FDA-062343, FDA-359111: nothing
 * was shown). Layer: catheter. Flow resistance goes with the fourth power of the diameter, so half closed is only
 * 16 times and lost in what a clear catheter drops; about 87 % (3,501 times) is where a stroke still shows before
 * the next one. The firmware can notice by the outlet pressure that a stroke leaves behind; it can't tell a kink
 * from a stiff connector, nor where it is. The real device has no such sensor.
 */
import { narrowedLambdaQ30 } from '../plant/catheter.ts';
import { numberOption, type FaultSpec } from './fault.ts';

export const catheterOcclusion: FaultSpec = {
  kind: 'catheter-occlusion',
  summary: 'the catheter is narrowed or closed; fluid is held back under pressure',
  layer: 'catheter',
  revealedBy: ['catheter-occlusion', 'stopped-too-long'],
  options: [
    {
      name: 'diameter-closed',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of the diameter closed: resistance x 1e8 / (100 - s)^4; 100 % is complete',
    },
  ],
  lambdaQ30(lambdaQ30, fault) {
    return narrowedLambdaQ30(lambdaQ30, numberOption(fault, 'diameter-closed'));
  },
};
