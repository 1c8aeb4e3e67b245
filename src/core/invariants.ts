/**
 * What is true after every executed tick, numbered, in words and code. A failure is our own bug, never the hardware's:
 * the run ends as an error that names the tick.
 */
import { fail } from './assert.ts';
import { isShareExact } from './dosing.ts';
import { STOPPED } from './permission.ts';
import type { PumpState } from './state.ts';

export function checkInvariants(
  pump: PumpState,
  isProbe: boolean,
  isStroke: boolean,
  mayAlarmsDiffer: boolean,
): void {
  const dosing = pump.dosing;
  const motor = pump.motor;
  const mode = pump.mode;
  const alarms = pump.alarms;
  const rows = alarms.rows;
  if (!(dosing.owed >= 0 && dosing.owed < dosing.denominator))
    fail('INV-1 what is owed is less than one stroke');
  if (!isShareExact(dosing, pump.nowTick)) fail('INV-2 strokes and remainder are the exact share');
  if (!(motor.confirmed >= 0 && motor.confirmed <= motor.requested))
    fail('INV-3 no more confirmed than requested');
  if (isStroke && mode.permission === STOPPED) fail('INV-4 no stroke of the schedule while stopped');
  if (isStroke && isProbe) fail('INV-5 at most one stroke a tick');
  if (isProbe && (mode.isStopCommanded !== 0 || pump.telemetry.session.isOpen !== 0))
    fail('INV-6 a probe never overrides a commanded stop');
  if (mode.permission < mode.alarmPermission) fail('INV-7 dosing is never looser than the alarms allow');
  if (alarms.nextToneTick <= pump.nowTick) fail('INV-8 no tone is overdue');
  if (pump.occlusion.lookTick <= pump.nowTick) fail('INV-9 no second look is overdue');
  if (pump.occlusion.restTick <= pump.nowTick) fail('INV-10 no rest sample is overdue');
  if (pump.inbox.length !== 0) fail('INV-11 every queued command was taken');
  // Whatever changes an alarm says an event; the hour looks at them all in any case.
  if (!mayAlarmsDiffer) return;
  for (let i = 0; i < rows.length; i++) {
    const alarm = rows[i]!;
    if (alarm.isActive < alarm.isPresent) fail('INV-12 a present condition has its alarm active');
    if (alarm.isActive < alarm.isAcknowledged) fail('INV-13 only an active alarm is acknowledged');
  }
}
