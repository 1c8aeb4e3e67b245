/** `thecal board flash`: the firmware into a board's flash storage, or what would go there. */
import { BOARD_TYPES, fitOf, VARIABLES_NEEDED } from '../../../../hal/espruino/board-table.ts';
import { type ConsolePort, openConsolePort, PortError } from '../../../../hal/espruino/console-port.ts';
import {
  planUpload,
  upload,
  UploadError,
  type UploadPlan,
  type UploadResult,
  type UploadStep,
} from '../../../../hal/espruino/uploader.ts';
import { boardFirmware } from '../../board-firmware.ts';
import type { PlaceOptions } from '../../boards/options.ts';
import { choosePlace, locate } from '../../boards/place.ts';
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { printLines, statusLine } from '../../terminal.ts';

export interface FlashOptions extends PlaceOptions {
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly freeRun?: boolean;
  readonly json?: boolean;
}

const DEFAULT_BAUD = 115_200;
const BAR_CHARACTERS = 24;

const PHASES: Readonly<Record<UploadStep['phase'], string>> = {
  connect: 'looking for the board',
  prepare: 'reset, room in its storage',
  write: 'writing',
  verify: 'comparing checksums',
  switch: 'switching over',
  hello: 'waiting for its hello',
};

/** The line on a terminal that shows how far the upload is. */
function progressLine({ phase, done, total }: UploadStep): string {
  if (phase !== 'write') return PHASES[phase];
  const full = Math.round((BAR_CHARACTERS * done) / Math.max(1, total));
  const bar = '#'.repeat(full) + '-'.repeat(BAR_CHARACTERS - full);
  return `${PHASES.write} [${bar}] ${done}/${total}`;
}

function planLines(plan: UploadPlan, variables: number): string[] {
  const boards = BOARD_TYPES.map(
    (board) => `  ${board.name.padEnd(12)} ${fitOf(board, plan.bytes, variables).verdict}`,
  );
  return [
    `would send ${plan.bytes} bytes in ${plan.chunks} chunks of ${plan.chunkBytes}, CRC-32 ${plan.crc32}`,
    `as ${plan.names.join(' or ')}, whichever does not run; core ${plan.coreHash}`,
    `boot code: ${plan.bootCode}`,
    'on a board of the kind:',
    ...boards,
    'nothing was sent',
  ];
}

async function dryRun(options: FlashOptions, isFreeRunning: boolean): Promise<ExitCode> {
  const { code, coreHash: hash } = await boardFirmware(isFreeRunning ? 'freeRunning' : 'lockstep');
  const plan = planUpload(code, hash);
  if (options.json === true) {
    printLines(process.stdout, [JSON.stringify({ dryRun: true, ...plan }, null, 2)]);
  } else {
    printLines(process.stdout, planLines(plan, VARIABLES_NEEDED[isFreeRunning ? 'freeRunning' : 'lockstep']));
  }
  return PASSED;
}

type Located = Awaited<ReturnType<typeof locate>>;

/** What went wrong, in words for a program where there is one in place of a board. */
async function namedFor(exec: string | undefined, error: Error): Promise<Error> {
  if (exec === undefined) return error;
  const { isNoPrompt } = await import('../../../../hal/espruino/board-target.ts');
  const { noInterpreter } = await import('../../../../hal/espruino/interpreter.ts');
  return isNoPrompt(error) ? noInterpreter(exec) : error;
}

interface Opened {
  readonly port: ConsolePort;
  close(): Promise<void>;
}

async function openBoard({ port: path, exec, baud = DEFAULT_BAUD }: Located): Promise<Opened> {
  if (exec === undefined) {
    const port = await openConsolePort(path ?? '', baud);
    return { port, close: () => port.close() };
  }
  const { openInterpreterConsole, startInterpreter } = await import(
    '../../../../hal/espruino/interpreter.ts'
  );
  // Its flash is a file in the current folder, so that what was flashed is there at the next start.
  const interpreter = await startInterpreter(exec, process.cwd());
  try {
    const port = await openInterpreterConsole(exec, interpreter);
    return {
      port,
      close: async () => {
        await port.close();
        await interpreter.close();
      },
    };
  } catch (error) {
    const failure = interpreter.failure();
    await interpreter.close();
    throw failure ?? error;
  }
}

function doneLines(path: string, result: UploadResult, plan: UploadPlan, seconds: number): string[] {
  const what = result.wasThere
    ? `${path}: ${result.board} has this very firmware as ${result.name} already`
    : `${path}: ${result.board} (Espruino ${result.interpreter}, ${result.variables} variables) runs ${result.name}, ${plan.bytes} bytes, CRC-32 ${plan.crc32}`;
  const again =
    result.rewrittenChunks > 0 ? [`${result.rewrittenChunks} chunks had to be written again`] : [];
  return [`${what}, ${seconds.toFixed(1)} s`, ...again, `it said hello with core ${plan.coreHash}`];
}

export async function flashCommand(options: FlashOptions): Promise<ExitCode> {
  const isFreeRunning = options.freeRun === true;
  if (options.dryRun === true) return await dryRun(options, isFreeRunning);
  const place = await choosePlace(options);
  const { code, coreHash: hash } = await boardFirmware(isFreeRunning ? 'freeRunning' : 'lockstep');
  const plan = planUpload(code, hash);
  const startMs = performance.now();
  let opened: Opened | null = null;
  try {
    const located = await locate(place);
    opened = await openBoard(located);
    const result = await upload(opened.port, {
      code,
      boardId: located.boardId,
      coreHash: hash,
      variablesNeeded: VARIABLES_NEEDED[isFreeRunning ? 'freeRunning' : 'lockstep'],
      mayReplace: options.replace === true,
      onStep: (step) => statusLine.draw(progressLine(step)),
    });
    statusLine.erase();
    const seconds = (performance.now() - startMs) / 1000;
    const lines =
      options.json === true
        ? [JSON.stringify({ dryRun: false, port: opened.port.name, ...result, ...plan, seconds }, null, 2)]
        : doneLines(opened.port.name, result, plan, seconds);
    printLines(process.stdout, lines);
    return PASSED;
  } catch (error) {
    statusLine.erase();
    // Whatever opens a port or starts an interpreter says so under this name.
    if (!(error instanceof Error && error.name === 'InfrastructureError')) throw error;
    const { message } = await namedFor(place.port.exec, error);
    if (options.json === true) {
      const kind = error instanceof UploadError || error instanceof PortError ? error.kind : 'no-board';
      printLines(process.stdout, [JSON.stringify({ error: { kind, message } }, null, 2)]);
    } else {
      printLines(process.stderr, [message]);
    }
    return INFRASTRUCTURE;
  } finally {
    await opened?.close();
  }
}
