/** Time and exact integer arithmetic. Every product in the core stays under 2^53 and is asserted where it could not. */

/** One tick in milliseconds. Nothing else may assume the length of a tick. */
export const TICK_MS = 1000;
export const TICKS_PER_SECOND = 1000 / TICK_MS;
export const TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND;
export const TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE;
export const TICKS_PER_HALF_HOUR = TICKS_PER_HOUR / 2;
export const TICKS_PER_DAY = 24 * TICKS_PER_HOUR;

/** "No such tick": timers that are not armed. Larger than any tick and exact in a double. */
export const NEVER = 9007199254740991;

/** Of a number in two words: what the high one counts. */
export const HIGH_WORD = 4294967296;

/** Largest integer that every engine holds exactly. */
export const MAX_EXACT = 9007199254740991;

/** Low 32 bits of a product, signed: the board has no `Math.imul`. What is multiplied in it stays under 2^48. */
export function mul32(a: number, b: number): number {
  return ((a & 65535) * b + ((((a >>> 16) * b) & 65535) << 16)) | 0;
}

/** A whole number from 1 to `max`. */
export function isCount(value: number, max: number): boolean {
  return value >= 1 && value <= max && Math.floor(value) === value;
}
