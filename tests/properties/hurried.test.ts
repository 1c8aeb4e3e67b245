/** Orders that come in one tick or right behind each other: no jump passes by what they lead to, and no invariant breaks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import { play } from './jumps.ts';
import { hurriedRun, isLong, seedOf } from './runs.ts';

const RUNS = isLong() ? 5000 : 300;

it(`${RUNS} days of orders in a hurry by jumps end as tick by tick, and as whole ticks [SR-TIME-1, SR-CMD-1]`, {
  timeout: isLong() ? 3_600_000 : 600_000,
}, async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(hurriedRun(), async (run) => {
      const jumped = await play(run, 'jumps', ({ kind, argument }) => {
        if (kind !== 'command') return;
        const outcome = COMMAND_OUTCOMES[argument % 16]!;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      });
      for (const stepping of ['ticks', 'whole ticks'] as const)
        expect((await play(run, stepping)).end, stepping).toEqual(jumped.end);
    }),
    { seed: seedOf('orders in a hurry'), numRuns: RUNS, endOnFailure: isLong() },
  );
  console.log(`orders in a hurry: ${[...outcomes].map(([name, count]) => `${count} ${name}`).join(', ')}`);
  for (const outcome of ['accepted', 'not-delivering', 'bolus-running', 'bridge-unsaid'])
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(RUNS / 10);
});
