/**
 * The programmer's end of the wand: one request at a time, asked again until it is answered. Plain data, and no clock:
 * whoever carries the frames says what time it is, in ticks or milliseconds.
 *
 * A request that got no reply is sent again as it was. The pump knows it by its number: had it been carried out before
 * its reply was lost, it is answered and not carried out again. So a reply is all there is to wait for; after some
 * tries without one, nothing is known about the last request but that it was carried out once or not at all.
 */
import { openFrame, REPLY, sealFrame } from '../core/telemetry/frame.ts';
import { HELLO, OUT_OF_ORDER, type RequestName, REQUESTS } from '../core/telemetry/requests.ts';

export interface Request {
  readonly name: RequestName;
  readonly words: readonly number[];
}

/** Words of a reply, its outcome first. */
export type Reply = readonly number[];

/** Numbers of requests go round. */
const NUMBERS = 65536;
/** A pump answers within a tick, and what is late by more than this is lost. [E] */
export const PATIENCE_TICKS = 3;
export const TRIES = 4;

export interface Exchange {
  /** Of the last request; null until the pump has told its own. */
  number: number | null;
  /** What is asked, and not answered yet. */
  request: Request | null;
  /** When it was sent last; how often. */
  sentAt: number;
  tries: number;
  /** `silent`: no answer to the last try. `astray`: the pump counts otherwise; it was reset, or heard another programmer. */
  failure: 'silent' | 'astray' | null;
}

export function createExchange(): Exchange {
  return { number: null, request: null, sentAt: 0, tries: 0, failure: null };
}

/**
 * Ask. The pump is greeted first where that was not done. A greeting has no number: it is asked of a pump of which
 * nothing is known.
 */
export function ask(exchange: Exchange, request: Request): void {
  if (exchange.request !== null) throw new Error('one request at a time');
  if (request.name === 'hello') exchange.number = null;
  exchange.request = request;
  exchange.tries = 0;
  exchange.failure = null;
}

/** When the request is to be sent, again or for the first time; null while nothing is asked. */
export function nextSend(exchange: Exchange, patience: number): number | null {
  if (exchange.request === null) return null;
  return exchange.tries === 0 ? Number.NEGATIVE_INFINITY : exchange.sentAt + patience;
}

/** The frame to be sent now, if it is time; after the last try the request is given up instead. */
export function frameDue(exchange: Exchange, now: number, patience: number): Uint8Array | null {
  const at = nextSend(exchange, patience);
  const { request } = exchange;
  if (at === null || request === null || now < at) return null;
  if (exchange.tries === TRIES) {
    giveUp(exchange, 'silent');
    return null;
  }
  exchange.tries += 1;
  exchange.sentAt = now;
  if (exchange.number === null) return sealFrame(HELLO, 0, [], 0);
  const { name, words } = request;
  return sealFrame(REQUESTS.indexOf(name), (exchange.number + 1) % NUMBERS, words, words.length);
}

/** What the pump said. Returns the reply to what was asked, if that is what it is; all else is stale or damaged. */
export function hear(exchange: Exchange, bytes: ArrayLike<number>): Reply | null {
  const frame = openFrame(bytes);
  const { request, number } = exchange;
  if (frame === null || request === null) return null;
  const reply = Array.from(frame.words);
  if (number === null) {
    const lastNumber = reply[2];
    if (frame.type !== HELLO + REPLY || lastNumber === undefined) return null;
    exchange.number = lastNumber;
    exchange.tries = 0;
    if (request.name !== 'hello') return null;
    exchange.request = null;
    return reply;
  }
  const asked = (number + 1) % NUMBERS;
  if (frame.type !== REQUESTS.indexOf(request.name) + REPLY || frame.number !== asked) return null;
  if (reply[0] === OUT_OF_ORDER) {
    giveUp(exchange, 'astray');
    return null;
  }
  exchange.number = asked;
  exchange.request = null;
  return reply;
}

function giveUp(exchange: Exchange, failure: 'silent' | 'astray'): void {
  exchange.request = null;
  exchange.failure = failure;
  // The pump's own number counts when it is asked again.
  exchange.number = null;
}
