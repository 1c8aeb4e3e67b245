/** HOST: a virtual board at the end of a pseudo-terminal, in this thread. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Pty } from '../espruino/pty.ts';
import type { Note } from './bench.ts';
import { VirtualBoard } from './board.ts';
import { claim } from './claim.ts';
import { loadEngine } from './machine.ts';
import type { MischiefPlan } from './mischief.ts';
import { STORAGE_LOCK } from './storage.ts';

export interface BoardPlan {
  readonly link: string | null;
  readonly storage: string | null;
  readonly mischief: MischiefPlan;
  readonly isFull: boolean;
  /** What is in its flash storage from the factory, unless that holds something already. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** As in `VirtualBoardOptions`. */
  readonly firstLine?: string;
  readonly speed?: number;
  readonly faults?: readonly string[];
}

export interface PoweredBoard {
  readonly path: string;
  close(): void;
}

type Hear = (note: Note) => void;

export async function createBoard(
  plan: BoardPlan,
  send: (text: string) => void,
  hear?: Hear,
): Promise<VirtualBoard> {
  await loadEngine();
  const board = new VirtualBoard({ ...plan, send, hear });
  board.install(plan.files);
  return board;
}

/** The folder for its flash storage does not serve as one. */
export class StorageError extends Error {
  readonly reason: unknown;

  constructor(folder: string, reason: unknown) {
    super(`the storage ${folder} cannot be used`);
    this.reason = reason;
  }
}

/** `hear` is told of each note of its buzzer. */
export async function powerOnBoard(plan: BoardPlan, hear?: Hear): Promise<PoweredBoard> {
  const releases: (() => void)[] = [];
  const releaseAll = (): void => {
    for (const release of releases.splice(0).reverse()) release();
  };
  try {
    if (plan.link !== null) releases.push(claim(plan.link, `${resolve(plan.link)}.lock`));
    if (plan.storage !== null) releases.push(claimStorage(plan.storage));
    let pty: Pty | null = null;
    // Before there is a pseudo-terminal, which would keep this process alive when the storage cannot be read or filled.
    const board = await createInStorage(plan, (text) => pty?.write(text), hear);
    const opened = await Pty.open(plan.link);
    pty = opened;
    releases.push(() => opened.close());
    opened.onData((bytes) => board.receive(bytes.toString('latin1')));
    board.powerOn();
    return {
      path: opened.path,
      close() {
        board.powerOff();
        releaseAll();
      },
    };
  } catch (error) {
    releaseAll();
    throw error;
  }
}

function claimStorage(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true });
    return claim(folder, join(resolve(folder), STORAGE_LOCK));
  } catch (error) {
    throw isOfSystem(error) ? new StorageError(folder, error) : error;
  }
}

async function createInStorage(
  plan: BoardPlan,
  send: (text: string) => void,
  hear?: Hear,
): Promise<VirtualBoard> {
  try {
    return await createBoard(plan, send, hear);
  } catch (error) {
    throw plan.storage !== null && isOfSystem(error) ? new StorageError(plan.storage, error) : error;
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
