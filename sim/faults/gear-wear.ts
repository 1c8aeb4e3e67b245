/**
 * The gears corrode and lose teeth, above all by drugs that are not on the label (ECRI, MDT-PERF: 7.0 % of pumps with
 * them against 2.4 % without, at 78 months): first a stroke fails here and there and the tone comes and goes (RIORDAN,
 * GALICA), in the end all of them. Layer: mechanism. That the share grows evenly is an estimate. The firmware can notice
 * by three unconfirmed strokes in a row, so it hears of the wear when a good share of the strokes is lost already.
 */
import { below, hash } from '../prng.ts';
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const gearWear: FaultSpec = {
  kind: 'gear-wear',
  summary: 'strokes fail now and then, more and more often, in the end all of them',
  layer: 'mechanism',
  revealedBy: ['motor-stall'],
  options: [
    {
      name: 'over',
      type: 'duration',
      min: 0,
      default: 2592000,
      meaning: 'time in which the share of strokes that fail grows evenly from none to all; 0 = at once',
    },
  ],
  remember: (_options, onset) => ({ stream: onset.stream }),
  turns(turns, fault, tick, strokeNumber) {
    const overTicks = numberOption(fault, 'over');
    const grownTicks = tick - fault.appliedTick;
    if (grownTicks >= overTicks) return false;
    return turns && below(overTicks, hash(remembered(fault, 'stream'), 0, strokeNumber)) >= grownTicks;
  },
};
