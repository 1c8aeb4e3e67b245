/** The walk on a terminal: keys in, pictures out. However it ends, the terminal is as it was. */
import { emitKeypressEvents, type Key } from 'node:readline';
import { type ExitCode, INTERRUPTED, PASSED } from '../exit-codes.ts';
import { paintFor } from '../terminal.ts';
import { UserError } from '../user-error.ts';
import type { Session } from './session.ts';
import { Walk } from './walk.ts';

/** Another screen, no cursor, no folding of lines; and back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
/** Of a terminal that does not say. */
const USUAL = { columns: 80, rows: 24 } as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function walk(session: Session, tick: number): Promise<ExitCode> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new UserError('--walk needs a terminal; without one, use --at, --step, --back and --until');
  }
  const walked = await Walk.begin(session, tick);
  const draw = (): void => {
    const lines = walked.frame(stdout.columns || USUAL.columns, stdout.rows || USUAL.rows, paintFor(stdout));
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  };
  return await new Promise<ExitCode>((resolve, reject) => {
    // Keys wait for the one before them, since a move may take a moment.
    let last = Promise.resolve();
    const onKey = (text: string | undefined, key: Key): void => {
      if (key.ctrl === true && key.name === 'c') {
        leave();
        resolve(INTERRUPTED);
        return;
      }
      last = last.then(async () => {
        await walked.key(key.name, text ?? key.sequence ?? '');
        if (walked.isOver) {
          leave();
          resolve(PASSED);
        } else draw();
      });
      last.catch((error: unknown) => {
        leave();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    const onSignal = (): void => {
      leave();
      resolve(INTERRUPTED);
    };
    const restore = (): void => {
      stdout.write(LEAVE);
    };
    const leave = (): void => {
      stdin.off('keypress', onKey);
      stdout.off('resize', draw);
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('exit', restore);
      stdin.setRawMode(false);
      stdin.pause();
      restore();
    };
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('keypress', onKey);
    stdout.on('resize', draw);
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on('exit', restore);
    stdout.write(ENTER);
    draw();
  });
}
