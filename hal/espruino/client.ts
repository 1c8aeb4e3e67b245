/**
 * HOST: requests over the line, one outstanding. A request that got no whole reply is sent again under the same
 * number, so the board never carries it out twice; after a bounded number of tries the line is given up, which says
 * nothing about the pump.
 */
import type { TextCrc } from './link.ts';
import { openLine, sealLine } from './link.ts';

/** One line out, the next line in; null when none came in time. A port may lose, double, flip or delay. */
export interface LinePort {
  exchange(line: string): Promise<string | null>;
  /** Name for messages: a path, or what is behind it. */
  readonly name: string;
  close(): Promise<void>;
}

export interface LineCounts {
  exchanges: number;
  retries: number;
  brokenReplies: number;
}

const TRIES = 4;

/** The line is given up: the verdict is infrastructure. */
export class LineError extends Error {
  override readonly name = 'InfrastructureError';
}

export class LineClient {
  readonly counts: LineCounts = { exchanges: 0, retries: 0, brokenReplies: 0 };
  private readonly port: LinePort;
  private readonly crc: TextCrc;
  private seq = 0;

  constructor(port: LinePort, crc: TextCrc) {
    this.port = port;
    this.crc = crc;
  }

  /** The fields of the reply after word and number. Rejects with a `LineError` when there is none to be had. */
  async ask(verb: string, fields: readonly (string | number)[], replyVerb: string): Promise<string[]> {
    this.seq += 1;
    const line = sealLine([verb, this.seq, ...fields], this.crc);
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      this.counts.exchanges += 1;
      if (attempt > 1) this.counts.retries += 1;
      const reply = await this.port.exchange(line);
      const opened = reply === null ? null : openLine(reply.trim(), this.crc);
      if (opened === null) {
        this.counts.brokenReplies += 1;
        continue;
      }
      if (opened[0] === replyVerb && Number(opened[1]) === this.seq) return opened.slice(2);
      // A refusal of what arrived damaged, or an answer to what was asked before: ask again.
      if (opened[0] === 'nak' && Number(opened[1]) === this.seq) {
        throw new LineError(`${this.port.name}: the board refused "${verb}" with code ${opened[2]}`);
      }
    }
    throw new LineError(`${this.port.name}: no answer to "${verb}" after ${TRIES} tries`);
  }

  close(): Promise<void> {
    return this.port.close();
  }
}
