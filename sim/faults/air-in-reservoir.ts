/**
 * Part of what is filled in is air: the volume that is programmed is not all drug (PUMP-PREP). Layer: refill. The air
 * stays at the top and only the drug is pumped, so the reservoir is empty before the books say so. The firmware can't
 * notice. Left out: air that is drawn into the tubing, where it would be soft and hide an occlusion, and its pressure.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const airInReservoir: FaultSpec = {
  kind: 'air-in-reservoir',
  summary: 'at a refill part of what goes in is air',
  layer: 'refill',
  revealedBy: [],
  options: [
    {
      name: 'share',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 200000,
      meaning: 'share of the fill that is air',
    },
  ],
  filledNl: (nl, fault) => nl - Math.floor((nl * numberOption(fault, 'share')) / 1000000),
};
