/** The boards file: what it says, every mistake at its place, and the ports it leads to. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parse } from 'yaml';
import { BOARD_TYPES } from '../../hal/espruino/board-table.ts';
import type { SerialPortRow } from '../../hal/espruino/serial-port.ts';
import { schemaFiles } from '../../scripts/schemas.ts';
import { findPort, isPortOf, isPresent, usbIdOf } from '../../src/cli/boards/find-port.ts';
import { type BoardEntry, readBoards } from '../../src/cli/boards/inventory.ts';
import { formatProblem } from '../../src/scenario/problem.ts';

const read = (yaml: string): ReturnType<typeof readBoards> =>
  readBoards(new TextEncoder().encode(yaml), 'bench/b.yaml');

function entriesOf(yaml: string): readonly BoardEntry[] {
  const result = read(yaml);
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.inventory.entries;
}

function problemsOf(yaml: string): string[] {
  const result = read(yaml);
  return 'problems' in result ? result.problems.map(formatProblem) : [];
}

const boards = (...entries: string[]): string =>
  `version: 1\nboards:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`;

const HOW_PORT =
  'write { path: /dev/ttyACM0 }, { usb: "0483:5740" }, { serial: "35720001" }, usb and serial together, or { exec: ./espruino }';

const docs = readFileSync(new URL('../../docs/board.md', import.meta.url), 'utf8');
/** The example of the documentation. */
const EXAMPLE = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(docs)?.[1] ?? '';

describe('the boards file', () => {
  it('of the documentation says what stands there', () => {
    expect(entriesOf(EXAMPLE)).toEqual([
      {
        name: 'pico',
        port: { usb: '0483:5740' },
        baud: null,
        board: 'Pico',
        fixtures: ['pressure-rig', 'scale'],
      },
      {
        name: 'pixl',
        port: { usb: '10c4:ea60', serial: '00035720' },
        baud: 9600,
        board: 'Pixl.js',
        fixtures: [],
      },
      { name: 'desk', port: { path: '/dev/ttyUSB0' }, baud: null, board: null, fixtures: [] },
      { name: 'linux', port: { exec: resolve('bench/espruino') }, baud: null, board: null, fixtures: [] },
    ]);
  });

  it('may list no board yet', () => {
    expect(entriesOf('version: 1\nboards: []\n')).toEqual([]);
  });

  it('takes USB ids in any case', () => {
    expect(entriesOf(boards('{ name: a, port: { usb: "0D28:ABCD" } }'))[0]?.port).toEqual({
      usb: '0d28:abcd',
    });
  });

  it('is told about all of its mistakes at once, in their order', () => {
    const slips = boards(
      '{ name: Pico, port: { usb: 483:5740, serial: 35720001 }, board: Pcio }',
      '{ name: a, port: { path: /dev/x, exec: b }, baud: 20, fixtures: [Rig A] }',
      '{ name: b, port: { path: /dev/x }, colour: red }',
      '{ name: b, port: { path: /dev/x } }',
      'f',
    );
    expect(problemsOf(slips).map((problem) => problem.slice(0, problem.indexOf(': ')))).toEqual([
      'bench/b.yaml:3:13 boards.0.name',
      'bench/b.yaml:3:32 boards.0.port.usb',
      'bench/b.yaml:3:50 boards.0.port.serial',
      'bench/b.yaml:3:69 boards.0.board',
      'bench/b.yaml:4:22 boards.1.port',
      'bench/b.yaml:4:55 boards.1.baud',
      'bench/b.yaml:4:70 boards.1.fixtures.0',
      'bench/b.yaml:5:40 boards.2.colour',
      'bench/b.yaml:6:13 boards.3.name',
      'bench/b.yaml:6:22 boards.3.port',
      'bench/b.yaml:7:5 boards.4',
    ]);
  });

  it.each([
    ['', '1:1: the file is empty; a boards file begins with `version: 1`'],
    [
      '- a\n',
      '1:1: a boards file is a map of keys and values beginning with `version: 1`, not a list or a single value',
    ],
    ['boards: []\n', '1:1 version: is missing: write version: 1'],
    [
      'version: 2\nboards: []\n',
      '1:10 version: this program reads version 1 of the boards file: write version: 1',
    ],
    ['version: 1\n', '1:1 boards: is missing: write its entries in [ ], or one a line after "- "'],
    [
      boards('{ port: { path: /dev/x } }'),
      '3:5 boards.0.name: is missing: write a short name in lower case such as pico or rig-2',
    ],
    [
      boards('{ name: rig_2, port: { path: /dev/x } }'),
      '3:13 boards.0.name: "rig_2" can\'t be a board\'s name: write a short name in lower case such as pico or rig-2',
    ],
    [
      boards('{ name: a, port: { path: /dev/x }, board: Pico2 }'),
      `3:47 boards.0.board: unknown board "Pico2"; did you mean Pico? write one of ${BOARD_TYPES.map(({ name }) => name).join(', ')}`,
    ],
    [
      boards('{ name: a, port: { usb: "5740" } }'),
      '3:29 boards.0.port.usb: "5740" is not a USB id: write vendor and product as in "0483:5740"; `thecal list ports` shows them',
    ],
    [
      boards('{ name: a, port: { serial: 35720001 } }'),
      '3:32 boards.0.port.serial: "35720001" is not text: write the serial number in quotes, as `thecal list ports` shows it',
    ],
    [boards('{ name: a }'), `3:5 boards.0.port: is missing: ${HOW_PORT}`],
    [
      boards('{ name: a, port: /dev/ttyACM0 }'),
      `3:22 boards.0.port: "/dev/ttyACM0" is not a map: ${HOW_PORT}`,
    ],
    [
      boards('{ name: a, port: {} }'),
      `3:22 boards.0.port: says nothing about where the board is: ${HOW_PORT}`,
    ],
    [
      boards('{ name: a, port: { path: /dev/x, usb: "0483:5740" } }'),
      `3:22 boards.0.port: says in more than one way where the board is: ${HOW_PORT}`,
    ],
    [
      boards('{ name: a, port: { path: /dev/x }, baud: fast }'),
      '3:46 boards.0.baud: "fast" is not a whole number: write a whole number from 300 to 4000000',
    ],
    [
      boards('{ name: a, port: { exec: ./e }, board: Pico }'),
      '3:44 boards.0.board: goes with a real board, and exec starts a program on this computer: remove it',
    ],
    [
      boards('{ name: a, port: { exec: ./e }, baud: 9600 }'),
      '3:43 boards.0.baud: goes with a port, and exec starts a program on this computer: remove it',
    ],
    [
      boards('{ name: a, port: { path: /dev/x } }', '{ name: a, port: { path: /dev/y } }'),
      '4:13 boards.1.name: "a" already names the board on line 3: choose another name',
    ],
    [
      boards('{ name: a, port: { usb: "0483:574a" } }', '{ name: b, port: { usb: "0483:574A" } }'),
      '4:22 boards.1.port: is the port of the board on line 3, too: give each its serial number, or keep one of the two',
    ],
  ])('%#: a mistake alone is found at its place', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([`bench/b.yaml:${problem}`]);
  });

  it('is known to editors', () => {
    const schema = JSON.parse(
      schemaFiles()['docs/schema/boards.schema.json'] ?? '',
    ) as z.core.JSONSchema.BaseSchema;
    const reader = z.fromJSONSchema(schema);
    const example = parse(EXAMPLE) as { boards: object[] };
    expect(reader.safeParse(example).error).toBeUndefined();
    for (const slip of [{ name: 'A b' }, { board: 'Pcio' }, { colour: 'red' }, { baud: 1 }]) {
      const wrong = { ...example, boards: [{ ...example.boards[0], ...slip }] };
      expect(reader.safeParse(wrong).success, JSON.stringify(slip)).toBe(false);
    }
  });
});

