/**
 * Each pump has a volume constant of its own, printed on its pack; a wrong one in the programmer skews every dose and
 * every readout (PUMP-PREP). Layer: mechanism. Here the constant in the firmware stays what it is and the pump's true
 * volume per stroke differs from it. The firmware can't notice: it knows strokes and its constant, and no volume.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const calibrationConstant: FaultSpec = {
  kind: 'calibration-constant',
  summary: 'the true volume of a stroke is not the one that the pump was told',
  layer: 'mechanism',
  revealedBy: [],
  options: [
    {
      name: 'direction',
      type: 'choice',
      choices: ['more', 'less'],
      default: 'more',
      meaning: 'whether a stroke moves more than the constant says, or less',
    },
    {
      name: 'error',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 200000,
      meaning: 'by how much of the constant',
    },
  ],
  strokePl(pl, fault) {
    const errorPl = Math.floor((pl * numberOption(fault, 'error')) / 1000000);
    return fault.options['direction'] === 'more' ? pl + errorPl : pl - errorPl;
  },
};
