/**
 * The prescription: what the pump works from, as words with a checksum, so that one flipped bit anywhere is found.
 *
 * Three copies exist: the working one here and two in the store, written one after the other, so that power lost at any
 * word leaves the old or the new one whole. No stroke is pushed on a working copy that does not verify (`tick.ts`
 * verifies on every tick in which a stroke is due), and the self-test looks at all three every hour. A bad copy is
 * mended from a good one; with all bad, the build's minimum rate runs until a clinician programs the pump again.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { LOW_RESERVOIR_DEFAULT_NL, MINIMUM_RATE_NL_PER_HOUR } from './config.ts';
import {
  CONCENTRATION_WORD,
  LOW_RESERVOIR_WORD,
  PRESCRIBED_WORDS,
  rateNumerator,
} from './prescription-words.ts';
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
import { forgetBase } from './titration.ts';

export interface PrescriptionState {
  readonly words: Int32Array;
  /** 0 when all copies were lost: the build's minimum runs, whatever the words say. */
  isReadable: number;
  /** Copies mended from the other one, ever. */
  repairs: number;
  /** Set by a repair, taken by the memory detector in the same tick. */
  isJustRepaired: number;
}

/** Concentration as programmed; 1 when unreadable, which cancels out of the volume-based minimum rate. */
export function concentrationUgPerMl(prescription: PrescriptionState): number {
  return prescription.isReadable === 0 ? 1 : prescription.words[CONCENTRATION_WORD]!;
}

export function lowReservoirNl(prescription: PrescriptionState): number {
  return prescription.isReadable === 0 ? LOW_RESERVOIR_DEFAULT_NL : prescription.words[LOW_RESERVOIR_WORD]!;
}

/** Seal the working copy and store it twice: once the first copy is whole the new prescription is in force. */
export function commitPrescription(prescription: PrescriptionState, hal: PumpHal): void {
  const words = prescription.words;
  seal(words, sequenceOf(words) + 1, hal.checksum);
  prescription.isReadable = 1;
  writeTwice(words, PRESCRIPTION_AT, hal);
}

/** Write judged words into all copies. */
export function writePrescription(prescription: PrescriptionState, words: Int32Array, hal: PumpHal): void {
  // A threshold of 0 leaves the one in force; after a lost prescription nothing in the words can be trusted.
  const thresholdNl =
    words[LOW_RESERVOIR_WORD]! > 0 ? words[LOW_RESERVOIR_WORD]! : lowReservoirNl(prescription);
  for (let i = 0; i < PRESCRIBED_WORDS; i++) prescription.words[i] = words[i]!;
  prescription.words[LOW_RESERVOIR_WORD] = thresholdNl;
  commitPrescription(prescription, hal);
}

export function createPrescription(words: Int32Array, hal: PumpHal): PrescriptionState {
  const prescription: PrescriptionState = {
    words: new Int32Array(PRESCRIPTION_WORDS),
    isReadable: 0,
    repairs: 0,
    isJustRepaired: 0,
  };
  forgetBase(prescription.words);
  writePrescription(prescription, words, hal);
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

export function minimumNumerator(prescription: PrescriptionState): number {
  return rateNumerator(2, MINIMUM_RATE_NL_PER_HOUR, concentrationUgPerMl(prescription));
}
