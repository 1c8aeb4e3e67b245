/** The core as Node gets it, against the core as it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32OfWords } from '../../hal/sim/checksum.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { fastForm } from '../../scripts/fast-core.ts';
import { crc32OfWords as nativeCrc32 } from '../../src/cli/checksum.ts';
import { bundleLab } from '../canaries/bundle.ts';
import type { Lab } from '../canaries/checks.ts';
import { type RandomRun, randomRun } from '../properties/runs.ts';

const RUNS = 60;

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

function source(file: string): { path: string; text: string } {
  const path = join(PROJECT_ROOT, 'src/core', file);
  return { path, text: readFileSync(path, 'utf8') };
}

describe('the fast form of the core', () => {
  it(`says in ${RUNS} random runs what the core as written says, digest by digest`, async () => {
    const [shipped, written] = [await bundleLab(null), await bundleLab(null, 'as written')];
    const alarms = new Set<string>();
    for (const run of fc.sample(randomRun(), { seed: 5, numRuns: RUNS })) {
      const lines = await said(shipped, run);
      expect(lines).toEqual(await said(written, run));
      for (const line of lines) if (/ raise /.test(line)) alarms.add(line.split(' ')[2]!);
    }
    // Equality would be cheap where nothing is raised.
    expect(alarms.size).toBeGreaterThan(6);
  });

  it('is another text, and of the other files the same', () => {
    for (const file of ['tick.ts', 'digest.ts']) {
      const { path, text } = source(file);
      expect(fastForm(path, text)).not.toBe(text);
    }
    const { path, text } = source('dosing.ts');
    expect(fastForm(path, text)).toBe(text);
  });

  it('sums words as the other does, also words that have changed or are others of the same length', () => {
    const words = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(words, fc.nat(), fc.integer(), (list, at, other) => {
        const [one, two] = [Int32Array.from(list), Int32Array.from(list).reverse()];
        const isSame = (): void => {
          for (const asked of [one, two, one])
            expect(nativeCrc32(asked, list.length)).toBe(crc32OfWords(asked, list.length));
        };
        isSame();
        one[at % list.length] = other;
        isSame();
      }),
    );
  });

  it.each(['tick.ts', 'digest.ts'])(
    'is refused when what it replaces in %s is not there any more',
    (file) => {
      const { path, text } = source(file);
      const changed = text
        .replace('table[i]', 'ALARMS[i]')
        .replace('putNode(scratch, 0', 'putNode(scratch, 1');
      expect(changed).not.toBe(text);
      expect(() => fastForm(path, changed)).toThrow('the fast form of the core finds');
    },
  );
});
