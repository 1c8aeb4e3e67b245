/** The core as Node gets it, against the core as it is written; and the checksum that it gets with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import crc32 from 'crc-32';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { FAST_FILES, fastCore, fastForm } from '../../scripts/fast-core.ts';
import { crc32OfWords } from '../../src/cli/checksum.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { type Lab, SETUP } from '../canaries/checks.ts';
import { clinicRun, DAY, type RandomRun, randomRun } from '../properties/runs.ts';

const RUNS = 60;

/** What takes seven years, and three flips at once, no random run has. */
const LONG_RUN: RandomRun = {
  setup: { ...SETUP, therapy: { mode: 'minimum' } },
  untilTick: 2600 * DAY,
  stimuli: ['working', 'stored', 'second'].map((where) => ({
    tick: 2000 * DAY + 60,
    stimulus: { kind: 'fault', id: where, fault: 'memory-upset', options: { where, word: 2, bit: 3 } },
  })),
};

/** Each event and each hour's digest of the state, as text. */
async function said(lab: Lab, run: RandomRun): Promise<string[]> {
  const lines: string[] = [];
  const target = new lab.SimTarget(run.setup);
  for (const { tick, stimulus } of run.stimuli) target.stimulate(tick, stimulus);
  await target.advance(run.untilTick, {
    event: ({ tick, kind, argument }) => void lines.push(`${tick} ${kind} ${argument}`),
    stateDigest: (tick, digest) => void lines.push(`${tick} ${digest}`),
    afterTick() {},
  });
  const { rolling, state } = await target.digest();
  return [...lines, rolling, state];
}

async function built(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [fastCore(PROJECT_ROOT)],
  });
  return outputFiles[0]!.text;
}

describe('the fast form of the core', () => {
  it(`says in ${RUNS} random runs what the core as written says, digest by digest`, async () => {
    const [shipped, written] = [await bundleLab(null), await bundleLab(null, 'as written')];
    const alarms = new Set<string>();
    const some = fc.oneof(randomRun(), clinicRun());
    for (const run of [LONG_RUN, ...fc.sample(some, { seed: 5, numRuns: RUNS })]) {
      const lines = await said(shipped, run);
      expect(lines).toEqual(await said(written, run));
      for (const line of lines) if (/ raise /.test(line)) alarms.add(line.split(' ')[2]!);
    }
    // Equality would be cheap where nothing is raised.
    const unraised = ALARMS.filter((_, i) => !alarms.has(String(i)));
    expect(unraised.map(({ name }) => name)).toEqual([]);
  });

  it.each([
    { file: 'src/core/tick.ts', from: 'continue;', by: 'return false;' },
    { file: 'src/core/digest.ts', from: 'words[count] = value | 0;', by: 'words[count] = ~value;' },
    { file: 'src/core/schedule.ts', from: ') % SLOTS_PER_WEEK', by: ') % 335' },
    { file: 'src/core/store.ts', from: 'new Int32Array(into.length)', by: 'new Int32Array(8)' },
    {
      file: 'src/core/ledger-record.ts',
      from: 'new Int32Array(LEDGER_WORDS);\n  putDelivered',
      by: 'putDelivered',
    },
    { file: 'src/core/units.ts', from: '<< 16)) | 0', by: '<< 15)) | 0' },
    { file: 'src/core/log.ts', from: 'entry[0] = tick;', by: '' },
    { file: 'src/core/boot-record.ts', from: 'const isThere', by: 'const isKept' },
  ])(
    'of $file is another text, and refused when the core says something else there',
    ({ file, from, by }) => {
      expect(FAST_FILES).toContain(file);
      const text = readFileSync(join(PROJECT_ROOT, file), 'utf8');
      expect(text).toContain(from);
      expect(fastForm(file, text)).not.toBe(text);
      expect(() => fastForm(file, text.replace(from, by))).toThrow('the fast form of the core');
    },
  );

  it('leaves the other files as they are', () => {
    const text = readFileSync(join(PROJECT_ROOT, 'src/core/dosing.ts'), 'utf8');
    expect(fastForm('src/core/dosing.ts', text)).toBe(text);
  });

  it('is what is built, and nothing of it is left out in silence', async () => {
    const text = await built('src/cli/run/execute.ts');
    for (const part of ['verdict11(pump)', 'putState(scratch', 'keptWords(0', 'hour.fromTick', 'node:zlib'])
      expect(text.includes(part), part).toBe(true);
    await expect(built('src/core/dosing.ts')).rejects.toThrow(
      'not loaded in its fast form: src/core/tick.ts',
    );
  });
});

describe('the checksum of native code', () => {
  const words = fc.array(fc.integer(), { minLength: 1, maxLength: 300, size: 'max' });
  /** By no memory of what was asked before. */
  const sum = (list: Int32Array, count: number): number =>
    crc32.buf(new Uint8Array(list.buffer, list.byteOffset, count * 4)) >>> 0;

  it('is that of the words as they are now, whatever was asked before', () => {
    let longest = 0;
    fc.assert(
      fc.property(words, fc.nat(), fc.integer(), fc.nat(), (list, at, other, cut) => {
        longest = Math.max(longest, list.length);
        const room = Int32Array.from([7, ...list, ...list]);
        const [one, two] = [room.subarray(1, 1 + list.length), room.slice(1 + list.length)];
        const isRight = (): void => {
          for (const asked of [one, two, one, room])
            for (const count of [list.length, (cut % list.length) + 1])
              expect(crc32OfWords(asked, count)).toBe(sum(asked, count));
        };
        isRight();
        one[at % list.length] = other;
        isRight();
        two[0] = other;
        isRight();
      }),
    );
    // From 64 words on it compares before it sums.
    expect(longest).toBeGreaterThan(128);
  });

  it('gives no other answer after one that could not be given', () => {
    const [long, short] = [new Int32Array(100).fill(5), new Int32Array(10)];
    crc32OfWords(long, 100);
    expect(() => crc32OfWords(short, 100)).toThrow(RangeError);
    expect(() => crc32OfWords(short, 100)).toThrow(RangeError);
    expect(crc32OfWords(long, 100)).toBe(sum(long, 100));
  });
});
