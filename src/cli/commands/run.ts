/** `thecal run`: read and check everything, try the output paths, run, write, tell. */
import { availableParallelism } from 'node:os';
import { TARGETS } from '../../../hal/targets.ts';
import { TICK_MS } from '../../core/units.ts';
import { junitReport } from '../../report/junit.ts';
import { textReport } from '../../report/text.ts';
import { NOTICE } from '../../report/words.ts';
import { RESULT_VERSION, type Result, summarise } from '../../scenario/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { coreHash, productVersion } from '../build-info.ts';
import { diagnostics } from '../diagnostics.ts';
import { BAD_INPUT, type ExitCode, exitCodeOf, INTERRUPTED } from '../exit-codes.ts';
import { RunBoard } from '../run/board.ts';
import { executeAll } from '../run/execute-all.ts';
import { Interruption } from '../run/interruption.ts';
import type { Job, Outcome } from '../run/job.ts';
import { type Outputs, prepareOutputs, type Sink } from '../run/outputs.ts';
import { Progress } from '../run/progress.ts';
import { reproduceLine, startWords } from '../run/reproduce.ts';
import { readScenarios } from '../scenario-files.ts';
import { paintFor, printLines } from '../terminal.ts';
import { UserError } from '../user-error.ts';

export interface RunCommandOptions {
  readonly target: string;
  readonly tickByTick?: boolean;
  readonly realtime?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly json?: string;
  readonly junit?: string;
  readonly trace?: string;
  readonly filter?: string;
}

export async function runCommand(paths: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  refuseUnknownTarget(options.target);
  const start = new Date();
  const startMs = performance.now();
  const scenarios = choose(readScenarios(paths), options);
  const outputs = prepareOutputs(
    { json: options.json, junit: options.junit, trace: options.trace },
    scenarios,
  );
  const human = outputs.json === '-' || outputs.junit === '-' ? process.stderr : process.stdout;

  const jobs = await jobsOf(scenarios, outputs, options);
  const board = RunBoard.of(jobs.length);
  const interruption = new Interruption(() => board.cancel());
  const progress = new Progress(jobs, board, human);
  const threadCount = options.jobs ?? Math.min(availableParallelism(), jobs.length);
  const log = await diagnostics();
  log.debug({ scenarios: jobs.length, threadCount }, 'running');

  interruption.listen();
  progress.start();
  let outcomes: Outcome[];
  try {
    outcomes = await executeAll(jobs, board, Math.min(threadCount, jobs.length), (job, outcome) => {
      progress.finished(job, outcome);
    });
  } finally {
    progress.stop();
    interruption.stop();
  }
  for (const outcome of outcomes) {
    if (outcome.kind === 'finished' && outcome.stack !== null)
      log.debug({ stack: outcome.stack }, 'a scenario broke off');
  }

  const finished = outcomes.flatMap((outcome) => (outcome.kind === 'finished' ? [outcome.result] : []));
  const result: Result = {
    version: RESULT_VERSION,
    start: start.toISOString(),
    tickMs: TICK_MS,
    interrupted: board.isCancelled(),
    manifest: {
      product: 'thecal',
      productVersion: productVersion(),
      coreHash: await coreHash(),
      seed: options.seed ?? null,
      target: options.target,
      engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
      stepping: options.tickByTick === true ? 'tick-by-tick' : 'jumps',
      notice: NOTICE,
    },
    summary: summarise(finished),
    scenarios: finished,
  };
  const problems = writeOutputs(outputs, outcomes, result);
  const wallText = `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  printLines(process.stderr, problems);
  printLines(human, textReport(result, scenarios.length, wallText, paintFor(human)));
  const others: ExitCode[] = [];
  if (result.interrupted) others.push(INTERRUPTED);
  if (problems.length > 0) others.push(BAD_INPUT);
  return exitCodeOf(
    finished.map((scenario) => scenario.verdict),
    others,
  );
}

function refuseUnknownTarget(name: string): void {
  const row = TARGETS.find((target) => target.name === name);
  const present = TARGETS.filter((target) => target.load !== null).map((target) => target.name);
  const there = `there is: ${present.join(', ')}`;
  if (row === undefined) throw new UserError(`--target ${name}: no such target; ${there}`);
  if (row.load === null) throw new UserError(`--target ${name}: not built in yet (${row.summary}); ${there}`);
}

function choose(scenarios: readonly Scenario[], { filter, seed }: RunCommandOptions): Scenario[] {
  const wanted = filter?.toLowerCase() ?? '';
  const chosen = scenarios.filter(
    ({ name, file }) => name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted),
  );
  if (chosen.length === 0) {
    throw new UserError(
      `--filter ${filter ?? ''}: matches none of the ${scenarios.length} scenarios by name or path`,
    );
  }
  return seed === undefined ? chosen : chosen.map((scenario) => ({ ...scenario, seed }));
}

async function jobsOf(
  scenarios: readonly Scenario[],
  outputs: Outputs,
  options: RunCommandOptions,
): Promise<Job[]> {
  const core = await coreHash();
  const start = startWords();
  const isTickByTick = options.tickByTick === true;
  return scenarios.map((scenario, index) => {
    const trace = outputs.traces[index];
    return {
      index,
      scenario,
      targetName: options.target,
      isTickByTick,
      realtimeFactor: options.realtime ?? null,
      trace:
        trace === undefined
          ? null
          : { main: trace.main.temporaryPath, control: trace.control?.temporaryPath ?? null },
      coreHash: core,
      reproduce: reproduceLine(start, scenario, { targetName: options.target, isTickByTick }),
    };
  });
}

/** Returns what could not be written; the rest is. */
function writeOutputs(outputs: Outputs, outcomes: readonly Outcome[], result: Result): string[] {
  const problems: string[] = [];
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.lines);
    }
  };
  outputs.traces.forEach(({ main, control }, index) => {
    const outcome = outcomes[index]!;
    if (outcome.kind === 'finished' && outcome.traceProblem === null) {
      for (const file of [main, control]) attempt(() => file?.commit());
      return;
    }
    for (const file of [main, control]) file?.discard();
    if (outcome.kind === 'finished')
      problems.push(`${main.path}: could not be written: ${outcome.traceProblem ?? ''}`);
  });
  const put = (sink: Sink | null, text: () => string): void => {
    if (sink === '-') process.stdout.write(text());
    else if (sink !== null) attempt(() => sink.write(text()));
  };
  put(outputs.json, () => `${JSON.stringify(result, null, 2)}\n`);
  put(outputs.junit, () => junitReport(result));
  return problems;
}
