/**
 * What a programmer does in a session, as a sequence of requests: read, open, write what differs, verify, end. A
 * generator that yields requests and is given their replies; `replay` asks it for the next request from the replies so
 * far, so that a session under way is plain data.
 */
import { ACCEPTED, NEEDS_CONFIRMATION, SESSION_OPEN } from '../core/commands.ts';
import { BRIDGE_WORD, LOW_RESERVOIR_WORD, PRESCRIBED_WORDS } from '../core/prescription-words.ts';
import { FRAME_WORDS_MAX } from '../core/telemetry/frame.ts';
import type { Reply, Request } from './exchange.ts';

/** CRC-32 over the first words, as the pump makes it. */
export type WordsCrc = (words: Int32Array, count: number) => number;

export interface UpdateGoal {
  /** The prescription to be, `PRESCRIBED_WORDS` long; null: as it is. */
  readonly words: ArrayLike<number> | null;
  /** How the session is left. */
  readonly leave: 'commit' | 'rollback' | 'open';
  /** Soft limits are confirmed when the pump asks. */
  readonly isConfirmed: boolean;
}

/** The word of a commit. */
export const UNCONFIRMED = 0;
export const CONFIRMED = 1;

/** The outcome that ended it: of the request that was refused, or accepted. */
export type Requests = Generator<Request, number, Reply>;

const PAGE_WORDS = FRAME_WORDS_MAX - 1;
/** With the place of the first before them. */
const WRITTEN_WORDS = FRAME_WORDS_MAX - 1;

function outcomeOf(reply: Reply): number {
  return reply[0] ?? ACCEPTED;
}

/** The words that `name` tells of, page by page, into `into`. */
export function* readWords(name: 'prescription' | 'read-back', into: Int32Array): Requests {
  for (let from = 0; from < into.length; from += PAGE_WORDS) {
    const reply = yield { name, words: [from] };
    if (outcomeOf(reply) !== ACCEPTED) return outcomeOf(reply);
    for (let i = 0; i + 1 < reply.length && from + i < into.length; i++) into[from + i] = reply[i + 1]!;
  }
  return ACCEPTED;
}

/** Write what differs, in as few frames as that takes, and prove that it arrived. */
export function* writeWords(old: Int32Array, words: Int32Array, crc: WordsCrc): Requests {
  for (let from = 0; from < PRESCRIBED_WORDS; from++) {
    if (old[from] === words[from]) continue;
    let end = Math.min(from + WRITTEN_WORDS, PRESCRIBED_WORDS);
    while (old[end - 1] === words[end - 1]) end -= 1;
    const reply = yield { name: 'write', words: [from, ...words.slice(from, end)] };
    if (outcomeOf(reply) !== ACCEPTED) return outcomeOf(reply);
    from = end - 1;
  }
  return outcomeOf(yield { name: 'verify', words: [crc(words, PRESCRIBED_WORDS) | 0] });
}

export function* update(goal: UpdateGoal, crc: WordsCrc): Requests {
  const old = new Int32Array(PRESCRIBED_WORDS);
  const read = yield* readWords('prescription', old);
  if (read !== ACCEPTED) return read;
  let opened = outcomeOf(yield { name: 'open', words: [] });
  if (opened === SESSION_OPEN) {
    // Somebody left one, with who knows what in it.
    yield { name: 'rollback', words: [] };
    opened = outcomeOf(yield { name: 'open', words: [] });
  }
  if (opened !== ACCEPTED) return opened;
  // As a session begins: nothing is said of the line yet.
  old[BRIDGE_WORD] = 0;
  const words = Int32Array.from(goal.words ?? old);
  // No threshold is meant: the one in force stays.
  if (words[LOW_RESERVOIR_WORD] === 0) words[LOW_RESERVOIR_WORD] = old[LOW_RESERVOIR_WORD]!;
  const written = yield* writeWords(old, words, crc);
  if (written !== ACCEPTED || goal.leave === 'open') return written;
  if (goal.leave === 'rollback') return outcomeOf(yield { name: 'rollback', words: [] });
  const committed = outcomeOf(yield { name: 'commit', words: [UNCONFIRMED] });
  // A pump takes a confirmation of nothing but what it has asked.
  if (committed !== NEEDS_CONFIRMATION || !goal.isConfirmed) return committed;
  return outcomeOf(yield { name: 'commit', words: [CONFIRMED] });
}

/** The request after these replies; null when the sequence is over. */
export function replay(requests: Requests, replies: readonly Reply[]): Request | null {
  let step = requests.next();
  for (const reply of replies) {
    if (step.done === true) break;
    step = requests.next(reply);
  }
  return step.done === true ? null : step.value;
}
