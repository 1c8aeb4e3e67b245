/** The clinician's programmer over a simulated pump, as somebody at a keyboard has it. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answer, Clinician, WordsError } from '../../src/cli/programmer/clinician.ts';
import { SimTalk } from '../../src/cli/programmer/sim-talk.ts';
import { crc32OfWords } from '../../hal/sim/checksum.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import { SETUP } from '../canaries/checks.ts';
import { builtProgram } from './program.ts';

/** 300 ug/day of 500 ug/mL, a stroke in 72 s. */
function desk(sessionTimeoutTicks = 0) {
  const pump = new SimTarget({ ...SETUP, hasOracle: false, sessionTimeoutTicks });
  const clinician = new Clinician(new SimTalk(pump, 'the pump'), crc32OfWords);
  const type = (line: string): Promise<Answer> => clinician.run(line);
  return { pump, clinician, type };
}

describe('a session at the prompt', () => {
  it('shows the change in per cent, and puts it in force [SR-SESSION-1]', async () => {
    const { type } = desk();
    const set = await type('set dose 320 ug/day');
    expect(set.lines[0]).toBe('session open: the pump stands still until commit or rollback');
    const review = await type('review');
    expect(review.lines[1]).toBe('dose           300 ug/day -> 320 ug/day  (+6.7 %)');
    const committed = await type('commit');
    expect(committed).toMatchObject({ isAccepted: true, outcome: 'accepted' });
    expect(committed.lines).toEqual([
      'committed: the new prescription is in force, and the pump delivers: full',
    ]);
    expect((await type('prescription')).data).toMatchObject({ mode: 'continuous', dailyUg: 320 });
    expect((await type('status')).data).toMatchObject({ permission: 0, isSessionOpen: 0 });
  });

  it('is refused beyond a hard limit, stays open, and rolls back [SR-SESSION-1, SR-CMD-1]', async () => {
    const { type, clinician } = desk();
    await type('set dose 310 ug/day');
    await type('set low-reservoir 40.001 mL');
    expect(await type('commit')).toMatchObject({ isAccepted: false, outcome: 'volume-out-of-range' });
    expect((await type('status')).data).toMatchObject({ isSessionOpen: 1, permission: 2 });
    expect(await clinician.lastWords()).toHaveLength(1);
    expect((await type('rollback')).isAccepted).toBe(true);
    expect(await clinician.lastWords()).toEqual([]);
    expect((await type('prescription')).data).toMatchObject({ dailyUg: 300 });
  });

  it('commits what is on the screen after an earlier commit was refused', async () => {
    const { type } = desk();
    await type('set low-reservoir 40.001 mL');
    await type('commit');
    await type('set low-reservoir 3 mL');
    await type('set dose 310 ug/day');
    expect((await type('commit')).isAccepted).toBe(true);
    expect((await type('prescription')).data).toMatchObject({ dailyUg: 310 });
  });

  it('that the pump rolled back meanwhile says so [SR-SESSION-1]', async () => {
    const { type, clinician } = desk(600);
    await type('set dose 320 ug/day');
    await type('wait 20 min');
    expect(await clinician.lastWords()).toEqual([
      'the update session is over: the pump rolled it back by itself',
    ]);
    expect(await type('commit')).toMatchObject({ isAccepted: false, outcome: 'no-session' });
    expect((await type('prescription')).data).toMatchObject({ dailyUg: 300 });
  });

  it('left by somebody else can be ended', async () => {
    const { pump, type } = desk();
    await type('open');
    const next = new Clinician(new SimTalk(pump, 'the pump'), crc32OfWords);
    expect((await next.run('open')).outcome).toBe('session-open');
    expect((await next.run('rollback')).isAccepted).toBe(true);
    expect((await next.run('open')).isAccepted).toBe(true);
  });
});

