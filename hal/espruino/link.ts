/**
 * The line, the same file at both ends. A message is one readable line: a word, a sequence number, fields in a fixed
 * order, and at the end the checksum of all before the last comma, so that a person can type one and a flipped digit
 * is never taken for another order:
 *
 *   wakes,7,71:1:0:0*12 1:0:::3049:37000,5f21
 *
 * The checksum is the low 16 bits of the native CRC-32 of the text: interpreted code would cost more than a wake.
 */
import type { LogState } from '../../src/core/log.ts';
import { mul32 } from '../../src/core/units.ts';

export const PROTOCOL = 1;

/** CRC-32 of a text's bytes; the texts here are ASCII. */
export type TextCrc = (text: string) => number;

/** What a board answers when it does not carry a line out; the order is the code. Append, never reorder. */
export const NAK_CHECKSUM = 0;
export const NAK_SEQUENCE = 1;
export const NAK_VERB = 2;
export const NAK_FIELDS = 3;
export const NAK_NO_PUMP = 4;
export const NAK_ASSERTION = 5;
export const NAK_TOO_LONG = 6;
export const NAK_STORED = 7;

/** Places in the reply to `wakes`, after its number. */
export const REPLY_EXECUTED = 0;
export const REPLY_NEXT = 4;
export const REPLY_CHAIN = 8;
/** Longest line a board takes. */
export const LINE_MAX = 2000;

/** Fits the smallest receive buffer of a board: what doesn't waits until the board has looked at the rest. */
export const REQUEST_CHARACTERS = 420;

/** Of a request that is longer: what goes ahead of it in one line. More than a request, whose last wake may make it longer. */
export const PIECE_CHARACTERS = 2 * REQUEST_CHARACTERS;

/** Most wakes of one request: the digests of their chain are most of the reply. */
export const WAKES_MAX = 256;

function hex(value: number): string {
  return (value >>> 0).toString(16);
}

function checkOf(text: string, crc: TextCrc): string {
  return hex(crc(text) & 65535);
}

/** Fields joined and sealed, without the line end. */
export function sealLine(fields: readonly (string | number)[], crc: TextCrc): string {
  const text = fields.join(',');
  return text + ',' + checkOf(text, crc);
}

/** The fields of a sealed line without its checksum; null when the seal is broken. */
export function openLine(line: string, crc: TextCrc): string[] | null {
  let end = line.length - 1;
  while (end > 0 && line.charAt(end) !== ',') end -= 1;
  if (end < 1) return null;
  const text = line.substring(0, end);
  if (line.substring(end + 1) !== checkOf(text, crc)) return null;
  return text.split(',');
}

/** A whole number in decimal, or null: nothing else counts, not even a blank. */
export function wholeNumber(text: string): number | null {
  // Read and written again by native code: a look at each character costs as much as a tenth of a wake.
  const value = parseInt(text, 10);
  return text.length <= 16 && !isNaN(value) && String(value) === text ? value : null;
}

/** Of the 32-bit FNV hash: it carries a difference in any bit into the bits above. */
const FNV_PRIME = 16777619;

/**
 * What a wake leaves behind as one number: what was said so far, when the firmware wants to wake next, and what it did
 * to the pins since the request began. Told after each wake, so that the first that differs is known.
 */
export function wakeCheck(
  log: LogState,
  next: number,
  strokes: number,
  tones: number,
  starved: number,
): number {
  return (
    (mul32(log.laneA ^ (next | 0), FNV_PRIME) + log.laneB + 65537 * strokes + 257 * tones + starved) >>> 0
  );
}

/** Bytes as text, two digits each. */
export function hexOfBytes(bytes: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += (bytes[i]! + 256).toString(16).substring(1);
  return text;
}

/** The bytes of such a text, or null. Their number is not judged here. */
export function bytesOfHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null;
  const bytes = new Uint8Array(Math.floor(text.length / 2));
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.substring(2 * i, 2 * i + 2), 16);
  // Written again it is the same, or it was no such text.
  return hexOfBytes(bytes) === text ? bytes : null;
}

/**
 * A reading on the line: empty is not taken, `!` is taken and failed; a number is what it differs by from the last
 * one of its kind that was not failed, since most differ little and a short line is a fast one. In a wake, after its
 * ticks: confirmed count, pressure in Pa, loaded and resting supply in mV, temperature in thousandths of a degree.
 */
export const FAILED_READING = '!';
