/** Standard output and standard error as this program uses them. */
import { styleText } from 'node:util';
import { type Paint, PLAIN } from '../report/paint.ts';
import { BAD_INPUT } from './exit-codes.ts';
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

export function printLines(stream: Stream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}

/**
 * A reader that has seen enough (`| head`) is no error: the run goes on and its exit code tells. Output that can't be
 * stored (a full disk behind `>`) must not end as a pass.
 */
export function watchPipes(): void {
  process.stderr.on('error', () => {}); // there is nobody left to tell
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`standard output: could not be written: ${reasonOf(error)}\n`);
    process.exit(BAD_INPUT);
  });
}
