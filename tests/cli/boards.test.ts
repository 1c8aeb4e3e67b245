/** The boards of a bench at the command line, with virtual boards at its ports. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { type PoweredBoard, powerOnBoard } from '../../hal/virtual/power.ts';
import { filesOf } from '../../hal/virtual/target.ts';
import { resultSchema } from '../../src/report/result-schema.ts';
import { CORE, firmware } from '../line/bench.ts';
import { builtProgram, FIXTURES } from './program.ts';

const program = builtProgram();
const good = join(FIXTURES, 'mixed/passes.yaml');
const powered: PoweredBoard[] = [];

beforeAll(async () => {
  const at = (name: string): string => join(program.folder, name);
  const power = async (link: string, isFlashed: boolean): Promise<void> => {
    const files = isFlashed ? await filesOf({ firmware, coreHash: CORE }) : [];
    powered.push(
      await powerOnBoard({ link: at(link), storage: null, mischief: NO_MISCHIEF, isFull: false, files }),
    );
  };
  await power('ready.port', true);
  await power('fresh.port', false);
  await power('ttyACM0', true);
  const boards = [
    `{ name: gone, port: { path: ${at('gone.port')} }, fixtures: [pressure-rig, scale] }`,
    `{ name: ready, port: { path: ${at('ready.port')} }, fixtures: [pressure-rig] }`,
    `{ name: fresh, port: { path: ${at('fresh.port')} } }`,
    `{ name: mistaken, port: { path: ${program.folder}/./ready.port }, board: Pico }`,
    '{ name: linux, port: { exec: ./no-interpreter } }',
  ];
  const text = `version: 1\nboards:\n${boards.map((board) => `  - ${board}\n`).join('')}`;
  writeFileSync(at('thecal.boards.yaml'), text);
  mkdirSync(at('other'));
  writeFileSync(at('other/rig.boards.yaml'), text);
  writeFileSync(at('slips.yaml'), 'version: 1\nboards:\n  - { name: A, port: {} }\n');
});
afterAll(() => {
  for (const board of powered) board.close();
});

async function rows(...words: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await program.run(['list', 'boards', '--json', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

describe('thecal list boards', () => {
  it('knows without asking which are plugged in', async () => {
    expect((await rows()).map(({ name, state, says }) => [name, state, says])).toEqual([
      ['gone', 'absent', null],
      ['ready', 'open', null],
      ['fresh', 'open', null],
      ['mistaken', 'open', null],
      ['linux', 'absent', null],
    ]);
  });

  it('says when asked what runs on each', async () => {
    const [gone, ready, fresh, mistaken] = await rows('--ask');
    expect(gone).toMatchObject({ state: 'absent', path: null });
    expect(ready).toMatchObject({
      state: 'flashed',
      says: { boardId: 'VIRTUAL', coreHash: CORE, isSameCore: true },
      remark: 'firmware for lockstep',
    });
    expect(fresh).toMatchObject({ state: 'prompt', says: { coreHash: null, isSameCore: null } });
    expect(mistaken?.['remark']).toContain('this board is a VIRTUAL, and the boards file expects a Pico');
  });

  it('does so for people, of the file that is named', async () => {
    const { code, stdout } = await program.run([
      'list',
      'boards',
      '--ask',
      '--boards',
      'other/rig.boards.yaml',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ready +flashed +.*ready\.port +- +pressure-rig +firmware for lockstep$/m);
    expect(stdout).toMatch(/^gone +absent /m);
  });
});

describe('thecal run on a board of the boards file', () => {
  it.each([
    [['--board', 'ready'], '--board ready', ''],
    [
      ['--fixture', 'pressure-rig', '--boards', 'other/rig.boards.yaml'],
      '--board ready --boards other/rig.boards.yaml',
      '--fixture pressure-rig: runs on ready\n',
    ],
  ])('%s: the result names the board as it can be typed again', async (words, again, notice) => {
    const run = await program.run(['run', good, '--target', 'board', ...words, '--json', '-']);
    expect(run.code).toBe(0);
    expect(run.stderr.startsWith(notice)).toBe(true);
    const { manifest, scenarios } = resultSchema.parse(JSON.parse(run.stdout));
    expect(manifest.board).toBe('ready');
    const line = scenarios[0]!.reproduce;
    expect(line).toMatch(new RegExp(` --target board ${again}$`));
    expect(await program.shell(line)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 passed') as unknown,
    });
  });

  it('that is not there, or is another, is no verdict on the pump', async () => {
    for (const [name, message] of [
      ['gone', 'gone.port: there is no such port'],
      ['linux', 'no-interpreter: there is no such program to start as a board'],
      ['mistaken', 'this board is a VIRTUAL, and the boards file expects a Pico (PICO_R1_3)'],
    ] as const) {
      const { code, stdout } = await program.run(['run', good, '--target', 'board', '--board', name]);
      expect(code).toBe(3);
      expect(stdout).toContain(message);
    }
  });
});

describe('the other commands for a board', () => {
  it('take it by its name', async () => {
    const hello = await program.run(['board', 'hello', '--board', 'ready']);
    expect(hello).toMatchObject({ code: 0, stderr: '' });
    expect(hello.stdout).toContain('the same core as in this program');
    const mistaken = await program.run(['board', 'hello', '--board', 'mistaken']);
    expect(mistaken).toMatchObject({ code: 3, stdout: '' });
    expect(mistaken.stderr).toContain('expects a Pico (PICO_R1_3)');
  });

  it('write nothing to one of another kind', async () => {
    const { code, stdout } = await program.run(['board', 'flash', '--board', 'mistaken', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'wrong-board' } });
    expect((await rows('--ask'))[1]).toMatchObject({ state: 'flashed' });
  });

  it('say which boards with a fixture are not there', async () => {
    const { code, stderr } = await program.run(['board', 'hello', '--fixture', 'scale']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^--fixture scale: not plugged in: gone \(.*gone\.port\)\n$/);
  });
});

/** On Linux ports are listed through a program; here it is one that says what a bench would. */
describe.runIf(process.platform === 'linux')('ports that are found by what is on USB', () => {
  let env: Record<string, string> = {};
  beforeAll(() => {
    const bin = join(program.folder, 'bin');
    const device = (name: string, usb: string, serial: string): string[] => [
      `P: /devices/${name}`,
      `N: ${name}`,
      `E: DEVNAME=${join(program.folder, name)}`,
      `E: ID_VENDOR_ID=${usb.split(':')[0]}`,
      `E: ID_MODEL_ID=${usb.split(':')[1]}`,
      `E: ID_SERIAL_SHORT=${serial}`,
      'E: ID_VENDOR_ENC=STMicroelectronics',
      '',
    ];
    const said = [
      ...device('ttyACM0', '0483:5740', '00035720'),
      ...device('ttyUSB0', '10c4:ea60', 'A1'),
      ...device('ttyUSB1', '10c4:ea60', 'A2'),
    ];
    mkdirSync(bin);
    writeFileSync(join(bin, 'udevadm'), `#!/bin/sh\ncat <<'END'\n${said.join('\n')}\nEND\n`);
    chmodSync(join(bin, 'udevadm'), 0o755);
    env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const boards = [
      '{ name: stm, port: { usb: "0483:5740", serial: "00035720" }, fixtures: [pressure-rig] }',
      '{ name: twin, port: { usb: "10C4:EA60" } }',
      '{ name: away, port: { serial: "B7" }, fixtures: [pressure-rig] }',
    ];
    writeFileSync(
      join(program.folder, 'usb.yaml'),
      `version: 1\nboards:\n${boards.map((board) => `  - ${board}\n`).join('')}`,
    );
  });

  it('are listed with the boards that are there', async () => {
    const text = await program.run(['list', 'ports', '--boards', 'usb.yaml'], env);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^\S+ttyACM0 +0483:5740 +00035720 +stm +STMicroelectronics$/m);
    const json = await program.run(['list', 'ports', '--boards', 'usb.yaml', '--json'], env);
    const { ports } = JSON.parse(json.stdout) as { ports: { boards: string[]; vendorId: string }[] };
    expect(ports.map(({ boards, vendorId }) => [vendorId, boards])).toEqual([
      ['0483', ['stm']],
      ['10c4', ['twin']],
      ['10c4', ['twin']],
    ]);
  });

  it('are the boards that are plugged in, or nobody knows which', async () => {
    const { code, stdout } = await program.run(
      ['list', 'boards', '--ask', '--json', '--boards', 'usb.yaml'],
      env,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'stm', state: 'flashed', path: join(program.folder, 'ttyACM0') },
      {
        name: 'twin',
        state: 'open',
        path: null,
        remark: expect.stringContaining('is at 2 ports') as unknown,
      },
      { name: 'away', state: 'absent', path: null },
    ]);
  });

  it('are run on, unless two fit or none', async () => {
    const run = (...words: string[]) =>
      program.run(['run', good, '--target', 'board', ...words, '--boards', 'usb.yaml'], env);
    expect(await run('--fixture', 'pressure-rig')).toMatchObject({
      code: 0,
      stderr: '--fixture pressure-rig: runs on stm\n',
    });
    const twin = await run('--board', 'twin');
    expect(twin.code).toBe(3);
    expect(twin.stdout).toMatch(
      /twin: USB 10c4:ea60 is at 2 ports, .*ttyUSB0 \(serial number A1\) and .*ttyUSB1 /,
    );
    const away = await run('--board', 'away');
    expect(away.code).toBe(3);
    expect(away.stdout).toContain('away: there is no such port (serial number B7)');
  });

  it('can not be told where the machine does not list them', async () => {
    writeFileSync(
      join(program.folder, 'half-usb.yaml'),
      `version: 1\nboards:\n  - { name: stm, port: { usb: "0483:5740" } }\n  - { name: ready, port: { path: ready.port } }\n`,
    );
    const words = ['list', 'boards', '--ask', '--boards', 'half-usb.yaml'];
    const { code, stdout, stderr } = await program.run(words, { PATH: '' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^stm +unknown +USB 0483:5740 .*cannot be looked up: no udevadm$/m);
    expect(stdout).toMatch(/^ready +flashed +ready\.port /m);
  });
});

