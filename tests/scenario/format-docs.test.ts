import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/scenario/schema.ts';
import { problemsOf, scenarioOf, SMALLEST } from './format-words.ts';

const DOCS = readFileSync(new URL('../../docs/scenario.md', import.meta.url), 'utf8');
const blocks = [...DOCS.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);

describe('docs/scenario.md', () => {
  it('begins with a scenario that is read', () => {
    expect(problemsOf(blocks[0] ?? '')).toEqual([]);
    expect(scenarioOf(blocks[0] ?? '').lookEveryTicks).toEqual([600]);
  });

  it('shows therapies that are read, the one with dots left out aside', () => {
    const therapies = (blocks[1] ?? '').split('\n').filter((line) => line !== '' && !line.includes('...'));
    expect(therapies).toHaveLength(5);
    for (const therapy of therapies) expect(problemsOf(SMALLEST.replace(/therapy: .*/, therapy))).toEqual([]);
  });

  it('shows expectations that are read', () => {
    const lines = [blocks[2], blocks[3]]
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      const entry = line.replace(/ *#.*/, '');
      expect(problemsOf(`${SMALLEST}timeline: [ { at: 1 d, ${entry} } ]\n`)).toEqual([]);
    }
  });

  it('names each default as the schema has it', () => {
    const table = DOCS.slice(DOCS.indexOf('## The head'), DOCS.indexOf('## Therapy'));
    for (const value of Object.values(DEFAULTS)) {
      expect(table).toMatch(new RegExp(`\\| \`"?${value}"?\` \\|`));
    }
  });
});
