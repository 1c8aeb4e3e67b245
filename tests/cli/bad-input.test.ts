import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, FIXTURES } from './program.ts';

const program = builtProgram();
const good = join(FIXTURES, 'mixed/passes.yaml');

beforeAll(() => {
  const put = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(program.folder, name), content);
  mkdirSync(join(program.folder, 'nothing/here'), { recursive: true });
  mkdirSync(join(program.folder, 'broken-link'));
  symlinkSync('gone', join(program.folder, 'broken-link/x.yaml'));
  put('empty.yaml', '');
  put('binary.yaml', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]));
  put('latin-1.yaml', new Uint8Array([0x6e, 0x3a, 0x20, 0xe9]));
  put('list.yaml', '- a\n- b\n');
  put('slips.yaml', 'version: 1\nname: Slips\nuntil: 1 parsec\npumps: {}\n');
  put('huge.yaml', '');
  truncateSync(join(program.folder, 'huge.yaml'), 100_000_000);
  put('taken', 'a file');
});

/** Words after `run`, and what the message has to hold. */
const BAD: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a missing file', ['gone.yaml'], /^gone\.yaml: there is no such file/],
  ['an empty path', [''], /^"": an empty path names no file or folder$/m],
  ['an empty folder', ['nothing'], /^nothing: the folder holds no scenario/],
  ['a link to nowhere', ['broken-link'], /^broken-link\/x\.yaml: there is no such file/],
  ['an empty file', ['empty.yaml'], /^empty\.yaml:1:1: the file is empty/],
  ['a binary file', ['binary.yaml'], /^binary\.yaml:1:5: .*binary/],
  ['a file in another encoding', ['latin-1.yaml'], /^latin-1\.yaml:1:4: not valid UTF-8/],
  ['no map', ['list.yaml'], /^list\.yaml:1:1: a scenario is a map/],
  ['100 MB', ['huge.yaml'], /^huge\.yaml: the file has 100000000 bytes/],
  ['a device that never ends', ['/dev/zero'], /^\/dev\/zero: not a regular file/],
  [
    'slips in several files',
    ['slips.yaml', 'empty.yaml', good],
    /^slips\.yaml:3:8 .*\nslips\.yaml:4:1 .*\nempty\.yaml:1:1: .*\n\d+ problems; nothing was run\n$/m,
  ],
  ['a filter that matches nothing', [good, '--filter', 'zebra'], /^--filter zebra: matches none/],
  ['a filter of nothing', [good, '--filter', ''], /^--filter names no text; leave it out/],
  [
    'an unknown option',
    [good, '--sead', '3'],
    /^error: unknown option '--sead'\n.*--seed.*\n\(try thecal run --help\)/,
  ],
  ['a seed that is no number', [good, '--seed', '1e3'], /whole number from 0 to 4294967295/],
  ['a seed too large', [good, '--seed', '4294967296'], /whole number/],
  ['no job', [good, '--jobs', '0'], /whole number from 1/],
  ['a factor of nothing', [good, '--realtime=0'], /above 0/],
  ['a factor that stands alone', ['--realtime', '60', good], /^60: .* did you mean --realtime=60\?/],
  [
    'a trace as a target',
    [good, '--target', 'replay'],
    /^--target replay: no such target; there is: sim, board, virtual; "thecal replay TRACE" runs a trace again$/m,
  ],
  ['an unknown target', [good, '--target', 'pigeon'], /^--target pigeon: no such target; there is: sim/],
  [
    'an output in a folder that is not there',
    [good, '--junit', 'no/out.xml'],
    /^--junit no\/out\.xml: can't be written: the folder no is not there; nothing was run$/m,
  ],
  [
    'an output that is a folder',
    [good, '--junit', 'nothing'],
    /^--junit nothing: can't be written: this is a folder/,
  ],
  [
    'two outputs of one name',
    [good, '--junit', 'out.json'],
    /^out\.json: would be written over another output/,
  ],
  ['an output over the scenario', [good, '--junit', good], /would be written over the input/],
  [
    'a trace folder that is a file',
    [join(FIXTURES, 'mixed'), '--trace', 'taken'],
    /^--trace taken: this is a file, and several/,
  ],
  [
    'a trace that is asked for and declined',
    [good, '--no-trace', '--trace', 'out.trace'],
    /^error: --trace and --no-trace contradict each other$/m,
  ],
  [
    'an output without a name',
    [good, '--junit', ''],
    /^--junit: the name of the file is empty; nothing was run$/m,
  ],
  [
    'a trace of the last nothing',
    [good, '--trace', 'x.trace', '--trace-last', '0 d'],
    /Write a time of 1 s or more[.]/,
  ],
  [
    'a trace without a name, of several scenarios',
    [join(FIXTURES, 'mixed'), '--trace', ''],
    /^--trace: the name of the file is empty/,
  ],
  [
    'a boards file for what runs here',
    [good, '--boards', 'nope.yaml'],
    /^--boards is about a board: it goes with --target board, not sim$/m,
  ],
  ['a speed of a line for what runs here', [good, '--baud', '9600'], /^--baud is about a board: /],
  [
    'a port without a name',
    [good, '--target', 'board', '--port', ''],
    /^--port: nothing is named by it; write a name behind it$/m,
  ],
  ['two outputs for standard output', [good, '--json', '-', '--junit', '-'], /both want standard output/],
];

