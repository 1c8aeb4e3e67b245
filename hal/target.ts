/**
 * A target is "a firmware core wired to something": in this process over a simulated world, on a board over a
 * serial line, over a recorded trace. The scenario runner, the search and the tests talk to nothing else.
 *
 * Types only. Ticks are absolute; `advance` executes tick after tick and nothing happens between calls.
 */
import type { Command } from '../src/core/commands.ts';
import type { PumpEvent } from '../src/core/events.ts';

/** What is done to the pump or its surroundings just before the next tick is executed. */
export type Stimulus =
  | { readonly kind: 'command'; readonly command: Command }
  | {
      readonly kind: 'fault';
      readonly id: string;
      readonly fault: string;
      readonly options: Readonly<Record<string, number | string>>;
    }
  | { readonly kind: 'clear'; readonly id: string }
  /** Withdraw everything, fill, program the computed volume: the world's fluid and then the pump's belief. */
  | { readonly kind: 'refill'; readonly volumeNl: number };

/** Told of everything in chain order, while `advance` runs. Must not call back into the target but for `read`. */
export interface TargetObserver {
  event(event: PumpEvent): void;
  /** At each hour tick. */
  stateDigest(tick: number, digest: number): void;
  /** After each executed tick; quantities may be read now. */
  afterTick(tick: number): void;
}

/** The record of one fault, truth and evidence, as of now. */
export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  readonly appliedTick: number;
  readonly clearedTick: number | null;
  readonly fired: boolean;
  readonly firedTick: number | null;
}

export interface TargetDescription {
  readonly name: string;
  /** The JavaScript engine that runs the core, as text for the manifest. */
  readonly engine: string;
  /** Names of the signals that `read` answers on this target. */
  readonly signals: readonly string[];
  /** Fault kinds that this target can carry out. */
  readonly faults: readonly string[];
}

export interface TargetDigest {
  readonly rolling: string;
  readonly state: string;
}

export interface Target {
  describe(): TargetDescription;
  /** The tick that is executed next. */
  nowTick(): number;
  /** Ticks really executed so far, as against skipped. */
  executedTicks(): number;
  /** Lay something over the next tick; it makes that tick an executed one. */
  stimulate(stimulus: Stimulus): void;
  /** Make the tick an executed one, so that `afterTick` is called for it; for looks of expectations. */
  advance(toTick: number, observer: TargetObserver): Promise<void>;
  /** A signal's value in its integer unit after the last executed tick; null when it can't be known. */
  read(signal: string): number | null;
  /** Every integer of the firmware's state by its dotted path. */
  readState(): Promise<ReadonlyMap<string, number>>;
  faults(): readonly FaultRecord[];
  /** Prescribed and truly delivered dose since tick 0 at the catheter tip, in nanograms; null without a world. */
  dose(): { readonly prescribedNg: number; readonly trueDeliveredNg: number } | null;
  digest(): Promise<TargetDigest>;
  snapshot(): Promise<unknown>;
  restore(snapshot: unknown): Promise<void>;
  close(): Promise<void>;
}
