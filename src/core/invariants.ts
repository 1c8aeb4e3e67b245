/**
 * What is true after every executed tick, numbered, in words and code. A failure is our own bug, never the hardware's:
 * the run ends as an error that names the tick. Those that name GPCA are properties of the generic infusion pump, worded
 * over this one.
 */
import { EMPTY_RESERVOIR, ALARMS } from './alarms/table.ts';
import { fail } from './assert.ts';
import { EMPTY_RESERVOIR_NL } from './config.ts';
import { isShareExact } from './dosing.ts';
import { computedReservoirNl } from './ledger.ts';
import { FULL, STOPPED } from './permission.ts';
import { minimumNumerator } from './prescription.ts';
import { numeratorAt } from './schedule.ts';
import type { PumpState } from './state.ts';
import { NEVER } from './units.ts';

/** Of the dose. Quiet ticks, and in a calm strokes, second looks and tones, assert these alone; its hours assert all. */
export function checkDose(pump: PumpState): void {
  const dosing = pump.dosing;
  const motor = pump.motor;
  if (!(dosing.owed >= 0 && dosing.owed < dosing.denominator))
    fail('INV-1 what is owed is less than one stroke');
  if (!isShareExact(dosing, pump.nowTick)) fail('INV-2 strokes and remainder are the exact share');
  if (!(motor.confirmed >= 0 && motor.confirmed <= motor.requested))
    fail('INV-3 no more confirmed than requested');
}

export function checkInvariants(
  pump: PumpState,
  isProbe: boolean,
  isStroke: boolean,
  mayAlarmsDiffer: boolean,
): void {
  const dosing = pump.dosing;
  const mode = pump.mode;
  const alarms = pump.alarms;
  const rows = alarms.rows;
  checkDose(pump);
  if (isStroke && mode.permission === STOPPED) fail('INV-4 no stroke of the schedule while stopped');
  if (isStroke && isProbe) fail('INV-5 at most one stroke a tick');
  if (isProbe && (mode.isStopCommanded !== 0 || pump.telemetry.session.isOpen !== 0))
    fail('INV-6 a probe never overrides a commanded stop');
  if (mode.permission < mode.alarmPermission) fail('INV-7 dosing is never looser than the alarms allow');
  if (alarms.nextToneTick <= pump.nowTick) fail('INV-8 no tone is overdue');
  if (pump.occlusion.lookTick <= pump.nowTick) fail('INV-9 no second look is overdue');
  if (pump.occlusion.restTick <= pump.nowTick) fail('INV-10 no rest sample is overdue');
  if (pump.bolus.endTick <= pump.nowTick) fail('INV-23 no end of a bolus is overdue');
  if (pump.inbox.length !== 0) fail('INV-11 every queued command was taken');
  if (!(mode.permission >= FULL && mode.permission <= STOPPED))
    fail('INV-14 the mode is one of those defined (GPCA Infusion p1)');
  if (mode.permission === STOPPED && dosing.shareNumerator !== 0)
    fail('INV-15 stopped means no flow (GPCA Infusion p2, p7, p13)');
  // Whatever changes an alarm or a flow says an event; the hour looks at them all in any case.
  if (!mayAlarmsDiffer) return;
  if (pump.prescription.isReadable === 0 && dosing.shareNumerator > minimumNumerator(pump.prescription))
    fail('INV-16 without a prescription at most the minimum rate flows (GPCA Infusion p5)');
  const bolus = pump.bolus;
  if (mode.permission === FULL && bolus.bridgeUgPerMl === 0) {
    // A prime is in its place.
    const basal =
      bolus.isPriming === 1 ? 0 : numeratorAt(pump.prescription, FULL, pump.nowTick, pump.build.startHour);
    const extra = dosing.shareNumerator - basal;
    if (bolus.isRunning === 0 && extra !== 0)
      fail('INV-17 without a bolus the flow is the basal rate (GPCA Infusion p10)');
    const first = pump.nowTick === bolus.startTick ? bolus.firstNumerator : 0;
    if (bolus.isRunning === 1 && extra !== bolus.numerator + first)
      fail('INV-18 with a bolus the flow is that of the bolus besides (GPCA Infusion p11)');
  }
  const isEmpty =
    computedReservoirNl(pump.ledger, pump.motor.confirmed, pump.build.strokeNl) <= EMPTY_RESERVOIR_NL;
  if (isEmpty && rows[EMPTY_RESERVOIR]!.isActive === 0)
    fail('INV-19 an empty reservoir has its alarm up (GPCA Alarm p1, p3)');
  for (let i = 0; i < rows.length; i++) {
    const alarm = rows[i]!;
    if (alarm.isActive < alarm.isPresent) fail('INV-12 a present condition has its alarm active');
    if (alarm.isActive < alarm.isAcknowledged) fail('INV-13 only an active alarm is acknowledged');
    if ((alarm.isActive | alarm.isPresent | alarm.isAcknowledged) >> 1 !== 0)
      fail('INV-20 the state of an alarm is one of those defined (GPCA Alarm p9)');
    if (alarm.isPresent === 1 && mode.permission < ALARMS[i]!.permission)
      fail('INV-21 an alarm that is up holds the flow to what it allows (GPCA Infusion p3, p9)');
    if (alarm.isActive > alarm.isAcknowledged !== alarm.toneTick < NEVER)
      fail('INV-22 an alarm sounds from raise to acknowledgement and not beyond (GPCA Alarm p6, p7)');
  }
}
