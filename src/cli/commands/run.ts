/** `thecal run`: read and check everything, try the output paths, run, write, tell. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { TARGETS } from '../../../hal/targets.ts';
import { TICK_MS } from '../../core/units.ts';
import { textReport } from '../../report/text.ts';
import { RESULT_VERSION, type Result, summarise } from '../../scenario/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ForkOrigin } from '../../trace/format.ts';
import { PLACE_OPTIONS, type PlaceOptions } from '../boards/options.ts';
import type { BoardPlace } from '../boards/place.ts';
import { coreHash } from '../build-info.ts';
import { diagnostics } from '../diagnostics.ts';
import { manifestOf } from '../run/manifest.ts';
import { pageMaker } from '../run/page.ts';
import { IS_FROM_SOURCE } from '../package-root.ts';
import { type ExitCode, exitCodeOf, INFRASTRUCTURE, INTERRUPTED } from '../exit-codes.ts';
import { RunBoard } from '../run/board.ts';
import { executeAll } from '../run/execute-all.ts';
import type { ForkedRun } from '../run/fork.ts';
import { KeptRun } from '../run/kept-run.ts';
import type { Job, Outcome } from '../run/job.ts';
import {
  interruptedTraces,
  isStdoutTaken,
  type Outputs,
  prepareOutputs,
  writeOutputs,
} from '../run/outputs.ts';
import { reproduceLine, startWords } from '../run/reproduce.ts';
import { watched } from '../run/watch.ts';
import { readScenarios } from '../scenario-files.ts';
import { paintFor, printLines, type Stream, widthOf } from '../terminal.ts';
import { UserError } from '../user-error.ts';

export interface RunCommandOptions extends PlaceOptions {
  readonly target: string;
  readonly tickByTick?: boolean;
  readonly realtime?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly vcd?: string;
  readonly vcdLast?: number;
  /** false: not even of a run on a board. */
  readonly trace?: string | false;
  /** Ticks. */
  readonly traceLast?: number;
  readonly filter?: string;
  readonly fork?: string;
  /** Tick of the fork. */
  readonly at?: number;
}

export async function runCommand(paths: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  refuseTarget(options);
  if (options.traceLast !== undefined && typeof options.trace !== 'string') {
    throw new UserError('--trace-last says how much of a trace is kept: it goes with --trace PATH');
  }
  const place = options.target === 'board' ? await boardOf(options) : null;
  if (options.realtime !== undefined) refuseLooseFactor(paths);
  const start = new Date();
  const forked = await forkOfRun(paths, options);
  const scenarios = forked === null ? choose(readScenarios(paths), options) : [forked.scenario];
  const kept = options.trace === undefined && isBoard(options) ? KeptRun.begin(start) : null;
  const outputs = prepareOutputs(options, scenarios, kept?.folder ?? null);
  const makePage = await pageMaker(outputs);
  const human = isStdoutTaken(outputs) ? process.stderr : process.stdout;

  const jobs = await jobsOf(scenarios, outputs, place, options, forked?.origin ?? null);
  const board = RunBoard.of(jobs.length);
  const outcomes = await watchOver(jobs, board, options, human);

  const finished = outcomes.flatMap((outcome) => (outcome.kind === 'finished' ? [outcome.result] : []));
  const result: Result = {
    version: RESULT_VERSION,
    start: start.toISOString(),
    tickMs: TICK_MS,
    interrupted: board.isCancelled(),
    manifest: await manifestOf({
      seed: options.seed ?? null,
      target: options.target,
      board: place?.name ?? null,
      stepping: options.tickByTick === true ? 'tick-by-tick' : 'jumps',
    }),
    summary: summarise(finished),
    scenarios: finished,
  };
  const problems = await writeOutputs(outputs, jobs, outcomes, result, (whole) =>
    makePage(whole, jobs, outcomes),
  );
  problems.push(...(kept?.end() ?? []));
  printLines(process.stderr, [...problems, ...interruptedTraces(outputs, outcomes)]);
  const wallText = `${((Date.now() - start.getTime()) / 1000).toFixed(1)} s`;
  printLines(human, textReport(result, scenarios.length, wallText, paintFor(human), widthOf(human)));
  printLines(human, kept?.lines(tracesByInterest(outputs, outcomes), startWords()) ?? []);

  const others: ExitCode[] = [];
  if (result.interrupted) others.push(INTERRUPTED);
  if (problems.length > 0) others.push(INFRASTRUCTURE);
  return exitCodeOf(
    finished.map((scenario) => scenario.verdict),
    others,
  );
}

/** Of what did not pass first. A control runs before its main run, and may be all there is. */
function tracesByInterest({ traces }: Outputs, outcomes: readonly Outcome[]): string[] {
  const isTroubled = (index: number): boolean => {
    const outcome = outcomes[index];
    return outcome?.kind === 'finished' && outcome.result.verdict !== 'passed';
  };
  const troubled = traces.filter((_, index) => isTroubled(index));
  return [...troubled, ...traces].flatMap(({ main, control }) => [
    main.path,
    ...(control === null ? [] : [control.path]),
  ]);
}

