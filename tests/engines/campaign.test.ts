/**
 * Random scenarios of 30 days: by jumps and tick by tick, with V8's compilers and without, in QuickJS, and in the form in which
 * Node gets the core: all that can be
 * known at their ends is the same. `npm run test:long` runs as many as `docs/long-runs.md` says; here are some of each.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { campaignRuns } from '../bench/runs.ts';
import { DAY, isLong, type RandomRun, seedOf } from '../properties/runs.ts';
import type { Stepping } from '../properties/stepping.ts';
import { bundle, inJitlessNode, inNode, inNodeAsShipped, inQuickJs } from './run-bundle.ts';

const COUNTS = isLong()
  ? { jumps: 10_000, ticks: 500, engines: 200, dayTicks: 20 }
  : { jumps: 40, ticks: 2, engines: 3, dayTicks: 1 };
/** So many at once go into an engine, which compiles anew for each batch. */
const BATCH = isLong() ? 100 : 20;
const TIMEOUT = { timeout: isLong() ? 4 * 3_600_000 : 600_000 };

const seed = seedOf('campaign');
const { text } = await bundle('driveGiven', 'driver.ts');
const shipped = await bundle('driveGiven', 'driver.ts', true);

function shortened(run: RandomRun, untilTick: number): RandomRun {
  return { ...run, untilTick, stimuli: run.stimuli.filter(({ tick }) => tick <= untilTick) };
}

/** Line by line what an engine says of these runs. */
async function said(
  engine: (text: string) => string | Promise<string>,
  runs: readonly RandomRun[],
  stepping: Stepping,
): Promise<string[]> {
  const lines: string[] = [];
  for (let from = 0; from < runs.length; from += BATCH) {
    const given = JSON.stringify({ runs: runs.slice(from, from + BATCH), stepping });
    const program = engine === inNodeAsShipped ? shipped.text : text;
    lines.push(...(await engine(`globalThis.given = ${given};\n${program}`)).split('\n'));
  }
  return lines;
}

describe('random scenarios of 30 days', () => {
  it(`${COUNTS.jumps} by jumps keep every invariant, and most have a fault that fires`, TIMEOUT, async () => {
    let fired = 0;
    const all = createHash('sha256');
    for (let from = 0; from < COUNTS.jumps; from += BATCH) {
      const runs = campaignRuns(seed + from, Math.min(BATCH, COUNTS.jumps - from));
      for (const line of await said(inNode, runs, 'jumps')) {
        all.update(line);
        if (/fired \[.*@\d/.test(line)) fired += 1;
      }
      if (isLong() && from % 1000 === 0) console.log(`campaign: ${from} of ${COUNTS.jumps}`);
    }
    console.log(
      `campaign: a fault fired in ${fired} of ${COUNTS.jumps}; all ends: ${all.digest('hex').slice(0, 16)}`,
    );
    expect(fired).toBeGreaterThan(COUNTS.jumps / 2);
  });

  it(`${COUNTS.ticks} of them tick by tick, and as whole ticks, end as by jumps`, TIMEOUT, async () => {
    const runs = campaignRuns(seed, COUNTS.ticks);
    const jumped = await said(inNode, runs, 'jumps');
    expect(await said(inNode, runs, 'ticks')).toEqual(jumped);
    expect(await said(inNode, runs, 'whole ticks')).toEqual(jumped);
  });

  it.each([
    { engine: 'Node with the core as it is shipped', run: inNodeAsShipped },
    { engine: 'V8 without its compilers', run: inJitlessNode },
    { engine: 'QuickJS', run: inQuickJs },
  ])(
    `${COUNTS.engines} of them by jumps, ${COUNTS.dayTicks} of a day tick by tick, end in $engine as in V8`,
    TIMEOUT,
    async ({ run }) => {
      const runs = campaignRuns(seed, COUNTS.engines);
      expect(await said(run, runs, 'jumps')).toEqual(await said(inNode, runs, 'jumps'));
      const days = runs.slice(0, COUNTS.dayTicks).map((one) => shortened(one, DAY));
      const jumped = await said(inNode, days, 'jumps');
      expect(await said(run, days, 'ticks')).toEqual(jumped);
      expect(await said(run, days, 'whole ticks')).toEqual(jumped);
    },
  );
});
