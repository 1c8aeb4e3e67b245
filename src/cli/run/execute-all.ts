/** Runs all jobs, one after the other here or side by side on worker threads; outcomes come in the jobs' order. */
import type { RunBoard } from './board.ts';
import { executeJob } from './execute.ts';
import type { Job, Outcome } from './job.ts';
import { OpenTargets } from './open-targets.ts';

export async function executeAll(
  jobs: readonly Job[],
  board: RunBoard,
  threadCount: number,
  onOutcome: (job: Job, outcome: Outcome) => void,
): Promise<Outcome[]> {
  if (threadCount > 1) {
    const { runOnWorkers } = await import('./worker-pool.ts');
    return await runOnWorkers(jobs, board, threadCount, onOutcome);
  }
  const outcomes: Outcome[] = [];
  const targets = new OpenTargets();
  try {
    for (const job of jobs) {
      const outcome: Outcome = board.isCancelled()
        ? { kind: 'cancelled', recordings: null }
        : await executeJob(job, board, { targets });
      outcomes.push(outcome);
      onOutcome(job, outcome);
    }
    return outcomes;
  } finally {
    await targets.close();
  }
}
