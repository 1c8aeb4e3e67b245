/**
 * The crystal of the pump's clock is off: aged, cold or cracked. Layer: clock. The firmware can't notice, since it has no
 * other clock to compare with: it gives its strokes by its own seconds, so that the dose of a true day is off by as
 * little as the crystal, and a pattern by the hour moves through the patient's day for as long as nobody sets it right.
 * The figure is an estimate for a watch crystal; a cracked one may be off by much more.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const clockDrift: FaultSpec = {
  kind: 'clock-drift',
  summary: "the pump's seconds are longer or shorter than the patient's",
  layer: 'clock',
  revealedBy: [],
  options: [
    {
      name: 'direction',
      type: 'choice',
      choices: ['slow', 'fast'],
      default: 'slow',
      meaning: "whether the pump's clock falls behind the patient's or gets ahead of it",
    },
    {
      name: 'deviation',
      type: 'percent',
      min: 0,
      max: 10000,
      default: 100,
      meaning: "by how much of the pump's seconds; 0.01 % is 8.6 s a day",
    },
  ],
  clockPpm(ppm, fault) {
    const deviationPpm = numberOption(fault, 'deviation');
    return fault.options['direction'] === 'slow' ? ppm + deviationPpm : ppm - deviationPpm;
  },
};
