/**
 * Frames: what pump and programmer say to each other, the same bytes over any carrier. Multi-byte numbers have their
 * high byte first.
 *
 *   0     version; its high bit says that an authentication field follows the payload
 *   1     type: a request by its place in `REQUESTS`, a reply to it with the high bit set
 *   2-3   number of the request, in its reply too
 *   4     length of the payload in bytes: whole words, at most `FRAME_WORDS_MAX`
 *   5...  payload: words of four bytes
 *   ...   authentication, eight bytes: room for it, and nobody judges it yet
 *   ...   CRC-16 over everything before, CCITT with 0xFFFF first and nothing reflected
 *
 * `docs/telemetry.md` has one that can be checked by hand.
 */
export const FRAME_VERSION = 1;
export const AUTHENTICATED = 128;
export const AUTHENTICATION_BYTES = 8;
/** Added to the type of a request, it is the type of the reply. */
export const REPLY = 128;
/** Longest payload: 96 bytes. A longer one is no frame, however good its check. */
export const FRAME_WORDS_MAX = 24;

const HEADER_BYTES = 5;
const CHECK_BYTES = 2;
const WORD_BYTES = 4;

export interface Frame {
  readonly type: number;
  readonly number: number;
  readonly words: Int32Array;
  /** Its CRC: two frames of the same number and check are the same frame. */
  readonly check: number;
}

/** CRC-16/CCITT-FALSE of the first `count` bytes; 0x29B1 for "123456789". A byte at a time, without a table. */
export function crc16(bytes: ArrayLike<number>, count: number): number {
  let crc = 65535;
  for (let i = 0; i < count; i++) {
    let x = ((crc >> 8) ^ bytes[i]!) & 255;
    x ^= x >> 4;
    crc = ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x) & 65535;
  }
  return crc;
}

/** The frame in these bytes; null when they are none, whatever is wrong with them. */
export function openFrame(bytes: ArrayLike<number>): Frame | null {
  if (bytes.length < HEADER_BYTES + CHECK_BYTES) return null;
  const version = bytes[0]!;
  if ((version & ~AUTHENTICATED) !== FRAME_VERSION) return null;
  const length = bytes[4]!;
  if (length % WORD_BYTES !== 0 || length > FRAME_WORDS_MAX * WORD_BYTES) return null;
  const authentication = version === FRAME_VERSION ? 0 : AUTHENTICATION_BYTES;
  const checked = HEADER_BYTES + length + authentication;
  if (bytes.length !== checked + CHECK_BYTES) return null;
  const check = (bytes[checked]! << 8) | bytes[checked + 1]!;
  if (crc16(bytes, checked) !== check) return null;
  const words = new Int32Array(Math.floor(length / WORD_BYTES));
  for (let i = 0; i < words.length; i++) {
    const at = HEADER_BYTES + i * WORD_BYTES;
    words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  return { type: bytes[1]!, number: (bytes[2]! << 8) | bytes[3]!, words: words, check: check };
}

/** The bytes of a frame with the first `count` words as its payload, without authentication. */
export function sealFrame(type: number, number: number, words: ArrayLike<number>, count: number): Uint8Array {
  const checked = HEADER_BYTES + count * WORD_BYTES;
  const bytes = new Uint8Array(checked + CHECK_BYTES);
  bytes[0] = FRAME_VERSION;
  bytes[1] = type;
  bytes[2] = number >> 8;
  bytes[3] = number & 255;
  bytes[4] = count * WORD_BYTES;
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * WORD_BYTES;
    const word = words[i]!;
    bytes[at] = (word >> 24) & 255;
    bytes[at + 1] = (word >> 16) & 255;
    bytes[at + 2] = (word >> 8) & 255;
    bytes[at + 3] = word & 255;
  }
  const check = crc16(bytes, checked);
  bytes[checked] = check >> 8;
  bytes[checked + 1] = check & 255;
  return bytes;
}
