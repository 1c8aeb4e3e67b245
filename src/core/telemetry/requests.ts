/** What a programmer can ask of the pump, and how it answers beside the outcomes of commands. */
import type { Order } from '../commands.ts';
import type { Frame } from './frame.ts';

/** Names, for hosts. Order is the type byte: append, never reorder. */
export const REQUESTS = [
  'hello',
  'status',
  'prescription',
  'alarms',
  'open',
  'write',
  'read-back',
  'verify',
  'commit',
  'rollback',
  'stop',
  'resume',
  'low-reservoir',
  'refill',
  'silence',
  'acknowledge',
  'log',
  'bolus',
  'prime',
] as const;
export type RequestName = (typeof REQUESTS)[number];

/** Codes, for the core; the order of `REQUESTS`. */
export const HELLO = 0;
export const STATUS = 1;
export const PRESCRIPTION = 2;
export const ALARM_STATES = 3;
export const OPEN = 4;
export const WRITE = 5;
export const READ_BACK = 6;
export const VERIFY = 7;
export const COMMIT = 8;
export const ROLLBACK = 9;
const STOP = 10;
const RESUME = 11;
const LOW_RESERVOIR = 12;
const REFILL = 13;
const SILENCE = 14;
const ACKNOWLEDGE = 15;
export const LOG = 16;
const BOLUS = 17;
const PRIME = 18;
/** From this type on there is no request. */
export const REQUEST_TYPES = 19;

/** First word of a reply: below this the outcome of a command, from here on one of `REPLY_OUTCOMES`. */
export const FIRST_REPLY_OUTCOME = 16;
/** Order is the code, less `FIRST_REPLY_OUTCOME`: append, never reorder. */
export const REPLY_OUTCOMES = ['out-of-order', 'no-such-words', 'no-session', 'not-verified'] as const;
/** Neither the number behind the last one nor the last request again; the last number follows. */
export const OUT_OF_ORDER = 16;
/** Too few words in the request, or a place beyond the last one. */
export const NO_SUCH_WORDS = 17;
export const NO_SESSION = 18;
/** What is to be committed was not verified since it was last written, or is not what the programmer verifies. */
export const NOT_VERIFIED = 19;

/** Words that a request has to have. */
function wordsNeeded(type: number): number {
  switch (type) {
    case PRESCRIPTION:
    case READ_BACK:
    case VERIFY:
    case COMMIT:
    case LOW_RESERVOIR:
    case REFILL:
    case SILENCE:
    case ACKNOWLEDGE:
    case LOG:
    case PRIME:
      return 1;
    case WRITE:
    case BOLUS:
      return 2;
    default:
      return 0;
  }
}

export function hasWordsNeeded(frame: Frame): boolean {
  return frame.words.length >= wordsNeeded(frame.type);
}

/** The order in a request that is one; the others are about telemetry itself. */
export function orderOf(frame: Frame): Order | null {
  const value = frame.words.length > 0 ? frame.words[0]! : 0;
  switch (frame.type) {
    case STOP:
      return { kind: 'stop' };
    case RESUME:
      return { kind: 'resume' };
    case LOW_RESERVOIR:
      return { kind: 'low-reservoir', thresholdNl: value };
    case REFILL:
      return { kind: 'refill', volumeNl: value };
    case SILENCE:
      return { kind: 'silence', alarm: value };
    case ACKNOWLEDGE:
      return { kind: 'acknowledge', alarm: value };
    case BOLUS:
      return { kind: 'bolus', doseTenthUg: value, ticks: frame.words.length > 1 ? frame.words[1]! : 0 };
    case PRIME:
      return { kind: 'prime', volumeNl: value };
    default:
      return null;
  }
}
