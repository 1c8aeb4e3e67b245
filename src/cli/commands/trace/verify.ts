/** `thecal trace verify`: every byte against the chain, and where it does not fit. */
import { alteredLines, looseText, provenTick } from '../../../report/trace-words.ts';
import { grouped } from '../../../report/words.ts';
import { formatInstant } from '../../../scenario/time.ts';
import type { ReadTrace, Trace } from '../../../trace/read.ts';
import { BAD_INPUT, type ExitCode, FAILED, foremost, INCONCLUSIVE, PASSED } from '../../exit-codes.ts';
import { shellWord } from '../../run/reproduce.ts';
import { paintFor, printLines } from '../../terminal.ts';
import { readTraceFile } from '../../traces/open-trace.ts';
import { UserError } from '../../user-error.ts';

export function verifyCommand(paths: readonly string[], options: { readonly json?: boolean }): ExitCode {
  const found = paths.map((file) => ({ file, read: readOrSay(file) }));
  if (options.json === true) {
    const traces = found.map(({ file, read }) => ({ file, ...reportOf(read) }));
    process.stdout.write(`${JSON.stringify({ version: 1, traces }, null, 2)}\n`);
  } else {
    for (const { file, read } of found) {
      if ('problem' in read) printLines(process.stderr, [read.problem]);
      else printLines(process.stdout, linesOf(file, read));
    }
  }
  return foremost(found.map(({ read }) => codeOf(read)));
}

/** What can't be read is told in its place: it hides none of the others. */
type Found = ReadTrace | { readonly problem: string };

function readOrSay(file: string): Found {
  try {
    return readTraceFile(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message };
  }
}

function codeOf(read: Found): ExitCode {
  if ('problem' in read) return BAD_INPUT;
  if ('flaws' in read) return FAILED;
  return read.trace.end === null ? INCONCLUSIVE : PASSED;
}

function reportOf(read: Found): object {
  if ('problem' in read) return { verdict: 'unreadable', problem: read.problem };
  if ('flaws' in read) {
    const tick = provenTick(read.before);
    return { verdict: 'altered', throughTick: tick < 0 ? null : tick, flaws: read.flaws };
  }
  const { blocks, end, looseBytes } = read.trace;
  return {
    verdict: end === null ? 'unfinished' : 'whole',
    blocks: blocks.length,
    throughTick: lastTickOf(read.trace),
    looseBytes,
    flaws: [],
  };
}

function linesOf(file: string, read: ReadTrace): string[] {
  const paint = paintFor(process.stdout);
  if ('flaws' in read) {
    return [paint.red(`${file}: altered`), ...alteredLines(shellWord(file), read)];
  }
  const loose = looseText(read.trace);
  if (loose !== null) return [`${paint.yellow(`${file}: unfinished`)}: as written, but ${loose}`];
  const blocks = grouped(read.trace.blocks.length);
  return [
    `${paint.green(`${file}: whole`)}: ${blocks} blocks up to ${formatInstant(lastTickOf(read.trace))}`,
  ];
}

function lastTickOf({ blocks }: Trace): number {
  return blocks.at(-1)?.lastTick ?? 0;
}
