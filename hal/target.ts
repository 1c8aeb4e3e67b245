/**
 * A target is "a firmware core wired to something": in this process over a simulated world, on a board over a
 * serial line, over a recorded trace. The scenario runner, the search and the tests talk to nothing else.
 *
 * Types only. Ticks are absolute; nothing happens between calls.
 */
import type { Command } from '../src/core/commands.ts';
import type { PumpEvent } from '../src/core/events.ts';
import type { PatientGroup, Therapy } from '../src/core/therapy.ts';

/** What a clinician prescribes, as a whole. */
export interface Prescription {
  readonly therapy: Therapy;
  readonly concentrationUgPerMl: number;
  /** Left out: the pump keeps the one in force. */
  readonly lowReservoirNl?: number;
  /** Left out: none, so that no rule of titration is asked. */
  readonly patientGroup?: PatientGroup;
  /** Tick in which this patient's therapy began; below 0 it was going on before. Left out: 0. */
  readonly firstStartTick?: number;
  /** Of the old drug between pump and tip, to be given first at its old daily dose, or `NO_BRIDGE`. Left out: unsaid. */
  readonly bridgeNl?: number;
}

/** What a pump is told, in a person's words where the pump takes words of a prescription. */
export type ClinicalOrder =
  | Exclude<Command, { kind: 'program' }>
  /** Left out: soft limits that it meets are confirmed. */
  | (Prescription & { readonly kind: 'program'; readonly isConfirmed?: boolean });

/** What a pump and its surroundings are, for whoever sets a target up. Integers in the units of their names. */
export interface TargetSetup {
  readonly seed: number;
  /** Pump time at tick 0, hours of the week: 0 is Monday 00:00. */
  readonly startHour: number;
  /** An update session in which nobody is heard for so long is rolled back. Left out: it stays open. */
  readonly sessionTimeoutTicks?: number;
  readonly mechanism: 'peristaltic' | 'valve-accumulator';
  readonly reservoirNl: number;
  readonly fillNl: number;
  readonly lowReservoirNl: number;
  readonly lowVolumeFade: boolean;
  readonly tolerancePpm: number;
  readonly concentrationUgPerMl: number;
  readonly catheterLengthMm: number;
  readonly compliancePlPerPa: number;
  /** Tanks in series from pump to tip; the more, the less a front widens. Left out: 128. */
  readonly mixingTanks?: number;
  /** Left out: the line is full of the drug at tick 0, and not of spinal fluid. */
  readonly isLinePrimed?: boolean;
  /** Left out: the patient has long had the therapy at tick 0, and is not new to the drug. */
  readonly isPatientUsed?: boolean;
  /** As in a prescription. */
  readonly patientGroup?: PatientGroup;
  readonly firstStartTick?: number;
  /** Illustrative: the dose on trial that brings this patient's muscles to rest. Left out: 50 ug. */
  readonly patientNeedsTenthUg?: number;
  readonly environment: {
    readonly noise: boolean;
    readonly posture: boolean;
    readonly cough: boolean;
    readonly flights: boolean;
    readonly temperatureMilliC: number;
  };
  readonly therapy: Therapy;
  /** The reference: execute every tick. Off, the target jumps to the next tick in which something is due. */
  readonly isTickByTick: boolean;
  /** Run the dose oracle: costs time, and nothing that nobody reads. */
  readonly hasOracle: boolean;
  /** No run goes past it: a target that works ahead may do so up to there. Left out: up to each `advance`. */
  readonly untilTick?: number;
}

