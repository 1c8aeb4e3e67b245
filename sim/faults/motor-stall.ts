/**
 * The rotor does not turn: corroded gears (ECRI, MDT-PERF), a foreign particle (FDA-2019), a magnetic field
 * (MRI-1); or it binds and frees again (RIORDAN, GALICA). Layer: mechanism. A stalled stroke moves nothing and is
 * not counted, but draws its current. The firmware can notice by strokes that stay unconfirmed, and that is all
 * that motor feedback can show: it watches the motor and not the fluid.
 */
import { below, hash } from '../prng.ts';
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const motorStall: FaultSpec = {
  kind: 'motor-stall',
  summary: 'commanded strokes do not turn',
  layer: 'mechanism',
  revealedBy: ['motor-stall'],
  options: [
    {
      name: 'pattern',
      type: 'choice',
      choices: ['permanent', 'intermittent'],
      default: 'permanent',
      meaning: 'every stroke stalls, or each by chance',
    },
    {
      name: 'chance',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 500000,
      meaning: 'share of strokes that stall when intermittent',
    },
  ],
  remember: (_options, onset) => ({ stream: onset.stream }),
  turns(turns, fault, _tick, strokeNumber) {
    if (fault.options['pattern'] === 'permanent') return false;
    // By the stroke's number and not by its tick: the same strokes stall at every rate.
    const draw = below(1000000, hash(remembered(fault, 'stream'), 0, strokeNumber));
    return turns && draw >= numberOption(fault, 'chance');
  },
};
