/**
 * An update session in which nobody is heard any more: the pump stands still, and a programmer's warning that nobody
 * reads has left patients without drug for weeks (HK-2013). Inclusive, as every threshold. The session is the state.
 */
import { SESSION_LEFT_OPEN_TICKS } from '../config.ts';
import { NEVER } from '../units.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from './verdict.ts';

interface Session {
  readonly isOpen: number;
  readonly heardTick: number;
}

/** The tick from which on an open session counts as left; NEVER when none is open. */
export function sessionLeftOpenTick(session: Session): number {
  return session.isOpen === 1 ? session.heardTick + SESSION_LEFT_OPEN_TICKS : NEVER;
}

export function judgeSessionLeftOpen(pump: {
  readonly telemetry: { readonly session: Session };
  readonly nowTick: number;
}): number {
  return pump.nowTick >= sessionLeftOpenTick(pump.telemetry.session) ? VERDICT_PRESENT : VERDICT_CLEAR;
}
