/**
 * Thin air: the flow of a pump rises a little. Layer: environment. That surroundings act on the accuracy is stated
 * (MAN-8637), by how much is not; an implanted insulin pump is to stay below 2,500 m (MM3150), where 75 kPa are left.
 * The estimate is that of `hyperbaric`, the other way. The firmware can't notice. What a flight does to the pressure
 * sensor is part of the surroundings, `flights`.
 */
import { numberOption, type FaultSpec } from './fault.ts';
import { strokeAtPressurePl, SURFACE_PA } from './hyperbaric.ts';

export const altitude: FaultSpec = {
  kind: 'altitude',
  summary: 'low outer pressure raises the flow a little',
  layer: 'environment',
  revealedBy: [],
  options: [
    {
      name: 'pressure',
      type: 'pressure',
      min: 30000,
      max: SURFACE_PA,
      default: 75000,
      meaning: 'absolute: 75 kPa at 2,500 m',
    },
  ],
  strokePl: (pl, fault) => strokeAtPressurePl(pl, numberOption(fault, 'pressure')),
};
