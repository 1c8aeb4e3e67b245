/**
 * What survives a loss of power: where each record lies in the HAL's store, and how a whole one is told from a torn one.
 *
 * A record is words, of which the last two are its sequence number and the CRC-32 over all before. Prescription and
 * ledger have two copies each, written one after the other or in turn, so that power lost at any word of a write
 * leaves the other copy; the newest whole one counts. The event log is a ring of small records behind them.
 */
import type { Checksum, PumpHal, Store } from '../../hal/hal.ts';

/** Lengths and addresses, in words. Fixed for ever: a firmware reads what the one before it wrote. */
export const PRESCRIPTION_WORDS = 30;
export const LEDGER_WORDS = 42;
export const ENTRY_WORDS = 5;
export const PRESCRIPTION_AT = 0;
export const LEDGER_AT = 60;
export const LOG_AT = 144;

export function storeWords(logEntries: number): number {
  return LOG_AT + logEntries * ENTRY_WORDS;
}

/** Entries of the event log that fit. */
export function logEntries(store: Store): number {
  return Math.floor((store.words - LOG_AT) / ENTRY_WORDS);
}

export function sequenceOf(record: Int32Array): number {
  return record[record.length - 2]!;
}

export function seal(record: Int32Array, sequence: number, checksum: Checksum): void {
  record[record.length - 2] = sequence;
  record[record.length - 1] = checksum.crc32(record, record.length - 1) | 0;
}

export function isWhole(record: Int32Array, checksum: Checksum): boolean {
  return (checksum.crc32(record, record.length - 1) | 0) === record[record.length - 1];
}

/** Fill `into` with the record at `address`; false when it is torn, was never written or cannot be read. */
export function readRecord(into: Int32Array, address: number, hal: PumpHal): boolean {
  return hal.store.read(address, into) && isWhole(into, hal.checksum);
}

/** The newest whole one of the two copies at `address`; false when there is none, and `into` is then worth nothing. */
export function readNewest(into: Int32Array, address: number, hal: PumpHal): boolean {
  const second = new Int32Array(into.length);
  const isFirstWhole = readRecord(into, address, hal);
  if (!readRecord(second, address + into.length, hal)) return isFirstWhole;
  if (!isFirstWhole || sequenceOf(second) > sequenceOf(into)) into.set(second);
  return true;
}