describe('bad input about boards', () => {
  it.each([
    [
      ['run', '--target', 'board', '--board', 'redy'],
      /^--board: unknown board "redy"; did you mean ready\? thecal\.boards\.yaml has gone, ready, fresh, mistaken, linux\n$/,
    ],
    [
      ['board', 'flash', '--fixture', 'scales'],
      /^--fixture: unknown fixture "scales"; did you mean scale\? thecal\.boards\.yaml has pressure-rig, scale\n$/,
    ],
    [
      ['run', '--target', 'board'],
      /^name one board: --port PATH .* --board NAME or --fixture WORD .* --exec PATH/,
    ],
    [
      ['board', 'hello', '--board', 'ready', '--port', 'ready.port'],
      /^--port and --board both name a board: give one of them\n$/,
    ],
    [['run', '--board', 'ready'], /^--board is about a board: it goes with --target board, not sim\n$/],
    [['board', 'hello', '--board', 'ready', '--baud', '12'], /Write a baud rate, such as 9600 or 115200/],
    [
      ['list', 'boards', '--boards', 'slips.yaml'],
      /^slips\.yaml:3:13 boards\.0\.name: .*\nslips\.yaml:3:22 boards\.0\.port: .*\n2 problems in the boards file; no board was asked anything\n$/,
    ],
    [['list', 'ports', '--boards', 'slips.yaml'], /^slips\.yaml:3:13 /],
    [['board', 'hello', '--board', 'ready', '--boards', 'gone.yaml'], /^gone\.yaml: there is no such file/],
    [
      ['list', 'faults', '--ask'],
      /^--ask asks boards what runs on them: write "thecal list boards --ask", not faults\n$/,
    ],
    [['run', 'other'], /^other: the folder holds no scenario/],
  ])('%s: exit 2 and what to do', async (words, message) => {
    const { code, stdout, stderr } = await program.run(words);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
