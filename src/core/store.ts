/**
 * What survives a loss of power: where each record lies in the HAL's store, and how a whole one is told from a torn one.
 *
 * A record is words, of which the last two are its sequence number and a check made of the CRC-32 over all before. Each has two copies,
 * of which power lost at any word of a write leaves one whole; the newest whole one counts. The event log is a ring of
 * small records behind them.
 */
import type { Checksum, PumpHal, Store } from '../../hal/hal.ts';
import { KEPT_WORDS } from './prescription-words.ts';
import { mul32 } from './units.ts';

/** Lengths in words. A firmware reads what the one before it wrote, so that another length is another store. */
export const BOOT_WORDS = 8;
export const PRESCRIPTION_WORDS = KEPT_WORDS + 2;
export const LEDGER_WORDS = 50;
export const ENTRY_WORDS = 5;

/** Addresses. */
export const BOOT_AT = 0;
export const PRESCRIPTION_AT = BOOT_AT + 2 * BOOT_WORDS;
export const LEDGER_AT = PRESCRIPTION_AT + 2 * PRESCRIPTION_WORDS;
export const LOG_AT = LEDGER_AT + 2 * LEDGER_WORDS;

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

/** Odd, so that nothing is lost. A CRC over words that end in their own CRC would be the same for all of them. */
const SEAL_FACTOR = 0x85ebca6b;

/** The last word of a record, by the CRC-32 of those before it. */
export function checkOf(crc: number): number {
  return mul32(crc, SEAL_FACTOR);
}

export function seal(record: Int32Array, sequence: number, checksum: Checksum): void {
  record[record.length - 2] = sequence;
  record[record.length - 1] = checkOf(checksum.crc32(record, record.length - 1));
}

export function isWhole(record: Int32Array, checksum: Checksum): boolean {
  return checkOf(checksum.crc32(record, record.length - 1)) === record[record.length - 1];
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

/** Both copies, one after the other: with the first whole the new record is in force. */
export function writeTwice(record: Int32Array, address: number, hal: PumpHal): void {
  hal.store.write(address, record);
  hal.store.write(address + record.length, record);
}

/** Write those of both copies again that are not whole or are of another sequence. True: there was one. */
export function mendCopies(record: Int32Array, address: number, hal: PumpHal): boolean {
  const stored = new Int32Array(record.length);
  let isMended = false;
  for (let copy = 0; copy < 2; copy++) {
    const at = address + copy * record.length;
    if (readRecord(stored, at, hal) && sequenceOf(stored) === sequenceOf(record)) continue;
    hal.store.write(at, record);
    isMended = true;
  }
  return isMended;
}
