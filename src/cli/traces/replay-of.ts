/** What it takes to run a trace again: its scenario, read by this program, and this program's own manifest. */
import { createSimTarget } from '../../../hal/sim/target.ts';
import type { ReplayOptions } from '../../replay/replay.ts';
import { readScenario } from '../../scenario/format.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { forkOf } from '../../scenario/fork.ts';
import { controlOf } from '../../scenario/run.ts';
import type { RunInputs, TraceManifest } from '../../trace/format.ts';
import { coreHash, hostTools, productVersion } from '../build-info.ts';
import { sha256Hex } from '../hashing.ts';
import { countProblems, problemText } from '../input-files.ts';
import { SLICE_TICKS } from '../run/slices.ts';
import { UserError } from '../user-error.ts';
import { revealedBy, VOCABULARY } from '../vocabulary.ts';

/** The scenario that was run, with the seed it was run with and, of a fork, all that was done before it. */
export function scenarioIn(path: string, inputs: RunInputs): Scenario {
  const { scenarioText, scenarioFile, seed, fork } = inputs;
  if (fork?.isOther === false) return ranIn(path, fork.parent);
  const bytes = new TextEncoder().encode(scenarioText);
  const outcome = readScenario(bytes, scenarioFile, VOCABULARY, sha256Hex);
  if ('problems' in outcome) {
    throw new UserError(
      `${path}: the scenario in it was valid for thecal of its time and is not for this one:`,
      ...outcome.problems.map(problemText),
      countProblems(outcome.problems),
    );
  }
  if (fork === undefined) return { ...outcome.scenario, seed };
  const forked = forkOf(ranIn(path, fork.parent), outcome.scenario, fork.tick);
  if ('scenario' in forked) return forked.scenario;
  throw new UserError(
    `${path}: the fork in it was valid for thecal of its time and is not for this one:`,
    ...forked,
  );
}

/** The one run of it that was recorded, with no control beside it. */
export function ranIn(path: string, inputs: RunInputs): Scenario {
  const scenario = scenarioIn(path, inputs);
  return inputs.run === 'control' ? controlOf(scenario) : scenario;
}

/** The manifest that this program would write now, where it runs the core in this process. */
export async function manifestNow(then: TraceManifest): Promise<TraceManifest> {
  return {
    ...then,
    productVersion: productVersion(),
    coreHash: await coreHash(),
    target: 'sim',
    board: null,
    engine: 'host',
    tools: hostTools(),
  };
}

/** This program wrote it, so it can go on from the snapshots in it: they hold the world too, and not only the firmware. */
export async function isOwn({ productVersion: version, coreHash: core }: TraceManifest): Promise<boolean> {
  return version === productVersion() && core === (await coreHash());
}

/** Over the simulation; only a run on it can have failed as it does, for it has no faults of a line. */
export function replayOptions({
  stepping,
  target,
}: TraceManifest): Omit<ReplayOptions, 'isCancelled' | 'onSlice'> {
  return {
    createTarget: createSimTarget,
    canFailAlike: target === 'sim',
    revealedBy,
    sliceTicks: SLICE_TICKS[stepping],
  };
}
