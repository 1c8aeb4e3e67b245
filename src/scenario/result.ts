/**
 * The result of a run: the contract of `--json`, extended freely, renamed only with a reason. What is unknown is null.
 * Doses are decimal micrograms here and integer nanograms everywhere else.
 */
import type { LineTotals } from '../../hal/target-options.ts';
import type { AlarmEntry } from './alarm-book.ts';
import type { Judgement } from './expect.ts';

export const RESULT_VERSION = 1;

/** In the order of precedence: the first that any part of a run earns is the run's. */
export const VERDICTS = ['error', 'failed', 'infrastructure', 'inconclusive', 'passed'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface FaultEvidence {
  readonly id: string;
  readonly kind: string;
  readonly appliedTick: number;
  readonly clearedTick: number | null;
  /** First tick with nothing of it any more though nobody cleared it; null of what lasts until it is cleared. */
  readonly passedTick: number | null;
  readonly fired: boolean;
  readonly firedTick: number | null;
  /** Of a fault of the line: messages it struck, or restarts; null where there is no line that it could strike. */
  readonly strikes?: number | null;
  /** The first alarm that can reveal this fault, raised since and not raised in the control meanwhile. */
  readonly noticedBy: string | null;
  readonly noticedTick: number | null;
  /** Until noticed, cleared or the end of the run, whichever was first. */
  readonly prescribedUg: number | null;
  /** Past the tip. */
  readonly trueDeliveredUg: number | null;
  /** Into the spinal fluid: less where the tip has slipped or lies in a pocket. */
  readonly trueIntrathecalUg: number | null;
}

/** What the dose oracle found, and whether the scenario allows it. */
export interface DoseFailure {
  readonly kind: string;
  readonly tick: number;
  readonly verdict: 'failed' | 'allowed';
}

/** One refill: where what the pump computed meets what was found. Volumes in uL. */
export interface RefillEvidence {
  readonly tick: number;
  readonly performed: boolean;
  readonly computedUl: number;
  readonly withdrawnUl: number;
  readonly injectedUl: number;
  readonly filledUl: number;
  /** Withdrawn and computed differ by more than a clinician may leave uninvestigated. */
  readonly isToInvestigate: boolean;
}

export interface RunResult {
  readonly verdict: Verdict;
  readonly ticks: number;
  readonly executedTicks: number;
  readonly digest: { readonly rolling: string; readonly state: string } | null;
  readonly alarms: readonly Readonly<AlarmEntry>[];
  readonly faults: readonly FaultEvidence[];
  readonly expectations: readonly Judgement[];
  readonly signals: Readonly<Record<string, number | null>>;
  /** Of a run in which the pump was replaced only: each pump counts its own. */
  readonly strokesOfAllPumps?: number;
  readonly refills: readonly RefillEvidence[];
  /** What the dose oracle found, whether or not the scenario makes it a failure. */
  readonly doseFailures: readonly DoseFailure[];
  /** What ended the run before its time: an assertion of ours, or the line. */
  readonly error: string | null;
}

/** How often a run in real time fell too far behind and started counting anew, and the largest lag. */
export interface Late {
  readonly count: number;
  readonly largestLagMs: number;
}

export interface ScenarioResult extends RunResult {
  readonly name: string;
  readonly file: string;
  readonly scenarioHash: string;
  readonly seed: number;
  readonly attempts: number;
  readonly control: RunResult | null;
  /** The same for the same failure, whatever the ticks and values; null when passed. */
  readonly fingerprint: string | null;
  /** The command that shows this again. */
  readonly reproduce: string;
  /** Of a run in real time only. */
  readonly late?: Late;
  /** Of a run over a line only. */
  readonly line?: LineTotals;
}

export interface Manifest {
  readonly product: string;
  readonly productVersion: string;
  readonly coreHash: string;
  /** Given on the command line for all scenarios; null where each has its own. */
  readonly seed: number | null;
  readonly target: string;
  /** The board as it was named: a port, a name of the boards file or a program; null where the target is no board. */
  readonly board: string | null;
  /** Of the host. */
  readonly engine: string;
  readonly stepping: 'jumps' | 'tick-by-tick';
  readonly notice: string;
}

export interface Result {
  readonly version: typeof RESULT_VERSION;
  /** Wall-clock start of the whole run, ISO 8601: of this file only, never of a trace. */
  readonly start: string;
  readonly tickMs: number;
  readonly interrupted: boolean;
  readonly manifest: Manifest;
  readonly summary: Readonly<Record<Verdict, number>>;
  readonly scenarios: readonly ScenarioResult[];
}

/** The verdict that decides among several. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'passed';
}

export function summarise(scenarios: readonly ScenarioResult[]): Record<Verdict, number> {
  const count = { error: 0, failed: 0, infrastructure: 0, inconclusive: 0, passed: 0 };
  for (const scenario of scenarios) count[scenario.verdict] += 1;
  return count;
}
