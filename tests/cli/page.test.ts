import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, FIXTURES } from './program.ts';

const program = builtProgram();
const mixed = join(FIXTURES, 'mixed');

describe('run --html', () => {
  it('writes one page of all scenarios, also from worker threads, with script, style and data in it', async () => {
    const { code, stderr } = await program.run(['run', mixed, '--jobs', '2', '--html', 'mixed.html']);
    expect([code, stderr]).toEqual([1, '']);
    const page = readFileSync(join(program.folder, 'mixed.html'), 'utf8');
    expect(page).toContain('First failure');
    expect(page).toContain(`run ${join(mixed, 'fails.yaml')} --seed 5`);
    expect(page.match(/"stroke-ticks"/g)?.length).toBeGreaterThanOrEqual(3);
    expect(page).toContain('uPlot');
    expect(page).toContain('--fault-band');
  });

  it('goes to standard output, which then holds it alone', async () => {
    const { stdout, stderr } = await program.run(['run', join(mixed, 'passes.yaml'), '--html', '-']);
    expect(stdout.startsWith('<!doctype html>\n')).toBe(true);
    expect(stdout.trimEnd().endsWith('</html>')).toBe(true);
    expect(stderr).toContain('1 passed');
  });

  it.each([
    [['--html', '-', '--json', '-'], '--json and --html both want standard output'],
    [['--html', 'no-such-folder/page.html'], "--html no-such-folder/page.html: can't be written"],
  ])('refuses %j and runs nothing', async (options, message) => {
    const { code, stderr, stdout } = await program.run(['run', join(mixed, 'passes.yaml'), ...options]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(existsSync(join(program.folder, 'no-such-folder'))).toBe(false);
  });
});