/** Runs the jobs with somebody watching. */
async function watchOver(
  jobs: readonly Job[],
  board: RunBoard,
  options: RunCommandOptions,
  human: Stream,
): Promise<Outcome[]> {
  const log = await diagnostics();
  const threadCount = threadCountFor(jobs.length, options);
  return await watched(jobs, board, human, 'stopping...', (progress) =>
    executeAll(jobs, board, threadCount, (job, outcome) => {
      progress.finished(job, outcome);
      const stack = outcome.kind === 'finished' ? outcome.stack : null;
      log.debug({ scenario: job.scenario.name, ...(stack === null ? {} : { stack }) }, outcome.kind);
    }),
  );
}

/** Worker threads start from the built program; what runs from its sources has none. */
function threadCountFor(jobCount: number, options: RunCommandOptions): number {
  const { jobs: asked, target } = options;
  if (isBoard(options)) {
    if ((asked ?? 1) > 1) {
      printLines(process.stderr, [`--jobs: there is one ${target} board, so one scenario at a time`]);
    }
    return 1;
  }
  if (!IS_FROM_SOURCE) return Math.min(asked ?? availableParallelism(), jobCount);
  if ((asked ?? 1) > 1) {
    printLines(process.stderr, [
      '--jobs: running from the sources, so one at a time; npm run build brings more',
    ]);
  }
  return 1;
}

function isBoard({ target }: RunCommandOptions): boolean {
  return TARGETS.find(({ name }) => name === target)?.isBoard === true;
}

function refuseTarget(options: RunCommandOptions): void {
  const { target: name } = options;
  const row = TARGETS.find((target) => target.name === name);
  if (row === undefined) {
    const there = `there is: ${TARGETS.map((target) => target.name).join(', ')}`;
    const hint = name === 'replay' ? '; "thecal replay TRACE" runs a trace again' : '';
    throw new UserError(`--target ${name}: no such target; ${there}${hint}`);
  }
  const given = PLACE_OPTIONS.find((option) => options[option] !== undefined);
  if (name !== 'board' && given !== undefined) {
    throw new UserError(`--${given} is about a board: it goes with --target board, not ${name}`);
  }
}

/** What reads the boards file is loaded for a run on a board only. */
async function boardOf(options: PlaceOptions): Promise<BoardPlace> {
  const { choosePlace } = await import('../boards/place.ts');
  const place = await choosePlace(options);
  if (options.fixture !== undefined) {
    printLines(process.stderr, [`--fixture ${options.fixture}: runs on ${place.name}`]);
  }
  return place;
}

/** null: the run begins at its start. What proves the beginning of a fork is loaded for one only. */
async function forkOfRun(
  paths: readonly string[],
  { fork, at, seed, filter }: RunCommandOptions,
): Promise<ForkedRun | null> {
  if (fork === undefined || at === undefined) {
    if (fork !== undefined)
      throw new UserError('--fork says what to go on from, and --at from when: give both');
    if (at !== undefined) throw new UserError('--at says where a fork begins: it goes with --fork TRACE');
    return null;
  }
  if (seed !== undefined) throw new UserError('--seed: a fork has the seed of the run that it parts from');
  if (filter !== undefined)
    throw new UserError('--filter chooses among scenarios, and a fork goes on with one');
  const { forkedRun } = await import('../run/fork.ts');
  return await forkedRun(fork, at, paths);
}

/** In `--realtime 60` the factor stands alone, and would be looked for as a file. */
function refuseLooseFactor(paths: readonly string[]): void {
  const loose = paths.find((path) => /^\d+(\.\d+)?$/.test(path) && !existsSync(path));
  if (loose !== undefined) {
    throw new UserError(
      `${loose}: there is no such file or folder; did you mean --realtime=${loose}? nothing was run`,
    );
  }
}

function choose(scenarios: readonly Scenario[], { filter, seed }: RunCommandOptions): Scenario[] {
  // Of a script whose variable is not set: all of them is not what it meant.
  if (filter === '') throw new UserError('--filter names no text; leave it out to run all scenarios');
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
  place: BoardPlace | null,
  options: RunCommandOptions,
  fork: ForkOrigin | null,
): Promise<Job[]> {
  const core = await coreHash();
  const start = startWords();
  const isTickByTick = options.tickByTick === true;
  return scenarios.map((scenario, index) => {
    const trace = outputs.traces[index];
    return {
      index,
      scenario,
      fork,
      targetName: options.target,
      board: place,
      isTickByTick,
      realtimeFactor: options.realtime ?? null,
      trace:
        trace === undefined
          ? null
          : { main: trace.main.temporaryPath, control: trace.control?.temporaryPath ?? null },
      traceLastTicks: options.traceLast ?? null,
      isRecorded: outputs.html !== null || outputs.vcds.length > 0,
      coreHash: core,
      reproduce: reproduceLine(start, scenario, {
        targetName: options.target,
        isTickByTick,
        board: place?.options ?? [],
        fork,
      }),
    };
  });
}
