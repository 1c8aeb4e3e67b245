/**
 * The prescription: what the pump works from, as words with a checksum, so that one flipped bit anywhere is found.
 *
 * Three copies exist: the working one here and two in the store, written one after the other, so that power lost at any
 * word leaves the old or the new one whole. No stroke is pushed on a working copy that does not verify (`tick.ts`
 * verifies on every tick in which a stroke is due), and the self-test looks at all three every hour. A bad copy is
 * mended from a good one; with all bad, the build's minimum rate runs until a clinician programs the pump again.
 */
import type { PumpHal } from '../../hal/hal.ts';
import {
  ACCEPTED,
  CONCENTRATION_OUT_OF_RANGE,
  RATE_BEYOND_MECHANISM,
  RATE_OUT_OF_RANGE,
} from './commands.ts';
import { LOW_RESERVOIR_DEFAULT_NL, MINIMUM_RATE_NL_PER_HOUR } from './config.ts';
import {
  isWhole,
  mendCopies,
  PRESCRIPTION_AT,
  PRESCRIPTION_WORDS,
  readNewest,
  seal,
  sequenceOf,
  writeTwice,
} from './store.ts';
import type { Therapy } from './therapy.ts';
import { RATE_UNITS, THERAPY_MODES } from './therapy.ts';
import { MAX_EXACT, TICKS_PER_SECOND } from './units.ts';

/** Where each word stands. */
export const MODE_WORD = 0;
export const UNIT_WORD = 1;
export const FIRST_RATE_WORD = 2;
export const RATE_WORDS = 24;
export const CONCENTRATION_WORD = 26;
export const LOW_RESERVOIR_WORD = 27;
/** Words that somebody prescribes. Then the sequence number and the check, as in every record of the store. */
export const PRESCRIBED_WORDS = 28;

/** Codes of `THERAPY_MODES` that the schedule asks about. */
export const MODE_MINIMUM = 2;
export const MODE_STOPPED = 3;

const SECONDS_PER_DAY = 86400;
const RATE_MAX = 2147483647;

export interface PrescriptionState {
  readonly words: Int32Array;
  /** 0 when all copies were lost: the build's minimum runs, whatever the words say. */
  isReadable: number;
  /** Copies mended from the other one, ever. */
  repairs: number;
  /** Set by a repair, taken by the memory detector in the same tick. */
  isJustRepaired: number;
}

/** Numerator added to what is owed in each tick at one rate; `dosing.ts` has the whole sum. */
export function rateNumerator(unit: number, rate: number, concentrationUgPerMl: number): number {
  switch (unit) {
    case 0:
      return 100000 * rate; // 0.1 ug a day
    case 1:
      return 2400000 * rate; // 0.1 ug an hour
    case 2:
      // nL an hour. A concentration below zero is a flipped sign bit, found by the self-test; it asks for nothing.
      return concentrationUgPerMl < 0 ? 0 : 24 * concentrationUgPerMl * rate;
    default:
      return 0; // a flipped bit; found when a stroke falls due or by the self-test
  }
}

/** What one stroke subtracts from what is owed. One denominator per concentration. */
export function strokeDenominator(concentrationUgPerMl: number, strokeNl: number): number {
  return SECONDS_PER_DAY * concentrationUgPerMl * strokeNl * TICKS_PER_SECOND;
}

/** The outcome code of a concentration, for which every product of the dosing stays exact. */
export function judgeConcentration(concentrationUgPerMl: number, strokeNl: number): number {
  if (!(concentrationUgPerMl >= 1) || Math.floor(concentrationUgPerMl) !== concentrationUgPerMl) {
    return CONCENTRATION_OUT_OF_RANGE;
  }
  const denominator = strokeDenominator(concentrationUgPerMl, strokeNl);
  return denominator > Math.floor(MAX_EXACT / concentrationUgPerMl) ? CONCENTRATION_OUT_OF_RANGE : ACCEPTED;
}

function judgeRate(unit: number, rate: number, concentrationUgPerMl: number, strokeNl: number): number {
  if (!(rate >= 0) || rate > RATE_MAX || Math.floor(rate) !== rate) return RATE_OUT_OF_RANGE;
  const denominator = strokeDenominator(concentrationUgPerMl, strokeNl);
  return rateNumerator(unit, rate, concentrationUgPerMl) > denominator ? RATE_BEYOND_MECHANISM : ACCEPTED;
}

/** The outcome code of a therapy: refused whole when any slot is. A therapy that gives nothing is no therapy. */
export function judgeTherapy(therapy: Therapy, concentrationUgPerMl: number, strokeNl: number): number {
  const outcome = judgeConcentration(concentrationUgPerMl, strokeNl);
  if (outcome !== ACCEPTED) return outcome;
  if (therapy.mode === 'minimum' || therapy.mode === 'stopped') return ACCEPTED;
  const unit = RATE_UNITS.indexOf(therapy.unit);
  if (unit < 0) return RATE_OUT_OF_RANGE;
  if (therapy.mode === 'continuous') {
    return therapy.rate === 0
      ? RATE_OUT_OF_RANGE
      : judgeRate(unit, therapy.rate, concentrationUgPerMl, strokeNl);
  }
  if (therapy.rates.length !== RATE_WORDS) return RATE_OUT_OF_RANGE;
  let highest = 0;
  for (let slot = 0; slot < RATE_WORDS; slot++) {
    const rate = therapy.rates[slot]!;
    const slotOutcome = judgeRate(unit, rate, concentrationUgPerMl, strokeNl);
    if (slotOutcome !== ACCEPTED) return slotOutcome;
    if (rate > highest) highest = rate;
  }
  return highest === 0 ? RATE_OUT_OF_RANGE : ACCEPTED;
}

