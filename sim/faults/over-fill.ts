/**
 * More goes in than is written down and than the reservoir is made for: its pressure rises, which is named as a risk of
 * later over-infusion (TGA-1458). Layer: refill. How much more a stroke then moves is an estimate, as is that it ends
 * when the reservoir is back at its capacity. The firmware can't notice.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const overFill: FaultSpec = {
  kind: 'over-fill',
  summary: 'a refill puts in more than is programmed; above capacity each stroke moves more',
  layer: 'refill',
  revealedBy: [],
  options: [
    {
      name: 'extra',
      type: 'percent',
      min: 0,
      max: 500000,
      default: 100000,
      meaning: 'volume put in over and above the fill',
    },
    {
      name: 'excess',
      type: 'percent',
      min: 0,
      max: 2000000,
      default: 200000,
      meaning: 'volume a stroke delivers over and above its own while the reservoir is over its capacity',
    },
  ],
  filledNl: (nl, fault) => nl + Math.floor((nl * numberOption(fault, 'extra')) / 1000000),
  strokePl(pl, fault, _tick, overCapacityNl) {
    return overCapacityNl > 0 ? pl + Math.floor((pl * numberOption(fault, 'excess')) / 1000000) : pl;
  },
};
