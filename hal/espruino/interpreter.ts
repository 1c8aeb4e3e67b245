/**
 * HOST: a real interpreter in place of a board: a program that talks on its terminal. It gets the device's end of a
 * pseudo-terminal, so that the host opens a port as it opens a board's, with the same packages.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineError } from './client.ts';
import { type ConsolePort, openConsolePort } from './console-port.ts';
import { openPtyPair } from './pty.ts';
import { USUAL_BAUD } from './serial-line.ts';

export interface Interpreter {
  /** The port to open. */
  readonly path: string;
  readonly pid: number;
  /** Why it is gone; null while it runs. */
  failure(): Error | null;
  /** Ends it for good: it ignores a polite request once its terminal is gone. */
  close(): Promise<void>;
}

const NEWS_MS = 200;

/** The console of an interpreter that was started: messages name the program, since nobody knows its port. */
export async function openInterpreterConsole(binary: string, { path }: Interpreter): Promise<ConsolePort> {
  try {
    return { ...(await openConsolePort(path, USUAL_BAUD)), name: binary };
  } catch (error) {
    // Its terminal goes before the news of its end comes, which says more.
    await sleep(NEWS_MS);
    throw error;
  }
}

/** It runs, and has no prompt. */
export function noInterpreter(binary: string): LineError {
  return new LineError(`${binary}: does not answer as an interpreter: is it a build of Espruino?`);
}

/** `folder` keeps its flash memory from one start to the next; without one it starts empty and leaves nothing. */
export async function startInterpreter(binary: string, folder: string | null = null): Promise<Interpreter> {
  const program = resolve(binary);
  if (!existsSync(program)) throw new LineError(`${binary}: there is no such program to start as a board`);
  if (!isExecutable(program)) throw new LineError(`${binary}: may not be executed: chmod +x ${binary}`);
  const pair = await openPtyPair(true);
  const cwd = folder ?? mkdtempSync(join(tmpdir(), 'thecal-board-'));
  let child: ChildProcess | null = null;
  let guard: ChildProcess | null = null;
  const cleanUp = async (): Promise<void> => {
    // First, so that it never outlives what it would end.
    if (guard !== null) await end(guard);
    if (child !== null) await end(child);
    closeSync(pair.portFd);
    if (folder === null) rmSync(cwd, { recursive: true, force: true });
  };
  try {
    child = spawn(program, [], { cwd, stdio: [pair.fd, pair.fd, 'ignore'] });
    await once(child, 'spawn');
    const watcher = startGuard(child.pid ?? 0, folder === null ? cwd : '');
    guard = watcher;
    await once(guard, 'spawn');
    // Once it has ended by itself its number may become another's.
    child.once('exit', () => watcher.stdin.end('ended\n'));
  } catch (error) {
    await cleanUp();
    throw new LineError(
      `${binary}: does not start: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    // The child has its own; with ours closed too, its end is seen as the end of the port.
    closeSync(pair.fd);
  }
  const started = child;
  return {
    path: pair.path,
    pid: started.pid ?? 0,
    failure: () =>
      isRunning(started)
        ? null
        : new LineError(`${binary}: ended as soon as it was started: is it a build of Espruino?`),
    close: cleanUp,
  };
}

/**
 * An interpreter outlives its terminal and whoever started it, and would hold its flash file open beside the next one.
 * This one waits for the end of its input, which comes when this process is gone, however that went; a line before it
 * says that there is nothing left to end. The folder goes in any case, unless it is ''.
 */
function startGuard(pid: number, folder: string): ChildProcess & { readonly stdin: Writable } {
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read -r _ || kill -9 "$1"; [ -z "$2" ] || rm -rf "$2"', 'guard', String(pid), folder],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C at a terminal is not for it.
      detached: true,
    },
  );
  // It may have been ended before the interpreter, and then need not be told.
  guard.stdin.on('error', () => undefined);
  return guard;
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || !isRunning(child)) return;
  const whenGone = once(child, 'exit');
  child.kill('SIGKILL');
  await whenGone;
}
