/** `thecal board virtual`: a board at the end of a pseudo-terminal, until somebody stops it. */
import { once } from 'node:events';
import { PortNameError } from '../../../../hal/espruino/pty.ts';
import { powerOnBoard } from '../../../../hal/virtual/power.ts';
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

export async function virtualCommand(options: VirtualOptions): Promise<ExitCode> {
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
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
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
    if (error instanceof Error && 'code' in error) {
      throw new UserError(`${options.link ?? options.storage ?? 'board'}: ${reasonOf(error)}`);
    }
    throw error;
  }
}
