/** `thecal replay`: a trace run again from its inputs alone, and what is not the same. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ManifestDifference, manifestDifferences } from '../../replay/manifest.ts';
import { type Replay, type ReplayOptions, replay } from '../../replay/replay.ts';
import { differenceLines, manifestLines } from '../../report/trace-words.ts';
import { grouped } from '../../report/words.ts';
import { formatInstant } from '../../scenario/time.ts';
import type { Trace } from '../../trace/read.ts';
import { type ExitCode, FAILED, INCONCLUSIVE, INTERRUPTED, PASSED } from '../exit-codes.ts';
import { RunBoard } from '../run/board.ts';
import { watched } from '../run/watch.ts';
import { CancelledError } from '../../scenario/run.ts';
import { paintFor, printLines } from '../terminal.ts';
import { openTrace } from '../traces/open-trace.ts';
import { asDifference, type LineOutcome, replayLine } from '../traces/replay-line.ts';
import { manifestNow, replayOptions, scenarioIn } from '../traces/replay-of.ts';

const NAMES = ['recorded', 'replayed'] as const;
/** How long signals may be kept waiting. */
const BUSY_MS = 40;

/** Of a run on a board it is no wonder that it ran elsewhere. */
const ELSEWHERE: readonly string[] = ['target', 'board', 'engine'];

function headOf(apart: readonly ManifestDifference[]): string {
  return apart.every(({ field }) => ELSEWHERE.includes(field))
    ? 'recorded elsewhere, and run again here on the simulated pump:'
    : 'not the same before anything has happened:';
}

export async function replayCommand(path: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const trace = openTrace(path);
  const { manifest } = trace;
  const scenario = scenarioIn(path, manifest);
  const apart = manifestDifferences(manifest, await manifestNow(manifest));
  const paint = paintFor(process.stdout);
  if (options.json !== true) {
    const run = manifest.run === 'control' ? ', the run without faults' : '';
    printLines(process.stdout, [
      paint.bold(`${path}: ${manifest.scenario}${run}`),
      ...(apart.length === 0 ? [] : [headOf(apart), ...manifestLines(apart, NAMES)]),
    ]);
  }
  let outcome: Replay;
  let line: LineOutcome | null;
  try {
    [outcome, line] = await replayed(trace, scenario);
  } catch (error) {
    if (error instanceof CancelledError) return INTERRUPTED;
    throw error;
  }
  const verdict = verdictOf(trace, outcome, line);
  if (options.json === true) printJson(path, apart, verdict, outcome, line);
  else printLines(process.stdout, [...verdictLines(trace, outcome), ...lineLines(trace, line)]);
  return CODES[verdict];
}

/** Over the simulation, and over the recorded line where there was one. */
async function replayed(
  trace: Trace,
  scenario: Parameters<typeof replay>[1],
): Promise<[Replay, LineOutcome | null]> {
  const run = { ...scenario, control: null };
  const board = RunBoard.of(1);
  let lastTurnMs = performance.now();
  const options: ReplayOptions = {
    ...replayOptions(trace.manifest),
    isCancelled: () => board.isCancelled(),
    async onSlice(nextTick) {
      board.setTicks(0, nextTick);
      if (performance.now() - lastTurnMs < BUSY_MS) return;
      await nextTurn();
      lastTurnMs = performance.now();
    },
  };
  const jobs = [{ index: 0, scenario: run, board: null }];
  return await watched(jobs, board, process.stdout, 'interrupted', async () => [
    await replay(trace, scenario, options),
    await replayLine(trace, scenario, options),
  ]);
}

const CODES = {
  identical: PASSED,
  differs: FAILED,
  unfinished: INCONCLUSIVE,
  'nothing-to-compare': INCONCLUSIVE,
} as const;

/** A run that broke off, now as then, has come to all the end that it had. */
function verdictOf(
  { end }: Trace,
  { difference, throughTick }: Replay,
  line: LineOutcome | null,
): keyof typeof CODES {
  if (difference !== null || !isAlike(line)) return 'differs';
  if (throughTick === null) return 'nothing-to-compare';
  const hasBrokenOff = line !== null && line.run.error !== null && !line.line.isCut;
  return end === null && !hasBrokenOff ? 'unfinished' : 'identical';
}

function verdictLines({ end, gap }: Trace, { difference, throughTick, error }: Replay): string[] {
  const paint = paintFor(process.stdout);
  if (difference !== null) {
    return [
      ...differenceLines(difference, NAMES, paint),
      ...(error === null ? [] : [paint.red(`the run broke off: ${error}`)]),
    ];
  }
  if (throughTick === null) {
    return [`${paint.yellow('nothing to compare')}: the recording breaks off before anything happened`];
  }
  const since = gap === null ? '' : `, compared since ${formatInstant(gap.throughTick + 1)}`;
  const rest = end === null ? ', where the recording breaks off' : '';
  return [`${paint.green('identical')} up to ${formatInstant(throughTick)}${rest}${since}`];
}

function isAlike(outcome: LineOutcome | null): boolean {
  if (outcome === null) return true;
  const { run, line } = outcome;
  return run.difference === null && line.reply === null && line.host === null;
}

function lineLines({ blocks, manifest }: Trace, outcome: LineOutcome | null): string[] {
  if (outcome === null) {
    const hasEntries = blocks.some(({ kind }) => kind === 'line');
    return hasEntries ? ['the line was not played: the trace has let its beginning go'] : [];
  }
  const paint = paintFor(process.stdout);
  const { run, line } = outcome;
  const { requests, repliesAlike, reply, host, isCut } = line;
  const played = `${grouped(requests)} requests played without a ${manifest.target === 'virtual' ? 'virtual board' : 'board'}`;
  const rest = isCut ? ', up to where the recording breaks off' : '';
  if (isAlike(outcome)) {
    return [
      `${paint.green('line')}: ${played}${rest}; all ${grouped(repliesAlike)} replies but greetings are what this firmware says, byte for byte`,
      ...(run.error === null || isCut ? [] : [`the run broke off, now as then: ${run.error}`]),
    ];
  }
  return [
    `line: ${played}${rest}`,
    ...(reply === null ? [] : differenceLines(asDifference(reply), ['board', 'this firmware'], paint)),
    ...(host === null ? [] : differenceLines(asDifference(host), NAMES, paint)),
    ...(run.difference === null ? [] : differenceLines(run.difference, NAMES, paint)),
    ...(run.error === null ? [] : [paint.red(`the run broke off: ${run.error}`)]),
  ];
}

function printJson(
  file: string,
  manifest: readonly ManifestDifference[],
  verdict: string,
  outcome: Replay,
  lineOutcome: LineOutcome | null,
): void {
  const { difference, throughTick, error, verdict: runVerdict } = outcome;
  const line = lineOutcome === null ? null : { ...lineOutcome.line, runError: lineOutcome.run.error };
  const report = { version: 1, file, verdict, manifest, throughTick, difference, error, runVerdict, line };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
