/** HOST: the target `board`: whatever is at a port, or a real interpreter started in its place. */
import crc32 from 'crc-32';
import type { OpenTarget, TargetOptions } from '../target-options.ts';
import { LineError, type LinePort } from './client.ts';
import { BoardLine } from './connect.ts';
import { openConsolePort } from './console-port.ts';
import { startInterpreter } from './interpreter.ts';
import { SerialLine, USUAL_BAUD } from './serial-line.ts';
import { BoardTarget } from './target.ts';
import { upload } from './uploader.ts';

export const textCrc = (text: string): number => crc32.bstr(text) >>> 0;

/** Scenarios one after the other on one open line. `end` is called after the line is closed. */
export async function openLineTarget(
  name: string,
  port: LinePort,
  options: TargetOptions,
  end: () => Promise<void> | void,
): Promise<OpenTarget> {
  const line = new BoardLine({ port, crc: textCrc, coreHash: options.coreHash, ...options.line });
  const close = async (): Promise<void> => {
    await port.close();
    await end();
  };
  try {
    await line.establish();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    createTarget: (setup) => BoardTarget.open(name, setup, line),
    line: () => ({ ...line.client.counts, ...port.traffic }),
    close: async () => {
      await line.leave();
      await close();
    },
  };
}

export async function openBoardTarget(options: TargetOptions): Promise<OpenTarget> {
  const { port: path, exec, baud = USUAL_BAUD } = options;
  if (exec !== undefined) return await openInterpreter(exec, options);
  if (path === undefined) {
    throw new LineError('no board named: give --port PATH (thecal list ports shows them) or --exec PATH');
  }
  return await openLineTarget('board', await SerialLine.open(path, baud), options, () => undefined);
}

async function openInterpreter(exec: string, options: TargetOptions): Promise<OpenTarget> {
  const interpreter = await startInterpreter(exec);
  try {
    const console = await openConsolePort(interpreter.path, USUAL_BAUD);
    try {
      await upload(console, {
        code: await options.firmware(),
        coreHash: options.coreHash,
        variablesNeeded: 0,
        mayReplace: false,
        onStep: () => undefined,
      });
    } finally {
      await console.close();
    }
    const port = await SerialLine.open(interpreter.path);
    return await openLineTarget('board', port, options, () => interpreter.close());
  } catch (error) {
    await interpreter.close();
    throw error;
  }
}
