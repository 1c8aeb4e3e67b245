/** Virtual boards in processes of their own, at the port `pump` in the program's folder. */
import type { ChildProcess } from 'node:child_process';
import { afterEach } from 'vitest';
import type { Program } from '../cli/program.ts';

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** To be called at the head of a test file. What `running` has is ended after each test; `powerOn` waits for the port. */
export function poweredBoards(program: Program) {
  const running: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of running.splice(0)) await end(child);
  });
  const powerOn = async (...words: string[]): Promise<ChildProcess> => {
    const { child } = program.start(['board', 'virtual', '--link', 'pump', ...words]);
    running.push(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the virtual board ended with code ${code}`)));
      child.stdout?.on('data', (text: string) => {
        if (text.includes('switches it off')) resolve();
      });
    });
    return child;
  };
  return { running, powerOn };
}
