/**
 * The slow duties: what runs when, and in which order. A duty is due in the ticks phase, phase + period, ...; ties go
 * by table order, which is the priority. Tick 0 is before the first hour and runs none.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { keepBoot } from './boot-record.ts';
import { stepBatteryAccounting } from './detection/battery.ts';
import { HOUR } from './events.ts';
import { closeDay } from './ledger.ts';
import { say } from './log.ts';
import { noteRepair, verifyStored } from './prescription.ts';
import { SLOTS_PER_DAY } from './prescription-words.ts';
import { slotOfWeek } from './schedule.ts';
import type { PumpState, Readings } from './state.ts';
import { TICKS_PER_HOUR } from './units.ts';

export interface Duty {
  readonly name: string;
  readonly periodTicks: number;
  readonly phaseTicks: number;
  readonly run: (pump: PumpState, readings: Readings, hal: PumpHal) => void;
}

export function logHour(pump: PumpState, _readings: Readings, hal: PumpHal): void {
  say(pump.log, hal, pump.nowTick, HOUR, pump.ledger.lastHourConfirmed);
  if (slotOfWeek(pump.nowTick, pump.build.startHour) % SLOTS_PER_DAY === 0)
    closeDay(pump.ledger, pump.motor.requested, pump.motor.confirmed);
}

export function accountBattery(pump: PumpState, readings: Readings, _hal: PumpHal): void {
  stepBatteryAccounting(pump.battery, readings.restingMv, readings.temperatureMilliC);
}

/** The working copy was verified when this tick began, as in every tick of a duty. */
function selfTest(pump: PumpState, _readings: Readings, hal: PumpHal): void {
  verifyStored(pump.prescription, hal);
  if (keepBoot(pump.build, pump.mode.isStopCommanded, hal)) noteRepair(pump.prescription);
}

/** They share the tick of the hour, so that a quiet hour is one wake. */
export const DUTIES: readonly Duty[] = [
  { name: 'hour-log', periodTicks: TICKS_PER_HOUR, phaseTicks: 0, run: logHour },
  { name: 'battery-accounting', periodTicks: TICKS_PER_HOUR, phaseTicks: 0, run: accountBattery },
  { name: 'self-test', periodTicks: TICKS_PER_HOUR, phaseTicks: 0, run: selfTest },
];

/** Every duty falls on this grid and every point of it has one: `tests/core` holds the table to it. */
export const DUTY_GRID_TICKS = TICKS_PER_HOUR;

export function isDutyDue(tick: number): boolean {
  return tick > 0 && tick % DUTY_GRID_TICKS === 0;
}

/** First tick at or after `tick` in which any duty is due. */
export function nextDutyTick(tick: number): number {
  const from = tick < 1 ? 1 : tick;
  const since = from % DUTY_GRID_TICKS;
  return since === 0 ? from : from - since + DUTY_GRID_TICKS;
}

export function runDuties(pump: PumpState, readings: Readings, hal: PumpHal): void {
  const now = pump.nowTick;
  if (!isDutyDue(now)) return;
  for (let i = 0; i < DUTIES.length; i++) {
    const duty = DUTIES[i]!;
    if (now % duty.periodTicks === duty.phaseTicks) duty.run(pump, readings, hal);
  }
}
