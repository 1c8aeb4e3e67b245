/** Off by one, planted in everything that `nextWake` and `idle` are made of. */
import { describe, expect, it } from 'vitest';
import { REAL_CORE } from '../core/rig.ts';
import { bundleLab } from './bundle.ts';
import { wakeMutants } from './wake-mutants.ts';
import { wakeComplaint } from './wake-situations.ts';

const MUTANTS = wakeMutants();

describe('the real core', () => {
  it('sleeps over nothing, and jumps leave what ticks do', () => {
    expect(wakeComplaint(REAL_CORE)).toBeNull();
  });
});

describe('a core that is off by one', () => {
  it('is found in every function that makes a wake', () => {
    const functions = new Set(MUTANTS.map(({ name }) => name.split(':')[0]));
    expect([...functions]).toEqual(
      expect.arrayContaining(['nextWake', 'nextUnusualTick', 'nextDeliveryTick', 'idle', 'doseIdle']),
    );
    expect(MUTANTS.length).toBeGreaterThan(20);
  });

  it.each(MUTANTS)('$name: is caught [SR-TIME-1]', async (mutant) => {
    const said = wakeComplaint(await bundleLab(mutant));
    console.log(`${mutant.name}\n  caught by: ${said ?? 'nothing'}`);
    expect(said).not.toBeNull();
  });
});
