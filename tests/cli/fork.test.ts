/** A new run from any tick of an old one, as somebody who asks "what if" would make it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { builtProgram } from './program.ts';

const program = builtProgram();
const KINK = join(PROJECT_ROOT, 'sim/scenarios/catheter-occlusion.yaml');
const inFolder = (name: string): string => join(program.folder, name);

/** The same until the third day: then nobody clears the kink, and the motor stalls. */
const OTHER = readFileSync(KINK, 'utf8')
  .replace(/^control:[\s\S]*?(?=^until:)/m, '')
  .replace(
    /^timeline:[\s\S]*?(?=^\w)/m,
    `timeline:
  - { at: 2 d, fault: catheter-occlusion, id: kink, diameter-closed: 100 % }
  - { at: 2 d 12 h, command: { acknowledge: catheter-occlusion } }
  - { at: 3 d, fault: motor-stall, id: stall }
  - { at: 3 d, clear: kink }
  - { at: 3 d, expect: { alarm: motor-stall, raised: { within: 1 d } } }
`,
  )
  .replace(/^(always|never|finally):\n( .*\n)*/gm, '');

beforeAll(async () => {
  const { code, stderr } = await program.run(['run', KINK, '--trace', 'kink.trace']);
  if (code !== 0) throw new Error(stderr);
  writeFileSync(inFolder('other.yaml'), OTHER);
});

async function fork(...words: string[]) {
  return await program.run(['run', '--fork', ...words]);
}

