/** `thecal board virtual`: a board at the end of a pseudo-terminal, until somebody stops it. */
import { PortNameError } from '../../../../hal/espruino/pty.ts';
import type { FaultLayer } from '../../../../sim/faults/fault.ts';
import { FAULTS } from '../../../../sim/faults/index.ts';
import { benchSetup, type Note } from '../../../../hal/virtual/bench.ts';
import { powerOnBoard, StorageError } from '../../../../hal/virtual/power.ts';
import { filesOf } from '../../../../hal/virtual/target.ts';
import { TICK_MS } from '../../../core/units.ts';
import { unknownWord } from '../../../scenario/nearest.ts';
import { formatDuration } from '../../../scenario/time.ts';
import { boardFirmware } from '../../board-firmware.ts';
import { coreHash } from '../../build-info.ts';
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { printLines } from '../../terminal.ts';
import { reasonOf, UserError } from '../../user-error.ts';

export interface VirtualOptions {
  readonly link?: string;
  readonly storage?: string;
  readonly empty?: boolean;
  readonly freeRun?: boolean;
  readonly speed?: number;
  readonly fault?: readonly string[];
  readonly lose?: readonly number[];
  readonly double?: readonly number[];
  readonly flip?: readonly number[];
  readonly late?: readonly number[];
  readonly rebootAt?: readonly number[];
  readonly delay?: number;
  readonly fillMemory?: boolean;
}

/** Faults of the other layers need somebody who refills, or a line: they are for scenarios. */
const BENCH_LAYERS: readonly FaultLayer[] = [
  'mechanism',
  'reservoir',
  'catheter',
  'battery',
  'sensor',
  'feedback',
];

function checkFaults(kinds: readonly string[]): void {
  const known = FAULTS.filter(({ layer }) => BENCH_LAYERS.includes(layer)).map(({ kind }) => kind);
  kinds.forEach((kind, index) => {
    if (!known.includes(kind))
      throw new UserError(`--fault: ${unknownWord('fault', kind, known, `there are ${known.join(', ')}`)}`);
    if (kinds.indexOf(kind) < index) throw new UserError(`--fault: ${kind} is given twice`);
  });
}

/** Listened to until the very end: a second one, as a wrapper sends it, must not cut in while the first is obeyed. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

function soundText({ atMs, hertz }: Note): string {
  return `its buzzer sounds at ${formatDuration(Math.floor(atMs / TICK_MS))}: ${hertz} Hz`;
}

export async function virtualCommand(options: VirtualOptions): Promise<ExitCode> {
  if (options.link === '') throw new UserError('--link: the name of the link is empty');
  if (options.storage === '') throw new UserError('--storage: the name of the folder is empty');
  checkFaults(options.fault ?? []);
  const whenStopped = stopped();
  const isFreeRunning = options.freeRun === true;
  const { code } = await boardFirmware(isFreeRunning ? 'freeRunning' : 'lockstep');
  const files =
    options.empty === true
      ? []
      : await filesOf({ firmware: () => Promise.resolve(code), coreHash: await coreHash() });
  try {
    const board = await powerOnBoard(
      {
        link: options.link ?? null,
        storage: options.storage ?? null,
        files,
        ...(isFreeRunning && { firstLine: benchSetup() }),
        speed: options.speed ?? 1,
        faults: options.fault ?? [],
        isFull: options.fillMemory === true,
        mischief: {
          lose: options.lose ?? [],
          double: options.double ?? [],
          flip: options.flip ?? [],
          late: options.late ?? [],
          rebootAt: options.rebootAt ?? [],
          delayMs: options.delay ?? 0,
        },
      },
      (note) => printLines(process.stdout, [soundText(note)]),
    );
    printLines(process.stdout, [
      `a virtual board is at ${board.path}`,
      isFreeRunning
        ? `try: thecal board monitor --port ${board.path}   picocom ${board.path}`
        : `try: picocom ${board.path}   thecal board hello --port ${board.path}   thecal run --target board --port ${board.path}`,
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
