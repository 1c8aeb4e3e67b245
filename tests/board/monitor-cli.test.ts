/** `thecal board monitor` as its users have it: a virtual board in one process, the monitor in another. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pty } from '../../hal/espruino/pty.ts';
import {
  BATTERY_CAPACITY_NC,
  FRAME_TICKS,
  IDLE_NC_PER_SECOND,
  TELEMETRY_NC_PER_SECOND,
} from '../../src/core/config.ts';
import { builtProgram, type Ended } from '../cli/program.ts';
import { end, poweredBoards } from './powered-board.ts';

const program = builtProgram();
const { running, powerOn } = poweredBoards(program);

function monitor(...words: string[]): Promise<Ended> {
  return program.run(['board', 'monitor', '--port', 'pump', ...words]);
}

interface Look {
  readonly tick: number;
  readonly requestedStrokes: number;
  readonly events: readonly { readonly tick: number; readonly kind: string }[];
}

describe('the monitor', () => {
  it('prints one look at a running pump as text, and nothing else', async () => {
    await powerOn('--free-run', '--speed', '60');
    const { code, stdout, stderr } = await monitor('--once');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('thecal monitor  pump');
    expect(stdout).toMatch(/^pump time {2}Monday 00:\d\d:\d\d, day 1 \(tick \d+\)$/m);
    expect(stdout).toMatch(/^therapy {4}continuous, now 300\.0 ug\/day = 25\.00 uL\/h$/m);
    expect(stdout).toMatch(/^alarms {5}none$/m);
    expect(stdout).not.toContain('\x1b');
  });

  it('prints a JSON object for each look, and the pump delivers meanwhile as if nobody asked', async () => {
    await powerOn('--free-run', '--speed', '200');
    const { code, stdout } = await monitor('--json', '--for', '6 s', '--interval', '1 s');
    expect(code).toBe(0);
    const looks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Look);
    expect(looks.length).toBeGreaterThan(2);
    // A stroke falls at the end of its tick, after what is answered in it.
    for (const { tick, requestedStrokes } of looks) expect(requestedStrokes).toBe(Math.floor(tick / 72));
    const strokes = looks.flatMap(({ events }) => events).filter(({ kind }) => kind === 'stroke');
    expect(strokes.length).toBeGreaterThan(2);
    for (const { tick } of strokes) expect((tick + 1) % 72).toBe(0);
  });

  it('shows alarms and plots of what it saw, where nobody looks at a terminal', async () => {
    await powerOn('--free-run', '--speed', '600', '--fault', 'motor-stall');
    await vi.waitFor(async () => expect((await monitor('--once')).stdout).toContain('motor-stall'), {
      timeout: 60_000,
    });
    // On a busy machine little may happen while it looks.
    const stdout = await vi.waitFor(
      async () => {
        const seen = (await monitor('--for', '5 s')).stdout;
        expect(seen).toMatch(/^log$/m);
        return seen;
      },
      { timeout: 60_000 },
    );
    expect(stdout).toMatch(/^alarms {5}!! motor-stall, critical, present$/m);
    expect(stdout).toMatch(/strokes an hour {10,}computed reservoir, mL/);
    expect(stdout).toMatch(/^ +50[┼┤]/m);
  });

  it('ends with 3 and a reason where there is no free-running pump', async () => {
    expect(await monitor('--once')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('there is no such port') as string,
    });
    await powerOn();
    expect(await monitor('--once')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('the firmware for lockstep is on this board') as string,
    });
  });

  it('refuses times that are none', async () => {
    for (const time of ['2', '0 s', 'soon']) {
      expect(await monitor('--interval', time)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('names in its help what it costs', async () => {
    const { stdout } = await program.run(['board', 'monitor', '--help']);
    const lookNc = FRAME_TICKS * TELEMETRY_NC_PER_SECOND;
    const hourNc = (3600 / 2) * lookNc;
    expect(stdout).toContain(`one frame of ${lookNc / 1e6} mC`);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `A look every 2 s takes ${((100 * hourNc) / BATTERY_CAPACITY_NC).toFixed(4)} % of the battery in an hour, as much as ${Math.round(hourNc / 3600 / IDLE_NC_PER_SECOND)} hours at rest`,
    );
  });
});

describe('the monitor at a terminal', () => {
  let terminal: Pty;
  let portFd: number;
  let seen = '';

  beforeEach(async () => {
    terminal = await Pty.open();
    portFd = openSync(terminal.path, 'r+');
    seen = '';
    terminal.onData((bytes) => (seen += bytes.toString()));
  });
  afterEach(() => {
    closeSync(portFd);
    terminal.close();
  });

  function start(): { readonly child: ChildProcess; readonly ended: Promise<number | null> } {
    const child = spawn(process.execPath, [program.file, 'board', 'monitor', '--port', 'pump'], {
      cwd: program.folder,
      stdio: [portFd, portFd, portFd],
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    });
    running.push(child);
    return { child, ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
  }

  const shown = (text: string | RegExp): Promise<void> =>
    vi.waitFor(() => expect(seen).toMatch(text), { timeout: 30_000 });

  it('draws a screen until q, and leaves the terminal as it was', async () => {
    await powerOn('--free-run', '--speed', '60');
    const { ended } = start();
    await shown(/asking the pump at pump \.\.\. {3}q leaves/);
    await shown(/q quits/);
    terminal.write('q');
    expect(await ended).toBe(0);
    await shown(/\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l$/);
    expect(seen.indexOf('\x1b[?1049h')).toBeLessThan(seen.indexOf('pump time'));
    expect(await monitor('--once')).toMatchObject({ code: 0 });
  });

  it.each([
    ['Ctrl-C', 130, (): void => terminal.write('\x03')],
    ['a request to terminate', 130, (child: ChildProcess): void => void child.kill('SIGTERM')],
  ])('ends by %s with its exit code, and the pump goes on', async (_, code, order) => {
    await powerOn('--free-run', '--speed', '60');
    const { child, ended } = start();
    await shown(/q quits/);
    order(child);
    expect(await ended).toBe(code);
    await shown(/\x1b\[\?1049l$/);
    expect((await monitor('--once')).stdout).toMatch(/^alarms {5}none$/m);
  });

  it('says that the board is lost, and goes on when it is there again', async () => {
    const board = await powerOn('--free-run', '--speed', '60');
    const { child, ended } = start();
    await shown(/q quits/);
    await end(board);
    await shown(/trying again/);
    await powerOn('--free-run', '--speed', '60');
    const { length } = seen;
    await vi.waitFor(() => expect(seen.slice(length)).toMatch(/thecal monitor {2}pump\x1b\[K/), {
      timeout: 40_000,
    });
    terminal.write('q');
    expect(await ended).toBe(0);
    expect(child.killed).toBe(false);
  });
});
