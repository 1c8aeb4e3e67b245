/** HOST: the target `virtual`: a virtual board of its own, over a pseudo-terminal and a serial port. */
import { openLineTarget } from '../espruino/board-target.ts';
import { NoPtyError } from '../espruino/pty.ts';
import { SerialLine } from '../espruino/serial-line.ts';
import { FIRMWARE_NAMES, planUpload } from '../espruino/uploader.ts';
import type { OpenTarget, TargetOptions } from '../target-options.ts';
import { openInProcess } from './in-process.ts';
import { type MischiefPlan, NO_MISCHIEF } from './mischief.ts';
import type { BoardPlan } from './power.ts';
import { startBoardThread } from './thread.ts';

export async function openVirtualTarget(
  options: TargetOptions,
  mischief: MischiefPlan = NO_MISCHIEF,
): Promise<OpenTarget> {
  const plan = {
    link: null,
    storage: null,
    mischief,
    isFull: false,
    files: await filesOf(options),
  } satisfies BoardPlan;
  try {
    const board = await startBoardThread(options.boardThread, plan);
    try {
      return await openLineTarget(
        'virtual',
        await SerialLine.open(board.path, { signal: options.signal }),
        options,
        () => board.close(),
      );
    } catch (error) {
      board.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof NoPtyError)) throw error;
    options.notice(`${error.message}; the virtual board runs inside this process instead`);
    return await openLineTarget('virtual', await openInProcess(plan), options, () => undefined);
  }
}

/** As a board that was flashed has them. */
export async function filesOf(
  options: Pick<TargetOptions, 'firmware' | 'coreHash'>,
): Promise<BoardPlan['files']> {
  const code = await options.firmware();
  return [
    { name: FIRMWARE_NAMES[0], content: code },
    { name: '.bootcde', content: planUpload(code, options.coreHash).bootCode },
  ];
}
