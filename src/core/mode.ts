/**
 * Modes. A clinician's stop is never overridden; alarms restrict on top of it. A permission given by an alarm falls
 * at once and rises from the next tick, so a tick has two: the one that made a stroke due and the stricter one that
 * doses.
 */
import { FULL, STOPPED } from './permission.ts';
import { NEVER } from './units.ts';

export interface ModeState {
  /** 1 after a stop command, until resume. */
  isStopCommanded: number;
  /** What the alarms allowed at the end of the last executed tick. */
  alarmPermission: number;
  /** What the last executed tick dosed with. */
  permission: number;
  /** First tick without delivery, or NEVER while the pump delivers. */
  stoppedSinceTick: number;
  /** 1 when the last tick changed something that the next one has to see: that tick is a wake. */
  isUnsettled: number;
}

export function createMode(): ModeState {
  return {
    isStopCommanded: 0,
    alarmPermission: FULL,
    permission: FULL,
    stoppedSinceTick: NEVER,
    isUnsettled: 1, // tick 0 is always executed: it takes the first anchor of the dosing
  };
}

export function enterStopCommanded(mode: ModeState): void {
  mode.isStopCommanded = 1;
}

export function leaveStopCommanded(mode: ModeState): void {
  mode.isStopCommanded = 0;
}

/** Settle on this tick's permission. Returns the ticks of the stop that ended with this tick, or 0. */
export function enterPermission(
  mode: ModeState,
  alarmPermission: number,
  permission: number,
  nowTick: number,
): number {
  let stoppedTicks = 0;
  mode.isUnsettled = 0;
  if (permission === STOPPED && mode.stoppedSinceTick === NEVER) {
    mode.stoppedSinceTick = nowTick;
    mode.isUnsettled = 1;
  } else if (permission !== STOPPED && mode.stoppedSinceTick !== NEVER) {
    stoppedTicks = nowTick - mode.stoppedSinceTick;
    mode.stoppedSinceTick = NEVER;
    mode.isUnsettled = 1;
  }
  if (alarmPermission !== mode.alarmPermission || permission !== mode.permission) mode.isUnsettled = 1;
  mode.alarmPermission = alarmPermission;
  mode.permission = permission;
  return stoppedTicks;
}
