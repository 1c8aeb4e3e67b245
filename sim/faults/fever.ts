/**
 * The body is warmer, and the flow of the pump changes a little with it. Layer: environment. That surroundings act on
 * the accuracy is stated (MAN-8637); of a roller pump outside the body -10 to +10 % at 40 C (CADD-SOLIS), so not even
 * the sign is known. The estimate is 1 % more for each degree. The firmware reads the temperature and takes it for what
 * it is, a fever; nothing is judged on it alone.
 */
import { numberOption, type FaultSpec } from './fault.ts';

/** 1 % a degree. */
const PPM_PER_MILLI_C = 10;

export const fever: FaultSpec = {
  kind: 'fever',
  summary: 'body temperature rises, and the flow with it a little',
  layer: 'environment',
  revealedBy: [],
  options: [
    {
      name: 'rise',
      type: 'temperature',
      min: 0,
      max: 5000,
      default: 3000,
      meaning: 'degrees above what the body has without it',
    },
  ],
  bodyMilliC: (milliC, fault) => milliC + numberOption(fault, 'rise'),
  strokePl: (pl, fault) => pl + Math.floor((pl * numberOption(fault, 'rise') * PPM_PER_MILLI_C) / 1000000),
};
