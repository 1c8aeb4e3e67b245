/** Runs jobs on worker threads. A worker that dies takes its own scenario with it and no other. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IS_FROM_SOURCE, packageRoot } from '../package-root.ts';
import type { RunBoard } from './board.ts';
import { brokenResult, type Job, type Outcome } from './job.ts';

/** What a worker is handed. */
export interface WorkerTask {
  readonly job: Job;
  readonly memory: RunBoard['memory'];
}

/** The loader of TypeScript is passed on to workers with the rest of Node's arguments. */
function workerFile(): string {
  return join(packageRoot(), IS_FROM_SOURCE ? 'src/cli/worker.ts' : 'dist/worker.js');
}

export async function runOnWorkers(
  jobs: readonly Job[],
  board: RunBoard,
  threadCount: number,
  onOutcome: (job: Job, outcome: Outcome) => void,
  file: string = workerFile(),
): Promise<Outcome[]> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<WorkerTask, Outcome>({
    filename: pathToFileURL(file).href,
    minThreads: threadCount,
    maxThreads: threadCount,
  });
  const runOne = async (job: Job): Promise<Outcome> => {
    let outcome: Outcome;
    try {
      outcome = await pool.run({ job, memory: board.memory });
    } catch (error) {
      const message = `the worker thread died: ${error instanceof Error ? error.message : String(error)}`;
      const stack = error instanceof Error ? (error.stack ?? null) : null;
      outcome = { kind: 'finished', result: brokenResult(job, 'error', message), stack, traceProblem: null };
    }
    onOutcome(job, outcome);
    return outcome;
  };
  try {
    return await Promise.all(jobs.map(runOne));
  } finally {
    await pool.destroy();
  }
}
