/** Traces from the command line, as an engineer would use them. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { lineEntries } from '../../src/trace/line.ts';
import { readTrace, records } from '../../src/trace/read.ts';
import { formatDuration } from '../../src/scenario/time.ts';
import { sha256 } from '../../src/cli/hashing.ts';
import { TraceFile } from '../../src/cli/run/trace-file.ts';
import { builtProgram, FIXTURES } from './program.ts';

const program = builtProgram();
const LONG = join(FIXTURES, 'long.yaml');
const KINK = join(PROJECT_ROOT, 'sim/scenarios/catheter-occlusion.yaml');
const QUICK = join(FIXTURES, 'mixed/passes.yaml');
const IS_LONG = process.env['THECAL_LONG'] === '1';
const inFolder = (name: string): string => join(program.folder, name);

beforeAll(async () => {
  const { code, stderr } = await program.run(['run', KINK, '--trace', 'kink.trace']);
  if (code !== 0) throw new Error(stderr);
  // Anything after this works with the trace alone.
});

describe('thecal trace cat', () => {
  it('prints what docs/trace.md shows of a kinked catheter', async () => {
    const { code, stdout, stderr } = await program.shell(
      `node '${program.file}' trace cat kink.trace | grep -vE '^#| (stroke|hour|state|tone) '`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const docs = readFileSync(join(PROJECT_ROOT, 'docs/trace.md'), 'utf8');
    expect(docs).toContain(stdout);
    expect(stdout.split('\n')).toContain('173089 raise alarm=catheter-occlusion');
  });

  it('prints moments and kinds that are asked for, and as JSON lines', async () => {
    const words = ['trace', 'cat', 'kink.trace', '--since', '2 d', '--until', '173089'];
    const some = await program.run([...words, '--only', 'fault,raise']);
    expect(some.stdout).toBe(
      '172800 fault id=kink kind=catheter-occlusion diameter-closed=1000000\n173089 raise alarm=catheter-occlusion\n',
    );
    const json = await program.run([...words, '--only', 'fault,raise', '--json']);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        tick: 172_800,
        kind: 'fault',
        id: 'kink',
        fault: 'catheter-occlusion',
        options: { 'diameter-closed': 1_000_000 },
      },
      { tick: 173_089, kind: 'raise', alarm: 'catheter-occlusion' },
    ]);
  });

  it.each([
    [['--since', '9 d'], 'nothing there: the last record is at 4 d (tick 345600)'],
    [['--since', '12', '--until', '13'], 'nothing happened there'],
    [['--only', 'bolus-begin'], 'nothing of that kind (bolus-begin) happened there'],
  ])('says why nothing came out: %j', async (words, why) => {
    const { code, stdout, stderr } = await program.run(['trace', 'cat', 'kink.trace', ...words]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `kink.trace: ${why}\n` });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const { code, stdout, stderr } = await program.shell(
      `node '${program.file}' trace cat kink.trace | head -2`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# thecal trace 2 .*\n71 stroke requested=1\n$/);
  });

  it.each([
    ['a kind that is none', ['--only', 'rais'], /^--only: unknown kind "rais"; did you mean raise\?/],
    ['a time that is none', ['--since', 'noon'], /"noon" is no time/],
    [
      'a tick beyond all',
      ['--since', '99999999999999999999'],
      /This tick is too large; write one of at most/,
    ],
    [
      'an end before its beginning',
      ['--since', '2 d', '--until', '100'],
      /^--until .* is before --since 2 d /,
    ],
  ] as const)('refuses %s', async (_, words, message) => {
    const { code, stderr } = await program.run(['trace', 'cat', 'kink.trace', ...words]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['that is not there', 'none.trace', /^none.trace: there is no such file/],
    ['that is a folder', '.', /^\.: this is a folder/],
    ['that is a scenario', KINK, /: this is no trace\n$/],
  ] as const)('refuses a trace %s', async (_, path, message) => {
    for (const verb of [['trace', 'cat'], ['trace', 'verify'], ['replay']]) {
      const { code, stderr } = await program.run([...verb, path]);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
  });
});

describe('one byte changed', () => {
  it('is located by one command, and nothing is shown of the trace [SR-TRACE-2]', async () => {
    const bytes = readFileSync(inFolder('kink.trace'));
    const read = readTrace(bytes, sha256);
    if ('flaws' in read) throw new Error('it was whole');
    const block = read.trace.blocks.filter(({ kind }) => kind === 'records')[2]!;
    bytes[block.offset + 500]! ^= 4;
    writeFileSync(inFolder('bent.trace'), bytes);
    const verify = await program.run(['trace', 'verify', 'kink.trace', 'bent.trace']);
    expect(verify.code).toBe(1);
    expect(verify.stdout).toMatch(
      /^kink.trace: whole: \d+ blocks up to 4 d \(tick 345600\)\nbent.trace: altered\n/,
    );
    expect(verify.stdout).toContain(
      `  block ${block.sequence}, bytes ${block.offset} to ${block.offset + 80 + block.body.length - 1}, ` +
        `ticks ${block.firstTick} to ${block.lastTick} (2 d to ${formatDuration(block.lastTick)}): the bytes do not match`,
    );
    // What can't be read hides none of the others.
    const beside = await program.run(['trace', 'verify', 'none.trace', 'bent.trace', 'kink.trace']);
    expect(beside.code).toBe(2);
    expect(beside.stdout).toMatch(/^bent.trace: altered\n[^]*\nkink.trace: whole: /);
    expect(beside.stderr).toMatch(/^none.trace: there is no such file/);
    copyFileSync(inFolder('bent.trace'), inFolder("bent $1 'x.trace"));
    const quoted = (await program.run(['trace', 'verify', "bent $1 'x.trace"])).stdout;
    const line = /: thecal (trace cat .*)\n$/.exec(quoted)?.[1] ?? '';
    expect((await program.shell(`node '${program.file}' ${line} | tail -1`)).stdout).toBe(
      '172727 stroke requested=2399\n',
    );
    const told = /: thecal trace cat bent.trace --until (\d+)\n$/.exec(verify.stdout)?.[1] ?? '';
    const part = ['--since', '2000', '--until', told];
    const bent = await program.run(['trace', 'cat', 'bent.trace', ...part]);
    const { stdout: asWritten } = await program.run(['trace', 'cat', 'kink.trace', ...part]);
    expect(bent).toMatchObject({ code: 0, stdout: asWritten });
    expect(bent.stderr).toMatch(/^bent.trace: altered, but not so far: /);
    expect(asWritten).toContain('\n172727 stroke requested=2399\n');
    for (const words of [
      ['trace', 'cat', 'bent.trace', '--until', String(Number(told) + 1)],
      ['trace', 'cat', 'bent.trace', '--line', '--until', told],
      ['trace', 'cat', 'bent.trace'],
      ['replay', 'bent.trace'],
      ['diff', 'kink.trace', 'bent.trace'],
    ]) {
      const { code, stdout, stderr } = await program.run(words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`block ${block.sequence}, bytes`);
    }
  });
});

describe('thecal replay', () => {
  it('needs nothing but the trace', async () => {
    copyFileSync(KINK, inFolder('gone.yaml'));
    await program.run(['run', 'gone.yaml', '--seed', '12', '--trace', 'gone.trace']);
    renameSync(inFolder('gone.yaml'), inFolder('gone.txt'));
    const { code, stdout } = await program.run(['replay', 'gone.trace']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nidentical up to 4 d \(tick 345600\)\n$/);
    const control = await program.run(['replay', 'kink.trace.control', '--json']);
    expect(control.code).toBe(0);
    expect(JSON.parse(control.stdout)).toMatchObject({
      verdict: 'identical',
      difference: null,
      manifest: [],
    });
  });
});

describe('a run on a board', () => {
  it('keeps its line in the trace, and replay plays it without the board [SR-TRACE-5]', async () => {
    const { code, stderr } = await program.run([
      'run',
      KINK,
      '--target',
      'virtual',
      '--trace',
      'board.trace',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const replay = await program.run(['replay', 'board.trace']);
    expect(replay.code).toBe(0);
    expect(replay.stdout).toMatch(
      /\nidentical up to 4 d \(tick 345600\)\nline: \d+ requests played without a virtual board; all \d+ replies but greetings are what this firmware says, byte for byte\n$/,
    );
    const json = JSON.parse((await program.run(['replay', 'board.trace', '--json'])).stdout) as object;
    expect(json).toMatchObject({ verdict: 'identical', line: { reply: null, host: null, runError: null } });
    const some = await program.run(['trace', 'cat', 'board.trace', '--line', '--until', '70']);
    expect(some.stdout).toMatch(/^0 0 ms begins after request \d+\n0 \d+ ms > hello,/);
    const none = await program.run(['trace', 'cat', 'kink.trace', '--line']);
    expect(none.code).toBe(2);
    expect(none.stderr).toBe('kink.trace: nothing went over a line: the run was not on a board\n');
    const diff = await program.run(['diff', 'kink.trace', 'board.trace']);
    expect(diff.code).toBe(0);
    const then = await program.run(['inspect', 'board.trace', '--until', 'raise', '--json']);
    expect(JSON.parse(then.stdout)).toMatchObject({ tick: 173_089 });
  });
});

describe('a run on a board that nobody asked a trace of', () => {
  const onBoard = (...words: string[]) => program.run(['run', QUICK, '--target', 'virtual', ...words]);
  const runs = (): string[] => readdirSync(inFolder('.thecal/runs')).sort();

  it('is kept, and says how it is played again [SR-TRACE-5]', async () => {
    const { code, stdout } = await onBoard();
    expect(code).toBe(0);
    const [run, ...others] = runs();
    expect(others).toEqual([]);
    const told = stdout.split('\n').slice(-3);
    expect(told[0]).toMatch(/^kept in \.thecal\/runs\/\S+, as are the last 10 runs on a board;/);
    expect(told[1]).toContain(` replay .thecal/runs/${run ?? ''}/passes.trace`);
    const replay = await program.shell(told[1] ?? '');
    expect(replay.code).toBe(0);
    expect(replay.stdout).toContain('byte for byte');
  });

  it('takes the place of the oldest of ten, but of none that still runs', async () => {
    const [first = ''] = runs();
    // The number of a process that has ended, and that of this one.
    const gone = first.replace(/^.*-/, '');
    const older = Array.from(
      { length: 10 },
      (_, n) => `2020-01-0${n}T000000Z-${n === 0 ? process.pid : gone}`,
    );
    for (const name of older) mkdirSync(inFolder(`.thecal/runs/${name}`));
    expect((await onBoard()).code).toBe(0);
    const left = runs();
    expect(left.slice(0, 9)).toEqual([older[0], ...older.slice(2)]);
    expect(left).toHaveLength(11);
  });

  it('is not kept where there is --no-trace, nor where it never came to its board', async () => {
    const before = runs();
    const { code, stdout } = await onBoard('--no-trace');
    expect(code).toBe(0);
    expect(stdout).not.toContain('.thecal');
    expect((await program.run(['run', QUICK, '--target', 'board', '--port', 'no-port'])).code).toBe(3);
    expect(runs()).toEqual(before);
    mkdirSync(inFolder('elsewhere'));
    const { code: gone } = await program.shell(
      `cd elsewhere && node '${program.file}' run '${QUICK}' --target board --port no-port`,
    );
    expect(gone).toBe(3);
    expect(readdirSync(inFolder('elsewhere'))).toEqual([]);
  });

  it('runs nothing where there is no place for it, and says what to do', async () => {
    renameSync(inFolder('.thecal'), inFolder('was.thecal'));
    writeFileSync(inFolder('.thecal'), '');
    const { code, stderr } = await onBoard();
    expect(code).toBe(2);
    expect(stderr).toMatch(/a part of the path is a file and no folder; nothing was run\n--trace PATH /);
    rmSync(inFolder('.thecal'));
  });
});

describe('a trace that was cut short', () => {
  it('before anything happened proves nothing, and no verb says that it does', async () => {
    const whole = readFileSync(inFolder('kink.trace'));
    const read = readTrace(whole, sha256);
    if ('flaws' in read) throw new Error('it was whole');
    const { offset } = read.trace.blocks.find(({ kind }) => kind === 'records')!;
    writeFileSync(inFolder('short.trace'), whole.subarray(0, offset + 100));
    const replay = await program.run(['replay', 'short.trace']);
    expect(replay.code).toBe(4);
    expect(replay.stdout).toMatch(
      /\nnothing to compare: the recording breaks off before anything happened\n$/,
    );
    expect(replay.stderr).toContain(
      'or a copy was cut short, which is to be made again; nothing that happened',
    );
    const diff = await program.run(['diff', 'kink.trace', 'short.trace', '--json']);
    expect(diff.code).toBe(4);
    expect(JSON.parse(diff.stdout)).toMatchObject({ verdict: 'nothing-to-compare', throughTick: null });
    const words = ['report', 'short.trace', '--html', 'short.html', '--json', 'short.json'];
    const report = await program.run(words);
    expect(report.code).toBe(4);
    expect(report.stdout).toContain('and nothing is recorded that proves it the same');
    const later = read.trace.blocks.filter(({ kind }) => kind === 'records')[1]!;
    writeFileSync(inFolder('later.trace'), whole.subarray(0, later.offset));
    const part = await program.run(['report', 'later.trace', '--json', 'later.json']);
    expect(part.code).toBe(4);
    expect(part.stdout).toMatch(
      /the same as recorded up to .* \(tick \d+\), where the recording breaks off\n/,
    );
    const warning = 'Made from a trace that breaks off: it has no end';
    expect(readFileSync(inFolder('short.html'), 'utf8')).toContain(warning);
    expect(JSON.parse(readFileSync(inFolder('short.json'), 'utf8'))).toMatchObject({
      manifest: { notice: expect.stringContaining(warning) as string },
    });
    writeFileSync(inFolder('shortest.trace'), whole.subarray(0, 40));
    expect((await program.run(['replay', 'shortest.trace'])).stderr).toBe(
      'shortest.trace: it ends before its manifest is whole: a copy that was cut short, or a run that was killed as it began\n',
    );
  });
});

describe('thecal diff', () => {
  it('says where two runs part, in words and as JSON', async () => {
    const text = await program.run(['diff', 'kink.trace', 'kink.trace.control']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain(
      'differs first at 2 d (tick 172800): fault kink is at 2 d (tick 172800) (first), nowhere (second)\n  before  172511 stroke requested=2396\n',
    );
    const json = await program.run(['diff', 'kink.trace', 'kink.trace.control', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: 'differs',
      difference: { tick: 172_800, field: 'fault kink', b: 'nowhere' },
      verdicts: ['passed', 'passed'],
    });
    const same = await program.run(['diff', 'kink.trace', 'kink.trace']);
    expect(same).toMatchObject({ code: 0, stdout: 'identical up to 4 d (tick 345600), the end of both\n' });
  });
});

describe('thecal run --trace-last', () => {
  it('keeps the manifest and the last days, which can be read and replayed', async () => {
    await program.run(['run', KINK, '--trace', 'last.trace', '--trace-last', '1 d']);
    const cat = await program.run(['trace', 'cat', 'last.trace']);
    const lines = cat.stdout.split('\n');
    expect(lines[0]).toMatch(/^# thecal trace 2 /);
    expect(lines[1]).toMatch(/^# gap through tick \d+, which was not kept$/);
    expect(Number.parseInt(lines[2] ?? '', 10)).toBeLessThanOrEqual(345_600 - 86_400);
    expect(Number.parseInt(lines[2] ?? '', 10)).toBeGreaterThan(345_600 - 3 * 86_400);
    const replay = await program.run(['replay', 'last.trace']);
    expect(replay.code).toBe(0);
    expect((await program.run(['diff', 'kink.trace', 'last.trace'])).code).toBe(0);
    const before = await program.run(['trace', 'cat', 'last.trace', '--until', '100']);
    expect(before.stderr).toMatch(/^last\.trace: nothing there: up to .* it was not kept\n$/);
    const told = /^last\.trace: its record begins after .*, and nothing proves that it was so then\n$/;
    expect((await program.run(['inspect', 'last.trace', '--at', '1000'])).stderr).toMatch(told);
    expect((await program.run(['inspect', 'last.trace', '--at', '3 d 12 h'])).stderr).toBe('');
    expect((await program.run(['run', '--fork', 'last.trace', '--at', '1000'])).stderr).toMatch(told);
  });

  it('takes the place of no pipe, and a pipe has the main run alone', async () => {
    const pipe = inFolder('pipe.trace');
    await program.shell('mkfifo pipe.trace');
    const refused = await program.run(['run', KINK, '--trace', 'pipe.trace', '--trace-last', '1 d']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toBe(
      '--trace pipe.trace: this is a pipe or a device, and --trace-last needs a file; nothing was run\n',
    );
    const script = `cat pipe.trace > piped.trace & node '${program.file}' run '${KINK}' --trace pipe.trace; wait`;
    expect((await program.shell(script)).code).toBe(0);
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(existsSync(`${pipe}.control`)).toBe(false);
    expect((await program.run(['diff', 'piped.trace', 'kink.trace'])).code).toBe(0);
  });

  it('leaves no second file where the disk is full', () => {
    const path = inFolder('full.trace');
    const file = new TraceFile(path);
    symlinkSync('/dev/full', `${path}.new`);
    file.replace([Uint8Array.of(1)]);
    file.close();
    expect(file.failure).toMatchObject({ code: 'ENOSPC' });
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('goes with --trace only', async () => {
    const { code, stderr } = await program.run(['run', KINK, '--trace-last', '1 d']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--trace-last .* it goes with --trace PATH\n$/);
  });
});

describe('a run that is killed', () => {
  const KILLS = IS_LONG ? 200 : 16;

  interface Plan {
    readonly options: readonly string[];
    /** It is killed some milliseconds after its file is large enough, or has been written anew. */
    readonly isEnough: (bytes: number) => boolean;
  }
  const VIRTUAL = ['--target', 'virtual'];
  /** Of some 100 kB, written anew whenever it has as much again: after that it begins with a gap. */
  const RING = ['--trace-last', '20 d'];

  function over(least: number): Plan['isEnough'] {
    return (bytes) => bytes > least;
  }

  function writtenAnew(): Plan['isEnough'] {
    let largest = 0;
    return (bytes) => {
      largest = Math.max(largest, bytes);
      return bytes > 0 && bytes < largest;
    };
  }

  /** Starts a run, kills it while it writes, and reads what it has left. */
  async function killed({ options, isEnough }: Plan): Promise<number> {
    const folder = mkdtempSync(inFolder('killed-'));
    const started = program.start(['run', LONG, ...options, '--trace', join(folder, 'x.trace')]);
    const file = await unfinishedIn(folder, isEnough);
    await sleep(Math.random() * 10);
    started.child.kill('SIGKILL');
    expect((await started.ended).code).toBeNull();
    const read = readTrace(readFileSync(file), sha256);
    if ('flaws' in read) throw new Error(JSON.stringify(read.flaws));
    expect(read.trace.end).toBeNull();
    expect(read.trace.manifest.scenarioText).toBe(readFileSync(LONG, 'utf8'));
    expect([...lineEntries(read.trace.blocks)].length > 0).toBe(options === VIRTUAL);
    expect(read.trace.gap !== null).toBe(options === RING);
    return [...records(read.trace.blocks)].length;
  }

  /** The file once enough is in it. */
  async function unfinishedIn(folder: string, isEnough: Plan['isEnough']): Promise<string> {
    for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 5) {
      const name = readdirSync(folder).find((one) => one.endsWith('.unfinished'));
      const file = join(folder, name ?? '');
      if (name !== undefined && isEnough(statSync(file, { throwIfNoEntry: false })?.size ?? 0)) return file;
      await sleep(5);
    }
    throw new Error(`nothing was written in ${folder}`);
  }

  it(`leaves a readable trace, each of ${KILLS} times at random (200 in the long run) [SR-TRACE-4]`, {
    timeout: 600_000,
  }, async () => {
    const counts: number[] = [];
    while (counts.length < KILLS) {
      // A block holds 64 kB, so these are in many blocks. One in four is on a board, with all that goes over its line, and
      // one keeps its last days only.
      const plans: Plan[] = [
        { options: VIRTUAL, isEnough: over(4000 + Math.random() * 100_000) },
        { options: RING, isEnough: writtenAnew() },
        { options: [], isEnough: over(Math.random() * 800_000) },
        { options: [], isEnough: over(Math.random() * 800_000) },
      ];
      counts.push(...(await Promise.all(plans.map(killed))));
    }
    expect(counts).toHaveLength(KILLS);
    expect(new Set(counts).size).toBeGreaterThan(3);
  });

  it('is found by its name, and replays as far as it goes', async () => {
    const started = program.start([
      'run',
      join(FIXTURES, 'long.yaml'),
      '--trace',
      'cut.trace',
      '--jobs',
      '1',
    ]);
    const name = basename(await unfinishedIn(program.folder, over(2000)));
    await sleep(400);
    started.child.kill('SIGKILL');
    await started.ended;
    expect(existsSync(inFolder('cut.trace'))).toBe(false);
    const asked = await program.run(['replay', 'cut.trace']);
    expect(asked.stderr).toBe(
      `cut.trace: there is no such file or folder; a run that was interrupted, or still runs, left ${name}\n`,
    );
    const verify = await program.run(['trace', 'verify', name]);
    expect(verify.code).toBe(4);
    expect(verify.stdout).toContain(': unfinished: as written, but it has no end');
    const replay = await program.run(['replay', name]);
    expect(replay.code).toBe(4);
    expect(replay.stdout).toMatch(/identical up to .*, where the recording breaks off\n$/);
  });
});
