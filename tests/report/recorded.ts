/** Runs a scenario with recorders, as the command line does for a page. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { createSimTarget } from '../../hal/sim/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { htmlReport, type PageEntry, type PageParts } from '../../src/report/html.ts';
import { formatProblem, readScenario } from '../../src/scenario/format.ts';
import { Recorder } from '../../src/scenario/recorder.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { resultOf } from './sample.ts';

export interface Recorded extends PageEntry {
  readonly recordings: NonNullable<PageEntry['recordings']>;
}

/** `file` is a path in the project. */
export async function recorded(file: string, isTickByTick = false): Promise<Recorded> {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const outcome = readScenario(readFileSync(join(PROJECT_ROOT, file)), file, VOCABULARY, hash);
  if ('problems' in outcome) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  const { scenario } = outcome;
  const recorders = new Map<string, Recorder>();
  const result = await runScenario(
    scenario,
    {
      createTarget: createSimTarget,
      isTickByTick,
      revealedBy,
      openRecorder: (run, stimulusTicks, untilTick) => {
        const recorder = new Recorder(stimulusTicks, untilTick);
        recorders.set(run, recorder);
        return recorder;
      },
    },
    `thecal run ${file} --seed ${scenario.seed}`,
  );
  const recordings = {
    main: recorders.get('main')?.recording() ?? null,
    control: recorders.get('control')?.recording() ?? null,
  };
  return { result, why: scenario.why, recordings };
}

export function pack(bytes: Uint8Array): string {
  return deflateRawSync(bytes).toString('base64');
}

export function pageOf(entries: readonly PageEntry[], parts: PageParts): string {
  return htmlReport(resultOf(entries.map(({ result }) => result)), entries, parts);
}
