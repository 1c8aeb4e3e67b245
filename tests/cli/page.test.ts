import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { records } from '../../src/trace/read.ts';
import { libraryScenario, record } from '../replay/recorded.ts';
import { checkVcd } from '../report/check-vcd.ts';
import { memoryTrace } from '../trace/memory.ts';
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

  it('goes where a shell leads it: into a pipe that has no path', async () => {
    const words = `node '${program.file}' run '${join(mixed, 'passes.yaml')}'`;
    const script = `${words} --html >(cat > piped.html) --json >(cat > piped.json); sleep 0.3`;
    const { code, stderr } = await program.shell(`bash -c '${script.replaceAll("'", String.raw`'\''`)}'`);
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(program.folder, 'piped.html'), 'utf8').trimEnd().endsWith('</html>')).toBe(true);
    expect(JSON.parse(readFileSync(join(program.folder, 'piped.json'), 'utf8'))).toMatchObject({
      version: 1,
    });
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

describe('run --vcd', () => {
  it('writes a waveform of each scenario into a folder, and only its end where that is asked for', async () => {
    const options = ['--vcd', 'waves', '--vcd-last', '1 h'];
    expect((await program.run(['run', mixed, ...options])).code).toBe(1);
    const folder = join(program.folder, 'waves');
    const names = ['fails', 'inconclusive', 'passes'].flatMap((name) => [`${name}.gtkw`, `${name}.vcd`]);
    expect(readdirSync(folder).sort()).toEqual(names);
    expect(readFileSync(join(folder, 'fails.gtkw'), 'utf8')).toContain('[dumpfile] "fails.vcd"');
    const vcd = checkVcd(readFileSync(join(folder, 'fails.vcd'), 'utf8'));
    expect(vcd.firstTime).toBe(23 * 3_600_000);
    expect(vcd.variables.get('main.alarms.motor_stall_raised')?.changes[0]?.[1]).toBe('1');
  });

  it.each([
    [['--vcd', '-'], '--vcd needs a file or folder'],
    [['--vcd-last', '1 h'], 'give --vcd, too'],
    [['--vcd', 'x.vcd', '--vcd-last', '7'], '"7" has no unit'],
    [['--vcd', 'x.vcd', '--vcd-last', '0 d'], 'Write a time of 1 s or more'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await program.run(['run', join(mixed, 'passes.yaml'), ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('has what there was when the run was interrupted', async () => {
    const long = join(FIXTURES, 'long.yaml');
    const started = program.start(['run', long, '--tick-by-tick', '--vcd', 'cut.vcd'], {
      THECAL_LOG: 'debug',
    });
    await started.said('"msg":"running"');
    await sleep(2000);
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
    const vcd = checkVcd(readFileSync(join(program.folder, 'cut.vcd'), 'utf8'));
    expect(vcd.lastTime).toBeGreaterThan(0);
  });
});

describe('report accuracy', () => {
  const steady = join(mixed, 'passes.yaml');

  it('prints tables, and writes figures and curves where they are asked for', async () => {
    const options = ['--json', 'accuracy.json', '--html', 'accuracy.html'];
    const { code, stdout, stderr } = await program.run(['report', 'accuracy', steady, ...options]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Trumpet');
    const figures = JSON.parse(readFileSync(join(program.folder, 'accuracy.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(figures).toMatchObject({
      version: 1,
      rateUlPerHour: 25,
      cycleTicks: 72,
      manifest: { product: 'thecal' },
    });
    expect(readFileSync(join(program.folder, 'accuracy.html'), 'utf8')).toContain('<svg');
  });

  it('leaves standard output to what was asked for', async () => {
    const { stdout } = await program.run(['report', 'accuracy', steady, '--json', '-']);
    expect(JSON.parse(stdout)).toMatchObject({ strokeUl: 0.5 });
  });

  it.each([
    [[mixed], "accuracy is measured of one scenario's pump"],
    [['no-such.yaml'], 'no-such.yaml'],
    [[steady, '--html', 'no-such-folder/x.html'], "can't be written"],
  ])('refuses %j', async (words, message) => {
    const { code, stdout, stderr } = await program.run(['report', 'accuracy', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('report of a trace', () => {
  const passes = join(mixed, 'passes.yaml');

  it('is what the run itself would have written', async () => {
    const outputs = (name: string) => ['--html', `${name}.html`, '--vcd', `${name}.vcd`];
    await program.run(['run', passes, '--trace', 'quiet.trace', ...outputs('then')]);
    const { code, stdout, stderr } = await program.run(['report', 'quiet.trace', ...outputs('now')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('the same as recorded');
    const read = (file: string): string => readFileSync(join(program.folder, file), 'utf8');
    expect(read('now.html')).toBe(read('then.html'));
    expect(read('now.vcd')).toBe(read('then.vcd'));
  });

  it('is not made where only what a restart makes the digests forget is not as recorded', async () => {
    const scenario = libraryScenario('replacement-keeps-the-catheter.yaml');
    const { main } = await record(scenario);
    const { blocks, end, manifest } = main.trace();
    const copy = memoryTrace({ ...manifest, scenarioText: scenario.text });
    for (const one of records(blocks)) {
      if (one.kind === 'stimulus') copy.writer.stimulus(one.tick, one.stimulus);
      else if (one.kind === 'state') copy.writer.stateDigest(one.tick, one.digest);
      else if (one.event.kind !== 'tone') copy.writer.event(one.event);
    }
    if (end === null) throw new Error('it broke off');
    copy.writer.end(end.ticks, end, end.verdict);
    writeFileSync(join(program.folder, 'forgotten.trace'), copy.bytes());
    const words = ['report', 'forgotten.trace', '--json', 'forgotten.json', '--html', 'forgotten.html'];
    const { code, stderr } = await program.run(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(/not what was recorded, from 9 d .* on, so nothing was written/);
    expect(existsSync(join(program.folder, 'forgotten.json'))).toBe(false);
    expect(existsSync(join(program.folder, 'forgotten.html'))).toBe(false);
  });

  it('has the accuracy of the pump in it, too', async () => {
    const { code, stdout } = await program.run(['report', 'accuracy', 'quiet.trace', '--json', '-']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rateUlPerHour: 25 });
  });

  it.each([
    [['quiet.trace'], 'say what to make of it'],
    [['quiet.trace', '--html', 'quiet.trace'], 'would be written over'],
    [['no.trace', '--html', 'x.html'], 'no such file'],
    [[passes, '--html', 'x.html'], passes],
  ])('refuses %j', async (words, message) => {
    const { code, stdout, stderr } = await program.run(['report', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
