/**
 * BOARD: what lies in flash for the board's next start. The prescription and the build are one record: a number, words
 * and their CRC-32. It goes under two names in turn, and the one before is erased once the new one reads back. So a
 * power cut leaves one of them whole, and behind a record that got spoilt later there is no older one to run instead.
 */
import { CONCENTRATION_WORD, LOW_RESERVOIR_WORD, PRESCRIPTION_WORDS } from '../../src/core/prescription.ts';
import type { BoardChecksum } from './frame-hal.ts';

declare interface BoardStorage {
  read(name: string): string | undefined;
  write(name: string, data: string | Uint8Array): boolean;
  erase(name: string): void;
  getFree?(): number;
}
declare interface BoardGlobals {
  require(module: 'Storage'): BoardStorage;
}

const RECORD_NAMES = ['thecal.p0', 'thecal.p1'] as const;
/** There while the pump is to deliver at the next start: taking it away, for a stop, needs no room in flash. */
export const RUN_NAME = 'thecal.run';
/** Stroke, reservoir, hour at tick 0, fill and time-out of a session, as in a `setup`. */
const BUILD_WORDS = 5;
/** Below this the interpreter might compact its flash, and move the code that is running from it. */
const RESERVE_BYTES = 256;

/** The files in flash. Asked of the global object, because a bundler resolves a bare `require` itself. */
export function flash(): BoardStorage {
  return (globalThis as unknown as BoardGlobals).require('Storage');
}

/** A file into flash, if that is safe and succeeds. */
export function storeFile(name: string, data: string | Uint8Array): boolean {
  const storage = flash();
  if (typeof storage.getFree === 'function' && storage.getFree() < RESERVE_BYTES) return false;
  try {
    storage.write(name, data);
    return true;
  } catch (error) {
    // Full or worn: no reason for a pump to stop.
    return false;
  }
}

function recordOf(name: string, checksum: BoardChecksum): Int32Array | null {
  const length = PRESCRIPTION_WORDS + BUILD_WORDS;
  const text = flash().read(name);
  if (text === undefined || text.length !== (length + 2) * 4) return null;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const record = new Int32Array(bytes.buffer);
  return (checksum.crc32(record, length + 1) | 0) === record[length + 1] ? record : null;
}

/** The newest whole record, or null. */
export function newestRecord(checksum: BoardChecksum): Int32Array | null {
  const a = recordOf(RECORD_NAMES[0], checksum);
  const b = recordOf(RECORD_NAMES[1], checksum);
  if (a === null || b === null) return a === null ? b : a;
  return a[0]! > b[0]! ? a : b;
}

function holds(record: Int32Array | null, values: readonly number[]): boolean {
  if (record === null) return false;
  for (let i = 0; i < values.length; i++) {
    if (record[i + 1] !== values[i]) return false;
  }
  return true;
}

/** Prescription and build into flash. What a word can't hold does not read back, and is not stored. */
export function saveRecord(values: readonly number[], checksum: BoardChecksum): boolean {
  const newest = newestRecord(checksum);
  // As at each start of the board, which must not fill the flash.
  if (holds(newest, values)) return true;
  const length = values.length;
  const record = new Int32Array(length + 2);
  record.set(values, 1);
  record[0] = newest === null ? 1 : newest[0]! + 1;
  record[length + 1] = checksum.crc32(record, length + 1) | 0;
  const place = record[0] % 2;
  if (!storeFile(RECORD_NAMES[place]!, new Uint8Array(record.buffer))) return false;
  if (!holds(newestRecord(checksum), values)) return false;
  flash().erase(RECORD_NAMES[1 - place]!);
  return true;
}

/** The fields of a `setup` for what is stored: none when nothing is, null when that is not whole. */
export function storedSetup(checksum: BoardChecksum): string[] | null {
  const record = newestRecord(checksum);
  if (record === null) {
    const isEmpty =
      flash().read(RECORD_NAMES[0]) === undefined && flash().read(RECORD_NAMES[1]) === undefined;
    return isEmpty ? [] : null;
  }
  const fields = ['setup', '0'];
  const places: number[] = [];
  for (let i = 0; i < BUILD_WORDS; i++) places.push(PRESCRIPTION_WORDS + i);
  places.push(LOW_RESERVOIR_WORD, CONCENTRATION_WORD);
  // Mode, unit and rates stand in the order of a `setup`.
  for (let i = 0; i < CONCENTRATION_WORD; i++) places.push(i);
  for (let i = 0; i < places.length; i++) fields.push(record[places[i]! + 1]!.toString());
  return fields;
}

/** No pump at the next start. Stopped first: a cut in between could leave the record before the newest. */
export function forgetAll(): void {
  const storage = flash();
  storage.erase(RUN_NAME);
  storage.erase(RECORD_NAMES[0]);
  storage.erase(RECORD_NAMES[1]);
}
