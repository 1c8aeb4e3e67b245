/** What a clinician prescribes, in the units it is entered in, so that nothing is rounded on the way in. */

/** Order is the code in the stored prescription: append, never reorder. */
export const RATE_UNITS = ['tenth-ug-per-day', 'tenth-ug-per-hour', 'nl-per-hour'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

/** Order is the code in the stored prescription: append, never reorder. */
export const THERAPY_MODES = ['continuous', 'hourly', 'minimum', 'stopped'] as const;

export type Therapy =
  | { readonly mode: 'continuous'; readonly unit: RateUnit; readonly rate: number }
  /** 24 rates; the first is for 00:00 to 01:00 of pump time. */
  | { readonly mode: 'hourly'; readonly unit: RateUnit; readonly rates: readonly number[] }
  /** The build's minimum rate, as a therapy. */
  | { readonly mode: 'minimum' }
  | { readonly mode: 'stopped' };
