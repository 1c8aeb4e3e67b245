/** The options by which every command is told which board it is for. */
import { type Command, InvalidArgumentError } from 'commander';

export const BAUD_LIMITS = { min: 300, max: 4_000_000 } as const;

export const PLACE_OPTIONS = ['port', 'board', 'fixture', 'exec', 'boards', 'baud'] as const;

export interface PlaceOptions {
  readonly port?: string;
  readonly board?: string;
  readonly fixture?: string;
  readonly exec?: string;
  readonly boards?: string;
  readonly baud?: number;
}

function baudRate(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < BAUD_LIMITS.min || value > BAUD_LIMITS.max) {
    throw new InvalidArgumentError('Write a baud rate, such as 9600 or 115200.');
  }
  return value;
}

export function addPlaceOptions(command: Command): Command {
  return addBoardsOption(
    command
      .option('--port <path>', 'the board at this serial port; "thecal list ports" shows them')
      .option('--board <name>', 'the board of this name in the boards file; "thecal list boards" shows them')
      .option('--fixture <word>', 'the first board of the boards file that has this fixture and is there')
      .option('--exec <path>', 'no board: start this build of the interpreter in its place')
      .option('--baud <rate>', 'speed of a port that is no USB port (default: 115200)', baudRate),
  );
}

export function addBoardsOption(command: Command): Command {
  return command.option('--boards <file>', 'the boards file (default: thecal.boards.yaml, if it is here)');
}
