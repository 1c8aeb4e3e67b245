/**
 * The pump's end of the wand: which frame is a new request, and the reply to it.
 *
 * One request is outstanding at a time. The number behind the last one is a new request; the last request once more
 * gets its reply once more and is not carried out again, so that whoever missed a reply just asks again; anything else
 * is out of order and told which number was last. A greeting has no number and tells it as well. What is no frame, or
 * asks for what there is not, is counted and not answered.
 */
import type { PumpHal } from '../../../hal/hal.ts';
import { PRESCRIBED_WORDS } from '../prescription-words.ts';
import { NEVER } from '../units.ts';
import type { Frame } from './frame.ts';
import { FRAME_WORDS_MAX, openFrame, REPLY, sealFrame } from './frame.ts';
import { HELLO, OUT_OF_ORDER, REQUEST_TYPES } from './requests.ts';

/** The update session; `session.ts` says what happens in one. */
export interface SessionState {
  isOpen: number;
  /** The check of what the programmer has proved to know of `staged`, plus 1; 0: nothing, since it was last written. */
  verified: number;
  /** When the programmer was last heard in it. */
  heardTick: number;
  /** When it was last asked whether soft limits of what stands in `staged` are meant; NEVER: they were not. */
  askedTick: number;
  /** The prescription to be, without a check. */
  readonly staged: Int32Array;
}

export interface TelemetryState {
  /** Number and check of the last request that was taken, and the reply to it. */
  lastNumber: number;
  lastCheck: number;
  replyType: number;
  replyWords: number;
  readonly reply: Int32Array;
  /** Frames that were not answered, ever: garbled ones, and those that ask for what there is not. */
  ignored: number;
  readonly session: SessionState;
}

const NUMBERS = 65536;
/** No check has this value: before the first request there is none to be repeated. */
const NO_CHECK = -1;

export function createTelemetry(): TelemetryState {
  return {
    lastNumber: 0,
    lastCheck: NO_CHECK,
    replyType: 0,
    replyWords: 0,
    reply: new Int32Array(FRAME_WORDS_MAX),
    ignored: 0,
    session: {
      isOpen: 0,
      verified: 0,
      heardTick: 0,
      askedTick: NEVER,
      staged: new Int32Array(PRESCRIBED_WORDS),
    },
  };
}

function sayReply(telemetry: TelemetryState, hal: PumpHal): void {
  hal.telemetry.reply(
    sealFrame(telemetry.replyType, telemetry.lastNumber, telemetry.reply, telemetry.replyWords),
  );
}

/** The frame that is a new request, or null: then it is dealt with. */
export function hearFrame(telemetry: TelemetryState, bytes: ArrayLike<number>, hal: PumpHal): Frame | null {
  const frame = openFrame(bytes);
  if (frame === null || frame.type >= REQUEST_TYPES) {
    telemetry.ignored += 1;
    return null;
  }
  if (frame.type === HELLO) return frame;
  if (frame.number === telemetry.lastNumber && frame.check === telemetry.lastCheck) {
    sayReply(telemetry, hal);
    return null;
  }
  if (frame.number === (telemetry.lastNumber + 1) % NUMBERS) return frame;
  hal.telemetry.reply(sealFrame(frame.type + REPLY, frame.number, [OUT_OF_ORDER, telemetry.lastNumber], 2));
  return null;
}

/** Send the first `count` words of `reply` in answer to a new request. They are kept for when it is asked again. */
export function replyTo(telemetry: TelemetryState, frame: Frame, count: number, hal: PumpHal): void {
  telemetry.lastNumber = frame.number;
  telemetry.lastCheck = frame.check;
  telemetry.replyType = frame.type + REPLY;
  telemetry.replyWords = count;
  sayReply(telemetry, hal);
}
