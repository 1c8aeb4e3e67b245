/** `docs/board.md` says what is so: its transcripts are typed, its messages brought about, its table judged again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFreeRun, lookAtClock } from '../../hal/espruino/free-run.ts';
import { openBoardTarget, openLineTarget } from '../../hal/espruino/board-target.ts';
import { BOARD_TYPES, fitOf, otherBoard, VARIABLES_NEEDED } from '../../hal/espruino/board-table.ts';
import type { LinePort } from '../../hal/espruino/client.ts';
import {
  type ConsolePort,
  mustHaveName,
  openConsolePort,
  portErrorOf,
} from '../../hal/espruino/console-port.ts';
import { startInterpreter } from '../../hal/espruino/interpreter.ts';
import { Pty } from '../../hal/espruino/pty.ts';
import { SerialLine } from '../../hal/espruino/serial-line.ts';
import { upload, type UploadStep } from '../../hal/espruino/uploader.ts';
import { openInProcess } from '../../hal/virtual/in-process.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { type BoardPlan, createBoard } from '../../hal/virtual/power.ts';
import { filesOf } from '../../hal/virtual/target.ts';
import { type BoardBundle, type BoardBundleName, bundleBoard } from '../../scripts/bundle-board.ts';
import { findPort } from '../../src/cli/boards/find-port.ts';
import { firstPresent } from '../../src/cli/boards/place.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { Rig } from '../core/rig.ts';
import { SETUP } from '../canaries/checks.ts';
import { DEAF, optionsOf } from '../line/bench.ts';
import { FakeBoard, type FakeBoardOptions } from './fake-board.ts';
import { FakePins } from './fake-pins.ts';
import { firmware } from './small-firmware.ts';

const DOCS = readFileSync(join(PROJECT_ROOT, 'docs/board.md'), 'utf8');
const bundles = {} as Record<BoardBundleName, BoardBundle>;

beforeAll(async () => {
  for (const name of ['lockstep', 'freeRunning'] as const) bundles[name] = await bundleBoard(name);
});

function section(title: string): string {
  const [, text = ''] = DOCS.split(`\n## ${title}\n`);
  return text.split('\n## ')[0]!;
}

function blocks(title: string): string[][] {
  return [...section(title).matchAll(/^```\n([^]*?)^```/gm)].map(([, text]) => text!.trim().split('\n'));
}

function rows(title: string): string[][] {
  return section(title)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

async function planOf(code: string): Promise<BoardPlan> {
  const files = await filesOf({ firmware: () => Promise.resolve(code), coreHash: '' });
  return { link: null, storage: null, mischief: NO_MISCHIEF, isFull: false, files };
}

describe('the line, by hand', () => {
  it('is answered as it is written there', async () => {
    const [transcript = []] = blocks('The line, by hand');
    let heard = '';
    const board = await createBoard(await planOf(bundles.lockstep.code), (text) => (heard += text));
    board.powerOn();
    expect(transcript.length).toBe(10);
    for (let i = 0; i < transcript.length; i += 2) {
      const [typed, answer] = [transcript[i]!.slice(1), transcript[i + 1]!];
      heard = '';
      board.receive(`${typed}\n`);
      const pattern = answer
        .replace('CORE', bundles.lockstep.coreHash)
        .replace('PICO_R1_3,2750,5100,CHECK', 'VIRTUAL,-1,5100,[0-9a-f]+');
      expect(heard).toMatch(new RegExp(`^${typed.replace(/[()*.]/g, '\\$&')}\r\n${pattern}\r\n>$`));
    }
    board.powerOff();
  });

  it('of a free-running pump too', () => {
    const [, orders = []] = blocks('The line, by hand');
    const pins = new FakePins(bundles.freeRunning.code);
    const typed = orders.filter((line) => line.startsWith('>')).map((line) => /"([^"]*)"/.exec(line)![1]!);
    expect(typed.length).toBe(7);
    for (const line of typed) {
      const [word, number] = line.split(',');
      expect([line, pins.sayLine(line)]).toEqual([
        line,
        expect.stringMatching(`^${word === 'status' ? word : 'ok'},${number},`),
      ]);
    }
    for (const said of orders.filter((line) => !line.startsWith('>')))
      expect(said).toMatch(/^(event|digest|reply|failure),/);
  });
});

describe('the table of boards', () => {
  it('has the verdict of the program for each', () => {
    const told = new Map(rows('Which boards').map((cells) => [cells[0], cells]));
    for (const board of BOARD_TYPES) {
      const cells = told.get(board.name) ?? [];
      for (const [name, cell] of [
        ['lockstep', cells[3]],
        ['freeRunning', cells[4]],
      ] as const) {
        const { verdict, copies } = fitOf(board, bundles[name].code.length, VARIABLES_NEEDED[name]);
        const short = /(\d+) variables (short|left)$/.exec(verdict);
        const words = verdict.startsWith('fits')
          ? `fits${copies === 1 ? '; one copy' : ''}`
          : short === null
            ? 'no: storage smaller than the firmware'
            : `no: ${short[1]} ${short[2] === 'left' ? 'variables left' : 'short'}`;
        const written = (cell ?? '').replaceAll('**', '').replace(', the reference board', '');
        expect([board.name, name, written]).toEqual([board.name, name, words]);
      }
    }
  });

  it('and of memory has the size of each bundle, give or take what a small change makes', () => {
    for (const [file, bytes] of rows('Memory').map(
      ([name, size]) => [name, Number(size!.replace(',', ''))] as const,
    )) {
      const { code } = bundles[file === '`dist/board.js`' ? 'lockstep' : 'freeRunning'];
      expect(Math.abs(code.length - bytes), file).toBeLessThan(300);
    }
  });
});

describe('troubleshooting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thecal-docs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function messageOf(act: () => unknown): Promise<string> {
    try {
      await act();
    } catch (error) {
      return (error as Error).message;
    }
    return 'no trouble';
  }

  interface Attempt extends FakeBoardOptions {
    readonly code?: string;
    readonly before?: (board: FakeBoard) => void;
    readonly onStep?: (step: UploadStep, board: FakeBoard) => void;
  }

  function flash({ code = firmware('one'), before, onStep, ...options }: Attempt): Promise<string> {
    const board = new FakeBoard(options);
    before?.(board);
    return messageOf(() =>
      upload(board.open(), {
        code,
        coreHash: 'one',
        variablesNeeded: 2400,
        mayReplace: false,
        onStep: (step) => onStep?.(step, board),
        patience: 0.01,
      }),
    );
  }

  const MODEM: ConsolePort = {
    name: '/dev/modem',
    write: () => Promise.resolve(),
    read: (timeoutMs) =>
      new Promise((resolve) => setTimeout(() => resolve('login: '), Math.min(timeoutMs, 2))),
    close: () => Promise.resolve(),
  };

  async function lineTo(code: string, coreHash: string): Promise<string> {
    const port = await openInProcess(await planOf(code));
    return messageOf(() => openLineTarget('virtual', port, optionsOf({ coreHash }), () => undefined));
  }

  /** Of a board that answers no more in the middle of a run. */
  async function messageOfLoss(): Promise<string> {
    const port = await openInProcess(await planOf(bundles.lockstep.code));
    let isSilent = false;
    const hung: LinePort = {
      ...port,
      receive: (timeoutMs) => (isSilent ? Promise.resolve(null) : port.receive(timeoutMs)),
    };
    const options = optionsOf({ coreHash: bundles.lockstep.coreHash, line: { timeoutMs: 200 } });
    const target = await openLineTarget('board', hung, options, () => undefined);
    const pump = await target.createTarget(SETUP);
    isSilent = true;
    const message = await messageOf(() => pump.advance(90_000, DEAF));
    await target.close();
    return message;
  }

  /** Brought about, one after the other. */
  async function said(): Promise<string[]> {
    const messages = [
      ...['No such file', 'Permission denied', 'Cannot lock port', 'Inappropriate ioctl'].map(
        (reason) => portErrorOf('/dev/x', reason).message,
      ),
      await messageOf(() => mustHaveName('')),
      await flash({ before: (board) => (board.isMute = true) }),
      await messageOf(() =>
        upload(MODEM, {
          code: 'x',
          coreHash: 'x',
          variablesNeeded: 1,
          mayReplace: false,
          onStep: () => undefined,
          patience: 0.01,
        }),
      ),
      await flash({ variables: 2000 }),
      await flash({ storageBytes: 2000 }),
      await flash({
        onStep: ({ phase, done }, board) => phase === 'write' && done === 1 && (board.files = []),
      }),
      await flash({
        onStep: ({ phase }, board) =>
          phase === 'verify' && board.files.forEach(({ bytes }) => (bytes[9]! ^= 1)),
      }),
      await flash({ code: 'thecal=0' }),
      await lineTo(bundles.lockstep.code, 'f00d'),
      await lineTo(bundles.freeRunning.code, bundles.freeRunning.coreHash),
    ];

    const pty = await Pty.open(join(folder, 'port'));
    const port = await openConsolePort(pty.path, 115_200);
    pty.onData(() => pty.close());
    messages.push(
      await messageOf(async () => {
        await port.write('x');
        await port.read(5000);
      }),
    );
    await port.close();

    const ended = await startInterpreter('/bin/true');
    while (ended.failure() === null) await new Promise((resolve) => setTimeout(resolve, 5));
    messages.push(ended.failure()!.message);
    await ended.close();

    writeFileSync(join(folder, 'plain'), '');
    messages.push(await messageOf(() => startInterpreter(join(folder, 'plain'))), await messageOfLoss());

    const deaf = await Pty.open(join(folder, 'deaf'));
    messages.push(await messageOf(() => openBoardTarget(optionsOf({ port: deaf.path }))));
    deaf.close();

    const unplugged = await Pty.open(join(folder, 'unplugged'));
    const line = await SerialLine.open(unplugged.path, { reopenMs: 0 });
    unplugged.close();
    messages.push(await messageOf(() => line.reopen()));

    const rig = new Rig();
    const run = createFreeRun(rig.pump, rig.hal, 0);
    run.isBusy = true;
    lookAtClock(run, 1000);
    const setUp = new FakePins(bundles.freeRunning.code);
    setUp.say('setup,2,500,40000000,0,38000000,0,0.0.500.2000000.0*8.196611000*24');
    setUp.pass(70);
    setUp.breaksOff = 'step';
    setUp.pass(5);
    const spoilt = new FakePins(bundles.freeRunning.code, { files: new Map([['thecal.0', '']]) });
    for (const pins of [setUp, spoilt]) messages.push(pins.printed.at(-1)!.split(',')[2]!);
    const here = {
      path: '/dev/x',
      manufacturer: null,
      serialNumber: null,
      vendorId: '0483',
      productId: '5740',
    };
    const pico = { name: 'pico', port: { usb: '0483:5740' } };
    messages.push(
      otherBoard('PICO_R1_3', 'PIXLJS') ?? '',
      await messageOf(() => findPort(pico, [here, { ...here, path: '/dev/y' }])),
      await messageOf(() => firstPresent([], 'scale')),
    );
    return [...messages, run.failure];
  }

  it('has no message that is not said', async () => {
    const messages = await said();
    // What stands in backquotes is the interpreter's.
    const told = rows('Troubleshooting')
      .map(([message]) => message!)
      .filter((message) => !message.startsWith('`'));
    expect(told.length).toBeGreaterThan(15);
    for (const message of told) {
      const pattern = new RegExp(message.replace(/[[\]().?*+^$|\\]/g, '\\$&').replaceAll('\\.\\.\\.', '.*'));
      expect(messages).toContainEqual(expect.stringMatching(pattern));
    }
    for (const message of messages) {
      const isTold = told.some((one) => message.includes(one.split('...')[0]!.trim()));
      expect([message, isTold]).toEqual([message, true]);
    }
  });
});
