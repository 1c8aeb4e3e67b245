/** `thecal run --fork`: a new run that parts from an old one, whose beginning is proved before anything is run. */
import { createSimTarget } from '../../../hal/sim/target.ts';
import { Inspector, StrayError } from '../../replay/inspector.ts';
import { forkOf } from '../../scenario/fork.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { unprovenText } from '../../report/trace-words.ts';
import { formatInstant } from '../../scenario/time.ts';
import type { ForkOrigin, RunInputs, TraceManifest } from '../../trace/format.ts';
import type { Trace } from '../../trace/read.ts';
import { readScenarios } from '../scenario-files.ts';
import { printLines } from '../terminal.ts';
import { openTrace } from '../traces/open-trace.ts';
import { isOwn, ranIn } from '../traces/replay-of.ts';
import { UserError } from '../user-error.ts';
import { shellWord } from './reproduce.ts';

export interface ForkedRun {
  readonly scenario: Scenario;
  readonly origin: ForkOrigin;
}

/** `paths` name the scenario that goes on from there; none: the run goes on as it did. */
export async function forkedRun(path: string, atTick: number, paths: readonly string[]): Promise<ForkedRun> {
  const trace = openTrace(path);
  const parent = ranIn(path, trace.manifest);
  const inspector = new Inspector(trace, parent, createSimTarget, await isOwn(trace.manifest));
  if (atTick > inspector.lastTick) {
    throw new UserError(
      `--at: ${formatInstant(atTick)} is behind the end of ${path}, which is at ${formatInstant(inspector.lastTick)}`,
    );
  }
  await prove(path, trace, inspector, atTick);
  const origin = { trace: path, tick: atTick, isOther: paths.length > 0, parent: inputsOf(trace.manifest) };
  return { origin, scenario: paths.length === 0 ? parent : otherScenario(path, parent, atTick, paths) };
}

function inputsOf({
  run,
  scenario,
  scenarioFile,
  scenarioHash,
  scenarioText,
  seed,
  fork,
}: TraceManifest): RunInputs {
  const inputs = { run, scenario, scenarioFile, scenarioHash, scenarioText, seed };
  return fork === undefined ? inputs : { ...inputs, fork };
}

/** Up to the fork this program does what was recorded. */
async function prove(path: string, trace: Trace, inspector: Inspector, atTick: number): Promise<void> {
  if (atTick === 0) return;
  const unproven = unprovenText(trace, atTick - 1);
  if (unproven !== null) {
    printLines(process.stderr, [`${path}: ${unproven}`]);
    return;
  }
  try {
    await inspector.at(atTick - 1);
  } catch (error) {
    if (!(error instanceof StrayError)) throw error;
    throw new UserError(
      `--fork ${path}: this program does not come to the fork as the record did: at ${formatInstant(error.tick)} ${error.message}`,
      `"thecal replay ${shellWord(path)}" says more`,
    );
  }
}

function otherScenario(path: string, parent: Scenario, atTick: number, paths: readonly string[]): Scenario {
  const [other, second] = readScenarios(paths);
  if (other === undefined || second !== undefined) {
    throw new UserError('--fork: one scenario goes on from there; name one file');
  }
  if (other.untilTick < atTick) {
    throw new UserError(
      `${other.file}: ends at ${formatInstant(other.untilTick)}, before the fork at ${formatInstant(atTick)}`,
    );
  }
  const fork = forkOf(parent, other, atTick);
  if (!('scenario' in fork)) {
    throw new UserError(
      `${other.file}: can't go on from ${path} at ${formatInstant(atTick)}:`,
      ...fork.map((problem) => `  ${problem}`),
    );
  }
  if (fork.leftOut > 0) {
    printLines(process.stderr, [
      `${other.file}: ${fork.leftOut} of its timeline before the fork left out: up to there everything is as in ${path}`,
    ]);
  }
  return fork.scenario;
}
