/**
 * What happened, folded and kept. Every event goes out through the HAL and into the rolling digest, so two pumps that report
 * the same digest have said the same things at the same ticks in the same order.
 *
 * Two 32-bit lanes, one multiplying and one rotating; seeds and constants stand here and nowhere else.
 *
 * What is worth reading years later is also kept, entry by entry, in a ring in the store. Strokes, probes, hours and
 * tones are not, and a suspicion is not either: the ledger counts them or a raise follows, and they would push the
 * rest out of the ring within a day.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { HOUR, PROBE, STROKE, SUSPECT, TONE } from './events.ts';
import { ENTRY_WORDS, LOG_AT, logEntries, readRecord, seal, sequenceOf } from './store.ts';
import { mul32 } from './units.ts';

export interface LogState {
  events: number;
  laneA: number;
  laneB: number;
  /** Entries kept, ever: the sequence number of the newest. */
  kept: number;
}

const SEED_A = 0x243f6a88;
const SEED_B = 0x13198a2e;
const FACTOR = 0x01000193;
/** A bit for each code that is only said. */
const UNKEPT = (1 << STROKE) | (1 << PROBE) | (1 << SUSPECT) | (1 << TONE) | (1 << HOUR);

export function createLog(kept: number): LogState {
  return { events: 0, laneA: SEED_A, laneB: SEED_B, kept };
}

function fold(log: LogState, word: number): void {
  const a = mul32(log.laneA ^ word, FACTOR);
  const b = log.laneB;
  log.laneA = a;
  log.laneB = (((b << 5) | (b >>> 27)) + word) ^ a;
}

/** The place of the oldest entry is taken: torn, the new one is missing and the oldest is gone a little early. */
function keep(log: LogState, hal: PumpHal, tick: number, code: number, argument: number): void {
  log.kept += 1;
  const places = logEntries(hal.store);
  if (places === 0) return;
  const entry = new Int32Array(ENTRY_WORDS);
  entry[0] = tick;
  entry[1] = code;
  entry[2] = argument;
  seal(entry, log.kept, hal.checksum);
  hal.store.write(LOG_AT + (log.kept % places) * ENTRY_WORDS, entry);
}

/** One event: tick, code and argument, each one word. */
export function say(log: LogState, hal: PumpHal, tick: number, code: number, argument: number): void {
  log.events += 1;
  fold(log, tick | 0);
  fold(log, code);
  fold(log, argument | 0);
  if (((UNKEPT >> code) & 1) === 0) keep(log, hal, tick, code, argument);
  hal.telemetry.event(tick, code, argument);
}

/** One entry of the kept log, as it is read back. */
export interface LogEntry {
  readonly sequence: number;
  readonly tick: number;
  readonly code: number;
  readonly argument: number;
}

/** Whole entry in a place of the ring, or null. */
function readEntry(place: number, hal: PumpHal): LogEntry | null {
  const entry = new Int32Array(ENTRY_WORDS);
  if (!readRecord(entry, LOG_AT + place * ENTRY_WORDS, hal)) return null;
  return { sequence: sequenceOf(entry), tick: entry[0]!, code: entry[1]!, argument: entry[2]! };
}

/** Sequence number of the newest entry in the store, 0 when there is none: where a log goes on after a restart. */
export function newestEntry(hal: PumpHal): number {
  const places = logEntries(hal.store);
  let newest = 0;
  for (let place = 0; place < places; place++) {
    const entry = readEntry(place, hal);
    if (entry !== null && entry.sequence > newest) newest = entry.sequence;
  }
  return newest;
}

/** The entry of this number; null when it is not kept any more, or was torn. */
export function entryOf(sequence: number, hal: PumpHal): LogEntry | null {
  const places = logEntries(hal.store);
  const entry = places === 0 ? null : readEntry(sequence % places, hal);
  return entry === null || entry.sequence !== sequence ? null : entry;
}

/** The log, oldest entry first. */
export function readLog(log: LogState, hal: PumpHal): LogEntry[] {
  const places = logEntries(hal.store);
  const entries: LogEntry[] = [];
  for (let sequence = Math.max(1, log.kept - places + 1); sequence <= log.kept; sequence++) {
    const entry = entryOf(sequence, hal);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}
