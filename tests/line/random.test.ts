/** Random programs with faults, on the simulation and on a virtual board: what is said and where it ends. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import type { OpenTarget } from '../../hal/target-options.ts';
import type { Target } from '../../hal/target.ts';
import { DAY, HOUR, isLong, type RandomRun, randomRun, seedOf } from '../properties/runs.ts';
import { openBench } from './bench.ts';

let bench: OpenTarget;
beforeAll(async () => {
  bench = await openBench({ options: { line: {} } });
});
afterAll(async () => await bench.close());

async function play(target: Target, { stimuli, untilTick }: RandomRun) {
  const said: unknown[] = [];
  for (const { tick, stimulus } of stimuli) target.stimulate(tick, stimulus);
  await target.advance(untilTick, {
    event: (event) => said.push(event),
    stateDigest: (tick, digest) => said.push([tick, digest]),
    afterTick: () => undefined,
  });
  return {
    said,
    digest: await target.digest(),
    state: await target.readState(),
    faults: target.faults(),
    executedTicks: target.executedTicks(),
  };
}

const RUNS = isLong() ? 2000 : 200;

it(`${RUNS} random programs with faults end on the board as they do in the simulation [SR-SW-2]`, {
  timeout: 3_600_000,
}, async () => {
  let faults = 0;
  let strokes = 0;
  await fc.assert(
    fc.asyncProperty(randomRun(fc.integer({ min: HOUR, max: isLong() ? 2 * DAY : DAY })), async (run) => {
      const sim = await play(await createSimTarget(run.setup), run);
      const board = await play(await bench.createTarget(run.setup), run);
      expect(board).toEqual(sim);
      faults += sim.faults.filter(({ fired }) => fired).length;
      strokes += sim.state.get('motor.requested') ?? 0;
    }),
    { seed: seedOf('programs on a board'), numRuns: RUNS },
  );
  console.log(`${strokes} strokes, ${faults} faults that fired, ${bench.line()?.wakes} wakes on the board`);
  expect(faults).toBeGreaterThan(RUNS / 2);
});
