/** HOST: entry of a thread that is a virtual board at the end of a pseudo-terminal. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PoweredBoard, powerOnBoard } from './power.ts';
import type { BoardRequest, BoardSays } from './thread.ts';

const say = (message: BoardSays): void => parentPort?.postMessage(message);

let board: PoweredBoard | null = null;
parentPort?.once('message', () => {
  board?.close();
  parentPort?.close();
});
try {
  board = await powerOnBoard(workerData as BoardRequest);
  say({ kind: 'on', path: board.path });
} catch (error) {
  const isNoPty = error instanceof Error && error.name === 'NoPtyError';
  say({ kind: 'off', message: error instanceof Error ? error.message : String(error), isNoPty });
}
