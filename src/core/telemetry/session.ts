/**
 * The update session: open, write, verify, commit or roll back. It works on a copy, so that a session that breaks off
 * anywhere has changed nothing, and the pump stands still from open to end, as the real device does (HK-2013).
 *
 * What becomes of a session that nobody ends is the build's choice: the real device stays stopped (incident 11); with a
 * time-out the pump rolls back by itself and goes on with the old prescription. Either way it sounds an alarm soon.
 */
import type { PumpHal } from '../../../hal/hal.ts';
import { ACCEPTED, SESSION_OPEN } from '../commands.ts';
import { CONFIRM_TICKS } from '../config.ts';
import { SESSION } from '../events.ts';
import { say } from '../log.ts';
import { BRIDGE_WORD, PRESCRIBED_WORDS } from '../prescription-words.ts';
import type { PumpState } from '../state.ts';
import { NEVER } from '../units.ts';
import { NO_SESSION, NO_SUCH_WORDS, NOT_VERIFIED } from './requests.ts';
import type { SessionState } from './telemetry.ts';

/** Argument of the event. Append, never reorder. */
export const SESSION_STEPS = ['opened', 'committed', 'rolled-back', 'timed-out'] as const;
const OPENED = 0;
const COMMITTED = 1;
const ROLLED_BACK = 2;
const TIMED_OUT = 3;

function end(pump: PumpState, step: number, hal: PumpHal): void {
  const session = pump.telemetry.session;
  session.isOpen = 0;
  session.verified = 0;
  session.askedTick = NEVER;
  session.staged.fill(0);
  say(pump.log, hal, pump.nowTick, SESSION, step);
}

export function openSession(pump: PumpState, hal: PumpHal): number {
  const session = pump.telemetry.session;
  if (session.isOpen === 1) return SESSION_OPEN;
  session.isOpen = 1;
  // Of a prescription that is lost nothing can be taken over.
  if (pump.prescription.isReadable === 1) {
    for (let i = 0; i < PRESCRIBED_WORDS; i++) session.staged[i] = pump.prescription.words[i]!;
    // Whatever was said of the line was said of another change.
    session.staged[BRIDGE_WORD] = 0;
  }
  say(pump.log, hal, pump.nowTick, SESSION, OPENED);
  return ACCEPTED;
}

/** The words from the second on, to the place that the first says. All of them or none. */
export function writeStaged(pump: PumpState, words: Int32Array): number {
  const session = pump.telemetry.session;
  if (session.isOpen === 0) return NO_SESSION;
  const from = words[0]!;
  if (from < 0 || from + words.length - 1 > PRESCRIBED_WORDS) return NO_SUCH_WORDS;
  for (let i = 1; i < words.length; i++) session.staged[from + i - 1] = words[i]!;
  session.verified = 0;
  session.askedTick = NEVER;
  return ACCEPTED;
}

export function stagedCheck(session: SessionState, hal: PumpHal): number {
  return hal.checksum.crc32(session.staged, PRESCRIBED_WORDS) | 0;
}

/** Of a check, as no check is 0. */
function markOf(check: number): number {
  return (check >>> 0) + 1;
}

export function verifyStaged(pump: PumpState, check: number, hal: PumpHal): number {
  const session = pump.telemetry.session;
  if (session.isOpen === 0) return NO_SESSION;
  const isVerified = check === stagedCheck(session, hal);
  session.verified = isVerified ? markOf(check) : 0;
  return isVerified ? ACCEPTED : NOT_VERIFIED;
}

/** What may be committed is what was verified, and not what has become of it since; the outcome is the caller's. */
export function judgeCommit(session: SessionState, hal: PumpHal): number {
  if (session.isOpen === 0) return NO_SESSION;
  return session.verified === markOf(stagedCheck(session, hal)) ? ACCEPTED : NOT_VERIFIED;
}

/** A confirmation is of what was asked, and not long ago. */
export function isAskedOf(session: SessionState, nowTick: number): boolean {
  return session.askedTick !== NEVER && nowTick - session.askedTick <= CONFIRM_TICKS;
}

export function endCommitted(pump: PumpState, hal: PumpHal): void {
  end(pump, COMMITTED, hal);
}

export function rollBack(pump: PumpState, hal: PumpHal): number {
  if (pump.telemetry.session.isOpen === 0) return NO_SESSION;
  end(pump, ROLLED_BACK, hal);
  return ACCEPTED;
}

/** When an open session times out; NEVER when none is open, or the build says that it stays as it is. */
export function sessionTimeoutTick(session: SessionState, timeoutTicks: number): number {
  return session.isOpen === 1 && timeoutTicks > 0 ? session.heardTick + timeoutTicks : NEVER;
}

/** After the commands of each tick. */
export function expireSession(pump: PumpState, hal: PumpHal): void {
  const timeoutTick = sessionTimeoutTick(pump.telemetry.session, pump.build.sessionTimeoutTicks);
  if (pump.nowTick >= timeoutTick) end(pump, TIMED_OUT, hal);
}
