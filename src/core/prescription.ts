/**
 * The prescription: what the pump works from, as words with a checksum, so that one flipped bit anywhere is found.
 *
 * Two copies exist: the working one here and the stored one behind the HAL. No stroke is pushed on a working copy
 * that does not verify (`tick.ts` verifies on every tick in which a stroke is due), and the self-test compares both
 * copies every hour. A bad copy is mended from the good one; with both bad, the build's minimum rate runs until a
 * clinician programs the pump again.
 */
import type { Checksum, PumpHal } from '../../hal/hal.ts';
import { LOW_RESERVOIR_DEFAULT_NL, MINIMUM_RATE_NL_PER_HOUR } from './config.ts';
import {
  CONCENTRATION_WORD,
  LOW_RESERVOIR_WORD,
  PRESCRIBED_WORDS,
  rateNumerator,
} from './prescription-words.ts';

/** What is prescribed, and the check over it. */
export const CHECK_WORD = PRESCRIBED_WORDS;
export const PRESCRIPTION_WORDS = CHECK_WORD + 1;

export interface PrescriptionState {
  readonly words: Int32Array;
  /** 0 when both copies were lost: the build's minimum runs, whatever the words say. */
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

function checkOf(words: Int32Array, checksum: Checksum): number {
  return checksum.crc32(words, CHECK_WORD) | 0;
}

/** Seal the working copy and store it. */
export function commitPrescription(prescription: PrescriptionState, hal: PumpHal): void {
  prescription.words[CHECK_WORD] = checkOf(prescription.words, hal.checksum);
  prescription.isReadable = 1;
  hal.store.save(prescription.words);
}

/** Write judged words into both copies. */
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
  writePrescription(prescription, words, hal);
  return prescription;
}

function noteRepair(prescription: PrescriptionState): void {
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
  if (checkOf(words, hal.checksum) === words[CHECK_WORD]) return false;
  const stored = new Int32Array(PRESCRIPTION_WORDS);
  if (hal.store.load(stored) && checkOf(stored, hal.checksum) === stored[CHECK_WORD]) {
    words.set(stored);
    noteRepair(prescription);
  } else {
    prescription.isReadable = 0;
  }
  return true;
}

/** Verify the stored copy and write it again from a good working one. Call after `verifyWorking`. */
export function verifyStored(prescription: PrescriptionState, hal: PumpHal): void {
  if (prescription.isReadable === 0) return;
  const stored = new Int32Array(PRESCRIPTION_WORDS);
  if (hal.store.load(stored) && checkOf(stored, hal.checksum) === stored[CHECK_WORD]) return;
  hal.store.save(prescription.words);
  noteRepair(prescription);
}

export function minimumNumerator(prescription: PrescriptionState): number {
  return rateNumerator(2, MINIMUM_RATE_NL_PER_HOUR, concentrationUgPerMl(prescription));
}
