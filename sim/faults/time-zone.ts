/**
 * The patient is in another time zone, and the pump's clock goes on by the old one (GILL-TRAVEL, BP-2016): what was meant
 * for his night comes at another hour. Layer: environment. The firmware can't notice. Its clock can't be set either: who
 * programs a pattern for him there has to write it in the pump's own hours.
 */
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const timeZone: FaultSpec = {
  kind: 'time-zone',
  summary: 'the patient lives by the hours of another time zone than the pump',
  layer: 'environment',
  revealedBy: [],
  options: [
    {
      name: 'direction',
      type: 'choice',
      choices: ['east', 'west'],
      default: 'east',
      meaning: "whether the patient's clock is ahead of the pump's or behind it",
    },
    {
      name: 'shift',
      type: 'duration',
      min: 0,
      max: 50400,
      default: 10800,
      meaning: 'by how much',
    },
  ],
  remember: () => ({ isSet: 0 }),
  // A new pump is set to the hour of the place.
  onReplacement(fault) {
    fault.memory['isSet'] = 1;
  },
  zoneTicks(ticks, fault) {
    if (remembered(fault, 'isSet') === 1) return ticks;
    const shiftTicks = numberOption(fault, 'shift');
    return fault.options['direction'] === 'east' ? ticks + shiftTicks : ticks - shiftTicks;
  },
};
