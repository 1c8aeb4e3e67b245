/**
 * What the therapy as commanded asks for, worked out a second time: exact picograms per tick as a fraction, from the
 * prescription a clinician entered and not from anything the firmware computed. For the dose oracle.
 */
import type { Therapy } from '../../src/core/therapy.ts';

export interface PrescribedRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** The device's minimum rate as its data sheet would state it: 6 uL a day. An estimate. */
const MINIMUM_NL_PER_HOUR = 250;
const NOTHING: PrescribedRate = { numerator: 0, denominator: 1 };

/** Rate in the slot of the day, 0 to 23. */
export function prescribedRate(
  therapy: Therapy,
  slot: number,
  concentrationUgPerMl: number,
  ticksPerHour: number,
): PrescribedRate {
  if (therapy.mode === 'stopped') return NOTHING;
  if (therapy.mode === 'minimum') {
    return { numerator: MINIMUM_NL_PER_HOUR * concentrationUgPerMl, denominator: ticksPerHour };
  }
  const rate = therapy.mode === 'continuous' ? therapy.rate : therapy.rates[slot]!;
  switch (therapy.unit) {
    case 'tenth-ug-per-day':
      return { numerator: 100000 * rate, denominator: 24 * ticksPerHour };
    case 'tenth-ug-per-hour':
      return { numerator: 100000 * rate, denominator: ticksPerHour };
    case 'nl-per-hour':
      return { numerator: concentrationUgPerMl * rate, denominator: ticksPerHour };
  }
}

/** Of a whole day, rounded down. */
export function prescribedPgPerDay(therapy: Therapy, concentrationUgPerMl: number): number {
  let twentyFourths = 0;
  for (let slot = 0; slot < 24; slot++) {
    // An hour as one tick: the denominator is 24 or 1.
    const { numerator, denominator } = prescribedRate(therapy, slot, concentrationUgPerMl, 1);
    twentyFourths += numerator * (24 / denominator);
  }
  return Math.floor(twentyFourths / 24);
}
