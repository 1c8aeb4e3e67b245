/** Looking into a recorded run: by the command line, and with the keys on a terminal. */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Pty } from '../../hal/espruino/pty.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { Session } from '../../src/cli/inspect/session.ts';
import { Walk } from '../../src/cli/inspect/walk.ts';
import { PLAIN } from '../../src/report/paint.ts';
import { builtProgram } from './program.ts';

const program = builtProgram();
const KINK = join(PROJECT_ROOT, 'sim/scenarios/catheter-occlusion.yaml');

beforeAll(async () => {
  const { code, stderr } = await program.run(['run', KINK, '--trace', 'kink.trace']);
  if (code !== 0) throw new Error(stderr);
});

describe('thecal inspect', () => {
  it('shows alarms, faults, signals, what happened and every field where an alarm is raised', async () => {
    const { code, stdout } = await program.run(['inspect', 'kink.trace', '--until', 'alarm:occlusion']);
    expect(code).toBe(0);
    for (const part of [
      '\ntick 173,089   2 d 4 min 49 s   wednesday 00:04:49 pump time\n',
      'alarms\n  catheter-occlusion, present\n',
      'faults\n  kink (catheter-occlusion) since 2 d, felt\n',
      '\n  outlet-pressure-pa                7666 Pa\n',
      '\n    173087 stroke requested=2404\n  > 173089 present residual-pa=6666\n',
      '\n  > 173089 permission permission=stopped\n\nafter this\n    173689 tone ',
      '\nfirmware, as it goes into tick 173,090\n',
      ' catheter-occlusion.isActive 1, ',
      'stoppedSinceTick 173089',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('steps on and back, and says the same as JSON', async () => {
    const json = async (
      ...words: string[]
    ): Promise<{ tick: number; fields: Record<string, number>; now: string[] }> => {
      const { code, stdout, stderr } = await program.run(['inspect', 'kink.trace', ...words, '--json']);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as { tick: number; fields: Record<string, number>; now: string[] };
    };
    expect((await json('--at', '2 d', '--step', '2')).tick).toBe(172_943);
    expect((await json('--at', '173089', '--back', '1')).tick).toBe(173_087);
    const end = await json();
    expect(end.tick).toBe(345_600);
    expect(end.fields['motor.requested']).toBeGreaterThan(4000);
    expect((await json('--step', '1')).now).toEqual(['71 stroke requested=1']);
  });

  it.each([
    [
      'a moment behind the end',
      ['--at', '5 d'],
      /^--at: 5 d \(tick 432000\) is behind the end of kink.trace/,
    ],
    [
      'what never happened',
      ['--until', 'alarm:motor-stall'],
      /^--until: nothing of kink.trace after its start is alarm:motor-stall/,
    ],
    [
      'what no trace tells',
      ['--until', 'alram'],
      /^--until: "alram" is nothing that a trace tells; did you mean alarm\?/,
    ],
    ['a walk without a terminal', ['--walk'], /^--walk needs a terminal/],
  ] as const)('refuses %s', async (_, words, message) => {
    const { code, stderr } = await program.run(['inspect', 'kink.trace', ...words]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('the walk', () => {
  async function walkFrom(tick: number): Promise<Walk> {
    return await Walk.begin(await Session.open(join(program.folder, 'kink.trace')), tick);
  }

  it('goes by event, hour and day, to what matters, and to what is looked for', async () => {
    const walk = await walkFrom(0);
    const press = async (...keys: string[]): Promise<number> => {
      for (const key of keys) await walk.key(key, key);
      return walk.tick;
    };
    expect(await press('right', 'right')).toBe(143);
    expect(await press('left')).toBe(71);
    expect(await press('pagedown', 'down', 'down', 'up')).toBe(71 + 86_400 + 3600);
    expect(await press('n')).toBe(172_800);
    for (const key of Array.from('/alarm:occlusion')) await walk.key(undefined, key);
    await walk.key('return', '\r');
    expect(walk.tick).toBe(173_089);
    expect(await press('.')).toBe(173_089);
    expect(walk.frame(100, 40, PLAIN).at(-1)).toContain('no alarm:occlusion after this');
    await walk.key('n', 'N');
    expect(walk.tick).toBe(172_943);
    expect(await press('end')).toBe(345_600);
    expect(await press('home')).toBe(0);
    expect(await press('left')).toBe(0);
    // Half of the run before the kink and its alarm, half after them.
    expect(walk.frame(100, 40, PLAIN)[2]).toBe(`[o${'-'.repeat(48)}F!${'-'.repeat(47)}]`);
    await press('q');
    expect(walk.isOver).toBe(true);
  });

  it('shows where it is, as many lines as there are, none too long, and what a move has changed', async () => {
    const walk = await walkFrom(173_087);
    await walk.key('right', '');
    await walk.key('s', 's');
    for (const [columns, rows] of [
      [80, 24],
      [120, 50],
      [20, 8],
    ] as const) {
      const frame = walk.frame(columns, rows, PLAIN);
      expect(frame).toHaveLength(rows);
      expect(frame.at(-1)).toMatch(/^q quit /);
    }
    expect(walk.frame(80, 24, PLAIN).at(-1)).toMatch(/ {2}s view$/);
    const whole = walk.frame(80, 200, PLAIN).slice(0, -1);
    const lines = whole.findLastIndex((line) => line !== '') + 1;
    expect(walk.frame(80, 24, PLAIN).at(-2)).toBe(`... ${lines - 22} more lines: space`);
    const first = walk.frame(80, 24, PLAIN);
    const turned: string[] = [];
    do {
      const page = walk.frame(80, 24, PLAIN);
      expect(page.slice(0, 3)).toEqual(first.slice(0, 3));
      turned.push(...page.slice(3, -2));
      await walk.key('space', ' ');
    } while (walk.frame(80, 24, PLAIN).join() !== first.join() && turned.length < 200);
    expect(turned.filter((line) => line !== '')).toEqual(whole.slice(3).filter((line) => line !== ''));
    expect(walk.frame(80, lines + 1, PLAIN).join('\n')).not.toContain('more lines');
    // Where there is little room the view is what is left of the picture, and the keys say how to change it.
    const small = walk.frame(60, 14, PLAIN);
    expect(small[1]).toMatch(/^tick 173,089 /);
    expect(small.at(-1)).toMatch(/ {2}s view$/);
    expect(small.join('\n')).toMatch(/changed {2}/);
    await walk.key('s', 's');
    expect(walk.frame(60, 14, PLAIN).join('\n')).toContain('requested-strokes ');
    await walk.key('s', 's');
    const frame = walk.frame(120, 60, PLAIN).join('\n');
    expect(frame).toContain('> 173089 raise alarm=catheter-occlusion');
    expect(frame).toMatch(/changed {2}.*mode\.permission 0 → 2/);
  });

  it('on a terminal leaves it as it was, by q, by Ctrl-C and by a signal', { timeout: 60_000 }, async () => {
    for (const [end, code] of [
      ['q', 0],
      ['\x03', 130],
      ['SIGTERM', 130],
    ] as const) {
      const terminal = await Pty.open();
      let shown = '';
      terminal.onData((bytes) => {
        shown += bytes.toString('utf8');
      });
      const port = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY);
      const child = spawn(
        process.execPath,
        [program.file, 'inspect', 'kink.trace', '--walk', '--at', '2 d'],
        {
          cwd: program.folder,
          stdio: [port, port, port],
          env: { ...process.env, TERM: 'xterm', COLUMNS: '100', LINES: '40' },
        },
      );
      closeSync(port);
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      const until = async (text: string): Promise<void> => {
        for (let i = 0; i < 400 && !shown.includes(text); i++) await sleep(25);
        expect(shown).toContain(text);
      };
      await until('tick 172,800');
      terminal.write('\x1b[C');
      await until('tick 172,871');
      if (end === 'SIGTERM') child.kill(end);
      else terminal.write(end);
      expect(await ended).toBe(code);
      await until('\x1b[?25h\x1b[?1049l');
      terminal.close();
    }
  });
});