describe('a soft limit at the prompt', () => {
  it('is asked about in words with figures, taken with commit confirm, and asked again after three minutes [SR-LIMIT-1]', async () => {
    const { type } = desk();
    await type('set group adult-cerebral');
    await type('set start before');
    expect((await type('review')).lines.at(-1)).toBe('patient        none -> adult-cerebral');
    expect(await type('commit')).toMatchObject({ data: { limits: { rules: ['rules-left'] } } });
    expect(await type('commit confirm')).toMatchObject({ isAccepted: true });
    await type('set dose 345 ug/day');
    expect(await type('commit')).toMatchObject({ isAccepted: true });
    await type('set dose 400 ug/day');
    const asked = await type('commit');
    expect(asked).toMatchObject({
      isAccepted: false,
      outcome: 'needs-confirmation',
      data: { limits: { rules: ['raised-too-far'], changePercent: 33.4 } },
    });
    expect(asked.lines[1]).toBe(
      '  +33.4 % against the dose of a day ago: for an adult with spasticity of cerebral origin the label raises it by at most 15 % in 24 h',
    );
    await type('wait 4 min');
    expect((await type('commit confirm')).outcome).toBe('needs-confirmation');
    expect((await type('commit confirm')).isAccepted).toBe(true);
    expect((await type('prescription')).data).toMatchObject({
      dailyUg: 400,
      patientGroup: 'adult-cerebral',
      firstStartTick: -1,
    });
  });

  it('names the fall and the first day too', async () => {
    const { type } = desk();
    await type('set group child');
    await type('set start now');
    await type('set dose 200 ug/day');
    expect((await type('commit')).lines[1]).toMatch(
      /-33[.]4 % against the dose of a day ago: .* at most 20 %/,
    );
    await type('set dose 301 ug/day');
    expect((await type('commit')).lines[1]).toMatch(/[+]0[.]4 %: in the first 24 h of a therapy/);
  });

  it('is taken unasked by a programmer that was started so, which says which it was', async () => {
    const { pump } = desk();
    const clinician = new Clinician(new SimTalk(pump, 'the pump'), crc32OfWords, true);
    await clinician.run('set group adult-spinal');
    await clinician.run('set dose 450 ug/day');
    const { isAccepted, lines, data } = await clinician.run('commit');
    expect(isAccepted).toBe(true);
    expect(lines[0]).toMatch(/^confirmed: [+]50[.]0 % .* at most 30 % in 24 h$/);
    expect(data).toMatchObject({ confirmed: { rules: ['raised-too-far', 'raised-on-first-day'] } });
  });
});

describe('periodic boluses at the prompt', () => {
  it('come on top of the one rate, are shown, and are in the daily dose [SR-BOLUS-4]', async () => {
    const { type } = desk();
    await type('set dose 120 ug/day');
    expect((await type('set bolus 10 ug over 10 min every 6 h from 07:00')).lines).toEqual([
      'draft: periodic, 160 ug/day of 500 ug/mL, in it 10 ug over 10 min every 6 h, low-reservoir alarm at 2 mL',
    ]);
    expect((await type('review')).lines.slice(0, 3)).toEqual([
      'mode           continuous -> periodic',
      'dose           300 ug/day -> 160 ug/day  (-46.7 %)',
      'boluses        none -> 10 ug over 10 min every 6 h',
    ]);
    expect((await type('commit')).isAccepted).toBe(true);
    const before = Number((await type('status')).data.requestedStrokes);
    await type('wait 24 h');
    // 480 of the rate and 4 x 40, at 0.25 ug.
    const given = Number((await type('status')).data.requestedStrokes) - before;
    expect([640, 641]).toContain(given);
    await type('set bolus none');
    expect((await type('commit')).isAccepted).toBe(true);
    expect((await type('prescription')).data).toMatchObject({ mode: 'continuous', dailyUg: 120 });
  });

  it('are refused by the pump when they are too fast, and here where there is no one rate', async () => {
    const { type } = desk();
    await type('set bolus 10 ug over 1 min every 6 h');
    expect(await type('commit')).toMatchObject({ isAccepted: false, outcome: 'bolus-too-fast' });
    await type('rollback');
    const flex = new SimTarget({ ...SETUP, hasOracle: false, therapy: { mode: 'stopped' } });
    const clinician = new Clinician(new SimTalk(flex, 'the pump'), crc32OfWords);
    await expect(clinician.run('set bolus 10 ug over 10 min every 6 h')).rejects.toThrow(
      'on top of one rate',
    );
  });
});

