/**
 * BOARD: what lies in flash for the board's next start. The prescription and the build are one record: a number, words
 * and their CRC-32. It goes under two names in turn, and the one before is erased once the new one reads back. So a
 * power cut leaves one of them whole, and behind a record that got spoilt later there is no older one to run instead.
 */
import { PRESCRIPTION_WORDS } from '../../src/core/prescription.ts';
import { PRESCRIBED_WORDS } from '../../src/core/prescription-words.ts';
import type { PumpOptions } from '../../src/core/pump.ts';
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
/** Stroke, reservoir, hour at tick 0 and fill, as in a `setup`. */
const BUILD_WORDS = 4;
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

/** From the second word on, up to the check. */
function holds(record: Int32Array | null, like: Int32Array): boolean {
  if (record === null) return false;
  for (let i = 1; i < like.length - 1; i++) {
    if (record[i] !== like[i]) return false;
  }
  return true;
}

/** Prescription and build into flash. What a word can't hold does not read back, and is not stored. */
export function saveRecord(words: Int32Array, build: readonly number[], checksum: BoardChecksum): boolean {
  const newest = newestRecord(checksum);
  const length = words.length + build.length;
  const record = new Int32Array(length + 2);
  record.set(words, 1);
  record.set(build, 1 + words.length);
  // As at each start of the board, which must not fill the flash.
  if (holds(newest, record)) return true;
  record[0] = newest === null ? 1 : newest[0]! + 1;
  record[length + 1] = checksum.crc32(record, length + 1) | 0;
  const place = record[0] % 2;
  if (!storeFile(RECORD_NAMES[place]!, new Uint8Array(record.buffer))) return false;
  if (!holds(newestRecord(checksum), record)) return false;
  for (let i = 0; i < build.length; i++) {
    if (record[1 + words.length + i] !== build[i]) return false;
  }
  flash().erase(RECORD_NAMES[1 - place]!);
  return true;
}

export function isStoreEmpty(): boolean {
  return flash().read(RECORD_NAMES[0]) === undefined && flash().read(RECORD_NAMES[1]) === undefined;
}

/** The pump that is stored; null when none is whole. */
export function storedOptions(checksum: BoardChecksum): PumpOptions | null {
  const record = newestRecord(checksum);
  if (record === null) return null;
  const build = PRESCRIPTION_WORDS + 1;
  return {
    strokeNl: record[build]!,
    reservoirNl: record[build + 1]!,
    startHour: record[build + 2]!,
    fillNl: record[build + 3]!,
    // A view behind the record's number.
    words: new Int32Array(record.buffer, 4, PRESCRIBED_WORDS),
  };
}

/** No pump at the next start. Stopped first: a cut in between could leave the record before the newest. */
export function forgetAll(): void {
  const storage = flash();
  storage.erase(RUN_NAME);
  storage.erase(RECORD_NAMES[0]);
  storage.erase(RECORD_NAMES[1]);
}
