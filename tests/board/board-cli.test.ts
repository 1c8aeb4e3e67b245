/** The built program as its users have it: a virtual board in one process, flashing in another. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Pty } from '../../hal/espruino/pty.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { builtProgram, type Ended } from '../cli/program.ts';
import { end, poweredBoards } from './powered-board.ts';

const program = builtProgram();
const { powerOn, running } = poweredBoards(program);

function board(...words: string[]): Promise<Ended> {
  return program.run(['board', ...words]);
}

describe('a virtual board in a process of its own', () => {
  it('is flashed, switched off and on, and still has what was flashed', async () => {
    const first = await powerOn('--storage', 'kept');
    expect(await board('hello', '--port', 'pump')).toMatchObject({ code: 0 });
    const flashed = await board('flash', '--port', 'pump', '--free-run');
    expect(flashed).toMatchObject({ code: 0, stdout: expect.stringContaining('runs thecal.b') as string });
    await end(first, 'SIGTERM');

    const second = await powerOn('--storage', 'kept');
    expect(await board('hello', '--port', 'pump')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('the free-running firmware is on this board') as string,
    });
    expect((await board('flash', '--port', 'pump')).stdout).toContain('runs thecal.a');
    await end(second, 'SIGTERM');
  });

  it('survives kill -9 of who flashes it, and of itself', async () => {
    const first = await powerOn('--storage', 'killed', '--empty');
    const flashing = program.start(['board', 'flash', '--port', 'pump']);
    await vi.waitFor(() => expect(existsSync(join(program.folder, 'killed', 'thecal.a'))).toBe(true), {
      timeout: 20_000,
      interval: 1,
    });
    await end(flashing.child, 'SIGKILL');
    await end(first, 'SIGKILL');
    await powerOn('--storage', 'killed', '--empty');
    expect(await board('flash', '--port', 'pump')).toMatchObject({ code: 0, stderr: '' });
    expect(await board('hello', '--port', 'pump')).toMatchObject({ code: 0 });
  });

  it('whose memory is full says so, and refuses an upload without giving anything up', async () => {
    await powerOn('--fill-memory');
    expect((await board('hello', '--port', 'pump')).stdout).toContain('12 of 5100 variables');
    const { code, stderr } = await board('flash', '--port', 'pump', '--free-run', '--replace');
    expect(code).toBe(3);
    expect(stderr).toContain('bytes are needed in flash storage');
    expect(await board('hello', '--port', 'pump')).toMatchObject({ code: 0 });
  });
});

describe('a virtual board that runs a pump', () => {
  it('delivers from its first start on, and says what its buzzer does', async () => {
    const child = await powerOn('--free-run', '--speed', '1000', '--fault', 'motor-stall');
    let heard = '';
    child.stdout?.on('data', (text: string) => (heard += text));
    await vi.waitFor(() => expect(heard).toMatch(/^its buzzer sounds at .*: 2500 Hz$/m), { timeout: 20_000 });
    const inventory = 'version: 1\nboards:\n  - { name: pump, port: { path: pump } }\n';
    writeFileSync(join(program.folder, 'pump.yaml'), inventory);
    const { stdout } = await program.run(['list', 'boards', '--ask', '--boards', 'pump.yaml']);
    expect(stdout).toMatch(/running .* a free-running pump, tick \d+, 0 of \d+ strokes confirmed/);
    await end(child, 'SIGTERM');
  });

  it('whose faults nobody knows is not started', async () => {
    const { code, stderr } = await board('virtual', '--free-run', '--fault', 'motor-stal');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--fault: unknown fault "motor-stal"; did you mean motor-stall\?/);
    expect((await board('virtual', '--fault', 'motor-stall', 'motor-stall')).stderr).toContain('given twice');
    expect((await board('virtual', '--speed', '0')).stderr).toContain('1 to 10000');
  });
});

describe('a person at a terminal', () => {
  it('reads what a greeting waits for, and nothing of it stays', async () => {
    await powerOn();
    const terminal = await Pty.open();
    const portFd = openSync(terminal.path, 'r+');
    let seen = '';
    terminal.onData((bytes) => (seen += bytes.toString()));
    try {
      const child = spawn(process.execPath, [program.file, 'board', 'hello', '--port', 'pump'], {
        cwd: program.folder,
        stdio: ['ignore', 'ignore', portFd],
      });
      running.push(child);
      await new Promise((resolve) => child.once('exit', resolve));
      await vi.waitFor(() => expect(seen).toBe('\rlooking for the board at pump\x1b[K\r\x1b[K'));
    } finally {
      closeSync(portFd);
      terminal.close();
    }
  });
});

describe('a name that a virtual board has', () => {
  const left = (): string[] =>
    readdirSync(program.folder).filter((name) => /^pump$|\.(tmp|lock)$/.test(name));

  it('is not given to a second one, and is free again at the end, however that is ordered', async () => {
    const first = await powerOn('--storage', 'shared');
    const onLink = await board('virtual', '--link', 'pump');
    expect(onLink).toMatchObject({ code: 3, stdout: '' });
    expect(onLink.stderr).toContain('pump: a virtual board is there already, process ');
    const onStorage = await board('virtual', '--storage', 'shared');
    expect(onStorage).toMatchObject({ code: 3, stdout: '' });
    expect(onStorage.stderr).toContain('shared: a virtual board is there already, process ');
    expect(await board('hello', '--port', 'pump')).toMatchObject({ code: 0 });
    const gone = new Promise((resolve) => first.once('exit', resolve));
    // Held meanwhile, so that all three arrive before it acts on one.
    for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGCONT'] as const) first.kill(signal);
    expect(await gone).toBe(0);
    expect(left()).toEqual([]);
    expect(readdirSync(join(program.folder, 'shared'))).not.toContain('%lock');
  });

  it('is refused when it is empty or the storage is no folder, and nothing is left', async () => {
    writeFileSync(join(program.folder, 'no-folder'), '');
    const cases = [
      [/the name of the link is empty/, ['--link', '']],
      [
        /the storage no-folder cannot be used: a file of this name is there already/,
        ['--storage', 'no-folder'],
      ],
      [/the storage \/dev\/null\/x cannot be used: /, ['--storage', '/dev/null/x']],
      [/the storage \/proc cannot be used: /, ['--storage', '/proc']],
    ] as const;
    for (const [words, options] of cases) {
      const { code, stderr } = await board('virtual', ...options);
      expect([options, code]).toEqual([options, 2]);
      expect(stderr).toMatch(words);
    }
    expect(left()).toEqual([]);
  });
});

describe('what is no board', () => {
  it('is told with an exit code, in one line and without a stack', async () => {
    writeFileSync(join(program.folder, 'file'), '');
    const cases = [
      [3, /there is no such port/, ['flash', '--port', '/dev/ttyNOPE']],
      [3, /there is no such port/, ['hello', '--port', '/dev/ttyNOPE']],
      [2, /^--port: nothing is named by it/, ['flash', '--port', '']],
      [3, /^file: this is not a serial port/, ['flash', '--port', 'file']],
      [3, /^\/dev\/null: this is not a serial port/, ['hello', '--port', '/dev/null']],
      [3, /^\/tmp: this is not a serial port/, ['hello', '--port', '/tmp']],
      [3, /there is no such program/, ['flash', '--exec', 'nothing']],
      [3, /^file: may not be executed: chmod \+x file/, ['flash', '--exec', 'file']],
      [3, /ended as soon as it was started/, ['flash', '--exec', '/bin/true']],
      [3, /^\/bin\/cat: .*: is it a build of Espruino\?$/m, ['flash', '--exec', '/bin/cat']],
      [3, /^\/bin\/cat: .*: is it a build of Espruino\?$/m, ['hello', '--exec', '/bin/cat']],
      [2, /name one board/, ['flash']],
      [
        2,
        /--port and --exec both name a board: give one of them/,
        ['flash', '--exec', 'file', '--port', 'x'],
      ],
      [2, /Write a baud rate/, ['hello', '--port', 'file', '--baud', 'fast']],
      [2, /give the port another name/, ['virtual', '--link', 'file']],
    ] as const;
    for (const [code, words, verb] of cases) {
      const ended = await board(...verb);
      expect([verb, ended.code]).toEqual([verb, code]);
      expect(ended.stderr).toMatch(words);
      expect(ended.stderr).not.toMatch(/^\s+at |a bug of ours/m);
    }
    rmSync(join(program.folder, 'espruino.flash'), { force: true });
  });
});

describe('a program in place of a board', () => {
  it('ends with whoever started it, even by kill -9', async () => {
    const deaf = join(program.folder, 'deaf');
    // As the interpreter, it does not mind that its terminal is gone.
    writeFileSync(deaf, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const module = JSON.stringify(join(PROJECT_ROOT, 'hal/espruino/interpreter.ts'));
    const script = `import(${module}).then(async ({ startInterpreter }) => {
      const { pid } = await startInterpreter(${JSON.stringify(deaf)});
      console.log(pid);
      setInterval(() => undefined, 1000);
    });`;
    const host = spawn(process.execPath, ['--import', 'tsx', '-e', script], { cwd: PROJECT_ROOT });
    running.push(host);
    const pid = Number(await new Promise((resolve) => host.stdout.once('data', resolve)));
    // Signal 0 only asks.
    expect(process.kill(pid, 0)).toBe(true);
    await end(host, 'SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 20_000 });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no folder behind after %s', async (signal) => {
    const slow = join(program.folder, 'slow');
    writeFileSync(slow, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const temporary = join(program.folder, `temporary-${signal}`);
    mkdirSync(temporary);
    const { child } = program.start(['board', 'hello', '--exec', slow], { TMPDIR: temporary });
    running.push(child);
    const folders = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('thecal-board-'));
    await vi.waitFor(() => expect(folders()).toHaveLength(1), { timeout: 20_000 });
    // Until its guard is there.
    await sleep(500);
    await end(child, signal);
    await vi.waitFor(() => expect(folders()).toEqual([]), { timeout: 10_000 });
  });
});