describe('orders at the prompt', () => {
  it('say when the pump stands still all the same', async () => {
    const { type } = desk();
    await type('stop');
    await type('set dose 320 ug/day');
    expect((await type('commit')).lines[0]).toMatch(/and the pump stands still: stopped by command$/);
    await type('open');
    expect(await type('resume')).toMatchObject({ isAccepted: false, outcome: 'session-open' });
    await type('rollback');
    expect((await type('resume')).lines).toEqual(['the stop is over: the pump delivers: full']);
  });

  it('stop, resume, refill and the alarms of a session left open', async () => {
    const { type } = desk();
    await type('stop');
    expect((await type('status')).data).toMatchObject({ isStopCommanded: 1, permission: 2 });
    await type('resume');
    expect((await type('refill 30 mL')).isAccepted).toBe(true);
    expect((await type('status')).data).toMatchObject({ computedReservoirNl: 30_000_000 });
    expect(await type('refill 41 mL')).toMatchObject({ isAccepted: false, outcome: 'volume-out-of-range' });
    await type('open');
    await type('wait 5 min');
    expect((await type('alarms')).lines).toEqual(['session-left-open: critical, present']);
    expect((await type('silence session-left-open')).isAccepted).toBe(true);
  });

  it('give a bolus, and say the shortest time of one that is too fast [SR-BOLUS-1]', async () => {
    const { type } = desk();
    // 24 mL/day of 500 ug/mL less 300 ug/day: 10 ug take 73.8 s.
    expect(await type('bolus 10 ug over 1 min')).toMatchObject({
      isAccepted: false,
      outcome: 'bolus-too-fast',
      lines: ['refused: bolus-too-fast; the shortest time for it is 1 min 14 s'],
      data: { shortestTicks: 74 },
    });
    await type('wait 1 h');
    const before = Number((await type('status')).data.requestedStrokes);
    expect((await type('bolus 10 ug over 10 min')).lines).toEqual(['the bolus has begun']);
    expect(await type('bolus 10 ug over 10 min')).toMatchObject({ outcome: 'bolus-running' });
    await type('wait 12 min');
    // 40 of 0.25 ug, and ten of the programmed rate.
    const given = Number((await type('status')).data.requestedStrokes) - before;
    expect([50, 51]).toContain(given);
  });

  it('change the drug once they say what becomes of the line [SR-BOLUS-3]', async () => {
    const { type } = desk();
    await type('set concentration 2000 ug/mL');
    const refused = await type('commit');
    expect(refused).toMatchObject({ isAccepted: false, outcome: 'bridge-unsaid' });
    expect(refused.lines[0]).toContain('set bridge 485 uL');
    expect((await type('review')).lines.slice(3, 5)).toEqual([
      'drug           500 ug/mL -> 2000 ug/mL',
      'old drug       to be said: set bridge 485 uL, or set bridge none',
    ]);
    await type('set bridge 485 uL');
    expect((await type('review')).lines[4]).toBe('old drug       bridged over 485 uL');
    expect((await type('commit')).isAccepted).toBe(true);
    expect((await type('prescription')).data).toMatchObject({ concentrationUgPerMl: 2000, dailyUg: 300 });
    expect((await type('log')).lines.join()).toContain('bridge-begin strokes=970');
    // Another dose amid the bridge: what is left of it goes on.
    await type('wait 6 h');
    await type('set dose 310 ug/day');
    expect((await type('commit')).isAccepted).toBe(true);
    // 300 strokes in 6 h.
    expect((await type('log')).lines.join()).toMatch(/bridge-begin strokes=6(69|70)/);
  });

  it('shows the event log, the latest last [SR-TEL-1]', async () => {
    const { type } = desk();
    expect((await type('log')).lines).toEqual(['nothing yet']);
    for (let n = 0; n < 12; n++) {
      await type('stop');
      await type('resume');
    }
    const { lines } = await type('log');
    expect(lines).toHaveLength(20);
    expect(lines.filter((line) => line.includes('command=stop outcome=accepted')).length).toBeGreaterThan(3);
    expect(lines.at(-1)).toMatch(/resume stopped-ticks=1$/);
  });

  it.each([
    ['stauts', 'there is no command "stauts"; did you mean status?'],
    ['set dose 320 mL', 'unknown unit "mL" for a rate'],
    ['set dose 10 ug/h', 'write the dose of a day'],
    ['set dose 6553.6 ug/day', '6553.6 ug/day is more than a prescription holds, 6553.5 ug/day'],
    ['set speed 3', 'write set dose 320 ug/day'],
    ['stop in 2 h', 'is too much: write stop'],
    ['rollback now', 'is too much: write rollback'],
    ['commit confirm twice', 'is too much'],
    ['silence motor-stall please', 'is too much'],
    ['set bolus 10 ug', 'write set bolus 10 ug over 10 min every 6 h'],
    ['set bolus 10 ug over 10 min every 7 h', 'does not divide a day'],
    ['set bolus 10 ug over 10 min every 6 h from 07:10', 'is not on the half hour'],
    ['set bridge some', 'is no'],
    ['set concentration 2147483648 ug/mL', 'is more than a word to the pump holds'],
    ['bolus 10 ug', 'write a dose and its time, such as bolus 10 ug over 10 min'],
    ['bolus 1000.1 ug over 1 h', 'write at most 1000 ug'],
    ['silence', 'write the name of an alarm'],
    ['silence motor-stal', 'did you mean motor-stall?'],
    ['refill', 'is no'],
    ['wait long', 'is no'],
    ['set group adult', 'there is no group "adult"; write one of none, adult-spinal, adult-cerebral, child'],
    ['set start yesterday', 'write set start now'],
    ['stop at 6 h', '"at 6 h" is too much: write stop'],
    ['silence motor-stall now', '"now" is too much: write silence ALARM'],
    ['commit', 'no session is open here'],
    ['review', 'no session is open here'],
    ['constructor', 'there is no command'],
  ])('%s: says what is wrong and sends nothing', async (line, message) => {
    const { type, pump } = desk();
    const before = pump.executedTicks();
    const tried = (async () => await type(line))();
    await expect(tried).rejects.toThrow(WordsError);
    if (message !== 'is no') await expect(tried).rejects.toThrow(message);
    expect(pump.executedTicks()).toBe(before);
  });
});

