/** Runs jobs on worker threads. A worker that dies takes its own scenario with it and no other. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../package-root.ts';
import type { RunBoard } from './board.ts';
import { brokenResult, type Job, type Outcome, ticksInAll } from './job.ts';

/** What a worker is handed. */
export interface WorkerTask {
  readonly job: Job;
  readonly memory: RunBoard['memory'];
}

function builtWorker(): string {
  return join(packageRoot(), 'dist', 'worker.js');
}

export async function runOnWorkers(
  jobs: readonly Job[],
  board: RunBoard,
  threadCount: number,
  onOutcome: (job: Job, outcome: Outcome) => void,
  workerFile: string = builtWorker(),
): Promise<Outcome[]> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<WorkerTask, Outcome>({
    filename: pathToFileURL(workerFile).href,
    minThreads: threadCount,
    maxThreads: threadCount,
  });
  const runOne = async (job: Job): Promise<Outcome> => {
    let outcome: Outcome;
    try {
      outcome = await pool.run({ job, memory: board.memory });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      outcome = {
        kind: 'finished',
        result: brokenResult(job, 'error', `the worker thread died: ${reason}`),
        stack: error instanceof Error ? (error.stack ?? null) : null,
        traceProblem: job.trace === null ? null : 'the worker thread died',
        recordings: null,
      };
    }
    onOutcome(job, outcome);
    return outcome;
  };
  // The longest first, or the last thread would begin it when the others are done.
  const queue = [...jobs].sort((a, b) => ticksInAll(b.scenario) - ticksInAll(a.scenario));
  const outcomes = new Map<Job, Outcome>();
  try {
    await Promise.all(queue.map(async (job) => outcomes.set(job, await runOne(job))));
    return jobs.map((job) => outcomes.get(job) ?? { kind: 'cancelled', recordings: null });
  } finally {
    await pool.destroy();
  }
}
