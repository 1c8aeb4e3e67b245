/**
 * What a clinician prescribes, in the units it is entered in, so that nothing is rounded on the way in. Types only: the
 * pump holds a prescription as words (`prescription-words.ts`), and whoever orders one writes them.
 */
export type RateUnit = 'tenth-ug-per-day' | 'tenth-ug-per-hour' | 'nl-per-hour' | 'ul-per-hour';

/** Who the label's rules of titration are asked about; `none` has no rules. */
export type PatientGroup = 'none' | 'adult-spinal' | 'adult-cerebral' | 'child';

/** From a half hour of the day on, 0 to 47, until the next step. The first of a day is at 0. */
export interface DayStep {
  readonly fromSlot: number;
  readonly rate: number;
}

export interface DayPattern {
  /** 0 is Monday. */
  readonly weekdays: readonly number[];
  readonly steps: readonly DayStep[];
}

/** Given again and again: in the ticks of the day `firstTicks`, `firstTicks + intervalTicks`, ... of pump time. */
export interface PeriodicBolus {
  readonly doseTenthUg: number;
  readonly durationTicks: number;
  /** A day is a whole number of them, so that all days are alike. */
  readonly intervalTicks: number;
  readonly firstTicks: number;
}

export type Therapy =
  | { readonly mode: 'continuous'; readonly unit: RateUnit; readonly rate: number }
  /** Each weekday in exactly one pattern. */
  | { readonly mode: 'flex'; readonly unit: RateUnit; readonly days: readonly DayPattern[] }
  /** Boluses over a basal rate, which may be 0. */
  | {
      readonly mode: 'periodic';
      readonly unit: RateUnit;
      readonly rate: number;
      readonly bolus: PeriodicBolus;
    }
  /** The build's minimum rate, as a therapy. */
  | { readonly mode: 'minimum' }
  | { readonly mode: 'stopped' };
