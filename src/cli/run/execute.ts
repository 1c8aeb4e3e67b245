/** Runs one job in this thread, whichever it is. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TICK_MS } from '../../core/units.ts';
import type { LineTotals, OpenTarget } from '../../../hal/target-options.ts';
import { CancelledError, runScenario, verdictOfError } from '../../scenario/run.ts';
import type { TargetDescription } from '../../../hal/target.ts';
import type { TraceManifest } from '../../trace/format.ts';
import { TraceRing } from '../../trace/ring.ts';
import { createTraceWriter, type TraceWriter } from '../../trace/write.ts';
import { hostTools, productVersion } from '../build-info.ts';
import { sha256 } from '../hashing.ts';
import { reasonOf } from '../user-error.ts';
import { revealedBy } from '../vocabulary.ts';
import type { RunBoard } from './board.ts';
import { brokenResult, type Job, type Outcome } from './job.ts';
import { OpenTargets } from './open-targets.ts';
import { Pacer } from './pacer.ts';
import { Recorders } from './recorders.ts';
import { SLICE_TICKS } from './slices.ts';
import { TraceFile } from './trace-file.ts';

/** How long this thread may keep signals and timers waiting. */
const BUSY_MS = 40;

/** `targets` outlives the job where others come after it; `listener` takes the place of a trace of the main run. */
export async function executeJob(
  job: Job,
  board: RunBoard,
  { targets, listener = null }: { targets?: OpenTargets; listener?: TraceWriter | null } = {},
): Promise<Outcome> {
  if (targets !== undefined) return await executeOn(targets, job, board, listener);
  const own = new OpenTargets();
  try {
    return await executeOn(own, job, board, listener);
  } finally {
    await own.close();
  }
}

async function executeOn(
  targets: OpenTargets,
  job: Job,
  board: RunBoard,
  listener: TraceWriter | null,
): Promise<Outcome> {
  const traces = new Traces(job, listener);
  const recorders = new Recorders(job);
  try {
    const result = await run(job, board, traces, recorders, targets);
    return {
      kind: 'finished',
      result,
      stack: null,
      traceProblem: traces.close(),
      recordings: recorders.recordings(),
    };
  } catch (error) {
    const traceProblem = traces.close();
    if (error instanceof CancelledError) return { kind: 'cancelled', recordings: recorders.recordings() };
    const message = error instanceof Error ? error.message : String(error);
    const result = brokenResult(job, verdictOfError(error), message);
    return {
      kind: 'finished',
      result,
      stack: error instanceof Error ? (error.stack ?? null) : null,
      traceProblem,
      recordings: recorders.recordings(),
    };
  }
}

async function run(job: Job, board: RunBoard, traces: Traces, recorders: Recorders, targets: OpenTargets) {
  const { scenario } = job;
  const target = await targets.of(job, board);
  const lineBefore = target.line();
  const isCancelled = (): boolean => board.isCancelled();
  const pacer = job.realtimeFactor === null ? null : new Pacer(job.realtimeFactor, isCancelled);
  let isMain = true;
  let ticksBefore = 0;
  let lastTurnMs = performance.now();
  const result = await runScenario(
    scenario,
    {
      createTarget: target.createTarget,
      isTickByTick: job.isTickByTick,
      revealedBy,
      isCancelled,
      sliceTicks: pacer?.sliceTicks ?? SLICE_TICKS[job.isTickByTick ? 'tick-by-tick' : 'jumps'],
      // The runner asks for a trace as it begins a run, with a control before the main one.
      openTrace(which, description) {
        isMain = which === 'main';
        ticksBefore = isMain && scenario.control !== null ? scenario.untilTick + 1 : 0;
        if (isMain) pacer?.begin();
        return traces.open(which, description, target.takeLine);
      },
      openRecorder: (which, stimulusTicks, untilTick) =>
        recorders.open(which, stimulusTicks, untilTick, () => target.line()),
      async onSlice(nextTick) {
        board.setTicks(job.index, ticksBefore + nextTick);
        traces.flushInTime();
        // The control is arithmetic for the evidence; nobody watches it, so it need not take its time.
        if (isMain) await pacer?.waitFor(nextTick);
        if (performance.now() - lastTurnMs > BUSY_MS) {
          await nextTurn();
          lastTurnMs = performance.now();
        }
      },
    },
    job.reproduce,
  );
  const line = target.line();
  return {
    ...result,
    ...(pacer === null ? {} : { late: pacer.late() }),
    ...(line === null || lineBefore === null ? {} : { line: since(lineBefore, line) }),
  };
}

function since(before: LineTotals, now: LineTotals): LineTotals {
  const names = Object.keys(now) as (keyof LineTotals)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as unknown as LineTotals;
}

/** A run that is killed loses no more of its trace than what came in so long. */
const FLUSH_MS = 1000;

/** The trace files of one job. */
class Traces {
  private readonly job: Job;
  private readonly listener: TraceWriter | null;
  private readonly files: TraceFile[] = [];
  private writer: TraceWriter | null = null;
  private flushedMs = 0;

  constructor(job: Job, listener: TraceWriter | null) {
    this.job = job;
    this.listener = listener;
  }

  open(
    which: 'main' | 'control',
    description: TargetDescription,
    takeLine: OpenTarget['takeLine'],
  ): TraceWriter | null {
    const { trace, traceLastTicks, targetName } = this.job;
    const path = trace?.[which] ?? null;
    if (path === null) return which === 'main' ? this.listener : null;
    const file = new TraceFile(path);
    this.files.push(file);
    const store = traceLastTicks === null ? file : new TraceRing(file, traceLastTicks, sha256);
    // Other targets would have to ask a board for its state, over the line; a snapshot is the host's own.
    const keepsValues = targetName === 'sim';
    this.writer = createTraceWriter(store, sha256, { keepsSnapshots: true, keepsValues, takeLine });
    this.writer.manifest(manifestOf(this.job, which, description));
    this.flushedMs = performance.now();
    return this.writer;
  }

  flushInTime(): void {
    const nowMs = performance.now();
    if (nowMs - this.flushedMs < FLUSH_MS) return;
    this.flushedMs = nowMs;
    this.writer?.flush();
  }

  /** Returns what kept a trace from being written whole, or null. */
  close(): string | null {
    // Of a run that an error has ended, too, everything is told.
    this.writer?.flush();
    for (const file of this.files) file.close();
    const failure = this.files.find((file) => file.failure !== null)?.failure ?? null;
    return failure === null ? null : reasonOf(failure);
  }
}

function manifestOf(
  { scenario, fork, coreHash, targetName, board, isTickByTick }: Job,
  run: 'main' | 'control',
  { engine }: TargetDescription,
): TraceManifest {
  return {
    product: 'thecal',
    productVersion: productVersion(),
    coreHash,
    run,
    scenario: scenario.name,
    scenarioFile: scenario.file,
    scenarioHash: scenario.hash,
    scenarioText: scenario.text,
    seed: scenario.seed,
    ...(fork === null ? {} : { fork }),
    target: targetName,
    board: board?.name ?? null,
    boardsFile: board?.boardsFile ?? null,
    engine,
    tools: hostTools(),
    stepping: isTickByTick ? 'tick-by-tick' : 'jumps',
    tickMs: TICK_MS,
  };
}
