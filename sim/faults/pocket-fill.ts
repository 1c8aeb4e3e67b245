/**
 * The needle has left the septum and the drug goes under the skin beside the pump (FDA-2011: 351 reports, 8 deaths, some
 * 1 in 10,000 refills; BLOG: re-enter and check the volume). Layer: refill. The clinician programs what was injected. The
 * firmware can't notice: computed says full, the reservoir holds what little went in, and runs dry in silence; the next
 * refill is far short. Left out: what the tissue takes up and passes to the blood, which is what has killed.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const pocketFill: FaultSpec = {
  kind: 'pocket-fill',
  summary: 'at a refill the drug goes under the skin and not into the reservoir',
  layer: 'refill',
  revealedBy: [],
  options: [
    {
      name: 'beside',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 1000000,
      meaning: 'share of the fill that goes beside',
    },
  ],
  filledNl: (nl, fault) => nl - Math.floor((nl * numberOption(fault, 'beside')) / 1000000),
};
