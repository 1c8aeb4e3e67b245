import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import { FAULTS } from '../../sim/faults/index.ts';
import { SIGNALS } from '../../hal/signals.ts';
import { builtProgram } from './program.ts';

const program = builtProgram();

async function rows(name: string): Promise<Record<string, unknown>[]> {
  const { code, stdout } = await program.run(['list', name, '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>[];
}

describe('thecal list', () => {
  it.each([
    ['faults', 'kind', FAULTS.map((fault) => fault.kind)],
    ['alarms', 'name', ALARMS.map((alarm) => alarm.name)],
    ['signals', 'name', SIGNALS.map((signal) => signal.name)],
    ['commands', 'name', [...COMMAND_KINDS]],
    ['targets', 'name', ['sim', 'board', 'virtual']],
    ['boards', 'name', []],
  ])('%s names all that the table of the code has, as text too', async (name, key, names) => {
    expect((await rows(name)).map((row) => row[key])).toEqual(names);
    const { stdout } = await program.run(['list', name]);
    for (const word of names) expect(stdout).toContain(word);
  });

  it('scenarios shows the library', async () => {
    expect((await rows('scenarios')).length).toBeGreaterThan(10);
  });

  it('faults shows options in the units of a scenario', async () => {
    const occlusion = (await rows('faults')).find((row) => row['kind'] === 'catheter-occlusion');
    expect(occlusion?.['options']).toMatchObject([{ name: 'diameter-closed', min: '0 %', max: '100 %' }]);
  });

  it('ports says plainly what is missing where the machine cannot look', async () => {
    const { code, stdout, stderr } = await program.run(['list', 'ports'], { PATH: '' });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('udevadm, which is not installed');
    const machine = await program.run(['list', 'ports', '--json'], { PATH: '' });
    expect(machine).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(machine.stdout)).toEqual({
      ports: [],
      problem: expect.stringContaining('udevadm, which is not installed') as unknown,
    });
  });

  it('keeps its head when the reader goes away', async () => {
    const { code } = await program.shell(`node ${program.file} list faults | true; echo`);
    expect(code).toBe(0);
  });
});

describe('diagnostics', () => {
  it('go to standard error, and only when asked for', async () => {
    const quiet = await program.run(['list', 'alarms']);
    expect(quiet.stderr).toBe('');
    const odd = await program.run(['run', '--filter', 'catheter-cut', '--json', '-'], { THECAL_LOG: 'loud' });
    expect(odd.stderr).toContain('THECAL_LOG=loud is no level');
    expect(() => JSON.parse(odd.stdout) as unknown).not.toThrow();
  });
});
