import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
const CONTROL = 'control:\n  never: [{ alarm: motor-stall }]\n';
const DEBUG = { THECAL_LOG: 'debug' };

const SIGNAL_AS_IT_LISTENS = `
const { on } = process;
process.on = (name, ear) => {
  on.call(process, name, ear);
  if (name === 'SIGHUP') process.kill(process.pid, 'SIGINT');
  return process;
};
`;

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
        expect(traces.sort()).toEqual([`long.trace.${started.child.pid}.unfinished`, 'passes.trace']);
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
    expect(JSON.parse(readFileSync(join(program.folder, 'x.json'), 'utf8'))).toMatchObject({
      interrupted: true,
    });
  });

  it.each(['sim', 'virtual'])(
    'on %s leaves the trace of as far as it came, says where, and what was there before as it was',
    async (target) => {
      writeFileSync(join(program.folder, 'controlled.yaml'), `${readFileSync(long, 'utf8')}${CONTROL}`);
      writeFileSync(join(program.folder, 'y.trace'), 'of before');
      const words = ['controlled.yaml', '--target', target, '--trace', 'y.trace', '--tick-by-tick'];
      const started = program.start(['run', ...words], DEBUG);
      await midway(started);
      await sleep(1500);
      started.child.kill('SIGINT');
      const { code, stderr } = await started.ended;
      expect(code).toBe(130);
      expect(readFileSync(join(program.folder, 'y.trace'), 'utf8')).toBe('of before');
      // The control goes first, and is still under way.
      const left = `y.trace.control.${started.child.pid}.unfinished`;
      expect(stderr).toContain(
        `y.trace: not complete, for the run was interrupted; what its control recorded, which runs first, is in ${join(program.folder, left)}\n`,
      );
      const verify = await program.run(['trace', 'verify', left]);
      expect(verify.stdout).toContain(': unfinished: as written, but it has no end');
      const replay = await program.run(['replay', left]);
      expect(replay.stdout).toMatch(/identical up to .*, where the recording breaks off\n/);
    },
  );

  it('leaves the trace by a second signal, too', async () => {
    const started = program.start(['run', long, '--realtime=0.001', '--trace', 'z.trace'], DEBUG);
    await midway(started);
    // It has stopped by the time of the second, or not: either way the trace is there.
    started.child.kill('SIGINT');
    await started.said('stopping...');
    await sleep(300);
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
    expect(readdirSync(program.folder)).toContain(`z.trace.${started.child.pid}.unfinished`);
  });

  it('ends by the second signal while its waveform is written, and leaves no half of one', async () => {
    mkdirSync(join(program.folder, 'waves'));
    const started = program.start(['run', long, '--vcd', 'waves/x.vcd'], DEBUG);
    await midway(started);
    // So long a recording takes seconds to write.
    await sleep(4000);
    started.child.kill('SIGINT');
    await started.said('stopping...');
    await sleep(500);
    started.child.kill('SIGINT');
    const { code, stdout } = await started.ended;
    expect(code).toBe(130);
    expect(stdout).not.toContain('interrupted: ');
    expect(readdirSync(join(program.folder, 'waves'))).toEqual([]);
  });

  it('is ended by a signal that comes before it has begun', async () => {
    // Written down as the program comes to hear signals, whatever it does next.
    writeFileSync(join(program.folder, 'signal.mjs'), SIGNAL_AS_IT_LISTENS);
    const { code, stdout, stderr } = await program.run(['run', passes], {
      NODE_OPTIONS: `--import ${join(program.folder, 'signal.mjs')}`,
    });
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
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

describe('what is made of a trace', () => {
  it('is not made where somebody interrupts, and says so', { timeout: 60_000 }, async () => {
    const { code } = await program.run(['run', long, '--trace', 'long.trace']);
    expect(code).toBe(1);
    mkdirSync(join(program.folder, 'made'));
    const started = program.start(
      ['report', 'long.trace', '--html', 'made/x.html', '--vcd', 'made/x.vcd'],
      DEBUG,
    );
    await midway(started);
    started.child.kill('SIGINT');
    const report = await started.ended;
    expect({ code: report.code, stdout: report.stdout }).toEqual({ code: 130, stdout: '' });
    expect(report.stderr).toMatch(/\ninterrupted; nothing was written\n$/);
    expect(readdirSync(join(program.folder, 'made'))).toEqual([]);
    const replay = program.start(['replay', 'long.trace'], DEBUG);
    await midway(replay);
    replay.child.kill('SIGINT');
    const { code: replayCode, stdout, stderr } = await replay.ended;
    expect(replayCode).toBe(130);
    expect(stdout).not.toContain('identical');
    expect(stderr).toMatch(/\ninterrupted\n$/);
  });
});

describe('a row of commands to a pump', () => {
  it('ends with 130 where somebody interrupts the last of them', async () => {
    const started = program.start(['program', 'status', 'wait 29 y']);
    await new Promise((resolve) => started.child.stdout?.once('data', resolve));
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
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
