/** `thecal board ...`: verbs, options, help. */
import type { Command } from 'commander';
import { addPlaceOptions } from '../../boards/options.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { addLineCommands } from './add-line.ts';
import type { FlashOptions } from './flash.ts';

const FLASH_EXAMPLES = `
Examples:
  thecal board flash --port /dev/ttyACM0             firmware for lockstep: the world here, the pump there
  thecal board flash --port /dev/ttyACM0 --free-run  firmware that runs on its own over real pins
  thecal board flash --board pico                    the board that thecal.boards.yaml calls pico
  thecal board flash --dry-run                       what would be sent, and which boards it fits
  thecal board flash --exec ./espruino               a Linux build of the interpreter in place of a board

The upload can be cut anywhere: the board then boots what it had, and the next try starts anew.
Exit codes: 0 flashed, it said hello   2 bad command line   3 port or board   70 a bug of ours
`;

export function addBoard(program: Command, onExit: (code: ExitCode) => void): void {
  const board = program.command('board').description('firmware on a real board or a virtual one');
  addLineCommands(board, onExit);
  addPlaceOptions(board.command('flash').description("put the firmware into a board's flash storage"))
    .option('--free-run', 'the firmware that runs on its own over real pins, instead of the one for lockstep')
    .option('--replace', 'give up the running firmware first, on a board with storage for one only')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', FLASH_EXAMPLES)
    .action(async (options: FlashOptions) => {
      const { flashCommand } = await import('./flash.ts');
      onExit(await flashCommand(options));
    });
  for (const command of board.commands) {
    command.showHelpAfterError(`(try thecal board ${command.name()} --help)`);
  }
}
