/** Which board a command is for, and at which port that is now. */
import { boardIdOf } from '../../../hal/espruino/board-table.ts';
import { PortError } from '../../../hal/espruino/console-port.ts';
import type { TargetOptions } from '../../../hal/target-options.ts';
import { UserError } from '../user-error.ts';
import { absent, findPort, isPresent, portsFor, portText } from './find-port.ts';
import { type BoardEntry, entriesWith, entryNamed, loadInventory, type PortWords } from './inventory.ts';
import { PLACE_OPTIONS, type PlaceOptions } from './options.ts';

/** Plain data: it crosses threads. */
export interface BoardPlace {
  /** For messages. */
  readonly name: string;
  readonly port: PortWords;
  readonly baud: number | null;
  /** A name of the table of boards; null: whichever. */
  readonly board: string | null;
  /** The file that named it, for the record; null where none did. */
  readonly boardsFile: { readonly file: string; readonly text: string } | null;
  /** The options that name this very board, to be typed again. */
  readonly options: readonly (readonly [option: string, value: string])[];
}

/** What is named on the command line is checked here; whether the board is there, when it is needed. */
export async function choosePlace(options: PlaceOptions): Promise<BoardPlace> {
  const { port, board, fixture, exec, boards, baud } = options;
  const given = Object.entries({ port, board, fixture, exec }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  const empty = PLACE_OPTIONS.find((option) => options[option] === '');
  if (empty !== undefined) throw new UserError(`--${empty}: nothing is named by it; write a name behind it`);
  if (given.length > 1) {
    throw new UserError(`${given[0]} and ${given[1]} both name a board: give one of them`);
  }
  if (given.length === 0) {
    throw new UserError(
      'name one board: --port PATH ("thecal list ports" shows them), --board NAME or --fixture WORD ("thecal list boards" shows them), or --exec PATH for an interpreter on this machine',
    );
  }
  const atBaud = baud === undefined ? [] : [['--baud', String(baud)] as const];
  const place = (path: string, words: PortWords, option: string): BoardPlace => ({
    name: path,
    port: words,
    baud: baud ?? null,
    board: null,
    boardsFile: null,
    options: [[option, path], ...atBaud],
  });
  if (port !== undefined) return place(port, { path: port }, '--port');
  if (exec !== undefined) return place(exec, { exec }, '--exec');
  const entry =
    fixture === undefined
      ? entryNamed(board ?? '', boards)
      : await firstPresent(entriesWith(fixture, boards), fixture);
  const { name } = entry;
  const inFile = boards === undefined ? [] : [['--boards', boards] as const];
  const inventory = loadInventory(boards);
  const boardsFile = inventory === null ? null : { file: inventory.file, text: inventory.text };
  return {
    ...entry,
    boardsFile,
    baud: baud ?? entry.baud,
    options: [['--board', name], ...inFile, ...atBaud],
  };
}

/** The first of these that is plugged in. Rejects with a `PortError` when none is. */
export async function firstPresent(entries: readonly BoardEntry[], fixture: string): Promise<BoardEntry> {
  const ports = await portsFor(entries);
  const found = entries.find((entry) => isPresent(entry, ports));
  if (found !== undefined) return found;
  const each = entries.map(({ name, port }) => `${name} (${portText(port)})`);
  throw new PortError('no-board', `--fixture ${fixture}: not plugged in: ${each.join(', ')}`);
}

/** Rejects with a `PortError` when it is not there. */
export async function locate(
  place: BoardPlace,
): Promise<Pick<TargetOptions, 'port' | 'exec' | 'baud' | 'boardId'>> {
  const { exec, path } = place.port;
  if (exec !== undefined) return { exec };
  // A path is left to be opened, which says best what is wrong with it.
  const port = path ?? findPort(place, await portsFor([place]));
  if (port === null) throw absent(place);
  return {
    port,
    baud: place.baud ?? undefined,
    boardId: boardIdOf(place.board),
  };
}
