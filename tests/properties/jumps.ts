/** The claim of the whole product: a run by jumps and the same run tick by tick end alike in everything, and as whole ticks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SIGNALS } from '../../hal/signals.ts';
import type { SimTarget } from '../../hal/sim/target.ts';
import type { PumpEvent } from '../../src/core/events.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { clinicRun, isLong, type RandomRun, seedOf } from './runs.ts';
import { afterTickOf, type Stepping } from './stepping.ts';

/** As one bundle, as it is shipped: the test runner's own modules look every import up anew, at several times the cost. */
const { SimTarget: BundledTarget } = await bundleLab(null);

/** Everything that can be known at the end, as one record that reads well when it differs. */
export interface End {
  readonly digest: { readonly rolling: string; readonly state: string };
  readonly faults: unknown;
  readonly doseFailures: unknown;
  readonly signals: Readonly<Record<string, number | null>>;
  readonly fields: ReadonlyMap<string, number>;
  readonly hourDigests: readonly number[];
  readonly stored: readonly number[];
}

export function lay(target: SimTarget, run: RandomRun): void {
  for (const { tick, stimulus } of run.stimuli) target.stimulate(tick, stimulus);
}

export async function endOf(target: SimTarget, hourDigests: readonly number[]): Promise<End> {
  const signals: Record<string, number | null> = {};
  for (const { name } of SIGNALS) signals[name] = target.read(name);
  return {
    digest: await target.digest(),
    faults: target.faults(),
    doseFailures: target.doseFailures(),
    signals,
    fields: await target.readState(),
    hourDigests,
    stored: [...target.side.stored],
  };
}

export async function play(
  run: RandomRun,
  stepping: Stepping,
  hears: (event: PumpEvent) => void = () => {},
): Promise<{ end: End; target: SimTarget }> {
  const target = new BundledTarget({ ...run.setup, isTickByTick: stepping !== 'jumps' });
  const hourDigests: number[] = [];
  lay(target, run);
  await target.advance(run.untilTick, {
    event: hears,
    stateDigest: (_tick, digest) => hourDigests.push(digest),
    afterTick: afterTickOf(target, stepping),
  });
  return { end: await endOf(target, hourDigests), target };
}

/** A share of the 2,000 random runs, so that files run side by side. */
export function provesJumpsEqualTicks(part: number, runsInCi: number): void {
  const runs = isLong() ? 10 * runsInCi : runsInCi;
  it(`${runs} random runs by jumps end as tick by tick, and as whole ticks: digests, state, faults, signals and doses (part ${part})`, {
    timeout: isLong() ? 3_600_000 : 900_000,
  }, async () => {
    let ticks = 0;
    let executed = 0;
    let fired = 0;
    let failures = 0;
    let sessions = 0;
    let pumps = 0;
    let bridges = 0;
    const seed = seedOf(`jumps, part ${part}`) + part;
    await fc.assert(
      fc.asyncProperty(clinicRun(), async (run) => {
        const jumped = await play(run, 'jumps', ({ kind }) => {
          if (kind === 'bridge-begin') bridges += 1;
        });
        for (const stepping of ['ticks', 'whole ticks'] as const) {
          const ticked = await play(run, stepping);
          expect(ticked.end, stepping).toEqual(jumped.end);
          expect(ticked.target.executedTicks()).toBe(run.untilTick + 1);
        }
        ticks += run.untilTick + 1;
        executed += jumped.target.executedTicks();
        fired += jumped.target.faults().filter((fault) => fault.fired).length;
        sessions += run.stimuli.filter(({ stimulus }) => stimulus.kind === 'session').length;
        pumps += run.stimuli.filter(({ stimulus }) => stimulus.kind === 'replace').length;
        failures += jumped.target.doseFailures().length;
      }),
      { seed, numRuns: runs, endOnFailure: isLong() },
    );
    console.log(
      `jumps, part ${part}: ${runs} runs, ${Math.round(ticks / 86_400)} days, ${executed} of ${ticks} ticks executed, ` +
        `${fired} faults fired, ${failures} dose failures reported, ${sessions} sessions, ${pumps} new pumps, ${bridges} bridges`,
    );
    // A property over runs in which nothing happens would prove nothing.
    expect(fired).toBeGreaterThan(runs / 2);
    expect(executed).toBeLessThan(ticks / 2);
    expect(Math.min(sessions, pumps)).toBeGreaterThan(runs / 4);
    expect(bridges).toBeGreaterThan(0);
  });
}
