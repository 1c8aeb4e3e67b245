/** While runs go on somebody watches: the person at the terminal, and Ctrl-C. */
import { diagnostics } from '../diagnostics.ts';
import { printLines, type Stream } from '../terminal.ts';
import type { RunBoard } from './board.ts';
import { Interruption } from './interruption.ts';
import { Progress, type ProgressJob } from './progress.ts';

/** `lastWord` is said as soon as somebody interrupts; the work itself has to look at the board. */
export async function watched<T>(
  jobs: readonly ProgressJob[],
  board: RunBoard,
  human: Stream,
  lastWord: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(jobs, board, human);
  const interruption = new Interruption(() => {
    board.cancel();
    progress.stop();
    printLines(process.stderr, [lastWord]);
  });
  interruption.listen();
  progress.start();
  (await diagnostics()).debug({ scenarios: jobs.length }, 'running');
  try {
    return await work(progress);
  } finally {
    progress.stop();
    interruption.stop();
  }
}
