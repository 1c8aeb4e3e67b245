/** Runs recorded in memory, as `thecal run --trace` would, and replayed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimTarget } from '../../hal/sim/target.ts';
import type { TargetFactory } from '../../hal/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { SLICE_TICKS } from '../../src/cli/run/slices.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { type Replay, replay } from '../../src/replay/replay.ts';
import { readScenario } from '../../src/scenario/format.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Trace } from '../../src/trace/read.ts';
import { type MemoryTrace, memoryTrace } from '../trace/memory.ts';

const LIBRARY = join(PROJECT_ROOT, 'sim/scenarios');

export function scenarioOf(text: string): Scenario {
  const read = readScenario(new TextEncoder().encode(text), 'test.yaml', VOCABULARY, () => '');
  if ('scenario' in read) return read.scenario;
  throw new Error(read.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

export function libraryScenario(file: string): Scenario {
  return scenarioOf(readFileSync(join(LIBRARY, file), 'utf8'));
}

export interface Recorded {
  readonly main: MemoryTrace;
  readonly control: MemoryTrace | null;
}

export async function record(
  scenario: Scenario,
  createTarget: TargetFactory = createSimTarget,
  isTickByTick = false,
): Promise<Recorded> {
  const opened = new Map<string, MemoryTrace>();
  const stepping = isTickByTick ? 'tick-by-tick' : 'jumps';
  await runScenario(
    scenario,
    {
      createTarget,
      isTickByTick,
      revealedBy,
      sliceTicks: SLICE_TICKS[stepping],
      openTrace: (run) => {
        const trace = memoryTrace(
          { run, stepping, scenarioText: scenario.text, seed: scenario.seed },
          {
            keepsSnapshots: true,
            keepsValues: true,
            recordsPerSnapshot: 1000,
          },
        );
        opened.set(run, trace);
        return trace.writer;
      },
    },
    '',
  );
  const main = opened.get('main');
  if (main === undefined) throw new Error('nothing was recorded');
  return { main, control: opened.get('control') ?? null };
}

export async function again(
  trace: Trace,
  scenario: Scenario,
  createTarget: TargetFactory = createSimTarget,
): Promise<Replay> {
  return await replay(trace, scenario, {
    createTarget,
    canFailAlike: trace.manifest.target === 'sim',
    revealedBy,
    sliceTicks: SLICE_TICKS[trace.manifest.stepping],
    isCancelled: () => false,
    onSlice: () => {},
  });
}
