/** Targets that stay open from one scenario to the next: a port is opened once, and a board keeps its session. */
import type { OpenTarget } from '../../../hal/target-options.ts';
import { TARGETS } from '../../../hal/targets.ts';
import type { BoardPlace } from '../boards/place.ts';
import { boardThreadFile, lockstepFirmware } from '../board-firmware.ts';
import { CancelledError } from '../../scenario/run.ts';
import { printLines } from '../terminal.ts';
import type { RunBoard } from './board.ts';
import type { Job } from './job.ts';

export class OpenTargets {
  private opened: Promise<OpenTarget> | null = null;

  /** All jobs of a run have the same target. What could not be opened once is not tried again. */
  of(job: Job, board: RunBoard): Promise<OpenTarget> {
    this.opened ??= openUnlessCancelled(job, board);
    return this.opened;
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = null;
    try {
      await (await opened)?.close();
    } catch {
      // It was never open, or is gone already; whoever ran on it has said so.
    }
  }
}

/** What looks for ports is loaded for a run on a board only. */
async function locateBoard(board: BoardPlace): ReturnType<typeof import('../boards/place.ts').locate> {
  const { locate } = await import('../boards/place.ts');
  return await locate(board);
}

/** Once open, a target is left by its runner, who ends it in good order. */
async function openUnlessCancelled(job: Job, board: RunBoard): Promise<OpenTarget> {
  const opening = new AbortController();
  const stop = (): void => opening.abort();
  board.signal.addEventListener('abort', stop);
  try {
    return await open(job, opening.signal);
  } catch (error) {
    if (opening.signal.aborted) throw new CancelledError();
    throw error;
  } finally {
    board.signal.removeEventListener('abort', stop);
  }
}

async function open({ targetName, board, coreHash, trace }: Job, signal: AbortSignal): Promise<OpenTarget> {
  const row = TARGETS.find((target) => target.name === targetName);
  if (row === undefined) throw new Error(`there is no target ${targetName}`);
  return await row.open({
    ...(board === null ? {} : await locateBoard(board)),
    coreHash,
    firmware: lockstepFirmware,
    boardThread: boardThreadFile(),
    keepsLine: trace !== null,
    signal,
    notice: (text) => printLines(process.stderr, [text]),
  });
}
