/** A sum that follows each change is the sum over all words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32OfWords } from '../../hal/sim/checksum.ts';
import { changeWords, createSummedWords, sumAnew } from '../../src/core/summed-words.ts';
import { seedOf } from '../properties/runs.ts';

const checksum = { crc32: crc32OfWords };
const word = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });

describe('words with their sum', () => {
  it('know it after any change of any of them, in any number of steps', () => {
    const changes = fc.array(fc.record({ place: fc.nat(), word }), { maxLength: 8 });
    const run = fc.record({
      first: fc.array(word, { minLength: 1, maxLength: 400 }),
      steps: fc.array(changes, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(run, ({ first, steps }) => {
        // More room than is summed, as in a digest.
        const summed = createSummedWords(first.length + 3);
        summed.words.set(first);
        sumAnew(summed, first.length, checksum);
        for (const step of steps) {
          const fresh = new Int32Array(first.length);
          const places = [...new Set(step.map(({ place }) => place % first.length))];
          for (const { place, word: changed } of step) fresh[place % first.length] = changed;
          changeWords(summed, fresh, places);
          for (const place of places) expect(summed.words[place]).toBe(fresh[place]);
          expect(summed.crc >>> 0).toBe(crc32OfWords(summed.words, first.length));
        }
      }),
      { seed: seedOf('summed words'), numRuns: 300 },
    );
  });
});