export function writeTherapy(words: Int32Array, therapy: Therapy): void {
  words[MODE_WORD] = THERAPY_MODES.indexOf(therapy.mode);
  words[UNIT_WORD] = 0;
  for (let slot = 0; slot < RATE_WORDS; slot++) words[FIRST_RATE_WORD + slot] = 0;
  if (therapy.mode === 'minimum' || therapy.mode === 'stopped') return;
  words[UNIT_WORD] = RATE_UNITS.indexOf(therapy.unit);
  for (let slot = 0; slot < RATE_WORDS; slot++) {
    words[FIRST_RATE_WORD + slot] = therapy.mode === 'hourly' ? therapy.rates[slot]! : therapy.rate;
  }
}

/** Seal the working copy and store it twice: once the first copy is whole the new prescription is in force. */
export function commitPrescription(prescription: PrescriptionState, hal: PumpHal): void {
  const words = prescription.words;
  seal(words, sequenceOf(words) + 1, hal.checksum);
  prescription.isReadable = 1;
  writeTwice(words, PRESCRIPTION_AT, hal);
}

/** Write a judged therapy into all copies. */
export function program(
  prescription: PrescriptionState,
  therapy: Therapy,
  concentrationUgPerMl: number,
  hal: PumpHal,
): void {
  // After a lost prescription nothing in the words can be trusted, the threshold included.
  if (prescription.isReadable === 0) prescription.words[LOW_RESERVOIR_WORD] = LOW_RESERVOIR_DEFAULT_NL;
  writeTherapy(prescription.words, therapy);
  prescription.words[CONCENTRATION_WORD] = concentrationUgPerMl;
  commitPrescription(prescription, hal);
}

export function createPrescription(
  therapy: Therapy,
  concentrationUgPerMl: number,
  lowReservoirNl: number,
  hal: PumpHal,
): PrescriptionState {
  const prescription: PrescriptionState = {
    words: new Int32Array(PRESCRIPTION_WORDS),
    isReadable: 1,
    repairs: 0,
    isJustRepaired: 0,
  };
  prescription.words[LOW_RESERVOIR_WORD] = lowReservoirNl;
  program(prescription, therapy, concentrationUgPerMl, hal);
  return prescription;
}

/** A copy of what was ordered was bad, and is mended. */
export function noteRepair(prescription: PrescriptionState): void {
  prescription.repairs += 1;
  prescription.isJustRepaired = 1;
}

/**
 * Verify the working copy and mend it from the stored one. True when the words changed under the dosing, which then
 * has to take a new anchor.
 */
export function verifyWorking(prescription: PrescriptionState, hal: PumpHal): boolean {
  if (prescription.isReadable === 0) return false;
  const words = prescription.words;
  if (isWhole(words, hal.checksum)) return false;
  const stored = new Int32Array(PRESCRIPTION_WORDS);
  if (readNewest(stored, PRESCRIPTION_AT, hal)) {
    words.set(stored);
    noteRepair(prescription);
  } else {
    prescription.isReadable = 0;
  }
  return true;
}

/** The self-test of the stored copies. Call after `verifyWorking`. */
export function verifyStored(prescription: PrescriptionState, hal: PumpHal): void {
  if (prescription.isReadable === 0) return;
  if (mendCopies(prescription.words, PRESCRIPTION_AT, hal)) noteRepair(prescription);
}

/**
 * The prescription as the store has it: the newest whole copy. A write that was cut has left one copy torn or old, which
 * is no upset of the memory: it is written again and nobody is alarmed.
 */
export function restorePrescription(hal: PumpHal): PrescriptionState {
  const words = new Int32Array(PRESCRIPTION_WORDS);
  const isReadable = readNewest(words, PRESCRIPTION_AT, hal);
  if (isReadable) mendCopies(words, PRESCRIPTION_AT, hal);
  return { words, isReadable: isReadable ? 1 : 0, repairs: 0, isJustRepaired: 0 };
}

/** Concentration as programmed; 1 when unreadable, which cancels out of the volume-based minimum rate. */
export function concentrationUgPerMl(prescription: PrescriptionState): number {
  return prescription.isReadable === 0 ? 1 : prescription.words[CONCENTRATION_WORD]!;
}

export function lowReservoirNl(prescription: PrescriptionState): number {
  return prescription.isReadable === 0 ? LOW_RESERVOIR_DEFAULT_NL : prescription.words[LOW_RESERVOIR_WORD]!;
}

export function minimumNumerator(prescription: PrescriptionState): number {
  return rateNumerator(2, MINIMUM_RATE_NL_PER_HOUR, concentrationUgPerMl(prescription));
}
