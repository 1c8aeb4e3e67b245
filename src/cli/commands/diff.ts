/** `thecal diff`: where two traces part. */
import { diffTraces, type TraceDiff } from '../../replay/diff.ts';
import { differenceLines, manifestLines } from '../../report/trace-words.ts';
import { formatInstant } from '../../scenario/time.ts';
import { type ExitCode, FAILED, INCONCLUSIVE, PASSED } from '../exit-codes.ts';
import { paintFor, printLines } from '../terminal.ts';
import { openTrace } from '../traces/open-trace.ts';

const NAMES = ['first', 'second'] as const;

export function diffCommand(pathA: string, pathB: string, options: { readonly json?: boolean }): ExitCode {
  const diff = diffTraces(openTrace(pathA), openTrace(pathB));
  if (options.json === true) {
    const report = { version: 1, first: pathA, second: pathB, verdict: verdictOf(diff), ...diff };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else printLines(process.stdout, linesOf(diff));
  if (diff.difference !== null) return FAILED;
  return diff.areBothWhole && diff.throughTick !== null ? PASSED : INCONCLUSIVE;
}

function verdictOf({ difference, throughTick, areBothWhole }: TraceDiff): string {
  if (difference !== null) return 'differs';
  if (throughTick === null) return 'nothing-to-compare';
  return areBothWhole ? 'identical' : 'unfinished';
}

function verdictLines(verdicts: TraceDiff['verdicts']): string[] {
  if (verdicts === null || verdicts[0] === verdicts[1]) return [];
  return [`the verdicts differ: ${verdicts[0]} (${NAMES[0]}), ${verdicts[1]} (${NAMES[1]})`];
}

function linesOf({ manifest, difference, throughTick, verdicts, areBothWhole }: TraceDiff): string[] {
  const paint = paintFor(process.stdout);
  const apart =
    manifest.length === 0 ? [] : ['recorded under other conditions:', ...manifestLines(manifest, NAMES)];
  if (difference !== null) {
    return [...apart, ...differenceLines(difference, NAMES, paint), ...verdictLines(verdicts)];
  }
  if (throughTick === null) {
    return [...apart, `${paint.yellow('nothing to compare')}: there is no moment that both have kept`];
  }
  const until = formatInstant(throughTick);
  return [
    ...apart,
    areBothWhole
      ? `${paint.green('identical')} up to ${until}, the end of both`
      : `${paint.yellow('unfinished')}: alike up to ${until}, where at least one breaks off`,
  ];
}
