/**
 * A scenario after reading: typed, in ticks and integers, ready to run. `format.ts` makes it from YAML and
 * `run.ts` runs it; no other file needs to know that YAML exists. Plain data, so it crosses threads and engines.
 */
import type { ClinicalOrder, Prescription } from '../../hal/target.ts';
import type { PatientGroup, Therapy } from '../core/therapy.ts';

export interface Scenario {
  readonly version: 1;
  readonly name: string;
  readonly why: string;
  readonly requirements: readonly string[];
  /** The real incident that it plays again; null: none. */
  readonly incident: {
    readonly number: number;
    readonly title: string;
    readonly source: string;
    readonly happened: string;
    readonly showed: string;
    readonly harm: string;
    readonly firmware: string;
  } | null;
  /** Path as the user gave it, for messages and the reproduce line. */
  readonly file: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  /** The file, so that a trace can be run again without it. */
  readonly text: string;
  readonly seed: number;
  /** Pump time at tick 0. Whole hours only, so that hours of pump time begin at hour ticks. */
  readonly start: { readonly weekday: number; readonly hour: number };
  readonly pump: {
    readonly mechanism: 'peristaltic' | 'valve-accumulator';
    readonly reservoirNl: number;
    readonly fillNl: number;
    readonly lowReservoirNl: number;
    readonly lowVolumeFade: boolean;
    /** Deviation of the true stroke volume from the nominal, parts per million. */
    readonly tolerancePpm: number;
    /** An update session in which nobody is heard for so long is rolled back; 0: it stays open. */
    readonly sessionTimeoutTicks: number;
  };
  readonly drug: { readonly name: string; readonly concentrationUgPerMl: number };
  readonly catheter: {
    readonly lengthMm: number;
    readonly compliancePlPerPa: number;
    /** Full of the drug at tick 0, and not of spinal fluid. */
    readonly isPrimed: boolean;
    /** Tanks in series from pump to tip. */
    readonly mixingTanks: number;
  };
  /** Has had the therapy for long at tick 0, or is new to the drug. */
  readonly patient: {
    readonly isUsedToTherapy: boolean;
    readonly needsTenthUg: number;
    /** Whose rules of titration the pump asks about. */
    readonly group: PatientGroup;
  };
  readonly environment: {
    readonly noise: boolean;
    readonly posture: boolean;
    readonly cough: boolean;
    readonly flights: boolean;
    readonly temperatureMilliC: number;
  };
  readonly therapy: Therapy;
  /** Sorted by tick; within a tick faults and clears first, then refills, then commands, each in file order. */
  readonly timeline: readonly TimelineEntry[];
  readonly always: readonly Expectation[];
  readonly never: readonly Expectation[];
  readonly finally: readonly Expectation[];
  /** Periods of the extra ticks at which `always` and `never` look, beside events and hours. */
  readonly lookEveryTicks: readonly number[];
  /** Findings of the dose oracle that are the point of this scenario; any other one fails it. */
  readonly allow: readonly OracleFailure[];
  readonly control: {
    /** What people do in it; it has no faults, and no looks of its own between start and end. */
    readonly timeline: readonly TimelineEntry[];
    readonly always: readonly Expectation[];
    readonly never: readonly Expectation[];
    readonly finally: readonly Expectation[];
    readonly allow: readonly OracleFailure[];
  } | null;
  readonly untilTick: number;
}

/** What the dose oracle can report; `allow` lists those that are the point of the scenario. */
type DoseFault = 'over-delivery' | 'under-delivery' | 'silent-stop';
/** At the catheter's tip, at the pump's outlet, and between that and the pump's log. */
export type OracleFailure = DoseFault | `outlet-${DoseFault}` | 'wrong-log';

interface EntryBase {
  readonly tick: number;
  /** 1-based line in the file, for messages. */
  readonly line: number;
  readonly id: string | null;
}

export type TimelineEntry = EntryBase &
  (
    | {
        readonly kind: 'fault';
        readonly id: string;
        readonly fault: string;
        readonly options: Readonly<Record<string, number | string>>;
      }
    | { readonly kind: 'clear'; readonly target: string }
    | {
        readonly kind: 'refill';
        readonly volumeNl: number;
        /** Of what is truly filled in; left out: as before. */
        readonly concentrationUgPerMl?: number;
      }
    | { readonly kind: 'command'; readonly command: ClinicalOrder }
    | {
        readonly kind: 'replace';
        readonly fillNl: number;
        readonly prescription: Prescription;
        /** The tubing of the new pump holds the drug, and not water. */
        readonly isPrimed: boolean;
      }
    | { readonly kind: 'screening'; readonly doseTenthUg: number }
    | {
        readonly kind: 'session';
        /** Null: it is opened, and nothing is written. */
        readonly program: Extract<ClinicalOrder, { readonly kind: 'program' }> | null;
        readonly leave: 'commit' | 'rollback' | 'open';
        readonly isConfirmed: boolean;
      }
    | { readonly kind: 'expect'; readonly expectation: Expectation }
  );

export type Expectation = {
  /** `file-unique` id: the entry's own id, or its section and index such as `always.0`. */
  readonly id: string;
  readonly line: number;
  /** The expectation as a person reads it, in one line. */
  readonly text: string;
} & (
  | {
      readonly kind: 'alarm';
      readonly alarm: string;
      /** null: the alarm as such, as `never` needs it. */
      readonly word: 'raised' | 'cleared' | 'condition-gone' | 'acknowledged' | null;
      readonly withinTicks: number | null;
      /** Once true, it stays true for so long. */
      readonly heldForTicks: number | null;
    }
  | {
      readonly kind: 'signal';
      readonly signal: string;
      /** Bounds in the signal's integer unit; `above` and `below` are strict, `between` is inclusive. */
      readonly test:
        | { readonly word: 'above'; readonly bound: number }
        | { readonly word: 'below'; readonly bound: number }
        | { readonly word: 'between'; readonly low: number; readonly high: number }
        | { readonly word: 'equals'; readonly value: number; readonly tolerance: number };
      /** Becomes true within so long of the entry's tick; null: true at that tick. */
      readonly withinTicks: number | null;
      readonly heldForTicks: number | null;
    }
);
