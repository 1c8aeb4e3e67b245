/**
 * `thecal.boards.yaml`: the boards of a bench, each with a name and how to find its port. Read by the parts that read
 * scenarios, so that all of its problems are shown at once, with their places.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { BOARD_TYPES } from '../../../hal/espruino/board-table.ts';
import { quoted, unknownWord } from '../../scenario/nearest.ts';
import { type Finding, type Path, placed, type Problem } from '../../scenario/problem.ts';
import {
  type Check,
  check,
  closed,
  guarded,
  identifier,
  isNot,
  listOrEmpty,
  mapOrEmpty,
  salvageParts,
  sentence,
  versionOne,
  wholeNumber,
  word,
} from '../../scenario/schema-parts.ts';
import { readSource } from '../../scenario/yaml-source.ts';
import { countProblems, problemText, readInputFile } from '../input-files.ts';
import { UserError } from '../user-error.ts';
import { BAUD_LIMITS } from './options.ts';

const BOARDS_FILE = 'thecal.boards.yaml';

/** Where a board is: a path, or what its USB device says of itself, or a program that stands in for one. */
export interface PortWords {
  readonly path?: string | undefined;
  /** Vendor and product, four lower-case hex digits each, with a colon. */
  readonly usb?: string | undefined;
  readonly serial?: string | undefined;
  readonly exec?: string | undefined;
}

export interface BoardEntry {
  readonly name: string;
  readonly port: PortWords;
  /** null: the usual one. */
  readonly baud: number | null;
  /** A name of the table of boards; null: whichever. */
  readonly board: string | null;
  /** What is wired to it. */
  readonly fixtures: readonly string[];
}

export interface Inventory {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly entries: readonly BoardEntry[];
}

const HOW_PORT =
  'write { path: /dev/ttyACM0 }, { usb: "0483:5740" }, { serial: "35720001" }, usb and serial together, or { exec: ./espruino }';
const HOW_USB = 'write vendor and product as in "0483:5740"; `thecal list ports` shows them';
const HOW_SERIAL = 'write the serial number in quotes, as `thecal list ports` shows it';

const checkPort: Check = (raw, complain) => {
  const has = (key: string): boolean => Object.hasOwn(raw, key);
  const ways = [has('path'), has('usb') || has('serial'), has('exec')].filter(Boolean).length;
  if (ways === 0) complain(null, `says nothing about where the board is: ${HOW_PORT}`);
  if (ways > 1) complain(null, `says in more than one way where the board is: ${HOW_PORT}`);
};

const PORT = guarded(
  closed(
    {
      path: sentence('the path of the port, such as /dev/ttyACM0,')
        .optional()
        .meta({ description: 'path of the port' }),
      usb: z
        .string({ error: ({ input }) => isNot('a USB id', input, HOW_USB) })
        .regex(/^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$/, {
          error: ({ input }) => `${quoted(input)} is not a USB id: ${HOW_USB}`,
        })
        .transform((id) => id.toLowerCase())
        .optional()
        .meta({ description: 'USB vendor and product, as in 0483:5740' }),
      // A serial number of digits alone would lose its leading zeros, or its last digits, as a number.
      serial: z
        .string({ error: ({ input }) => isNot('text', input, HOW_SERIAL) })
        .min(1, { error: `is empty: ${HOW_SERIAL}` })
        .optional()
        .meta({ description: 'serial number of the USB device' }),
      exec: sentence('the path of a build of the interpreter')
        .optional()
        .meta({ description: 'no board: a build of the interpreter to start, from the folder of this file' }),
    },
    HOW_PORT,
  ),
  checkPort,
  {
    oneOf: [
      { required: ['path'] },
      { anyOf: [{ required: ['usb'] }, { required: ['serial'] }] },
      { required: ['exec'] },
    ],
  },
);

const ENTRY = closed({
  name: identifier("a board's name", 'pico or rig-2'),
  port: PORT,
  baud: wholeNumber(BAUD_LIMITS.min, BAUD_LIMITS.max)
    .optional()
    .meta({ description: 'speed of a port that is no USB port; else 115200' }),
  board: word('board', BOARD_TYPES.map(({ name }) => name) as [string, ...string[]])
    .optional()
    .meta({ description: 'what kind of board it has to be' }),
  fixtures: z
    .array(identifier("a fixture's name", 'pressure-rig or scale'))
    .prefault([])
    .meta({ description: 'what is wired to it, for --fixture' }),
});

const DOCUMENT = closed({ version: versionOne('the boards file'), boards: z.array(ENTRY) });

/** For `editorJsonSchema`. */
export const BOARDS_SCHEMA: z.ZodType = DOCUMENT;

