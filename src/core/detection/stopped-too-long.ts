/**
 * Stopped for more than 48 h, whatever the cause: a stopped baclofen pump is itself the hazard. Inclusive: present
 * in the tick that is 172,800 after the first one without delivery. The mode's record is the state.
 */
import { STOPPED_TOO_LONG_TICKS } from '../config.ts';
import type { ModeState } from '../mode.ts';
import { NEVER } from '../units.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from './verdict.ts';

export function judgeStoppedTooLong(pump: { readonly mode: ModeState; readonly nowTick: number }): number {
  const stoppedSinceTick = pump.mode.stoppedSinceTick;
  if (stoppedSinceTick === NEVER) return VERDICT_CLEAR;
  return pump.nowTick - stoppedSinceTick >= STOPPED_TOO_LONG_TICKS ? VERDICT_PRESENT : VERDICT_CLEAR;
}

/** The tick at which a running stop becomes too long. */
export function stoppedTooLongTick(stoppedSinceTick: number): number {
  return stoppedSinceTick === NEVER ? NEVER : stoppedSinceTick + STOPPED_TOO_LONG_TICKS;
}
