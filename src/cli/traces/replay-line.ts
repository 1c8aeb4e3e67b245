/** A run on a board made again: the host as it was then, its board's answers from the transcript in the trace. */
import type { Difference } from '../../replay/difference.ts';
import { type Replay, type ReplayOptions, replay } from '../../replay/replay.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type LineDifference, lineEntries, type LineReplay } from '../../trace/line.ts';
import type { Trace } from '../../trace/read.ts';

export interface LineOutcome {
  /** What the host made of it, held to the same records. */
  readonly run: Replay;
  readonly line: LineReplay;
}

/** null: the run had no line, or the beginning of its transcript was let go. */
export async function replayLine(
  trace: Trace,
  scenario: Scenario,
  options: Omit<ReplayOptions, 'createTarget' | 'canFailAlike'>,
): Promise<LineOutcome | null> {
  const [first] = lineEntries(trace.blocks);
  if (first?.kind !== 'begin') return null;
  const { RecordedSession } = await import('../../../hal/espruino/board-target.ts');
  const session = new RecordedSession(trace.manifest.target, lineEntries(trace.blocks));
  const run = await replay(trace, scenario, {
    ...options,
    createTarget: session.createTarget,
    canFailAlike: true,
  });
  const line = session.outcome(run.verdict !== null && run.error === null);
  return line === null ? null : { run, line };
}

/** In the words of any two runs that part. */
export function asDifference({ recorded, now, recordedLine, lineNow, ...rest }: LineDifference): Difference {
  return { ...rest, a: recorded, b: now, lineA: recordedLine, lineB: lineNow, state: null };
}
