/**
 * Each stroke moves more than it should: tubing or rollers out of shape (TGA-1458, TGA-0357: over 100 events, two
 * deaths). Layer: mechanism. The firmware can't notice: it computes its reservoir from strokes, so the pump runs
 * dry with no low-reservoir alarm, and only a refill shows what is missing.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const overInfusion: FaultSpec = {
  kind: 'over-infusion',
  summary: 'each stroke delivers more than its nominal volume',
  layer: 'mechanism',
  revealedBy: [],
  options: [
    {
      name: 'excess',
      type: 'percent',
      min: 0,
      max: 2000000,
      default: 500000,
      meaning: 'volume delivered over and above the stroke',
    },
  ],
  strokePl: (pl, fault) => pl + Math.floor((pl * numberOption(fault, 'excess')) / 1000000),
};
