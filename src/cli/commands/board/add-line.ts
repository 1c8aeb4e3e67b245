/** `thecal board virtual` and `thecal board hello`: options, help. */
import { type Command, InvalidArgumentError } from 'commander';
import { addPlaceOptions } from '../../boards/options.ts';
import { duration } from '../../duration.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { HelloOptions } from './hello.ts';
import type { MonitorOptions } from './monitor.ts';
import type { VirtualOptions } from './virtual.ts';

const VIRTUAL_EXAMPLES = `
Examples:
  thecal board virtual --link /tmp/thecal                  a board at /tmp/thecal, until Ctrl-C
  thecal board virtual --link /tmp/thecal --storage flash  its flash storage in a folder, kept for the next start
  thecal board virtual --empty                             without firmware, to be flashed
  thecal board virtual --lose 7,12 --delay 200             a line that loses two messages and is slow
  thecal board virtual --link /tmp/thecal --free-run       a pump that runs on its own: 300 ug a day of 500 ug/mL
  thecal board virtual --free-run --speed 600              ten minutes of its time in a second of yours
  thecal board virtual --free-run --fault motor-stall      whose motor does not turn

Any serial program can open it: picocom /tmp/thecal, screen /tmp/thecal, pyserial, a web page with Web Serial.
A message is a line to or from the firmware while it serves, counted from 1 over both directions.
`;

const HELLO_EXAMPLES = `
Examples:
  thecal board hello --port /dev/ttyACM0   which firmware is there, and whether it is this program's
  thecal board hello --port /tmp/thecal    the same of a virtual board
  thecal board hello --board pico          the same of the board that thecal.boards.yaml calls pico
`;

/** Above it this computer does not keep up. */
const MAX_SPEED = 10_000;
const MONITOR_EXAMPLES = `
Examples:
  thecal board monitor --port /dev/ttyACM0                 live, until q or Ctrl-C
  thecal board monitor --port /tmp/thecal --once           one look as text
  thecal board monitor --board pico --json --for "10 min"  a JSON object for each look

For a board with the free-running firmware. The pump goes on as it was: nothing is broken off, reset or programmed; s
asks, and asks again, before it silences an alarm. Telemetry costs charge: a look is one frame of 0.1 mC, with alarms
two, and a first look or one after a change some more for the prescription. A look every 2 s takes 0.0075 % of the
battery in an hour, as much as 5 hours at rest.
Exit codes: 0 ended by you or by --for   2 bad command line   3 no pump, or lost for 30 s   130 Ctrl-C
`;

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

function speed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_SPEED)
    throw new InvalidArgumentError(`Write how many times as fast, 1 to ${MAX_SPEED}.`);
  return value;
}

export function addLineCommands(board: Command, onExit: (code: ExitCode) => void): void {
  board
    .command('virtual')
    .description('a virtual board that any serial program can open, until Ctrl-C')
    .option('--link <path>', 'a name for its port that stays the same over restarts')
    .option('--storage <folder>', 'keep its flash storage there (default: in memory)')
    .option('--empty', 'without firmware, unless the storage has one')
    .option(
      '--free-run',
      'with the firmware that runs on its own, and a pump set up, instead of the one for lockstep',
    )
    .option('--speed <n>', 'its clock runs so many times as fast as yours (default: 1)', speed)
    .option('--fault <kinds...>', 'what is wrong at its pins from the start, as in "thecal list faults"')
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
  addPlaceOptions(board.command('monitor').description("a running pump's state, alarms and log, live"))
    .option('--interval <time>', 'from one look to the next (default: 2 s)', duration)
    .option('--for <time>', 'end after this long', duration)
    .option('--once', 'one look, as text')
    .option('--json', 'a JSON object for each look, one a line')
    .addHelpText('after', MONITOR_EXAMPLES)
    .action(async (options: MonitorOptions) => {
      const { monitorCommand } = await import('./monitor.ts');
      onExit(await monitorCommand(options));
    });
  addPlaceOptions(board.command('hello').description('ask a board who it is; a session there ends'))
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELLO_EXAMPLES)
    .action(async (options: HelloOptions) => {
      const { helloCommand } = await import('./hello.ts');
      onExit(await helloCommand(options));
    });
}
