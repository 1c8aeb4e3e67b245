import { describe, expect, it } from 'vitest';
import type { PumpHal } from '../../hal/hal.ts';
import type { Target } from '../../hal/target.ts';
import { TARGETS } from '../../hal/targets.ts';
import { conformance, type ConformanceOptions } from './conformance.ts';

/** What the suite needs to know beyond the registry. A target that is not named here is held to `hal/target.ts` alone. */
const OPTIONS: Readonly<Record<string, ConformanceOptions>> = {
  sim: { halOf: (target: Target) => (target as unknown as { hal: PumpHal }).hal },
};

/** These need a port or a program, and are held to the suite by tests of their own folder. */
const NEED_MORE_THAN_A_SETUP: readonly string[] = ['board', 'virtual'];

describe('the registry of targets', () => {
  it('names each target once, the simulated one among them', () => {
    const names = TARGETS.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('sim');
  });
});

for (const row of TARGETS) {
  const { open } = row;
  if (NEED_MORE_THAN_A_SETUP.includes(row.name)) continue;
  const opened = open({
    coreHash: '',
    firmware: () => Promise.reject(new Error('this target has no board')),
    boardThread: '',
    notice: () => {},
  });
  conformance(row.name, async (setup) => (await opened).createTarget(setup), OPTIONS[row.name]);
}
