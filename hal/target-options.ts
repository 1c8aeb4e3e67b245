/** What a target needs to be opened, for those that reach out of this process. Types only. */
import type { LineEntry } from '../src/trace/line.ts';
import type { TargetFactory } from './target.ts';

export interface TargetOptions {
  /** Serial port of a board. */
  readonly port?: string | undefined;
  readonly baud?: number | undefined;
  /** What the board at the port has to call itself; left out: anything. */
  readonly boardId?: string | undefined;
  /** A real interpreter to start in place of a board. */
  readonly exec?: string | undefined;
  /** Hash of the core in this process. */
  readonly coreHash: string;
  /** The firmware as a script for the board. */
  readonly firmware: () => Promise<string>;
  /** File that a thread of a virtual board starts with. */
  readonly boardThread: string;
  /** Something a person should know that is no error. */
  readonly notice: (text: string) => void;
  /** Somebody asks for what goes over the line. */
  readonly keepsLine?: boolean;
  /** For tests: in place of what is learned of the line, and how long a port that is gone is waited for. */
  readonly line?: { readonly timeoutMs?: number; readonly reopenMs?: number };
  /** Ends an opening that is under way; later it has no effect. */
  readonly signal?: AbortSignal;
}

/** What went over the line: so far, or in a scenario and its control together. `docs/board.md` has their meaning. */
export interface LineTotals {
  readonly exchanges: number;
  readonly wakes: number;
  /** Requests that had to be sent again. */
  readonly retries: number;
  /** No reply in time. */
  readonly lost: number;
  /** Replies that came damaged. */
  readonly broken: number;
  /** Requests that arrived damaged. */
  readonly refused: number;
  /** Replies doubled, late or out of order. */
  readonly stale: number;
  /** The port was opened anew. */
  readonly reopened: number;
  /** The board had forgotten everything and was set up anew. */
  readonly reboots: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Wall clock of the exchanges. */
  readonly exchangeMs: number;
}

/** An open target, over which scenarios run one after the other. */
export interface OpenTarget {
  readonly createTarget: TargetFactory;
  /** null: there is no line. */
  line(): LineTotals | null;
  /** What has gone over the line since the last call, and since the run began; nothing where there is none. */
  takeLine(): readonly LineEntry[];
  close(): Promise<void>;
}
