/**
 * A hairline crack in the catheter leaks with movement: too little reaches the tip, then all of it again, which is too
 * much for a patient whose dose was raised meanwhile (DAWES 2003). Layer: catheter. The body holds a position for an hour
 * at a time, and in some of them the crack gapes; both are estimates, and independent of what the pressure sensor sees of
 * posture. The firmware can't notice: a stroke drains through the crack as it does through the tip.
 */
import { below, hash } from '../prng.ts';
import { numberOption, remembered, type FaultSpec } from './fault.ts';

/** How long the body holds a position: an hour, an estimate. */
const POSITION_TICKS = 3600;

export const catheterCrack: FaultSpec = {
  kind: 'catheter-crack',
  summary: 'a hairline crack leaks in some positions of the body and is tight in others',
  layer: 'catheter',
  revealedBy: [],
  options: [
    {
      name: 'leaked',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 700000,
      meaning: 'share of the outflow that leaves through the crack while it gapes',
    },
    {
      name: 'open',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 500000,
      meaning: 'share of the hours in which it gapes',
    },
  ],
  changesHourly: true,
  remember: (_options, onset) => ({ stream: onset.stream }),
  lambdaQ30: (lambdaQ30) => lambdaQ30,
  lostSharePpm(ppm, fault, tick) {
    const position = Math.floor(tick / POSITION_TICKS);
    const draw = below(1000000, hash(remembered(fault, 'stream'), 0, position));
    if (draw >= numberOption(fault, 'open')) return ppm;
    return ppm + Math.floor(((1000000 - ppm) * numberOption(fault, 'leaked')) / 1000000);
  },
};