export function readBoards(
  bytes: Uint8Array,
  file: string,
): { inventory: Inventory } | { problems: readonly Problem[] } {
  const read = readSource(bytes, 'boards file');
  if ('problems' in read)
    return { problems: read.problems.map((problem) => ({ file, path: '', ...problem })) };
  const { source } = read;
  const checked = check(DOCUMENT, source.data);
  const lineOf = (path: Path): number => source.locate(path, 'value').line;
  const findings = [...checked.findings, ...acrossEntries(source.data, lineOf)];
  if (!checked.isRight || findings.length > 0) return { problems: placed(findings, source.locate, file) };
  const entries = checked.value.boards.map(
    ({ name, port, baud = null, board = null, fixtures }): BoardEntry => ({
      name,
      port: port.exec === undefined ? port : { exec: resolve(dirname(file), port.exec) },
      baud,
      board,
      fixtures,
    }),
  );
  return { inventory: { file, text: new TextDecoder().decode(bytes), entries } };
}

/** What needs more than one place of the file, judged by the parts that are right. */
function acrossEntries(data: unknown, lineOf: (path: Path) => number): Finding[] {
  const findings: Finding[] = [];
  const lineOfName = new Map<string, number>();
  const lineOfPort = new Map<string, number>();
  listOrEmpty(mapOrEmpty(data)['boards']).forEach((item, index) => {
    const { name, port, board, baud } = salvageParts<z.output<typeof ENTRY>>(ENTRY, item);
    const complain = (key: string, message: string): void => {
      findings.push({ path: ['boards', index, key], at: 'value', message });
    };
    const namedAt = name === undefined ? undefined : lineOfName.get(name);
    if (namedAt !== undefined) {
      complain('name', `"${name}" already names the board on line ${namedAt}: choose another name`);
    } else if (name !== undefined) {
      lineOfName.set(name, lineOf(['boards', index, 'name']));
    }
    if (port === undefined) return;
    if (port.exec !== undefined) {
      if (board !== undefined) {
        complain('board', 'goes with a real board, and exec starts a program on this computer: remove it');
      }
      if (baud !== undefined) {
        complain('baud', 'goes with a port, and exec starts a program on this computer: remove it');
      }
      return;
    }
    const key = JSON.stringify([port.path, port.usb, port.serial]);
    const usedAt = lineOfPort.get(key);
    if (usedAt === undefined) lineOfPort.set(key, lineOf(['boards', index, 'port']));
    else {
      const way = port.path === undefined ? 'give each its serial number' : 'give each its own path';
      complain('port', `is the port of the board on line ${usedAt}, too: ${way}, or keep one of the two`);
    }
  });
  return findings;
}

/** The file named, or the one in this folder; null where there is none and none was asked for. */
export function loadInventory(named: string | undefined): Inventory | null {
  const file = named ?? BOARDS_FILE;
  if (named === undefined && !existsSync(file)) return null;
  const bytes = readInputFile(file, 'boards file');
  const outcome = 'message' in bytes ? { problems: [bytes] } : readBoards(bytes, file);
  if ('inventory' in outcome) return outcome.inventory;
  throw new UserError(
    ...outcome.problems.map(problemText),
    `${countProblems(outcome.problems)} in the boards file; no board was asked anything`,
  );
}

function inventoryOf(named: string | undefined, option: string): Inventory {
  const inventory = loadInventory(named);
  if (inventory !== null) return inventory;
  throw new UserError(
    `${option}: there is no ${BOARDS_FILE} in this folder; name one with --boards FILE, or the port with --port PATH (docs/board.md shows the file)`,
  );
}

export function entryNamed(name: string, boardsFile: string | undefined): BoardEntry {
  const { file, entries } = inventoryOf(boardsFile, `--board ${name}`);
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new UserError(
    `--board: ${unknownIn(
      file,
      'board',
      name,
      entries.map((entry) => entry.name),
    )}`,
  );
}

/** In the order of the file; at least one. */
export function entriesWith(fixture: string, boardsFile: string | undefined): readonly BoardEntry[] {
  const { file, entries } = inventoryOf(boardsFile, `--fixture ${fixture}`);
  const found = entries.filter(({ fixtures }) => fixtures.includes(fixture));
  if (found.length > 0) return found;
  const known = [...new Set(entries.flatMap(({ fixtures }) => fixtures))];
  throw new UserError(`--fixture: ${unknownIn(file, 'fixture', fixture, known)}`);
}

function unknownIn(file: string, what: string, name: string, known: readonly string[]): string {
  const list = known.length === 0 ? `${file} names none` : `${file} has ${known.join(', ')}`;
  return unknownWord(what, name, known, list);
}
