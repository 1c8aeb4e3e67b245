import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Pty } from '../../hal/espruino/pty.ts';
import { Interruption } from '../../src/cli/run/interruption.ts';
import { resultSchema } from '../../src/report/result-schema.ts';
import { checkXml } from '../report/check-xml.ts';
import { builtProgram, FIXTURES, type Started } from './program.ts';

const program = builtProgram();
const long = join(FIXTURES, 'long.yaml');
const passes = join(FIXTURES, 'mixed/passes.yaml');
const DEBUG = { THECAL_LOG: 'debug' };

/** Once the run is under way, and a little into it. */
async function midway(started: Started): Promise<void> {
  await started.said('"msg":"running"');
  await sleep(500);
}

describe('an interrupted run', () => {
  it.each([
    ['SIGINT', '1'],
    ['SIGTERM', '1'],
    ['SIGHUP', '1'],
    ['SIGINT', '2'],
  ] as const)(
    'by %s with %s jobs writes what has finished, whole, and exits with 130',
    async (signal, jobs) => {
      const name = `${signal}-${jobs}`;
      const outputs = ['--json', `${name}.json`, '--junit', `${name}.xml`, '--trace', name];
      const started = program.start(
        ['run', passes, long, long, '--jobs', jobs, '--tick-by-tick', ...outputs],
        DEBUG,
      );
      await midway(started);
      await sleep(2500);
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      expect(code).toBe(130);
      expect(stdout).toContain('interrupted: ');
      expect(stderr).toContain('stopping...\n');
      const read = (file: string): string => readFileSync(join(program.folder, file), 'utf8');
      const result = resultSchema.parse(JSON.parse(read(`${name}.json`)));
      expect(result.interrupted).toBe(true);
      expect(checkXml(read(`${name}.xml`))).toContain('error');
      const traces = readdirSync(join(program.folder, name));
      if (jobs === '1') {
        expect(result.scenarios.map((scenario) => scenario.name)).toEqual(['A quiet day']);
        expect(traces).toEqual(['passes.trace']);
        const cat = await program.run(['trace', 'cat', `${name}/passes.trace`]);
        expect(cat.stdout).toMatch(/\n# end .*\n$/);
      }
      expect(readdirSync(program.folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    },
  );

  it('takes a signal that a wrapper passes on for the same one', async () => {
    const started = program.start(
      ['run', long, '--realtime=0.001', '--trace', 'x.trace', '--json', 'x.json'],
      DEBUG,
    );
    await midway(started);
    started.child.kill('SIGINT');
    // At once, to find it at work: a process that is ending has no ear any more, and dies of a signal. And another one
    // of the two, since of two of a kind that wait the system delivers one.
    started.child.kill('SIGTERM');
    expect((await started.ended).code).toBe(130);
    expect(existsSync(join(program.folder, 'x.trace'))).toBe(false);
    expect(JSON.parse(readFileSync(join(program.folder, 'x.json'), 'utf8'))).toMatchObject({
      interrupted: true,
    });
  });

  it('need not wait for a port that is being opened and never falls silent', {
    timeout: 60_000,
  }, async () => {
    const chatterer = await Pty.open();
    const chatter = setInterval(() => chatterer.write('$GPGGA,123519\r\n'), 20);
    try {
      const isAsked = new Promise((resolve) => chatterer.onData(resolve));
      const started = program.start(['run', passes, '--target', 'board', '--port', chatterer.path]);
      await isAsked;
      started.child.kill('SIGTERM');
      const { code, stdout } = await started.ended;
      expect(code).toBe(130);
      expect(stdout).toContain('interrupted: ');
      expect(stdout).not.toContain('answers as an Espruino board');
    } finally {
      clearInterval(chatter);
      chatterer.close();
    }
  });

  it('ends at once by the second signal', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const onFirst = vi.fn();
    const interruption = new Interruption(onFirst);
    interruption.listen();
    try {
      process.emit('SIGINT');
      expect(onFirst).toHaveBeenCalledOnce();
      await sleep(400);
      process.emit('SIGTERM');
      expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    } finally {
      interruption.stop();
      exit.mockRestore();
    }
  });
});

describe('--realtime', () => {
  it('takes its time', async () => {
    const began = performance.now();
    const { stdout } = await program.run(['run', passes, '--realtime=43200', '--json', '-']);
    expect(performance.now() - began).toBeGreaterThan(2000);
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: [{ verdict: 'passed' }] });
  });

  it('says how often and how far it fell behind', async () => {
    const started = program.start(['run', passes, '--realtime=20000', '--json', '-'], DEBUG);
    await midway(started);
    started.child.kill('SIGSTOP');
    await sleep(1800);
    started.child.kill('SIGCONT');
    const { code, stdout, stderr } = await started.ended;
    expect(code).toBe(0);
    const late = resultSchema.parse(JSON.parse(stdout)).scenarios[0]?.late;
    expect(late?.count).toBeGreaterThanOrEqual(1);
    expect(late?.largestLagMs).toBeGreaterThan(1000);
    expect(stderr).toMatch(/late (once|\d+ times), by \d\.\d s at most/);
  });
});
