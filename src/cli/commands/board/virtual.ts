/** `thecal board virtual`: a board at the end of a pseudo-terminal, until somebody stops it. */
import { PortNameError } from '../../../../hal/espruino/pty.ts';
import { powerOnBoard, StorageError } from '../../../../hal/virtual/power.ts';
import { filesOf } from '../../../../hal/virtual/target.ts';
import { lockstepFirmware } from '../../board-firmware.ts';
import { coreHash } from '../../build-info.ts';
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { printLines } from '../../terminal.ts';
import { reasonOf, UserError } from '../../user-error.ts';

export interface VirtualOptions {
  readonly link?: string;
  readonly storage?: string;
  readonly empty?: boolean;
  readonly lose?: readonly number[];
  readonly double?: readonly number[];
  readonly flip?: readonly number[];
  readonly late?: readonly number[];
  readonly rebootAt?: readonly number[];
  readonly delay?: number;
  readonly fillMemory?: boolean;
}

/** Listened to until the very end: a second one, as a wrapper sends it, must not cut in while the first is obeyed. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

export async function virtualCommand(options: VirtualOptions): Promise<ExitCode> {
  if (options.link === '') throw new UserError('--link: the name of the link is empty');
  if (options.storage === '') throw new UserError('--storage: the name of the folder is empty');
  const whenStopped = stopped();
  const files =
    options.empty === true ? [] : await filesOf({ firmware: lockstepFirmware, coreHash: await coreHash() });
  try {
    const board = await powerOnBoard({
      link: options.link ?? null,
      storage: options.storage ?? null,
      files,
      isFull: options.fillMemory === true,
      mischief: {
        lose: options.lose ?? [],
        double: options.double ?? [],
        flip: options.flip ?? [],
        late: options.late ?? [],
        rebootAt: options.rebootAt ?? [],
        delayMs: options.delay ?? 0,
      },
    });
    printLines(process.stdout, [
      `a virtual board is at ${board.path}`,
      `try: picocom ${board.path}   thecal board hello --port ${board.path}   thecal run --target board --port ${board.path}`,
      'Ctrl-C switches it off',
    ]);
    await whenStopped;
    board.close();
    return PASSED;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoPtyError') {
      printLines(process.stderr, [
        `${error.message}; "thecal run --target virtual" works without, inside its own process`,
      ]);
      return INFRASTRUCTURE;
    }
    if (error instanceof PortNameError) throw new UserError(error.message);
    if (error instanceof StorageError) throw new UserError(`${error.message}: ${reasonOf(error.reason)}`);
    if (error instanceof Error && 'code' in error) {
      throw new UserError(`${options.link ?? 'board'}: ${reasonOf(error)}`);
    }
    throw error;
  }
}
