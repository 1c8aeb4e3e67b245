import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/report/result-schema.ts';
import type { Result } from '../../src/scenario/result.ts';
import { checkXml } from '../report/check-xml.ts';
import { builtProgram, FIXTURES } from './program.ts';

const program = builtProgram();
const passes = join(FIXTURES, 'mixed/passes.yaml');
const fails = join(FIXTURES, 'mixed/fails.yaml');
const inconclusive = join(FIXTURES, 'mixed/inconclusive.yaml');

function read(file: string): string {
  return readFileSync(join(program.folder, file), 'utf8');
}

describe('exit codes', () => {
  it.each([
    [0, [passes]],
    [1, [fails]],
    [4, [inconclusive]],
    [4, [inconclusive, passes]],
    [1, [inconclusive, fails, passes]],
    [2, [fails, 'no-such-file.yaml']],
  ])('is %i', async (code, files) => {
    expect((await program.run(['run', ...files])).code).toBe(code);
  });

  it('is 70 for a scenario whose worker dies, which does not take the others with it', async () => {
    const worker = join(program.package, 'dist/worker.js');
    const built = readFileSync(worker, 'utf8');
    try {
      writeFileSync(
        worker,
        `${built.replace('export {', 'const real = work; export {').replace('work as default', 'deadly as default')}
         async function deadly(task) {
           if (task.job.scenario.name === 'A quiet day') process.exit(3);
           return await real(task);
         }`,
      );
      const { code, stdout } = await program.run([
        'run',
        join(FIXTURES, 'mixed'),
        '--jobs',
        '2',
        '--json',
        '-',
      ]);
      const result = JSON.parse(stdout) as Result;
      expect(code).toBe(70);
      expect(result.summary).toMatchObject({ error: 1, failed: 1, inconclusive: 1 });
      expect(result.scenarios.find(({ verdict }) => verdict === 'error')?.error).toContain('worker');
    } finally {
      writeFileSync(worker, built);
    }
  });
});

describe('the text', () => {
  it('says what failed, where, what was seen and when, and ends with the line that shows it again', async () => {
    const { stdout, stderr } = await program.run(['run', fails]);
    expect(stderr).toBe('');
    expect(stdout).toContain(
      `${fails}:10: motor-stall raised within 1 min\n    observed: never, at 6 h 1 min (tick 21660)\n`,
    );
    expect(stdout).toContain(
      'gear (motor-stall): noticed by motor-stall after 4 min 47 s; 1 ug missed until noticed',
    );
    expect(stdout).toContain('not a medical device');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`node ${program.file} run ${fails} --seed 5`);
  });

  it('says when in words, what a state is called, and what was allowed', async () => {
    const { code, stdout } = await program.run(['run', join(FIXTURES, 'harm.yaml'), '--json', 'harm.json']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/dose oracle: under-delivery from [ \w]+ \(allowed\)\n/);
    expect(stdout).toContain('observed: only before, at 6 h 4 min 47 s (tick 21887), at ');
    expect(stdout).toContain('observed: 0 (full), at 1 d (tick 86400)');
    expect(stdout).toContain('observed: 0 (clear), at 1 d (tick 86400)');
    const [scenario] = (JSON.parse(read('harm.json')) as Result).scenarios;
    expect(scenario?.doseFailures).toMatchObject([
      { kind: 'under-delivery', verdict: 'allowed' },
      { kind: 'outlet-under-delivery', verdict: 'allowed' },
    ]);
    expect(scenario?.expectations.find(({ id }) => id === 'dose-oracle')).toMatchObject({
      verdict: 'passed',
      observed: 'under-delivery (allowed), outlet-under-delivery (allowed)',
    });
    expect(scenario?.control?.expectations).toMatchObject([
      { id: 'control.dose-oracle', verdict: 'passed', observed: 'nothing' },
    ]);
  });

  it('has no colours and no redrawn lines where there is no terminal, and a plain line for each scenario', async () => {
    const { stdout, stderr } = await program.run(['run', join(FIXTURES, 'mixed'), '--realtime=20000']);
    expect(stdout + stderr).not.toMatch(/[\r\x1b]/);
    expect(stdout).toMatch(/^\[1\/3\] /);
    expect(stdout).toContain('[3/3] ');
  });

  it('prints a line that runs as printed, whatever the name of the file', async () => {
    const folder = join(program.folder, "a 'quoted' $HOME");
    mkdirSync(folder);
    copyFileSync(fails, join(folder, '-odd name.yaml'));
    const first = await program.run(['run', "a 'quoted' $HOME", '--seed', '9', '--tick-by-tick']);
    const line = first.stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(line).toMatch(/ --seed 9 --tick-by-tick$/);
    const again = await program.shell(line);
    expect(again.code).toBe(1);
    expect(again.stdout.trimEnd().split('\n').at(-1)).toBe(line);
  });
});

