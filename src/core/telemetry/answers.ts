/**
 * What the pump tells of itself and of its update session. Each answer begins with its outcome; functions that fill one
 * return how many words it has.
 */
import type { PumpHal } from '../../../hal/hal.ts';
import { alarmBits } from '../alarms/alarms.ts';
import { fail } from '../assert.ts';
import { ACCEPTED } from '../commands.ts';
import { computedUsedPermille } from '../detection/battery.ts';
import { computedReservoirNl } from '../ledger.ts';
import { entryOf } from '../log.ts';
import { PRESCRIBED_WORDS } from '../prescription-words.ts';
import { PRESCRIPTION_WORDS } from '../store.ts';
import type { PumpState } from '../state.ts';
import { NEVER } from '../units.ts';
import type { Frame } from './frame.ts';
import { FRAME_WORDS_MAX, REPLY, sealFrame } from './frame.ts';
import {
  ALARM_STATES,
  LOG,
  NO_SESSION,
  NO_SUCH_WORDS,
  OPEN,
  PRESCRIPTION,
  READ_BACK,
  ROLLBACK,
  STATUS,
  VERIFY,
  WRITE,
} from './requests.ts';
import { openSession, rollBack, stagedCheck, verifyStaged, writeStaged } from './session.ts';

/** Version of the frames' contents: what each word of a reply or a prescription means. */
const LAYOUT = 3;
const NEVER_WORD = -1;
const ENTRY_REPLY_WORDS = 4;
/** Older entries are in no store: none holds so many. */
const LOG_REACH = 2000;
/** Outcome and status. */
const STATUS_REPLY_WORDS = 18;

/** Names of the words behind the outcome, for whoever shows them. Append, never reorder. */
export const HELLO_WORDS = [
  'layout',
  'lastNumber',
  'strokeNl',
  'reservoirNl',
  'startHour',
  'sessionTimeoutTicks',
  'stagedWords',
  'implantTick',
] as const;

/** As for a greeting. A tick of -1 is never. */
export const STATUS_WORDS = [
  'layout',
  'nowTick',
  'permission',
  'isStopCommanded',
  'requestedStrokes',
  'confirmedStrokes',
  'computedReservoirNl',
  'computedBatteryPermille',
  'activeAlarms',
  'acknowledgedAlarms',
  'repairs',
  'isReadable',
  'isSessionOpen',
  'isSessionVerified',
  'stoppedSinceTick',
  'replacementTick',
  'ignoredFrames',
] as const;

/** A tick in one word. */
function tickWord(tick: number): number {
  return tick === NEVER ? NEVER_WORD : tick;
}

/** Not kept: whoever greets is no one's last request. */
export function answerHello(pump: PumpState, frame: Frame, hal: PumpHal): void {
  const build = pump.build;
  const words = [
    ACCEPTED,
    LAYOUT,
    pump.telemetry.lastNumber,
    build.strokeNl,
    build.reservoirNl,
    build.startHour,
    build.sessionTimeoutTicks,
    PRESCRIBED_WORDS,
    build.implantTick,
  ];
  hal.telemetry.reply(sealFrame(frame.type + REPLY, frame.number, words, words.length));
}

function answerStatus(pump: PumpState, words: Int32Array): number {
  const alarms = alarmBits(pump.alarms);
  const session = pump.telemetry.session;
  words[0] = ACCEPTED;
  words[1] = LAYOUT;
  words[2] = pump.nowTick;
  words[3] = pump.mode.permission;
  words[4] = pump.mode.isStopCommanded;
  words[5] = pump.motor.requested;
  words[6] = pump.motor.confirmed;
  words[7] = computedReservoirNl(pump.ledger, pump.motor.confirmed, pump.build.strokeNl);
  words[8] = computedUsedPermille(pump.battery, pump.motor.requested, pump.nowTick - pump.build.implantTick);
  words[9] = alarms.active;
  words[10] = alarms.acknowledged;
  words[11] = pump.prescription.repairs;
  words[12] = pump.prescription.isReadable;
  words[13] = session.isOpen;
  words[14] = session.verified === 0 ? 0 : 1;
  words[15] = tickWord(pump.mode.stoppedSinceTick);
  words[16] = tickWord(pump.battery.eriTick);
  words[17] = pump.telemetry.ignored;
  return STATUS_REPLY_WORDS;
}

