/**
 * BOARD: the store over the interpreter's files in flash: each record is a file, named after its address. A file that is
 * written anew leaves its old bytes behind, which only an upload takes back, so there is an end to writing.
 */
import {
  BOOT_AT,
  BOOT_WORDS,
  LEDGER_AT,
  LEDGER_WORDS,
  PRESCRIPTION_AT,
  PRESCRIPTION_WORDS,
  storeWords,
} from '../../src/core/store.ts';
import type { Store } from '../hal.ts';

declare interface BoardStorage {
  read(name: string): string | undefined;
  write(name: string, data: string | Uint8Array): boolean;
  erase(name: string): void;
  getFree?(): number;
}
declare interface BoardGlobals {
  require(module: 'Storage'): BoardStorage;
}

/** Of the event log; each takes a file. */
const LOG_ENTRIES = 16;
/** Below this the interpreter might compact its flash, and move the code that is running from it. */
const RESERVE_BYTES = 256;
/** What is written of itself, ledger and log, leaves this more: so that what is ordered finds room. */
const ORDERS_BYTES = 4 * (2 * PRESCRIPTION_WORDS + 4 * BOOT_WORDS) + 1024;

/** What the next start of the board would not find. */
export interface PinStore extends Store {
  /** Records that could not be written. */
  failures: number;
}

/** The files in flash. Asked of the global object, because a bundler resolves a bare `require` itself. */
function flash(): BoardStorage {
  return (globalThis as unknown as BoardGlobals).require('Storage');
}

function fileOf(address: number): string {
  return ['thecal', address].join('.');
}

/** A file into flash, if that is safe and succeeds. */
function writeFile(name: string, data: Uint8Array, reserveBytes: number): boolean {
  const storage = flash();
  if (typeof storage.getFree === 'function' && storage.getFree() < reserveBytes) return false;
  try {
    storage.write(name, data);
    return true;
  } catch (error) {
    // Full or worn: no reason for a pump to stop.
    return false;
  }
}

export function createPinStore(): PinStore {
  const store: PinStore = {
    words: storeWords(LOG_ENTRIES),
    failures: 0,
    write: function (address, words) {
      const name = fileOf(address);
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
      if (writeFile(name, bytes, address < LEDGER_AT ? RESERVE_BYTES : RESERVE_BYTES + ORDERS_BYTES)) return;
      store.failures += 1;
      // Behind what could not be stored there must be nothing older that a restart would take for it.
      flash().erase(name);
    },
    read: function (address, into) {
      const text = flash().read(fileOf(address));
      if (text === undefined || text.length !== into.length * 4) return false;
      const bytes = new Uint8Array(into.buffer, into.byteOffset, text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      return true;
    },
  };
  return store;
}

/** Files that a pump always has; without one of them nothing is stored, and without all something is broken. */
const STANDING = [
  BOOT_AT,
  BOOT_AT + BOOT_WORDS,
  PRESCRIPTION_AT,
  PRESCRIPTION_AT + PRESCRIPTION_WORDS,
] as const;

export function isAnythingStored(): boolean {
  for (let i = 0; i < STANDING.length; i++) {
    if (flash().read(fileOf(STANDING[i]!)) !== undefined) return true;
  }
  return false;
}

/** No pump at the next start. The boot record goes first: without it the rest is nothing. */
export function forgetAll(): void {
  const storage = flash();
  for (let i = 0; i < STANDING.length; i++) storage.erase(fileOf(STANDING[i]!));
  for (let copy = 0; copy < 2; copy++) storage.erase(fileOf(LEDGER_AT + copy * LEDGER_WORDS));
  for (let entries = 0; entries < LOG_ENTRIES; entries++) storage.erase(fileOf(storeWords(entries)));
}