describe('thecal program', () => {
  const program = builtProgram();

  it('takes commands in a row, ends where one is refused, and says how the pump is left', async () => {
    const good = await program.run(['program', 'wait 6 h', 'set dose 320 ug/day', 'commit', 'status']);
    expect(good.code).toBe(0);
    expect(good.stdout).toContain('strokes     300 commanded');
    expect(good.stderr).toBe('');
    const refused = await program.run(['program', 'set low-reservoir 41 mL', 'commit', 'status']);
    expect(refused.code).toBe(1);
    expect(refused.stdout).not.toContain('reservoir   ');
    expect(refused.stderr).toContain('STANDS STILL');
    const wrong = await program.run(['program', 'set dose 320 mL']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('unknown unit "mL"');
    expect(wrong.stderr).not.toContain('    at ');
  });

  it('takes soft limits only with --confirm [SR-LIMIT-1]', async () => {
    const lines = ['set group adult-spinal', 'set dose 450 ug/day', 'commit', 'prescription'];
    const asked = await program.run(['program', ...lines]);
    expect(asked.code).toBe(1);
    expect(asked.stdout).toContain('at most 30 % in 24 h');
    const taken = await program.run(['program', '--confirm', '--json', ...lines]);
    expect(taken.code).toBe(0);
    const answers = taken.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: object });
    expect(answers.at(-1)?.data).toMatchObject({ dailyUg: 450 });
  });

  const piped = (lines: string) =>
    program.shell(`printf '${lines}' | ${process.execPath} ${program.file} program --json`);

  it('reads commands from a pipe and ends with the input', async () => {
    const { code, stdout } = await piped('status\\n');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'status', isAccepted: true, data: { nowTick: 1 } });
  });

  it('ends a pipe at the first slip or refusal, so that nothing is committed behind it', async () => {
    const slip = await piped('set dose 320 ug/day\\nset dose 3l0 ug/day\\ncommit\\n');
    expect(slip.code).toBe(2);
    expect(slip.stdout).not.toContain('"command":"commit"');
    expect(slip.stderr).toContain('STANDS STILL');
    const refusal = await piped('refill 100 mL\\nstatus\\n');
    expect(refusal.code).toBe(1);
    expect(refusal.stdout).not.toContain('nowTick');
  });

  it('sends nothing of a row in which a word is no command', async () => {
    const { code, stdout, stderr } = await program.run(['program', 'set dose 320 ug/day', 'comit']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('did you mean commit?');
    expect(stderr).not.toContain('STANDS STILL');
  });

  it('refuses a target that it has not, and a scenario that is none', async () => {
    expect((await program.run(['program', '--target', 'moon', 'status'])).code).toBe(2);
    expect((await program.run(['program', '--scenario', 'nothing.yaml', 'status'])).code).toBe(2);
    const several = await program.run([
      'program',
      '--scenario',
      resolve('sim/scenarios/incidents'),
      'status',
    ]);
    expect(several.code).toBe(2);
    expect(several.stderr).toContain('there are several scenarios; name the file of one');
  });
});
