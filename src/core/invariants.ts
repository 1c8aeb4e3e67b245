/**
 * What is true after every executed tick, numbered, in words and code. A failure is our own bug, never the hardware's:
 * the run ends as an error that names the tick.
 */
import { assert } from './assert.ts';
import { isShareExact } from './dosing.ts';
import { STOPPED } from './permission.ts';
import type { PumpState } from './state.ts';

export function checkInvariants(pump: PumpState, isProbe: boolean, isStroke: boolean): void {
  const dosing = pump.dosing;
  const motor = pump.motor;
  const mode = pump.mode;
  const alarms = pump.alarms;
  assert(dosing.owed >= 0 && dosing.owed < dosing.denominator, 'INV-1 what is owed is less than one stroke');
  assert(isShareExact(dosing, pump.nowTick), 'INV-2 strokes and remainder are the exact share');
  assert(
    motor.confirmed >= 0 && motor.confirmed <= motor.requested,
    'INV-3 no more confirmed than requested',
  );
  assert(!isStroke || mode.permission !== STOPPED, 'INV-4 no stroke of the schedule while stopped');
  assert(!(isStroke && isProbe), 'INV-5 at most one stroke a tick');
  assert(!isProbe || mode.isStopCommanded === 0, 'INV-6 a probe never overrides a commanded stop');
  assert(mode.permission >= mode.alarmPermission, 'INV-7 dosing is never looser than the alarms allow');
  assert(alarms.nextToneTick > pump.nowTick, 'INV-8 no tone is overdue');
  assert(pump.occlusion.lookTick > pump.nowTick, 'INV-9 no second look is overdue');
  assert(pump.occlusion.restTick > pump.nowTick, 'INV-10 no rest sample is overdue');
  assert(pump.inbox.length === 0, 'INV-11 every queued command was taken');
  for (let i = 0; i < alarms.rows.length; i++) {
    const alarm = alarms.rows[i]!;
    assert(alarm.isActive >= alarm.isPresent, 'INV-12 a present condition has its alarm active');
    assert(alarm.isActive >= alarm.isAcknowledged, 'INV-13 only an active alarm is acknowledged');
  }
}
