/** `thecal trace cat`: the lines of a trace, as they are decoded. */
import { once } from 'node:events';
import { EVENT_KINDS } from '../../../core/events.ts';
import { unknownWord } from '../../../scenario/nearest.ts';
import { formatInstant } from '../../../scenario/time.ts';
import { lineEntries, lineText } from '../../../trace/line.ts';
import { recordsOf, type Trace } from '../../../trace/read.ts';
import {
  endLine,
  manifestLine,
  OTHER_WORDS,
  recordJson,
  recordLine,
  recordWord,
} from '../../../trace/text.ts';
import { type ExitCode, PASSED } from '../../exit-codes.ts';
import { openTrace } from '../../traces/open-trace.ts';
import { printLines } from '../../terminal.ts';
import { UserError } from '../../user-error.ts';

export interface CatOptions {
  /** Ticks. */
  readonly since?: number;
  readonly until?: number;
  readonly only?: string;
  readonly line?: boolean;
  readonly json?: boolean;
}

/** Millions of lines are written in pieces, each when the reader has taken the one before. */
const PIECE_CHARACTERS = 256 * 1024;

export async function catCommand(path: string, options: CatOptions): Promise<ExitCode> {
  const { since, until } = options;
  if (since !== undefined && until !== undefined && until < since) {
    throw new UserError(`--until ${formatInstant(until)} is before --since ${formatInstant(since)}`);
  }
  const trace = openTrace(path, options.line === true ? undefined : until);
  const lines =
    options.line === true
      ? transcriptOf(path, trace, options)
      : linesOf(trace, options, wantedKinds(options.only));
  let piece = '';
  let isEmpty = true;
  try {
    for (const line of lines) {
      isEmpty = false;
      piece += `${line}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      if (!(await written(piece))) return PASSED;
      piece = '';
    }
  } finally {
    // What comes before a record that can't be read is told, too.
    await written(piece);
  }
  if (isEmpty) printLines(process.stderr, [`${path}: ${emptyText(trace, options)}`]);
  return PASSED;
}

/** Why nothing of a trace was printed: a pipe that stays empty looks like a tool that is broken. */
function emptyText(
  { blocks, gap }: Trace,
  { since = 0, until = Number.MAX_SAFE_INTEGER, only }: CatOptions,
): string {
  const first = (gap?.throughTick ?? -1) + 1;
  const last = blocks.findLast(({ kind }) => kind === 'records')?.lastTick ?? 0;
  if (since > last) return `nothing there: the last record is at ${formatInstant(last)}`;
  if (until < first) return `nothing there: up to ${formatInstant(first - 1)} it was not kept`;
  return `nothing ${only === undefined ? 'happened' : `of that kind (${only}) happened`} there`;
}

/** False when the reader has seen enough and is gone. */
async function written(text: string): Promise<boolean> {
  const { stdout } = process;
  if (!stdout.writable) return false;
  if (stdout.write(text)) return true;
  try {
    await once(stdout, 'drain');
    return true;
  } catch {
    return false; // the pipe is closed; whoever watches standard output knows what to make of it
  }
}

function* linesOf(trace: Trace, options: CatOptions, kinds: ReadonlySet<string> | null): Generator<string> {
  const { since = 0, until = Number.MAX_SAFE_INTEGER, json } = options;
  const isWhole = kinds === null && options.since === undefined && options.until === undefined;
  const show = json === true ? (value: object): string => JSON.stringify(value) : null;
  const { manifest, end, gap } = trace;
  if (isWhole) yield show?.({ kind: 'manifest', ...manifest }) ?? manifestLine(manifest);
  if (isWhole && gap !== null) {
    const { blocks, throughTick } = gap;
    yield show?.({ kind: 'gap', blocks, throughTick }) ??
      `# gap through tick ${throughTick}, which was not kept`;
  }
  for (const block of trace.blocks) {
    if (block.kind !== 'records' || block.lastTick < since || block.firstTick > until) continue;
    for (const record of recordsOf(block)) {
      if (record.tick < since || record.tick > until) continue;
      if (kinds?.has(recordWord(record)) === false) continue;
      yield show?.(recordJson(record)) ?? recordLine(record);
    }
  }
  if (isWhole && end !== null) yield show?.({ kind: 'end', ...end }) ?? endLine(end);
}

/** What went over the line to a board. */
function* transcriptOf(
  path: string,
  { blocks }: Trace,
  { since = 0, until = Number.MAX_SAFE_INTEGER, only, json }: CatOptions,
): Generator<string> {
  if (only !== undefined)
    throw new UserError('--only is for what happened, and --line for what went over the line');
  if (blocks.every(({ kind }) => kind !== 'line')) {
    throw new UserError(`${path}: nothing went over a line: the run was not on a board`);
  }
  // The exchange that a moment falls into began before it.
  let fromTick = 0;
  for (const { tick } of lineEntries(blocks)) if (tick <= since) fromTick = tick;
  for (const entry of lineEntries(blocks)) {
    if (entry.tick < fromTick || entry.tick > until) continue;
    yield json === true ? JSON.stringify(entry) : lineText(entry);
  }
}

/** null: all. */
function wantedKinds(only: string | undefined): ReadonlySet<string> | null {
  if (only === undefined) return null;
  const known = [...new Set<string>([...OTHER_WORDS, ...EVENT_KINDS])];
  const words = only.split(',').map((word) => word.trim());
  const problems = words
    .filter((word) => !known.includes(word))
    .map((word) => `--only: ${unknownWord('kind', word, known, `there are ${known.join(', ')}`)}`);
  if (problems.length > 0) throw new UserError(...problems);
  return new Set(words);
}
