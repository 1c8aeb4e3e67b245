/** One scenario to run, as plain data that crosses threads, and what becomes of it. */
import type { Recordings } from '../../scenario/recorder.ts';
import type { ScenarioResult, Verdict } from '../../scenario/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ForkOrigin } from '../../trace/format.ts';
import type { BoardPlace } from '../boards/place.ts';

export interface TracePaths {
  /** Temporary files: whoever started the run gives them their names when they are whole. */
  readonly main: string;
  readonly control: string | null;
}

export interface Job {
  readonly index: number;
  readonly scenario: Scenario;
  /** The run that this one parts from; null: none. */
  readonly fork: ForkOrigin | null;
  readonly targetName: string;
  /** Where the board is; null for a target that needs none. */
  readonly board: BoardPlace | null;
  readonly isTickByTick: boolean;
  /** Simulated seconds per second of wall clock; null: as fast as it goes. */
  readonly realtimeFactor: number | null;
  readonly trace: TracePaths | null;
  /** Keep the last so many ticks of a trace; null: all of it. */
  readonly traceLastTicks: number | null;
  /** Something will be drawn of it. */
  readonly isRecorded: boolean;
  readonly coreHash: string;
  readonly reproduce: string;
}

export type Outcome =
  | {
      readonly kind: 'finished';
      readonly result: ScenarioResult;
      /** Of our own bug, for diagnostics. */
      readonly stack: string | null;
      readonly traceProblem: string | null;
      /** null: nobody asked. */
      readonly recordings: Recordings | null;
    }
  | {
      readonly kind: 'cancelled';
      /** As far as the run had come; null: nobody asked, or it had not begun. */
      readonly recordings: Recordings | null;
    };

/** The result of a scenario whose run ended outside of the runner's care: no pump to ask, and what is known is why. */
export function brokenResult(job: Job, verdict: Verdict, message: string): ScenarioResult {
  const { scenario } = job;
  return {
    name: scenario.name,
    file: scenario.file,
    scenarioHash: scenario.hash,
    seed: scenario.seed,
    verdict,
    attempts: 1,
    ticks: 0,
    executedTicks: 0,
    digest: null,
    alarms: [],
    faults: [],
    expectations: [],
    signals: {},
    refills: [],
    doseFailures: [],
    error: message,
    control: null,
    fingerprint: `main:${message}`,
    reproduce: job.reproduce,
  };
}

export function ticksInAll(scenario: Scenario): number {
  return (scenario.untilTick + 1) * (scenario.control === null ? 1 : 2);
}
