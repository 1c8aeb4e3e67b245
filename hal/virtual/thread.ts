/** HOST: a virtual board in a thread of its own, so that board and host work at the same time. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LineError } from '../espruino/client.ts';
import { NoPtyError } from '../espruino/pty.ts';
import type { BoardPlan, PoweredBoard } from './power.ts';

export type BoardRequest = BoardPlan;

export type BoardSays =
  | { readonly kind: 'on'; readonly path: string }
  | { readonly kind: 'off'; readonly message: string; readonly isNoPty: boolean };

/** `file` is `worker.ts`, or what the build made of it. */
export async function startBoardThread(file: string, plan: BoardPlan): Promise<PoweredBoard> {
  const workerData = plan satisfies BoardRequest;
  const worker = file.endsWith('.ts')
    ? new Worker(fromSource(file), { workerData, eval: true, execArgv: [] })
    : new Worker(pathToFileURL(file), { workerData, execArgv: [] });
  const [said] = (await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code]) => [
      { kind: 'off', message: `its thread ended with code ${code}`, isNoPty: false },
    ]),
  ])) as [BoardSays];
  if (said.kind === 'off') {
    await worker.terminate();
    if (said.isNoPty) throw new NoPtyError(said.message);
    throw new LineError(`the virtual board does not start: ${said.message}`);
  }
  // A run that is over need not wait for its board.
  worker.unref();
  return {
    path: said.path,
    close: () => worker.postMessage('close'),
  };
}

/** During development: a thread has to be told how to read TypeScript. */
function fromSource(file: string): string {
  const api = pathToFileURL(
    createRequire(file)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href;
  const entry = pathToFileURL(file).href;
  return `import(${JSON.stringify(api)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); });`;
}
