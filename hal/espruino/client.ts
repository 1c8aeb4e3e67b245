/**
 * HOST: requests over the line, one outstanding. A request that got no whole reply is sent again under the same
 * number, so the board never carries it out twice; after a bounded number of tries the line is given up, which says
 * nothing about the pump.
 */
import type { LineTotals } from '../target-options.ts';
import type { TextCrc } from './link.ts';
import {
  LINE_MAX,
  NAK_ASSERTION,
  NAK_CHECKSUM,
  NAK_FIELDS,
  NAK_NO_PUMP,
  NAK_SEQUENCE,
  NAK_TOO_LONG,
  openLine,
  sealLine,
} from './link.ts';

/** Lines to and from a board. A port may lose, double, flip, delay and reorder. */
export interface LinePort {
  /** Name for messages: a path, or what is behind it. */
  readonly name: string;
  readonly traffic: { readonly bytesOut: number; readonly bytesIn: number };
  /** As it stands, line ends included. */
  write(text: string): void;
  /** The next line without its end; null when none came in time. Rejects with `PortVanishedError` once it is gone. */
  receive(timeoutMs: number): Promise<string | null>;
  /** Open it anew, for one that no longer speaks. Rejects with `PortVanishedError` when it is not there again soon. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** What the line went through, but for its bytes, which the port counts. */
export type LineCounts = { -readonly [Name in keyof Omit<LineTotals, 'bytesOut' | 'bytesIn'>]: number };

/** The line is given up: the verdict is infrastructure. */
export class LineError extends Error {
  override readonly name = 'InfrastructureError';
}

/** The port is no longer there. */
export class PortVanishedError extends LineError {}

/** The board answers, or answers no longer, as one that was switched off in between. */
export class BoardLostError extends LineError {}

/** The firmware on the board ended in an assertion. */
export class BoardAssertionError extends Error {}

export interface LineOptions {
  /** In place of what is learned from the exchanges so far; for tests. */
  readonly timeoutMs?: number;
  /** Of the last request before the first one; left out: any. */
  readonly lastNumber?: number | undefined;
}

interface Request {
  readonly verb: string;
  readonly replyVerb: string;
  /** Sealed, without its end. */
  readonly line: string;
  /** How often the board has said that it takes no such line. */
  refusals: number;
}

const TRIES = 4;
/** The try before which the port is opened anew: late, because opening resets some boards. */
const REOPENING_TRY = 4;
const FIRST_TIMEOUT_MS = 4000;
const SHORTEST_TIMEOUT_MS = 500;
const LONGEST_TIMEOUT_MS = 60_000;
/** For each wake of a request, as long as it is not known how long one takes. */
const FIRST_WAKE_MS = 1000;
/** How much slower than usual a reply may be. */
const PATIENCE = 20;
/** Characters of a refused line that a message shows. */
const SHOWN = 80;
/** Numbers of an earlier session that may still be under way are not ours. */
const FIRST_NUMBERS = 1_000_000;

export function createCounts(): LineCounts {
  return {
    exchanges: 0,
    wakes: 0,
    retries: 0,
    lost: 0,
    broken: 0,
    refused: 0,
    stale: 0,
    reopened: 0,
    reboots: 0,
    exchangeMs: 0,
  };
}

export class LineClient {
  readonly counts = createCounts();
  /** Wall clock of the last exchange. */
  lastMs = 0;
  private readonly port: LinePort;
  private readonly crc: TextCrc;
  private readonly options: LineOptions;
  private seq: number;
  /** Of the fastest exchange: what the line takes and not the board. */
  private roundTripMs = Number.POSITIVE_INFINITY;
  /** Of an exchange without wakes, smoothed, by its verb: a greeting says nothing of how long a set-up takes. */
  private readonly usualMs = new Map<string, number>();
  /** Of a wake, smoothed; null before the first. */
  private wakeMs: number | null = null;

  constructor(port: LinePort, crc: TextCrc, options: LineOptions = {}) {
    this.port = port;
    this.crc = crc;
    this.options = options;
    this.seq = options.lastNumber ?? Math.floor(Math.random() * FIRST_NUMBERS);
  }

  /** Of the last request. */
  get lastNumber(): number {
    return this.seq;
  }

