/** `thecal replay`: a trace run again from its inputs alone, and what is not the same. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ManifestDifference, manifestDifferences } from '../../replay/manifest.ts';
import { type Replay, replay } from '../../replay/replay.ts';
import { differenceLines, manifestLines } from '../../report/trace-words.ts';
import { formatInstant } from '../../scenario/time.ts';
import type { Trace } from '../../trace/read.ts';
import { type ExitCode, FAILED, INTERRUPTED, PASSED } from '../exit-codes.ts';
import { Interruption } from '../run/interruption.ts';
import { CancelledError } from '../../scenario/run.ts';
import { paintFor, printLines } from '../terminal.ts';
import { openTrace } from '../traces/open-trace.ts';
import { manifestNow, replayOptions, scenarioIn } from '../traces/replay-of.ts';

const NAMES = ['recorded', 'replayed'] as const;
/** How long signals may be kept waiting. */
const BUSY_MS = 40;

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
      ...(apart.length === 0
        ? []
        : ['not the same before anything has happened:', ...manifestLines(apart, NAMES)]),
    ]);
  }
  let outcome: Replay;
  try {
    outcome = await replayed(trace, scenario);
  } catch (error) {
    if (error instanceof CancelledError) return INTERRUPTED;
    throw error;
  }
  if (options.json === true) printJson(path, apart, outcome);
  else printLines(process.stdout, verdictLines(trace, outcome));
  return outcome.difference === null ? PASSED : FAILED;
}

async function replayed(trace: Trace, scenario: Parameters<typeof replay>[1]): Promise<Replay> {
  let isCancelled = false;
  const interruption = new Interruption(() => {
    isCancelled = true;
  });
  interruption.listen();
  let lastTurnMs = performance.now();
  try {
    return await replay(trace, scenario, {
      ...replayOptions(trace.manifest),
      isCancelled: () => isCancelled,
      async onSlice() {
        if (performance.now() - lastTurnMs < BUSY_MS) return;
        await nextTurn();
        lastTurnMs = performance.now();
      },
    });
  } finally {
    interruption.stop();
  }
}

function verdictLines({ end, gap }: Trace, { difference, throughTick, error }: Replay): string[] {
  const paint = paintFor(process.stdout);
  if (difference !== null) {
    return [
      ...differenceLines(difference, NAMES, paint),
      ...(error === null ? [] : [paint.red(`the run broke off: ${error}`)]),
    ];
  }
  const since = gap === null ? '' : `, compared since ${formatInstant(gap.throughTick + 1)}`;
  const rest = end === null ? ', where the recording breaks off' : '';
  return [`${paint.green('identical')} up to ${formatInstant(throughTick)}${rest}${since}`];
}

function printJson(file: string, manifest: readonly ManifestDifference[], outcome: Replay): void {
  const { difference, throughTick, error, verdict: runVerdict } = outcome;
  const verdict = difference === null ? 'identical' : 'differs';
  const report = { version: 1, file, verdict, manifest, throughTick, difference, error, runVerdict };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
