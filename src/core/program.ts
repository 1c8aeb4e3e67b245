/** A prescription as words, as it comes out of an update session. */
import type { PumpHal } from '../../hal/hal.ts';
import { prescribedDenominator } from './check-prescription.ts';
import { ACCEPTED, RATE_OUT_OF_RANGE, VOLUME_OUT_OF_RANGE } from './commands.ts';
import { dropOwed, rescaleOwed } from './dosing.ts';
import {
  CONCENTRATION_WORD,
  commitPrescription,
  concentrationUgPerMl,
  FIRST_RATE_WORD,
  judgeTherapy,
  LOW_RESERVOIR_WORD,
  MODE_WORD,
  PRESCRIBED_WORDS,
  RATE_WORDS,
  UNIT_WORD,
} from './prescription.ts';
import type { PumpState } from './state.ts';
import type { Therapy } from './therapy.ts';
import { RATE_UNITS, THERAPY_MODES } from './therapy.ts';

/** The therapy that the words say; null when they say none. */
export function therapyOf(words: Int32Array): Therapy | null {
  const mode = THERAPY_MODES[words[MODE_WORD]!];
  const unit = RATE_UNITS[words[UNIT_WORD]!];
  if (mode === undefined || unit === undefined) return null;
  if (mode === 'minimum' || mode === 'stopped') return { mode: mode };
  if (mode === 'continuous') return { mode: mode, unit: unit, rate: words[FIRST_RATE_WORD]! };
  const rates: number[] = [];
  for (let slot = 0; slot < RATE_WORDS; slot++) rates.push(words[FIRST_RATE_WORD + slot]!);
  return { mode: mode, unit: unit, rates: rates };
}

/** The outcome code of a prescription as words. */
export function judgeWords(words: Int32Array, reservoirNl: number, strokeNl: number): number {
  const therapy = therapyOf(words);
  if (therapy === null) return RATE_OUT_OF_RANGE;
  const lowReservoirNl = words[LOW_RESERVOIR_WORD]!;
  if (lowReservoirNl < 1 || lowReservoirNl > reservoirNl) return VOLUME_OUT_OF_RANGE;
  // What the schedule reads is what is judged.
  for (let slot = 1; therapy.mode === 'continuous' && slot < RATE_WORDS; slot++) {
    if (words[FIRST_RATE_WORD + slot] !== therapy.rate) return RATE_OUT_OF_RANGE;
  }
  return judgeTherapy(therapy, words[CONCENTRATION_WORD]!, strokeNl);
}

/** Take a prescription whole or refuse it whole. */
export function programWords(
  pump: PumpState,
  words: Int32Array,
  _isConfirmed: boolean,
  hal: PumpHal,
): number {
  const prescription = pump.prescription;
  const outcome = judgeWords(words, pump.build.reservoirNl, pump.build.strokeNl);
  if (outcome !== ACCEPTED) return outcome;
  const wasReadable = prescription.isReadable === 1;
  const oldUgPerMl = concentrationUgPerMl(prescription);
  for (let i = 0; i < PRESCRIBED_WORDS; i++) prescription.words[i] = words[i]!;
  commitPrescription(prescription, hal);
  const newUgPerMl = concentrationUgPerMl(prescription);
  const denominator = prescribedDenominator(pump);
  if (wasReadable) rescaleOwed(pump.dosing, oldUgPerMl, newUgPerMl, denominator, pump.nowTick);
  else dropOwed(pump.dosing, denominator, pump.nowTick);
  return ACCEPTED;
}
