/**
 * HOST: a real interpreter in place of a board: a program that talks on its terminal. It gets the device's end of a
 * pseudo-terminal, so that the host opens a port as it opens a board's, with the same packages.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LineError } from './client.ts';
import { openPtyPair } from './pty.ts';

export interface Interpreter {
  /** The port to open. */
  readonly path: string;
  readonly pid: number;
  /** Ends it for good: it ignores a polite request once its terminal is gone. */
  close(): Promise<void>;
}

/** `folder` keeps its flash memory from one start to the next; without one it starts empty and leaves nothing. */
export async function startInterpreter(binary: string, folder: string | null = null): Promise<Interpreter> {
  const program = resolve(binary);
  if (!existsSync(program)) throw new LineError(`${binary}: there is no such program to start as a board`);
  const pair = await openPtyPair(true);
  const cwd = folder ?? mkdtempSync(join(tmpdir(), 'thecal-board-'));
  const child = spawn(program, [], { cwd, stdio: [pair.fd, pair.fd, 'ignore'] });
  const whenStarted = Promise.race([
    once(child, 'spawn'),
    once(child, 'error').then(([error]) => {
      throw new LineError(
        `${binary}: does not start: ${error instanceof Error ? error.message : String(error)}`,
      );
    }),
  ]);
  const cleanUp = async (): Promise<void> => {
    process.off('exit', killAtExit);
    await end(child);
    closeSync(pair.portFd);
    if (folder === null) rmSync(cwd, { recursive: true, force: true });
  };
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killAtExit);
  try {
    await whenStarted;
  } catch (error) {
    await cleanUp();
    throw error;
  } finally {
    // The child has its own; with ours closed too, its end is seen as the end of the port.
    closeSync(pair.fd);
  }
  return { path: pair.path, pid: child.pid ?? 0, close: cleanUp };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const whenGone = once(child, 'exit');
  child.kill('SIGKILL');
  await whenGone;
}
