/** Targets that stay open from one scenario to the next: a port is opened once, and a board keeps its session. */
import type { OpenTarget } from '../../../hal/target-options.ts';
import { TARGETS } from '../../../hal/targets.ts';
import type { BoardPlace } from '../boards/place.ts';
import { boardThreadFile, lockstepFirmware } from '../board-firmware.ts';
import { printLines } from '../terminal.ts';
import type { Job } from './job.ts';

export class OpenTargets {
  private opened: Promise<OpenTarget> | null = null;

  /** All jobs of a run have the same target. What could not be opened once is not tried again. */
  of(job: Job): Promise<OpenTarget> {
    this.opened ??= open(job);
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

async function open({ targetName, board, coreHash }: Job): Promise<OpenTarget> {
  const row = TARGETS.find((target) => target.name === targetName);
  if (row?.open === null || row === undefined) throw new Error(`target ${targetName} is not built in`);
  return await row.open({
    ...(board === null ? {} : await locateBoard(board)),
    coreHash,
    firmware: lockstepFirmware,
    boardThread: boardThreadFile(),
    notice: (text) => printLines(process.stderr, [text]),
  });
}