const folder = mkdtempSync(join(tmpdir(), 'thecal-ports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function port(path: string, usb: string | null, serialNumber: string | null): SerialPortRow {
  const [vendorId = null, productId = null] = usb?.split(':') ?? [];
  return { path, manufacturer: null, serialNumber, vendorId, productId };
}
/** As on Windows, with USB ids in capitals. */
const PORTS = [
  port('COM3', '0483:574A', 'AB01'),
  port('COM4', '0483:574A', 'AB02'),
  port('COM5', '10C4:EA60', null),
  port('COM1', null, null),
];
const find = (words: BoardEntry['port']): string | null => findPort({ name: 'rig', port: words }, PORTS);

describe('the port of a board', () => {
  it.each([
    ['its USB id', { usb: '10c4:ea60' }, 'COM5'],
    ['its serial number', { serial: 'ab02' }, 'COM4'],
    ['both', { usb: '0483:574a', serial: 'AB01' }, 'COM3'],
    ['its path in the list', { path: 'COM1' }, 'COM1'],
    ['its path on disk', { path: folder }, folder],
    ['the program in its place', { exec: folder }, folder],
    ['a USB id that is not there', { usb: '0483:5740' }, null],
    ['a USB id with another serial number', { usb: '10c4:ea60', serial: 'AB01' }, null],
    ['a path that is not there', { path: '/dev/thecal-nothing' }, null],
    ['a program that is not there', { exec: '/thecal-nothing' }, null],
  ])('is found by %s', (_how, words, path) => {
    expect(find(words)).toBe(path);
    expect(isPresent({ name: 'rig', port: words }, PORTS)).toBe(path !== null);
  });

  it('is asked for where two fit', () => {
    expect(() => find({ usb: '0483:574a' })).toThrow(
      'rig: USB 0483:574a is at 2 ports, COM3 (serial number AB01) and COM4 (serial number AB02): write the serial number of the one that is meant into the boards file, or its path',
    );
    expect(isPresent({ name: 'rig', port: { usb: '0483:574a' } }, PORTS)).toBe(true);
  });

  it('is the same by a link to it', () => {
    const [device, link] = [join(folder, 'ttyACM0'), join(folder, 'by-id')];
    writeFileSync(device, '');
    symlinkSync(device, link);
    expect(isPortOf(port(device, null, null), { path: link })).toBe(true);
    expect(isPortOf(port(join(folder, 'ttyACM1'), null, null), { path: link })).toBe(false);
    expect(isPortOf(port(device, null, null), { exec: device })).toBe(false);
  });

  it('shows its USB id as the boards file has it', () => {
    expect(PORTS.map(usbIdOf)).toEqual(['0483:574a', '0483:574a', '10c4:ea60', null]);
  });
});
