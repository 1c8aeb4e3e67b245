/** `thecal board virtual` and `thecal board hello`: options, help. */
import { type Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from '../../exit-codes.ts';
import type { HelloOptions } from './hello.ts';
import type { VirtualOptions } from './virtual.ts';

const VIRTUAL_EXAMPLES = `
Examples:
  thecal board virtual --link /tmp/thecal                  a board at /tmp/thecal, until Ctrl-C
  thecal board virtual --link /tmp/thecal --storage flash  its flash storage in a folder, kept for the next start
  thecal board virtual --empty                             without firmware, to be flashed
  thecal board virtual --lose 7,12 --delay 200             a line that loses two messages and is slow

Any serial program can open it: picocom /tmp/thecal, screen /tmp/thecal, pyserial, a web page with Web Serial.
A message is a line to or from the firmware while it serves, counted from 1 over both directions.
`;

const HELLO_EXAMPLES = `
Examples:
  thecal board hello --port /dev/ttyACM0   which firmware is there, and whether it is this program's
  thecal board hello --port /tmp/thecal    the same of a virtual board
`;

export function baudRate(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 300 || value > 4_000_000) {
    throw new InvalidArgumentError('Write a baud rate, such as 9600 or 115200.');
  }
  return value;
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new InvalidArgumentError('Write the numbers of messages, such as 7 or 7,12.');
  }
  return values;
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 60_000)
    throw new InvalidArgumentError('Write milliseconds, 0 to 60000.');
  return value;
}

export function addLineCommands(board: Command, onExit: (code: ExitCode) => void): void {
  board
    .command('virtual')
    .description('a virtual board that any serial program can open, until Ctrl-C')
    .option('--link <path>', 'a name for its port that stays the same over restarts')
    .option('--storage <folder>', 'keep its flash storage there (default: in memory)')
    .option('--empty', 'without firmware, unless the storage has one')
    .option('--lose <n>', 'messages that never arrive', numbers)
    .option('--double <n>', 'messages that arrive twice', numbers)
    .option('--flip <n>', 'messages that arrive with a bit changed', numbers)
    .option('--late <n>', 'messages that arrive after the next one in their direction', numbers)
    .option('--reboot-at <n>', 'messages at which the board loses its power', numbers)
    .option('--delay <ms>', 'how long every reply takes', milliseconds)
    .option('--fill-memory', 'other things take all its memory and storage')
    .addHelpText('after', VIRTUAL_EXAMPLES)
    .action(async (options: VirtualOptions) => {
      const { virtualCommand } = await import('./virtual.ts');
      onExit(await virtualCommand(options));
    });
  board
    .command('hello')
    .description('ask a board who it is')
    .option('--port <path>', 'serial port of the board; "thecal list ports" shows them')
    .option('--exec <path>', 'start this build of the interpreter in place of a board, and flash it')
    .option('--baud <rate>', 'speed of a port that is no USB port (default: 115200)', baudRate)
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELLO_EXAMPLES)
    .action(async (options: HelloOptions) => {
      const { helloCommand } = await import('./hello.ts');
      onExit(await helloCommand(options));
    });
}