/** What is done to the pump or its surroundings just before a tick is executed. */
export type Stimulus =
  | { readonly kind: 'command'; readonly command: ClinicalOrder }
  | {
      readonly kind: 'fault';
      readonly id: string;
      readonly fault: string;
      readonly options: Readonly<Record<string, number | string>>;
    }
  | { readonly kind: 'clear'; readonly id: string }
  /**
   * A programmer is put on and speaks to the pump, a frame a tick: it reads, opens an update session, writes the
   * program, verifies it, and leaves the session as said. Without a program it writes nothing.
   */
  | {
      readonly kind: 'session';
      readonly program: Extract<ClinicalOrder, { readonly kind: 'program' }> | null;
      readonly leave: 'commit' | 'rollback' | 'open';
      readonly isConfirmed: boolean;
    }
  /**
   * The pump is taken out and a new one of the same build connected to the catheter, filled and programmed. Its tubing was
   * filled with the drug before, or not.
   */
  | {
      readonly kind: 'replace';
      readonly fillNl: number;
      readonly prescription: Prescription;
      readonly isPrimed: boolean;
    }
  /** A dose on trial by syringe into the spinal fluid, past any pump; given within one tick. */
  | { readonly kind: 'screening'; readonly doseTenthUg: number }
  /**
   * Interrogate, withdraw everything, fill as much as the reservoir takes, program that: the world's fluid and then the
   * pump's belief. Another concentration than that of the last fill is the world's alone: the pump knows it once it is programmed.
   */
  | { readonly kind: 'refill'; readonly volumeNl: number; readonly concentrationUgPerMl?: number };

/** Told of everything in chain order, while `advance` runs. Must not call back into the target but for `read`. */
export interface TargetObserver {
  event(event: PumpEvent): void;
  /** At each hour tick. */
  stateDigest(tick: number, digest: number): void;
  /** A frame from the pump's telemetry. */
  reply?(bytes: Uint8Array): void;
  /** After each executed tick; quantities may be read now. */
  afterTick(tick: number): void;
}

/** The record of one fault: what was laid over the truth, and whether it ever mattered. */
export interface FaultRecord {
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
}

/** The record of one refill: the only place where belief and truth meet. */
export interface RefillRecord {
  readonly tick: number;
  /** Somebody got into the reservoir; else all volumes but the computed one are 0. */
  readonly performed: boolean;
  /** What the pump computed to be left when it was interrogated before. */
  readonly computedNl: number;
  readonly withdrawnNl: number;
  /** What was injected and programmed. */
  readonly injectedNl: number;
  /** What of it truly came into the reservoir. */
  readonly filledNl: number;
}

export interface TargetDescription {
  readonly name: string;
  /** The JavaScript engine that runs the core, for the manifest. */
  readonly engine: string;
  /** Signals that `read` answers here; an expectation about another one is inconclusive. */
  readonly signals: readonly string[];
}

export interface TargetDigest {
  /** Of everything said so far, hex. */
  readonly rolling: string;
  /** Of the whole firmware state now, hex. */
  readonly state: string;
}

export interface Target {
  describe(): TargetDescription;
  /** The tick that is executed next. */
  nowTick(): number;
  /** Ticks really executed so far, as against skipped. */
  executedTicks(): number;
  /** Have something done just before `tick` is executed, in the order of the calls; not in the past. */
  stimulate(tick: number, stimulus: Stimulus): void;
  /** Run up to and including `toTick`, which is always executed. */
  advance(toTick: number, observer: TargetObserver): Promise<void>;
  /** A signal's value in its integer unit as of the last executed tick; null when it can't be known. */
  read(signal: string): number | null;
  /** Every integer of the firmware's state by its dotted path, in digest order. */
  readState(): Promise<ReadonlyMap<string, number>>;
  faults(): readonly FaultRecord[];
  /** Refills so far, whether or not they could be performed; empty where there is no world to fill. */
  refills(): readonly RefillRecord[];
  /** What the dose oracle found amiss so far; empty where there is none. */
  doseFailures(): readonly { readonly kind: string; readonly tick: number }[];
  digest(): Promise<TargetDigest>;
  snapshot(): Promise<unknown>;
  restore(snapshot: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Makes a target; what reaches out of the process says so by rejecting with a message for people. */
export type TargetFactory = (setup: TargetSetup) => Promise<Target>;
