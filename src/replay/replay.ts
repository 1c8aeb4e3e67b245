/**
 * Runs a trace again from its inputs alone, the scenario and the seed in its manifest, and compares what happens with
 * what was recorded, record by record. It ends a little after the first difference, once the firmware's state can be
 * compared too, so that the fields that differ have names.
 */
import type { Stimulus, TargetDigest, TargetFactory } from '../../hal/target.ts';
import type { PumpEvent } from '../core/events.ts';
import type { Verdict } from '../scenario/result.ts';
import { CancelledError, controlOf, type RunOptions, runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { records, type Trace, type TraceRecord } from '../trace/read.ts';
import type { TraceWriter } from '../trace/write.ts';
import {
  Before,
  type Difference,
  differenceOf,
  endDifference,
  missingEnd,
  stateDifference,
} from './difference.ts';
import { keptValues } from './kept.ts';

export interface Replay {
  readonly difference: Difference | null;
  /** Compared so far, this tick included. null: there was nothing to compare. */
  readonly throughTick: number | null;
  /** The run broke off now, as it may have done then. */
  readonly error: string | null;
  readonly verdict: Verdict | null;
}

export interface ReplayOptions {
  /** Whatever failed then can fail now, a line too, so that the verdicts have to be the same. */
  readonly canFailAlike: boolean;
  readonly createTarget: TargetFactory;
  readonly revealedBy: RunOptions['revealedBy'];
  readonly sliceTicks: number;
  readonly isCancelled: () => boolean;
  readonly onSlice: NonNullable<RunOptions['onSlice']>;
}

/** `scenario` is the one in the manifest, with the seed of the manifest. */
export async function replay(trace: Trace, scenario: Scenario, options: ReplayOptions): Promise<Replay> {
  const comparison = new Comparison(trace, options.canFailAlike);
  const { manifest } = trace;
  try {
    const result = await runScenario(
      manifest.run === 'control' ? controlOf(scenario) : { ...scenario, control: null },
      {
        ...options,
        isTickByTick: manifest.stepping === 'tick-by-tick',
        openTrace: () => comparison,
        isCancelled: () => comparison.isDone || options.isCancelled(),
      },
      '',
    );
    comparison.finish();
    const { throughTick, difference } = comparison;
    return { difference, throughTick, error: result.error, verdict: result.verdict };
  } catch (error) {
    if (!(error instanceof CancelledError) || !comparison.isDone) throw error;
    comparison.finish();
    return {
      difference: comparison.difference,
      throughTick: comparison.throughTick,
      error: null,
      verdict: null,
    };
  }
}

/** Listens where a trace would be written, and holds what happens to what was recorded. */
export class Comparison implements TraceWriter {
  difference: Difference | null = null;
  throughTick: number | null = null;
  /** Nothing more to be learned. */
  isDone = false;
  private readonly trace: Trace;
  private readonly canFailAlike: boolean;
  private readonly recorded: Generator<TraceRecord, undefined>;
  private readonly fromTick: number;
  private readonly before = new Before();
  private readonly kept: ReturnType<typeof keptValues>;
  private hasEnded = false;
  /** What kept the recording from being read; thrown into a run it would pass for the end of that. */
  private unreadable: Error | null = null;

  constructor(trace: Trace, canFailAlike: boolean) {
    this.trace = trace;
    this.canFailAlike = canFailAlike;
    this.fromTick = (trace.gap?.throughTick ?? -1) + 1;
    this.recorded = records(trace.blocks);
    this.kept = keptValues(trace);
  }

  manifest(): void {}

  stimulus(tick: number, stimulus: Stimulus): void {
    this.compare({ tick, kind: 'stimulus', stimulus });
  }

  event(event: PumpEvent): void {
    this.compare({ tick: event.tick, kind: 'event', event });
  }

  stateDigest(tick: number, digest: number): void {
    this.compare({ tick, kind: 'state', digest });
  }

  isSnapshotDue(): boolean {
    return false;
  }

  areValuesDue(nextTick: number): boolean {
    return this.difference !== null && this.kept.has(nextTick);
  }

  snapshot(): void {}

  values(nextTick: number, fields: ReadonlyMap<string, number>): void {
    const then = this.kept.get(nextTick);
    if (this.difference === null || then === undefined) return;
    this.difference = { ...this.difference, state: stateDifference(nextTick, then(), fields) };
    this.isDone = true;
  }

  flush(): void {}

  end(ticks: number, digest: TargetDigest, verdict: string): void {
    this.hasEnded = true;
    const { end } = this.trace;
    this.finish();
    if (this.difference !== null || end === null) return;
    this.difference = endDifference(
      end,
      { ticks, ...digest, verdict },
      this.before.lines(),
      this.canFailAlike,
    );
    if (this.difference === null) this.throughTick = Math.max(0, ticks - 1);
  }

  /** Nothing more will happen: what was recorded beyond this is missing now. */
  finish(): void {
    if (this.difference === null && !this.isDone) {
      const missing = this.next();
      const { end } = this.trace;
      if (missing !== null) this.difference = differenceOf(missing, null, this.before);
      else if (!this.hasEnded && end !== null) this.difference = missingEnd(end, this.before.lines());
    }
    if (this.unreadable !== null) throw this.unreadable;
  }

  private compare(now: TraceRecord): void {
    if (this.difference !== null || this.isDone || now.tick < this.fromTick) return;
    const then = this.next();
    if (this.unreadable !== null) return;
    if (then === null && this.trace.end === null) {
      this.isDone = true; // what was recorded breaks off here
      return;
    }
    this.difference = differenceOf(then, now, this.before);
    if (this.difference !== null) {
      this.isDone = this.kept.size === 0 || Math.max(...this.kept.keys()) <= this.difference.tick;
      return;
    }
    this.throughTick = now.tick;
    this.before.push(now);
  }

  private next(): TraceRecord | null {
    try {
      for (;;) {
        const record = this.recorded.next().value ?? null;
        if (record === null || record.tick >= this.fromTick) return record;
      }
    } catch (error) {
      this.unreadable = error instanceof Error ? error : new Error(String(error));
      this.isDone = true;
      return null;
    }
  }
}
