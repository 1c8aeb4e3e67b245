/**
 * `thecal report TRACE`: the page, the waveform and the files for CI of a run that has been. The run is made again from
 * the inputs in its trace and recorded; what it says has to be what was traced, or nothing is written.
 */
import { TICK_MS } from '../../../core/units.ts';
import { Comparison } from '../../../replay/replay.ts';
import { RESULT_VERSION, type Result, summarise } from '../../../scenario/result.ts';
import { formatInstant } from '../../../scenario/time.ts';
import { looseText } from '../../../report/trace-words.ts';
import type { TraceManifest } from '../../../trace/format.ts';
import type { Trace } from '../../../trace/read.ts';
import { coreHash } from '../../build-info.ts';
import {
  type ExitCode,
  FAILED,
  INCONCLUSIVE,
  INFRASTRUCTURE,
  INTERRUPTED,
  PASSED,
} from '../../exit-codes.ts';
import { RunBoard } from '../../run/board.ts';
import { executeJob } from '../../run/execute.ts';
import type { Job } from '../../run/job.ts';
import { manifestOf } from '../../run/manifest.ts';
import { isStdoutTaken, type OutputOptions, prepareOutputs, writeOutputs } from '../../run/outputs.ts';
import { pageMaker } from '../../run/page.ts';
import { reproduceLine, startWords } from '../../run/reproduce.ts';
import { watched } from '../../run/watch.ts';
import { printLines } from '../../terminal.ts';
import { openTrace } from '../../traces/open-trace.ts';
import { scenarioIn } from '../../traces/replay-of.ts';
import { UserError } from '../../user-error.ts';
import type { Scenario } from '../../../scenario/scenario.ts';

export type ReportOptions = Omit<OutputOptions, 'trace'>;

export async function reportCommand(path: string, options: ReportOptions): Promise<ExitCode> {
  const wanted = [options.html, options.vcd, options.json, options.junit];
  if (wanted.every((file) => file === undefined)) {
    throw new UserError('say what to make of it: --html FILE, --vcd FILE, --json FILE or --junit FILE');
  }
  const trace = openTrace(path);
  const { manifest, end } = trace;
  if (manifest.run === 'control') {
    throw new UserError(`${path}: the run without faults; the report of the one with them shows both`);
  }
  const warning = warningOf(trace);
  const plain = scenarioIn(path, manifest);
  const scenario = warning === null ? plain : { ...plain, why: `${warning} ${plain.why}`.trim() };
  // The trace is what is read here, and must not be written over.
  const outputs = prepareOutputs(options, [{ ...scenario, file: path }]);
  const makePage = await pageMaker(outputs);
  const job = await jobOf(scenario, manifest);
  const human = isStdoutTaken(outputs) ? process.stderr : process.stdout;
  const board = RunBoard.of(1);
  const comparison = new Comparison(trace, manifest.target === 'sim');
  const outcome = await watched([job], board, human, 'interrupted; nothing was written', () =>
    executeJob(job, board, { listener: comparison }),
  );
  if (outcome.kind === 'cancelled' || board.isCancelled()) return INTERRUPTED;
  comparison.finish();
  if (comparison.difference !== null) {
    const at = formatInstant(comparison.difference.tick);
    printLines(process.stderr, [
      `${path}: run again from its inputs it is not what was recorded, from ${at} on, so nothing was written; thecal replay says where they part`,
    ]);
    return FAILED;
  }
  const { seed, stepping } = manifest;
  const now = await manifestOf({ seed, stepping, target: 'sim', board: null });
  const result: Result = {
    version: RESULT_VERSION,
    start: new Date().toISOString(),
    tickMs: TICK_MS,
    interrupted: false,
    manifest: warning === null ? now : { ...now, notice: `${now.notice} ${warning}` },
    summary: summarise([outcome.result]),
    scenarios: [outcome.result],
  };
  const problems = await writeOutputs(outputs, [job], [outcome], result, (whole) =>
    makePage(whole, [job], [outcome]),
  );
  printLines(process.stderr, problems);
  const proof = proofText(trace, comparison.throughTick);
  printLines(human, [`${path}: ${scenario.name}: run again from its inputs, ${proof}`]);
  if (problems.length > 0) return INFRASTRUCTURE;
  return end === null ? INCONCLUSIVE : PASSED;
}

/** `throughTick` is the last that was compared, or null: nothing was. */
function proofText({ end }: Trace, throughTick: number | null): string {
  if (end !== null) return 'the same as recorded';
  if (throughTick === null) return 'and nothing is recorded that proves it the same';
  return `the same as recorded up to ${formatInstant(throughTick)}, where the recording breaks off`;
}

/** Whoever reads the page later has not seen what was said on the terminal. null: the trace proves what is shown. */
function warningOf(trace: Trace): string | null {
  const loose = looseText(trace);
  return loose === null
    ? null
    : `Made from a trace that breaks off: ${loose}. All that is shown was run again from the inputs in it, and beyond that nothing proves that it is what happened then.`;
}

async function jobOf(scenario: Scenario, { stepping, fork }: TraceManifest): Promise<Job> {
  const isTickByTick = stepping === 'tick-by-tick';
  return {
    index: 0,
    scenario,
    fork: fork ?? null,
    targetName: 'sim',
    board: null,
    isTickByTick,
    realtimeFactor: null,
    trace: null,
    traceLastTicks: null,
    isRecorded: true,
    coreHash: await coreHash(),
    reproduce: reproduceLine(startWords(), scenario, {
      targetName: 'sim',
      isTickByTick,
      board: [],
      fork: fork ?? null,
    }),
  };
}
