/** `thecal program --port` as its users have it: a virtual board in one process, the programmer in another. */
import { describe, expect, it } from 'vitest';
import { builtProgram, type Ended } from '../cli/program.ts';
import { end, poweredBoards } from './powered-board.ts';

const program = builtProgram();
const { powerOn, running } = poweredBoards(program);

function programmer(...commands: string[]): Promise<Ended> {
  return program.run(['program', '--port', 'pump', ...commands]);
}

describe('the programmer on a pump that runs on its own', () => {
  it('changes its dose, fills it, and tells when the next refill is due [SR-SESSION-1, SR-FORECAST-1]', async () => {
    // Less than half an hour of its time, or the dates are other ones.
    await powerOn('--free-run', '--speed', '20');
    const before = await programmer('status');
    expect(before.stdout).toContain('refill by   Friday, day 61 (60 d)');
    expect(before.stdout).toContain('at the latest; when it was filled is not known to telemetry');
    const { code, stdout, stderr } = await programmer(
      'set dose 360 ug/day',
      'review',
      'commit',
      'prescription',
      'refill 20 mL',
      'status',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('dose           300 ug/day -> 360 ug/day  (+20.0 %)');
    expect(stdout).toContain('continuous, 360 ug/day of 500 ug/mL');
    // 18 mL at 0.72 mL a day.
    expect(stdout).toContain('refill by   Friday, day 26 (25 d)');
    expect(stdout).toContain('filled Monday, day 1');
  });

  it('says that a session was left open, and the next one ends it [SR-SESSION-1]', async () => {
    await powerOn('--free-run', '--speed', '60');
    const left = await programmer('set dose 320 ug/day');
    expect(left.code).toBe(0);
    expect(left.stderr).toContain('the update session is still open and the pump STANDS STILL');
    expect((await programmer('rollback', 'prescription')).stdout).toContain('continuous, 300 ug/day');
  });

  it('refuses to let its time pass, and a scenario', async () => {
    await powerOn('--free-run', '--speed', '60');
    expect(await programmer('wait 5 min')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('in the simulation only') as string,
    });
    expect((await programmer('--scenario', 'kink.yaml', 'status')).code).toBe(2);
    expect((await programmer('--target', 'sim', 'status')).code).toBe(2);
  });

  it('ends with 3 when the pump is lost, and says what may be left', async () => {
    const board = await powerOn('--free-run', '--speed', '60');
    const { child, ended } = program.start(['program', '--port', 'pump']);
    running.push(child);
    const opened = new Promise<void>((resolve) => {
      child.stdout?.on('data', (text: string) => {
        if (text.includes('draft:')) resolve();
      });
    });
    child.stdin?.write('set dose 320 ug/day\n');
    await opened;
    await end(board);
    child.stdin?.write('commit\n');
    child.stdin?.end();
    const { code, stderr } = await ended;
    expect(code).toBe(3);
    expect(stderr).toContain('whether the pump carried out the last command is not known');
    expect(stderr).toContain('may STAND STILL: rollback ends it');
    expect(stderr).not.toContain('    at ');
  });
});
