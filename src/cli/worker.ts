/** Entry of a worker thread. */
import { RunBoard } from './run/board.ts';
import { executeJob } from './run/execute.ts';
import type { Outcome } from './run/job.ts';
import type { WorkerTask } from './run/worker-pool.ts';

export default async function work({ job, memory }: WorkerTask): Promise<Outcome> {
  const board = new RunBoard(memory);
  return board.isCancelled() ? { kind: 'cancelled', recordings: null } : await executeJob(job, board);
}
