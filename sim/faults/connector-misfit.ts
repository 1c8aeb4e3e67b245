/**
 * The connector between pump and catheter does not fit: it closes the path (FDA-062343, FDA-359111, Class I 2008 and
 * 2013), or its ring lets go and the catheter comes off. Layer: catheter. Closed, the firmware can notice by the pressure
 * that a stroke leaves behind; the real device, which has no such sensor, showed nothing. Come off, nobody can: drug
 * leaves beside the pump, and a stroke drains as it does through a good catheter. The hole is taken to be where that of
 * a cut is, so that the drug beyond it stays in the catheter.
 */
import type { FaultSpec } from './fault.ts';

export const connectorMisfit: FaultSpec = {
  kind: 'connector-misfit',
  summary: 'the connector between pump and catheter closes the path, or comes off',
  layer: 'catheter',
  revealedBy: ['catheter-occlusion', 'stopped-too-long'],
  options: [
    {
      name: 'effect',
      type: 'choice',
      choices: ['closed', 'detached'],
      default: 'closed',
      meaning: 'nothing passes, or all of it leaves beside the pump',
    },
  ],
  lambdaQ30: (lambdaQ30, fault) => (fault.options['effect'] === 'closed' ? 0 : lambdaQ30 * 2),
  lostSharePpm: (ppm, fault) => (fault.options['effect'] === 'closed' ? ppm : 1000000),
};
