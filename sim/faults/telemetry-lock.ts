/**
 * Interference puts the pump into telemetry mode. If an alarm sounds while it lasts, the motor's driver is held off
 * from there on until the pump is interrogated, by whomever (TGA-MRI). Layer: environment. The firmware can notice by
 * strokes that stay unconfirmed, as with any stall; it can't tell that its driver is held, nor free it. The field that
 * makes the alarm sound in the first place is a fault of its own, `mri`.
 */
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const telemetryLock: FaultSpec = {
  kind: 'telemetry-lock',
  summary: 'a tone during interference holds the motor off until the pump is interrogated',
  layer: 'environment',
  revealedBy: ['motor-stall'],
  options: [
    {
      name: 'duration',
      type: 'duration',
      min: 0,
      default: 1800,
      meaning: 'how long the interference lasts',
    },
  ],
  remember: () => ({ isLocked: 0 }),
  onTone(fault, tick) {
    if (tick - fault.appliedTick < numberOption(fault, 'duration')) fault.memory['isLocked'] = 1;
  },
  onInterrogation(fault) {
    fault.memory['isLocked'] = 0;
  },
  onReplacement(fault) {
    fault.memory['isLocked'] = 0;
  },
  turns: (turns, fault) => turns && remembered(fault, 'isLocked') === 0,
};