  /**
   * The fields of the reply after word and number. Rejects with a `LineError` when there is none to be had; nothing is
   * known then of whether the board carried the request out. `wakes` is how many the board has to do for it, which
   * takes it as many times longer.
   */
  async ask(
    verb: string,
    fields: readonly (string | number)[],
    replyVerb: string,
    wakes = 0,
  ): Promise<string[]> {
    this.seq += 1;
    const request: Request = {
      verb,
      replyVerb,
      line: sealLine([verb, this.seq, ...fields], this.crc),
      refusals: 0,
    };
    this.counts.exchanges += 1;
    const startMs = performance.now();
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) this.counts.retries += 1;
      if (attempt === REOPENING_TRY) {
        this.counts.reopened += 1;
        await this.port.reopen();
      }
      // Half a line that is left over from before ends here, so that this one begins as one.
      this.port.write(`${attempt === 1 ? '' : '\n'}${request.line}\n`);
      let reply: string[] | null = null;
      try {
        reply = await this.await(request, this.timeoutMs(verb, wakes, attempt));
      } catch (error) {
        if (!(error instanceof PortVanishedError)) throw error;
        if (attempt >= REOPENING_TRY) {
          throw new BoardLostError(`${this.port.name}: the port was there again, and went away again`);
        }
        attempt = REOPENING_TRY - 1;
      }
      if (reply === null) continue;
      this.lastMs = performance.now() - startMs;
      this.counts.exchangeMs += this.lastMs;
      if (attempt === 1) this.learn(verb, wakes, this.lastMs);
      return reply;
    }
    throw new BoardLostError(`${this.port.name}: no answer to "${verb}" after ${TRIES} tries`);
  }

  private timeoutMs(verb: string, wakes: number, attempt: number): number {
    const longer = 2 ** (attempt - 1);
    if (this.options.timeoutMs !== undefined) return this.options.timeoutMs * longer;
    return Math.min(LONGEST_TIMEOUT_MS, this.patienceMs(verb, wakes) * longer);
  }

  private patienceMs(verb: string, wakes: number): number {
    const { wakeMs } = this;
    const usualMs =
      wakes > 0 && wakeMs !== null ? this.roundTripMs + wakes * wakeMs : this.usualMs.get(alike(verb));
    if (usualMs === undefined) return FIRST_TIMEOUT_MS + wakes * FIRST_WAKE_MS;
    return Math.max(SHORTEST_TIMEOUT_MS, PATIENCE * usualMs);
  }

  private learn(verb: string, wakes: number, ms: number): void {
    this.roundTripMs = Math.min(this.roundTripMs, ms);
    if (wakes > 0) this.wakeMs = smoothed(this.wakeMs, (ms - this.roundTripMs) / wakes, 0.5);
    else this.usualMs.set(alike(verb), smoothed(this.usualMs.get(alike(verb)) ?? null, ms, 0.1));
  }

  /** The reply, or null when the request has to be sent again. */
  private async await(request: Request, timeoutMs: number): Promise<string[] | null> {
    const { counts } = this;
    const deadlineMs = performance.now() + timeoutMs;
    do {
      const text = await this.port.receive(Math.max(0, deadlineMs - performance.now()));
      if (text === null) break;
      const said = afterPrompt(text);
      // Only a console says again what it is told.
      if (said === request.line) {
        throw new BoardLostError(`${this.port.name}: the board is back at its prompt`);
      }
      const opened = openLine(said, this.crc);
      const number = Number(opened?.[1]);
      if (opened === null) {
        if (this.isDamagedReply(text, request)) {
          counts.broken += 1;
          return null;
        }
      } else if (opened[0] === 'nak') {
        if (this.judgeRefusal(request, number, Number(opened[2]), opened[3])) return null;
      } else if (opened[0] === request.replyVerb && number === this.seq) {
        return opened.slice(2);
      } else {
        counts.stale += 1;
      }
      // Not only in silence: there may never be any.
    } while (performance.now() < deadlineMs);
    counts.lost += 1;
    return null;
  }

  /** A banner or what a console prints is not: the reply is still to come. One damage leaves word or number whole. */
  private isDamagedReply(text: string, { replyVerb }: Request): boolean {
    return [`${replyVerb},`, 'nak,', `${this.seq},`].some((part) => text.includes(part));
  }

  /** True: send it again. False: it was about something else. */
  private judgeRefusal(request: Request, number: number, code: number, atTick?: string): boolean {
    const { port, seq, counts } = this;
    if (code === NAK_CHECKSUM) {
      counts.refused += 1;
      return true;
    }
    // The board may not have read so far as the number; then it says the last good one.
    if (code === NAK_TOO_LONG || (code === NAK_FIELDS && (number === seq || number === seq - 1))) {
      counts.refused += 1;
      request.refusals += 1;
      // Once may be noise that came with it.
      if (request.refusals > 1) throw new LineError(`${port.name}: ${refusalText(request, code)}`);
      return true;
    }
    if (code === NAK_SEQUENCE) {
      // The board has done the one before and refused what came out of order, or has done this one already.
      if (number === seq || number === seq - 1) {
        counts.stale += 1;
        return false;
      }
      throw new BoardLostError(`${port.name}: the board counts from ${number} where the host is at ${seq}`);
    }
    if (number !== seq) {
      counts.stale += 1;
      return false;
    }
    if (code === NAK_NO_PUMP) throw new BoardLostError(`${port.name}: the board has forgotten its pump`);
    if (code === NAK_ASSERTION)
      throw new BoardAssertionError(`the firmware on the board ended in an assertion at tick ${atTick}`);
    throw new LineError(`${port.name}: the board refused "${request.verb}" with code ${code}`);
  }
}

/** The fields of a reply, whatever the console put before it on that line. */
export function openReply(text: string, crc: TextCrc): string[] | null {
  return openLine(afterPrompt(text), crc);
}

function refusalText({ verb, line }: Request, code: number): string {
  const refused = `the board refused "${verb}" twice`;
  if (code === NAK_TOO_LONG) {
    return `${refused}: its line has ${line.length} characters, and a board takes ${LINE_MAX} at most`;
  }
  return `${refused}: its fields mean nothing to it: ${line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line}`;
}

/** Neither of these is work, and a board that is gone must not keep a run from ending. */
function alike(verb: string): string {
  return verb === 'bye' ? 'hello' : verb;
}

function smoothed(usual: number | null, now: number, weight: number): number {
  return usual === null ? now : (1 - weight) * usual + weight * now;
}

function afterPrompt(text: string): string {
  return text.slice(text.lastIndexOf('>') + 1).trim();
}
