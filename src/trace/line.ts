/**
 * What went over the line to a board in a run, as the host lived it: what it said and what it was given, what a fault of
 * the line kept from arriving, and the one thing that it decided by the clock, how many wakes a request may have. Given
 * back in this order, it makes the host do the same again without a board. It stands beside what happened and is no
 * part of it: a run on a board and one without have the same records.
 */
import { type Block, plainOf } from './read.ts';

export type LineEntry = {
  /** The first that the exchange is about. */
  readonly tick: number;
  /** Wall clock since the greeting, milliseconds. */
  readonly ms: number;
} & (
  | {
      /** The host begins with a greeting: the last numbers that it used for a request and at the prompt. */
      readonly kind: 'begin';
      readonly seq: number;
      readonly mark: number;
    }
  /** The next request has no more wakes than this. */
  | { readonly kind: 'wakes'; readonly most: number }
  /** Said by the host, line ends included. */
  | { readonly kind: 'out'; readonly text: string }
  /** A line that reached the host. */
  | { readonly kind: 'in'; readonly text: string }
  /** A fault of the line struck this message: it was dropped, damaged or held. */
  | {
      readonly kind: 'struck';
      readonly fault: string;
      readonly direction: 'to-board' | 'from-board';
      readonly text: string;
    }
  /** The port went away. */
  | { readonly kind: 'lost'; readonly why: string }
  /** The port was opened anew; why not, where it was not there again. */
  | { readonly kind: 'reopened'; readonly why: string | null }
);

/** The first place where the recording is not what this host, or this core, would have made of it. */
export interface LineDifference {
  readonly tick: number;
  /** What is not the same. */
  readonly field: string;
  readonly recorded: string;
  readonly now: string;
  readonly recordedLine: string;
  readonly lineNow: string;
  /** What passed before, as lines of the transcript. */
  readonly before: readonly string[];
}

/** How a session went when it was played again. */
export interface LineReplay {
  readonly requests: number;
  /** Replies that the simulated core gave too, byte for byte. */
  readonly repliesAlike: number;
  /** What the board said and the simulated core would not have. */
  readonly reply: LineDifference | null;
  /** What the host says now and did not say then; from there on nothing can be played. */
  readonly host: LineDifference | null;
  /** It was played to its end, and the host wanted more: the recording breaks off there. */
  readonly isCut: boolean;
}

/** The transcript of a trace, in order; nothing where its run had no line. */
export function* lineEntries(blocks: readonly Block[]): Generator<LineEntry, undefined> {
  for (const block of blocks) if (block.kind === 'line') yield* plainOf(block) as readonly LineEntry[];
}

/** `172800 1834 ms > wakes,7,...` */
export function lineText(entry: LineEntry): string {
  return `${entry.tick} ${entry.ms} ms ${behindClock(entry)}`;
}

function behindClock(entry: LineEntry): string {
  switch (entry.kind) {
    case 'begin':
      return `begins after request ${entry.seq}`;
    case 'wakes':
      return `at most ${entry.most} wakes in the next request`;
    case 'out':
      return `> ${shown(entry.text)}`;
    case 'in':
      return `< ${shown(entry.text)}`;
    case 'struck':
      return `! fault ${entry.fault} struck ${entry.direction === 'to-board' ? '>' : '<'} ${shown(entry.text)}`;
    case 'lost':
      return `! ${entry.why}`;
    case 'reopened':
      return entry.why === null ? '! the port was opened anew' : `! ${entry.why}`;
  }
}

/** One line; control characters, which the console takes, as they are written in a program. */
function shown(text: string): string {
  const inner = JSON.stringify(text.replace(/\n$/, ''));
  return inner.slice(1, -1).replaceAll('\\"', '"');
}
