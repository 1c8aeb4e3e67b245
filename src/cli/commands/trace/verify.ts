/** `thecal trace verify`: every byte against the chain, and where it does not fit. */
import { flawText, looseText } from '../../../report/trace-words.ts';
import { grouped } from '../../../report/words.ts';
import { formatInstant } from '../../../scenario/time.ts';
import type { ReadTrace, Trace } from '../../../trace/read.ts';
import { type ExitCode, FAILED, foremost, INCONCLUSIVE, PASSED } from '../../exit-codes.ts';
import { paintFor, printLines } from '../../terminal.ts';
import { readTraceFile } from '../../traces/open-trace.ts';

export function verifyCommand(paths: readonly string[], options: { readonly json?: boolean }): ExitCode {
  const found = paths.map((file) => ({ file, read: readTraceFile(file) }));
  if (options.json === true) {
    const traces = found.map(({ file, read }) => ({ file, ...reportOf(read) }));
    process.stdout.write(`${JSON.stringify({ version: 1, traces }, null, 2)}\n`);
  } else {
    printLines(
      process.stdout,
      found.flatMap(({ file, read }) => linesOf(file, read)),
    );
  }
  return foremost(found.map(({ read }) => codeOf(read)));
}

function codeOf(read: ReadTrace): ExitCode {
  if ('flaws' in read) return FAILED;
  return read.trace.end === null ? INCONCLUSIVE : PASSED;
}

function reportOf(read: ReadTrace): object {
  if ('flaws' in read) return { verdict: 'altered', flaws: read.flaws };
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
    return [paint.red(`${file}: altered`), ...read.flaws.map((flaw) => `  ${flawText(flaw)}`)];
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
