/**
 * The cell's contact opens for a while, or its film lets the voltage break down (ADV-BATT; FDA-TPLC names loss of power):
 * the firmware stops where it is and forgets all that is not stored. Layer: target. The world only keeps the record and
 * goes on; whoever runs the firmware takes its power, and has it start again from what it stored.
 * The firmware can notice that it starts; without power it notices nothing, and nobody hears an alarm.
 */
import type { FaultSpec } from './fault.ts';

export const powerLoss: FaultSpec = {
  kind: 'power-loss',
  summary: 'the pump is without power for a while, and starts again from what it stored',
  layer: 'target',
  revealedBy: ['restarted'],
  options: [
    {
      name: 'off',
      type: 'duration',
      min: 1,
      max: 30 * 86400,
      default: 60,
      meaning: 'how long; the power comes back by itself',
    },
  ],
  passesAfterTicks: (options) => Number(options['off']),
};
