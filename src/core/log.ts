/**
 * What happened, folded. Every event goes out through the HAL and into the rolling digest, so two pumps that report
 * the same digest have said the same things at the same ticks in the same order.
 *
 * Two 32-bit lanes, one multiplying and one rotating; seeds and constants stand here and nowhere else. The board has
 * no `Math.imul`, hence `mul32`: all its products stay under 2^48.
 */
import type { Telemetry } from '../../hal/hal.ts';

export interface LogState {
  events: number;
  laneA: number;
  laneB: number;
}

const SEED_A = 0x243f6a88;
const SEED_B = 0x13198a2e;
const FACTOR = 0x01000193;

export function createLog(): LogState {
  return { events: 0, laneA: SEED_A, laneB: SEED_B };
}

/** Low 32 bits of a product, signed, alike in every engine. */
export function mul32(a: number, b: number): number {
  return ((a & 65535) * b + ((((a >>> 16) * b) & 65535) << 16)) | 0;
}

function fold(log: LogState, word: number): void {
  const a = mul32(log.laneA ^ word, FACTOR);
  const b = log.laneB;
  log.laneA = a;
  log.laneB = (((b << 5) | (b >>> 27)) + word) ^ a;
}

/** One event: tick, code and argument, each one word. */
export function say(log: LogState, telemetry: Telemetry, tick: number, code: number, argument: number): void {
  log.events += 1;
  fold(log, tick | 0);
  fold(log, code);
  fold(log, argument | 0);
  telemetry.event(tick, code, argument);
}
