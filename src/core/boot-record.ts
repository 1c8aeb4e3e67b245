/**
 * What a restart has to know first: what kind of pump this is, and whether a clinician stopped it. Stored twice, like
 * the prescription; a pump without it is none, and has to be made again. Nothing else says that a pump was made: it is
 * written last of all, so that a making which was cut leaves no pump that is half another one.
 */
import type { PumpHal } from '../../hal/hal.ts';
import type { BuildState } from './state.ts';
import { BOOT_AT, BOOT_WORDS, mendCopies, readNewest, seal, sequenceOf, writeTwice } from './store.ts';

export interface BootRecord {
  readonly build: BuildState;
  readonly isStopCommanded: number;
}

/** No pump any more. Zeros are no whole record. */
export function eraseBoot(hal: PumpHal): void {
  writeTwice(new Int32Array(BOOT_WORDS), BOOT_AT, hal);
}

/** Have it in the store, twice. True when a copy was there and bad; what was ordered anew is no repair. */
export function keepBoot(build: BuildState, isStopCommanded: number, hal: PumpHal): boolean {
  const stored = new Int32Array(BOOT_WORDS);
  const isThere = readNewest(stored, BOOT_AT, hal);
  if (
    isThere &&
    stored[0] === build.strokeNl &&
    stored[1] === build.reservoirNl &&
    stored[2] === build.startHour &&
    stored[3] === build.sessionTimeoutTicks &&
    stored[4] === build.implantTick &&
    stored[5] === isStopCommanded
  ) {
    return mendCopies(stored, BOOT_AT, hal);
  }
  const record = new Int32Array(BOOT_WORDS);
  record[0] = build.strokeNl;
  record[1] = build.reservoirNl;
  record[2] = build.startHour;
  record[3] = build.sessionTimeoutTicks;
  record[4] = build.implantTick;
  record[5] = isStopCommanded;
  seal(record, isThere ? sequenceOf(stored) + 1 : 1, hal.checksum);
  writeTwice(record, BOOT_AT, hal);
  return !isThere;
}

/** Null: there is no pump. A copy that a cut left torn is written again. */
export function restoreBoot(hal: PumpHal): BootRecord | null {
  const stored = new Int32Array(BOOT_WORDS);
  if (!readNewest(stored, BOOT_AT, hal)) return null;
  mendCopies(stored, BOOT_AT, hal);
  return {
    build: {
      strokeNl: stored[0]!,
      reservoirNl: stored[1]!,
      startHour: stored[2]!,
      sessionTimeoutTicks: stored[3]!,
      implantTick: stored[4]!,
    },
    isStopCommanded: stored[5]!,
  };
}
