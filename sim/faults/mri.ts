/**
 * A scanner's field holds the rotor for the exposure; it should turn again by itself (MRI-1), and rarely does so only
 * 2 to 24 h later, when the gears bind after the field has turned the rotor backwards (MRI-1, of an older model).
 * Layer: environment. How strong the field is makes no difference here. The firmware can notice by strokes that stay
 * unconfirmed. It must not be stopped before a scan: a pump that makes no stroke can't find out that it stalls (MRI-2).
 * The real device may show the recovery only at a second interrogation (MRI-2); ours says it at the first stroke that
 * turns, and that trouble is not modelled.
 */
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const mri: FaultSpec = {
  kind: 'mri',
  summary: 'a magnetic field holds the rotor for an exposure, and perhaps for hours after it',
  layer: 'environment',
  revealedBy: ['motor-stall'],
  options: [
    {
      name: 'duration',
      type: 'duration',
      min: 0,
      default: 1800,
      meaning: 'how long the field lasts',
    },
    {
      name: 'late-restart',
      type: 'duration',
      min: 0,
      default: 0,
      meaning: 'how long the gears stay bound after it: 0 s as a rule, rarely 2 h to 24 h',
    },
  ],
  passesAfterTicks: (options) => Number(options['duration']) + Number(options['late-restart']),
  remember: (options) => ({ boundTicks: Number(options['late-restart']) }),
  // The gears of a pump that is replaced leave with it; the field stays.
  onReplacement(fault) {
    fault.memory['boundTicks'] = 0;
  },
  turns(turns, fault, tick) {
    const heldTicks = numberOption(fault, 'duration') + remembered(fault, 'boundTicks');
    return turns && tick - fault.appliedTick >= heldTicks;
  },
};
