/** The suite that every target stands up to, over a virtual board. */
import { afterAll } from 'vitest';
import type { OpenTarget } from '../../hal/target-options.ts';
import { conformance } from '../hal/conformance.ts';
import { openBench } from '../line/bench.ts';

const opened: Promise<OpenTarget>[] = [];
afterAll(async () => {
  for (const one of opened) await (await one).close();
});

/** Tests may hold several targets at once, and a board is one pump: each has its own. */
conformance('virtual', async (setup) => {
  const bench = openBench();
  opened.push(bench);
  return await (await bench).createTarget(setup);
});