/** The status unasked, as the answer to the command `interrogate`: number 0, and no one's last request. */
export function tellStatus(pump: PumpState, hal: PumpHal): void {
  const words = new Int32Array(FRAME_WORDS_MAX);
  const count = answerStatus(pump, words);
  hal.telemetry.reply(sealFrame(STATUS + REPLY, 0, words, count));
}

/** From a place on as many as fit. */
function fillPage(source: Int32Array, end: number, from: number, words: Int32Array): number {
  if (from < 0 || from >= end) {
    words[0] = NO_SUCH_WORDS;
    return 1;
  }
  const count = Math.min(end - from, FRAME_WORDS_MAX - 1);
  words[0] = ACCEPTED;
  for (let i = 0; i < count; i++) words[i + 1] = source[from + i]!;
  return count + 1;
}

/** The prescription that the pump works from, its check included. */
function answerPrescription(pump: PumpState, from: number, words: Int32Array): number {
  return fillPage(pump.prescription.words, PRESCRIPTION_WORDS, from, words);
}

/** What was written in the update session, as it stands. */
function answerReadBack(pump: PumpState, from: number, words: Int32Array): number {
  const session = pump.telemetry.session;
  if (session.isOpen === 1) return fillPage(session.staged, PRESCRIBED_WORDS, from, words);
  words[0] = NO_SESSION;
  return 1;
}

/** Bits of the alarms that are active, those of them whose condition is present, and the acknowledged ones. */
function answerAlarms(pump: PumpState, words: Int32Array): number {
  const alarms = alarmBits(pump.alarms);
  words[0] = ACCEPTED;
  words[1] = alarms.active;
  words[2] = alarms.present;
  words[3] = alarms.acknowledged;
  return 4;
}

/** The number of the newest entry, then entries from a number on, as many as fit: number, tick, code and argument. */
function answerLog(pump: PumpState, from: number, words: Int32Array, hal: PumpHal): number {
  let count = 2;
  words[0] = ACCEPTED;
  words[1] = pump.log.kept;
  for (let i = from; i <= pump.log.kept && count + ENTRY_REPLY_WORDS <= FRAME_WORDS_MAX; i++) {
    const entry = i < 1 ? null : entryOf(i, hal);
    if (entry === null) continue;
    words[count] = entry.sequence;
    words[count + 1] = entry.tick;
    words[count + 2] = entry.code;
    words[count + 3] = entry.argument;
    count += ENTRY_REPLY_WORDS;
  }
  return count;
}

/** The answer to a request that is no order; it is in `pump.telemetry.reply`. Returns how many words it has. */
export function answerRequest(pump: PumpState, frame: Frame, hal: PumpHal): number {
  const reply = pump.telemetry.reply;
  const words = frame.words;
  switch (frame.type) {
    case STATUS:
      return answerStatus(pump, reply);
    case PRESCRIPTION:
      return answerPrescription(pump, words[0]!, reply);
    case ALARM_STATES:
      return answerAlarms(pump, reply);
    case LOG:
      return answerLog(pump, Math.max(words[0]!, pump.log.kept - LOG_REACH), reply, hal);
    case READ_BACK:
      return answerReadBack(pump, words[0]!, reply);
    case OPEN:
      reply[0] = openSession(pump, hal);
      return 1;
    case WRITE:
      reply[0] = writeStaged(pump, words);
      return 1;
    case ROLLBACK:
      reply[0] = rollBack(pump, hal);
      return 1;
    case VERIFY:
      reply[0] = verifyStaged(pump, words[0]!, hal);
      reply[1] = stagedCheck(pump.telemetry.session, hal);
      return 2;
    default:
      return fail('a request that nobody answers');
  }
}
