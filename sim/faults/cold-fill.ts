/**
 * The drug went in cold, or the pump was implanted cold: the valve of the reservoir stays shut until body heat has
 * warmed it (PUMP-PREP: to be warmed to 35 to 40 C before the first fill). Layer: reservoir. Apply it where the fill
 * is; how long it takes is an estimate. The firmware can't notice: the motor turns, and nothing comes.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const coldFill: FaultSpec = {
  kind: 'cold-fill',
  summary: 'the reservoir gives nothing until it is warm',
  layer: 'reservoir',
  revealedBy: [],
  options: [
    {
      name: 'warming',
      type: 'duration',
      min: 0,
      default: 14400,
      meaning: 'time until it is warm and flows again',
    },
  ],
  strokePl: (pl, fault, tick) => (tick - fault.appliedTick < numberOption(fault, 'warming') ? 0 : pl),
};
