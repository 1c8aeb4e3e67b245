/** HOST: a virtual board at the end of a pseudo-terminal, in this thread. */
import { Pty } from '../espruino/pty.ts';
import { VirtualBoard } from './board.ts';
import { loadEngine } from './machine.ts';
import type { MischiefPlan } from './mischief.ts';

export interface BoardPlan {
  readonly link: string | null;
  readonly storage: string | null;
  readonly mischief: MischiefPlan;
  readonly isFull: boolean;
  /** What is in its flash storage from the factory, unless that holds something already. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

export interface PoweredBoard {
  readonly path: string;
  close(): void;
}

export async function createBoard(plan: BoardPlan, send: (text: string) => void): Promise<VirtualBoard> {
  await loadEngine();
  const board = new VirtualBoard({ ...plan, send });
  board.install(plan.files);
  return board;
}

export async function powerOnBoard(plan: BoardPlan): Promise<PoweredBoard> {
  const pty = await Pty.open(plan.link);
  try {
    const board = await createBoard(plan, (text) => pty.write(text));
    pty.onData((bytes) => board.receive(bytes.toString('latin1')));
    board.powerOn();
    return {
      path: pty.path,
      close() {
        board.powerOff();
        pty.close();
      },
    };
  } catch (error) {
    pty.close();
    throw error;
  }
}
