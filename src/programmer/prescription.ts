/** A prescription's words, for people: what they say, how much that is a day, and one dose all day. */
import {
  CONCENTRATION_WORD,
  FIRST_RATE_WORD,
  LOW_RESERVOIR_WORD,
  MODE_WORD,
  RATE_WORDS,
  rateNumerator,
  UNIT_WORD,
} from '../core/prescription.ts';
import { THERAPY_MODES } from '../core/therapy.ts';

const PG_PER_TENTH_UG = 100_000;

/** Tenths of a ug a day, rounded down: a numerator of the dosing is pg a day. */
export function dailyTenthUg(words: Int32Array): number {
  const mode = THERAPY_MODES[words[MODE_WORD]!];
  if (mode === 'stopped' || mode === 'minimum') return 0;
  let pg = 0;
  for (let slot = 0; slot < RATE_WORDS; slot++) {
    pg += rateNumerator(words[UNIT_WORD]!, words[FIRST_RATE_WORD + slot]!, words[CONCENTRATION_WORD]!);
  }
  return Math.floor(pg / RATE_WORDS / PG_PER_TENTH_UG);
}

/** The same dose at every hour, in tenths of a ug a day. */
export function withDailyDose(words: Int32Array, tenthUg: number): Int32Array {
  const changed = words.slice();
  changed[MODE_WORD] = THERAPY_MODES.indexOf('continuous');
  changed[UNIT_WORD] = 0;
  changed.fill(tenthUg, FIRST_RATE_WORD, FIRST_RATE_WORD + RATE_WORDS);
  return changed;
}

export function withLowReservoir(words: Int32Array, thresholdNl: number): Int32Array {
  const changed = words.slice();
  changed[LOW_RESERVOIR_WORD] = thresholdNl;
  return changed;
}

export interface PrescriptionSummary {
  readonly mode: string;
  readonly dailyUg: number;
  readonly concentrationUgPerMl: number;
  readonly lowReservoirMl: number;
}

export function summaryOf(words: Int32Array): PrescriptionSummary {
  return {
    mode: THERAPY_MODES[words[MODE_WORD]!] ?? `unknown mode ${words[MODE_WORD]}`,
    dailyUg: dailyTenthUg(words) / 10,
    concentrationUgPerMl: words[CONCENTRATION_WORD]!,
    lowReservoirMl: words[LOW_RESERVOIR_WORD]! / 1_000_000,
  };
}
