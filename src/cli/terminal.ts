/** Standard output and standard error as this program uses them. */
import { styleText } from 'node:util';
import { type Paint, PLAIN } from '../report/paint.ts';
import { foremost, INFRASTRUCTURE } from './exit-codes.ts';
import { reasonOf } from './user-error.ts';

export type Stream = NodeJS.WriteStream;

/** https://no-color.org: any value but the empty one means no. */
export function isColourful(stream: Stream): boolean {
  return stream.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}

export function paintFor(stream: Stream): Paint {
  if (!isColourful(stream)) return PLAIN;
  // Whether there is a terminal has been decided above, for this stream and not for standard output.
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
  };
}

/** Where lines are folded: at the edge of a terminal, and nowhere in a pipe or file. */
export function widthOf(stream: Stream): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;
}

export function printLines(stream: Stream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}

/** One line on standard error that is drawn again and again; nothing where nobody looks. */
export const statusLine = {
  draw(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
  },
  erase(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  },
};

/**
 * A reader that has seen enough (`| head`) is no error: the run goes on and its exit code tells. Output that can't be
 * stored (a full disk behind `>`) must not end as a pass, nor hide what the run has found.
 */
export function watchPipes(): void {
  process.stderr.on('error', () => {}); // there is nobody left to tell
  let isLost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    process.stderr.write(`standard output: could not be written: ${reasonOf(error)}\n`);
    process.once('exit', (code) => {
      process.exitCode = foremost([code, INFRASTRUCTURE]);
    });
  });
}
