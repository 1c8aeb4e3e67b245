/**
 * The slow duties: what runs when, and in which order. A duty is due in the ticks phase, phase + period, ...; ties go
 * by table order, which is the priority. Tick 0 is before the first hour and runs none.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { stepBatteryAccounting } from './detection/battery.ts';
import { HOUR } from './events.ts';
import { closeDay } from './ledger.ts';
import { say } from './log.ts';
import { verifyStored } from './prescription.ts';
import { slotAt } from './schedule.ts';
import type { PumpState, Readings } from './state.ts';
import { TICKS_PER_HOUR } from './units.ts';

export interface Duty {
  readonly name: string;
  readonly periodTicks: number;
  readonly phaseTicks: number;
  readonly run: (pump: PumpState, readings: Readings, hal: PumpHal) => void;
}

function logHour(pump: PumpState, _readings: Readings, hal: PumpHal): void {
  say(pump.log, hal.telemetry, pump.nowTick, HOUR, pump.ledger.lastHourConfirmed);
  if (slotAt(pump.nowTick, pump.build.startHour) === 0)
    closeDay(pump.ledger, pump.motor.requested, pump.motor.confirmed);
}

function accountBattery(pump: PumpState, readings: Readings, _hal: PumpHal): void {
  stepBatteryAccounting(pump.battery, readings.restingMv, readings.temperatureMilliC);
}

/** The working copy was verified when this tick began, as in every tick of a duty. */
function selfTest(pump: PumpState, _readings: Readings, hal: PumpHal): void {
  verifyStored(pump.prescription, hal);
}

/** The self-test keeps clear of the hour, whose tick has work enough. */
export const DUTIES: readonly Duty[] = [
  { name: 'hour-log', periodTicks: TICKS_PER_HOUR, phaseTicks: 0, run: logHour },
  { name: 'battery-accounting', periodTicks: TICKS_PER_HOUR, phaseTicks: 0, run: accountBattery },
  { name: 'self-test', periodTicks: TICKS_PER_HOUR, phaseTicks: TICKS_PER_HOUR / 2, run: selfTest },
];

/** First tick at or after `tick` in which a duty with this period and phase is due. */
export function nextDueTick(periodTicks: number, phaseTicks: number, tick: number): number {
  const periods = Math.floor((Math.max(tick, 1) - phaseTicks + periodTicks - 1) / periodTicks);
  return phaseTicks + periods * periodTicks;
}

/** First tick at or after `tick` in which any duty is due. */
export function nextDutyTick(tick: number): number {
  let next = nextDueTick(DUTIES[0]!.periodTicks, DUTIES[0]!.phaseTicks, tick);
  for (let i = 1; i < DUTIES.length; i++) {
    next = Math.min(next, nextDueTick(DUTIES[i]!.periodTicks, DUTIES[i]!.phaseTicks, tick));
  }
  return next;
}

export function runDuties(pump: PumpState, readings: Readings, hal: PumpHal): void {
  for (let i = 0; i < DUTIES.length; i++) {
    const duty = DUTIES[i]!;
    if (nextDueTick(duty.periodTicks, duty.phaseTicks, pump.nowTick) === pump.nowTick)
      duty.run(pump, readings, hal);
  }
}