describe('bad input', () => {
  it.each(BAD)('%s: exit 2, a message, nothing run and nothing written', async (_, words, message) => {
    const before = readdirSync(program.folder).sort();
    const outputs = words.includes('--json') ? [] : ['--json', 'out.json'];
    const { code, stdout, stderr } = await program.run(['run', ...words, ...outputs]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(program.folder).sort()).toEqual(before);
  });

  it.each([
    [['serve', '--help'], /^error: 'serve' is unknown; there are run, /],
    [['help', 'nope'], /^error: 'nope' is unknown; /],
    [['rum'], /^error: 'rum' is unknown; did you mean run\? /],
    [
      ['list', 'faults', '--boards', 'nope'],
      /^--boards names the boards file: it goes with "thecal list boards" and /,
    ],
    [
      ['program', '--baud', '9600', 'status'],
      /^--baud is about a board, and the pump of sim is on none: leave it out, or name a board$/m,
    ],
    [['list', 'fault'], /unknown list "fault"; did you mean faults\? there are scenarios, /],
  ])('is a command that is not there, or an option that is not for it: %s', async (words, message) => {
    const { code, stdout, stderr } = await program.run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('is no question for help or version, by short names too', async () => {
    const [help, version] = [await program.run(['--help']), await program.run(['--version'])];
    expect(help.stdout).toContain('Exit codes:');
    expect(await program.run(['-h'])).toEqual(help);
    expect(await program.run(['help'])).toEqual(help);
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(await program.run(['-v'])).toEqual(version);
    expect(await program.run(['-V'])).toEqual(version);
    expect((await program.run(['run', '-h'])).stdout).toMatch(/^ {2}--realtime\[=FACTOR\] /m);
  });

  it('on the command line itself leads to help', async () => {
    expect(await program.run(['rum'])).toMatchObject({ code: 2, stdout: '' });
    expect((await program.run(['list'])).stderr).toContain('(try thecal list --help)');
    expect((await program.run(['board', 'virtual', '--sped', '2'])).stderr).toContain(
      '(try thecal board virtual --help)',
    );
    expect((await program.run([])).code).toBe(2);
    expect(await program.run(['run', '--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('thecal check', () => {
  it('prints every problem with its place and counts', async () => {
    const { code, stdout, stderr } = await program.run(['check', 'slips.yaml', 'gone.yaml', good]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toMatch(/^slips\.yaml:3:8 until: /m);
    expect(stdout).toMatch(/^gone\.yaml: there is no such/m);
    expect(stdout).toMatch(/\d+ problems in 2 scenarios\n$/);
  });

  it('does not count scenarios where there are none', async () => {
    const { code, stdout } = await program.run(['check', 'gone.yaml']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^gone\.yaml: there is no such .*\n1 problem; no scenario was found\n$/);
  });

  it('says ok and how many', async () => {
    expect(await program.run(['check', join(FIXTURES, 'mixed')])).toEqual({
      code: 0,
      stdout: 'ok: 3 scenarios\n',
      stderr: '',
    });
  });

  it('does the same for programs', async () => {
    const { code, stdout } = await program.run(['check', 'empty.yaml', good, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      isOk: false,
      files: [
        { file: 'empty.yaml', isOk: false },
        { file: good, isOk: true },
      ],
      problems: [{ file: 'empty.yaml', line: 1, column: 1 }],
    });
  });
});