describe('--json', () => {
  it('leaves standard output to JSON alone', async () => {
    const { code, stdout, stderr } = await program.run(['run', fails, inconclusive, '--json', '-']);
    expect(code).toBe(1);
    expect(stderr).toContain('observed: never');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      interrupted: false,
      summary: { failed: 1, inconclusive: 1 },
    });
  });

  it.each(['/dev/stdout', '/dev/fd/1'])('takes %s for standard output', async (path) => {
    const { stdout, stderr } = await program.shell(`node ${program.file} run ${passes} --json ${path} | cat`);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
    expect(stderr).toContain('1 passed');
  });

  it('is as the schema says and has nothing that the schema does not know', async () => {
    await program.run(['run', join(FIXTURES, 'mixed'), '--json', 'whole.json', '--realtime=50000']);
    const result: unknown = JSON.parse(read('whole.json'));
    expect(resultSchema.parse(result)).toEqual(result);
  });

  it('is the same for one job and for two, and by ticks but for the ticks executed', async () => {
    const runs = [
      ['--jobs', '1'],
      ['--jobs', '2'],
      ['--jobs', '2', '--tick-by-tick'],
    ];
    const results = await Promise.all(
      runs.map(async (words) => {
        const { stdout } = await program.run(['run', join(FIXTURES, 'mixed'), '--json', '-', ...words]);
        return (JSON.parse(stdout) as Result).scenarios;
      }),
    );
    const withoutStepping = (result: Result['scenarios'] | undefined): unknown =>
      JSON.parse(
        JSON.stringify(result, (key, value: unknown) =>
          /^(executedTicks|reproduce)$/.test(key) ? 0 : value,
        ),
      );
    expect(results[1]).toEqual(results[0]);
    expect(withoutStepping(results[2])).toEqual(withoutStepping(results[0]));
    expect(results[0]?.map(({ name }) => name)).toEqual([
      'A stall that is asked to be noticed too soon',
      'A missed refill without a refill to miss',
      'A quiet day',
    ]);
  });

  it('takes the seed of the command line', async () => {
    const { stdout } = await program.run(['run', passes, '--seed', '12', '--json', '-']);
    expect(JSON.parse(stdout)).toMatchObject({ manifest: { seed: 12 }, scenarios: [{ seed: 12 }] });
  });
});

describe('other outputs', () => {
  it('writes JUnit that a parser takes, with failures and what could not be told', async () => {
    await program.run(['run', join(FIXTURES, 'mixed'), '--junit', 'out.xml']);
    const tags = checkXml(read('out.xml'));
    expect(tags.filter((tag) => tag === 'testsuite')).toHaveLength(3);
    expect(tags.filter((tag) => tag === 'failure')).toHaveLength(2);
    expect(tags.filter((tag) => tag === 'skipped')).toHaveLength(1);
  });

  it('writes the trace of one scenario into a file, with the control beside it', async () => {
    await program.run(['run', fails, '--trace', 'one.trace']);
    const main = await program.run(['trace', 'cat', 'one.trace']);
    expect(main.stdout).toMatch(/^# thecal trace 2 .* run=main .*\n/);
    expect(main.stdout).toMatch(/\n# end ticks=86401 .* verdict=failed\n$/);
    const control = await program.run(['trace', 'cat', 'one.trace.control']);
    expect(control.stdout).toMatch(/^# thecal trace 2 .* run=control .*\n/);
  });

  it('writes traces of several into a folder, and none over another of the same name', async () => {
    await program.run(['run', join(FIXTURES, 'same'), '--trace', 'traces']);
    expect(readdirSync(join(program.folder, 'traces')).sort()).toEqual([
      'Day-2.trace',
      'Day-2.trace.control',
      'day.trace',
      'day.trace.control',
    ]);
    expect(read('traces/day.trace')).toContain('folder a');
    expect(read('traces/Day-2.trace')).toContain('folder b');
  });

  it('puts a result behind a link and into a device without replacing either', async () => {
    writeFileSync(join(program.folder, 'real.json'), 'old');
    const { code } = await program.shell(
      `ln -s real.json link.json && node ${program.file} run ${passes} --json link.json --junit /dev/null && test -L link.json && test -c /dev/null`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(read('real.json'))).toMatchObject({ version: 1 });
  });

  it('says so when what it writes to is full', async () => {
    const { code, stderr } = await program.run(['run', passes, '--json', '/dev/full']);
    expect(code).toBe(3);
    expect(stderr).toContain('/dev/full: could not be written: no space left');
    const piped = await program.shell(`node ${program.file} run ${passes} --json - > /dev/full`);
    expect(piped.code).toBe(3);
    expect(piped.stderr).toContain('standard output: could not be written: no space left');
  });

  it('does not let a full disk hide what the run has found', async () => {
    expect((await program.run(['run', fails, '--json', '/dev/full'])).code).toBe(1);
    expect((await program.shell(`node ${program.file} run ${fails} > /dev/full`)).code).toBe(1);
    expect((await program.shell(`node ${program.file} list faults > /dev/full`)).code).toBe(3);
  });
});

describe('the bundled library', () => {
  it('is the default, and is filtered by name or path in any case', async () => {
    const { code, stdout } = await program.run(['run', '--filter', 'CATHETER-CUT', '--json', '-']);
    expect(code).toBe(0);
    const { scenarios } = JSON.parse(stdout) as Result;
    expect(scenarios.map(({ file }) => file)).toEqual([
      join(program.package, 'sim/scenarios/catheter-cut.yaml'),
    ]);
  });
});
