/**
 * A film grows inside the cell and its resistance rises (FDA-BATT: 55 of 139,653 pumps at 45 to 78 months; TGA-0567:
 * 3.17 % at 72 months). Layer: battery. At rest the voltage stays as it was; under load it sags. The firmware can
 * notice by the loaded supply and its difference to the resting one; it can't know how fast the film will grow,
 * so the 90 days after elective replacement may be fewer.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const batteryResistance: FaultSpec = {
  kind: 'battery-resistance',
  summary: "the battery's internal resistance rises; its voltage sags under load",
  layer: 'battery',
  revealedBy: ['elective-replacement', 'end-of-service', 'low-battery-reset'],
  options: [
    {
      name: 'rise',
      type: 'percent',
      min: 0,
      max: 100000000,
      default: 10000000,
      meaning: 'resistance added, in per cent of what the cell has without the film',
    },
    {
      name: 'over',
      type: 'duration',
      min: 0,
      default: 0,
      meaning: 'time over which it rises evenly from nothing; 0 = at once',
    },
  ],
  resistanceOhm(ohm, fault, tick) {
    const risePpm = numberOption(fault, 'rise');
    const overTicks = numberOption(fault, 'over');
    const grownTicks = Math.min(overTicks, tick - fault.appliedTick);
    // Grown ppm first: ohm x ppm x ticks in one product would pass 2^53.
    const grownPpm = overTicks === 0 ? risePpm : Math.floor((risePpm * grownTicks) / overTicks);
    return Math.floor((ohm * (1000000 + grownPpm)) / 1000000);
  },
};
