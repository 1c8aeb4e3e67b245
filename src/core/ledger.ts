/**
 * The ledger: what the firmware believes. The reservoir is dead-reckoned from confirmed strokes, as in the real
 * device; nothing measures it. Belief and truth meet only where a clinician withdraws fluid at a refill.
 */
import { NEVER } from './units.ts';

export interface LedgerState {
  /** Volume programmed at the last fill, nL. */
  filledNl: number;
  /** Life totals at the last fill, and when the running hour and day began. */
  confirmedAtFill: number;
  requestedAtHour: number;
  confirmedAtHour: number;
  requestedAtDay: number;
  confirmedAtDay: number;
  /** The hour and the day that closed last, in strokes. */
  lastHourRequested: number;
  lastHourConfirmed: number;
  lastDayRequested: number;
  lastDayConfirmed: number;
  /** Dose in one stroke as last programmed, and in all confirmed ones, each at the concentration of its time; pg. */
  strokePg: number;
  computedDosePg: number;
  /** Times that the pump lost its power or was reset, ever. */
  restarts: number;
  /** The first tick after the last of these, or NEVER. */
  restartedTick: number;
  /** Sequence number of the newest copy in the store. */
  sequence: number;
}

export function createLedger(filledNl: number, strokePg: number): LedgerState {
  return {
    filledNl,
    confirmedAtFill: 0,
    requestedAtHour: 0,
    confirmedAtHour: 0,
    requestedAtDay: 0,
    confirmedAtDay: 0,
    lastHourRequested: 0,
    lastHourConfirmed: 0,
    lastDayRequested: 0,
    lastDayConfirmed: 0,
    strokePg,
    computedDosePg: 0,
    restarts: 0,
    restartedTick: NEVER,
    sequence: 0,
  };
}

/** Computed reservoir, nL. Never below 0: the books can say "nothing left", not "less than nothing". */
export function computedReservoirNl(ledger: LedgerState, confirmed: number, strokeNl: number): number {
  const leftNl = ledger.filledNl - (confirmed - ledger.confirmedAtFill) * strokeNl;
  return leftNl > 0 ? leftNl : 0;
}

export function bookDelivery(ledger: LedgerState, strokes: number): void {
  ledger.computedDosePg += strokes * ledger.strokePg;
}

/** Close the hour that ended with this tick. Returns its confirmed strokes. */
export function closeHour(ledger: LedgerState, requested: number, confirmed: number): number {
  ledger.lastHourRequested = requested - ledger.requestedAtHour;
  ledger.lastHourConfirmed = confirmed - ledger.confirmedAtHour;
  ledger.requestedAtHour = requested;
  ledger.confirmedAtHour = confirmed;
  return ledger.lastHourConfirmed;
}

export function closeDay(ledger: LedgerState, requested: number, confirmed: number): void {
  ledger.lastDayRequested = requested - ledger.requestedAtDay;
  ledger.lastDayConfirmed = confirmed - ledger.confirmedAtDay;
  ledger.requestedAtDay = requested;
  ledger.confirmedAtDay = confirmed;
}

/** A clinician filled the reservoir and programs the volume; strokes booked until now belong to the old fill. */
export function bookRefill(ledger: LedgerState, volumeNl: number, confirmed: number): void {
  ledger.filledNl = volumeNl;
  ledger.confirmedAtFill = confirmed;
}
