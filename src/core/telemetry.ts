/** What the pump answers to an interrogation: status words in the order of the table below. */
import type { PumpHal } from '../../hal/hal.ts';
import { computedUsedPermille } from './detection/battery.ts';
import { computedReservoirNl } from './ledger.ts';
import type { PumpState } from './state.ts';

/** Names of the words, for whoever shows them. Append, never reorder; the first word counts the layout. */
export const STATUS_WORDS = [
  'layout',
  'nowTick',
  'permission',
  'isStopCommanded',
  'requestedStrokes',
  'confirmedStrokes',
  'computedReservoirNl',
  'computedBatteryPermille',
  'activeAlarms',
  'acknowledgedAlarms',
  'repairs',
] as const;

const LAYOUT = 1;

export function reportStatus(pump: PumpState, hal: PumpHal): void {
  const words = new Int32Array(STATUS_WORDS.length);
  let active = 0;
  let acknowledged = 0;
  for (let i = 0; i < pump.alarms.rows.length; i++) {
    const alarm = pump.alarms.rows[i]!;
    active |= alarm.isActive << i;
    acknowledged |= alarm.isAcknowledged << i;
  }
  words[0] = LAYOUT;
  words[1] = pump.nowTick;
  words[2] = pump.mode.permission;
  words[3] = pump.mode.isStopCommanded;
  words[4] = pump.motor.requested;
  words[5] = pump.motor.confirmed;
  words[6] = computedReservoirNl(pump.ledger, pump.motor.confirmed, pump.build.strokeNl);
  words[7] = computedUsedPermille(pump.battery, pump.motor.requested, pump.nowTick);
  words[8] = active;
  words[9] = acknowledged;
  words[10] = pump.prescription.repairs;
  hal.telemetry.report(words);
}