describe('thecal run --fork', () => {
  it.each([['0'], ['1'], ['2 d'], ['173089'], ['345600']])(
    'without another scenario ends as its parent did, from %s on [SR-TRACE-6]',
    async (at) => {
      const { code } = await fork('kink.trace', '--at', at, '--trace', 'same.trace');
      expect(code).toBe(0);
      for (const name of ['', '.control']) {
        const diff = await program.run(['diff', `kink.trace${name}`, `same.trace${name}`]);
        expect(diff.stdout).toMatch(/fork +none \(first\) {2}kink.trace at tick \d+ \(second\)/);
        expect(diff.stdout).toMatch(/\nidentical up to 4 d \(tick 345600\), the end of both\n$/);
        expect(diff.code).toBe(0);
      }
    },
  );

  it('parts from its parent where the other scenario does, and not before [SR-TRACE-6]', async () => {
    const run = await fork('kink.trace', '--at', '2 d 1 h', 'other.yaml', '--trace', 'other.trace');
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('stall (motor-stall): noticed by motor-stall');
    const diff = await program.run(['diff', 'kink.trace', 'other.trace', '--json']);
    expect(JSON.parse(diff.stdout)).toMatchObject({
      // The parent's kink is cleared at 2 d 6 h.
      difference: { tick: 194_400, lineA: '194400 fault-cleared id=kink' },
    });
    const head = await program.run(['trace', 'cat', 'other.trace']);
    expect(head.stdout).toMatch(/^# thecal trace 2 .* fork="kink.trace at tick 176400"/);
  });

  it('is a run like any other: replayed, inspected and forked again from its trace alone [SR-TRACE-6]', async () => {
    const replay = await program.run(['replay', 'other.trace']);
    expect(replay.stdout).toMatch(/\nidentical up to 4 d \(tick 345600\)\n$/);
    const inspect = await program.run(['inspect', 'other.trace', '--until', 'alarm:motor-stall', '--json']);
    expect(inspect.code).toBe(0);
    expect(JSON.parse(inspect.stdout)).toMatchObject({ faults: [{ id: 'stall' }] });
    const again = await fork('other.trace', '--at', '1 d', '--trace', 'again.trace');
    const diff = await program.run(['diff', 'other.trace', 'again.trace']);
    expect([again.code, diff.code]).toEqual([await exitOfOther(), 0]);
  });

  it('goes on from a run without faults, and from one that was killed', async () => {
    await fork('kink.trace.control', '--at', '1 d', '--trace', 'calm.trace');
    expect((await program.run(['diff', 'kink.trace.control', 'calm.trace'])).code).toBe(0);
    const bytes = readFileSync(inFolder('kink.trace'));
    writeFileSync(inFolder('cut.trace'), bytes.subarray(0, bytes.length - 2000));
    const { code, stderr } = await fork('cut.trace', '--at', '2 d', '--trace', 'mended.trace');
    expect({ code, stderr: stderr.split(':')[0] }).toEqual({ code: 0, stderr: 'cut.trace' });
    expect((await program.run(['diff', 'kink.trace', 'mended.trace'])).code).toBe(0);
  });

  it('tells what is left out, and how to run it again', async () => {
    const late = await fork('kink.trace', '--at', '3 d 1 h', 'other.yaml', '--json', '-');
    expect(late.stderr).toContain(
      'other.yaml: 3 of its timeline before the fork left out: up to there everything is as in kink.trace\n',
    );
    const [scenario] = (JSON.parse(late.stdout) as { scenarios: { reproduce: string }[] }).scenarios;
    expect(scenario!.reproduce).toMatch(/ run other\.yaml --fork kink\.trace --at 262800$/);
  });

  it.each([
    ['no moment', ['kink.trace'], /^--fork says what to go on from, and --at from when: give both\n$/],
    [
      'a moment after the end',
      ['kink.trace', '--at', '5 d'],
      /^--at: 5 d \(tick 432000\) is behind the end of kink.trace, which is at 4 d \(tick 345600\)\n$/,
    ],
    ['a moment that is none', ['kink.trace', '--at', 'noon'], /"noon" is no time/],
    ['a file that is no trace', ['other.yaml', '--at', '1 d'], /^other.yaml: this is no trace\n$/],
    [
      'a trace that is not there',
      ['none.trace', '--at', '1 d'],
      /^none.trace: there is no such file or folder\n$/,
    ],
    [
      'a trace that was altered',
      ['bent.trace', '--at', '1 d'],
      /^bent.trace: not as it was written, .*\n {2}block \d+, bytes/,
    ],
    ['another seed', ['kink.trace', '--at', '1 d', '--seed', '3'], /^--seed: a fork has the seed/],
    [
      'two scenarios',
      ['kink.trace', '--at', '1 d', 'other.yaml', KINK],
      /^--fork: one scenario goes on from there/,
    ],
    [
      'another pump',
      ['kink.trace', '--at', '1 d', 'pump.yaml'],
      /^pump.yaml: can't go on from kink.trace at 1 d \(tick 86400\):\n {2}drug: is another one there; /,
    ],
    [
      'a name that is taken',
      ['kink.trace', '--at', '2 d 1 h', 'twice.yaml'],
      /\n {2}line \d+: a fault called kink is laid on before the fork: give this one another id\n$/,
    ],
    [
      'an end before the fork',
      ['kink.trace', '--at', '3 d', 'short.yaml'],
      /^short.yaml: ends at 2 d \(tick 172800\), before the fork at 3 d/,
    ],
    [
      'its parent as its output',
      ['kink.trace', '--at', '1 d', '--trace', 'kink.trace'],
      /would be written over the trace kink.trace, of which this is a fork/,
    ],
  ] as const)('refuses %s: exit 2, and nothing is run', async (_, words, message) => {
    const bytes = readFileSync(inFolder('kink.trace'));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(inFolder('bent.trace'), bytes);
    writeFileSync(inFolder('pump.yaml'), OTHER.replace('500 ug/mL', '450 ug/mL'));
    writeFileSync(
      inFolder('twice.yaml'),
      OTHER.replace(/ {2}- \{ at: 2 d, fault.*\n/, '')
        .replace('id: stall', 'id: kink')
        .replace(/.*clear: kink.*\n/, ''),
    );
    writeFileSync(
      inFolder('short.yaml'),
      OTHER.replace(/ {2}- \{ at: 3 d.*\n/g, '')
        .replace(/ {2}- \{ at: 2 d 12.*\n/, '')
        .replace('until: 4 d', 'until: 2 d'),
    );
    const { code, stdout, stderr } = await fork(...words);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('refuses a moment without a trace', async () => {
    const { code, stderr } = await program.run(['run', KINK, '--at', '1 d']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: '--at says where a fork begins: it goes with --fork TRACE\n',
    });
  });
});

/** As the run that was forked. */
async function exitOfOther(): Promise<number | null> {
  const { code } = await fork('kink.trace', '--at', '2 d 1 h', 'other.yaml');
  return code;
}
