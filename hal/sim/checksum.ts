/**
 * CRC-32 of words for the firmware of this process. The firmware sums the same hundreds of words before every stroke;
 * that none of them has changed since is seen in a tenth of the time, so the last answer for each length is kept
 * together with the words it is the answer for. It is never given for other words.
 */
import crc32 from 'crc-32';

/** Shorter ones are summed in the time of a look. */
const KEPT_FROM_WORDS = 64;

/** The words last asked about, as bytes, and a copy of what was in them then. */
interface Kept {
  words: Int32Array;
  bytes: Buffer;
  readonly known: Buffer;
  crc: number;
}

/** By the count of words. */
const kept: Kept[] = [];

function bytesOf(words: Int32Array, count: number): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, count * 4);
}

function sumOf(bytes: Uint8Array): number {
  return crc32.buf(bytes) >>> 0;
}

/** CRC-32 (zlib's) over the bytes of the first `count` words, lowest byte first; 0 to 2^32 - 1. */
export function crc32OfWords(words: Int32Array, count: number): number {
  if (count < KEPT_FROM_WORDS) return sumOf(new Uint8Array(words.buffer, words.byteOffset, count * 4));
  const last = kept[count];
  if (last === undefined) {
    const bytes = bytesOf(words, count);
    const crc = sumOf(bytes);
    kept[count] = { words, bytes, known: Buffer.from(bytes), crc };
    return crc;
  }
  if (last.words !== words) {
    last.words = words;
    last.bytes = bytesOf(words, count);
  }
  if (!last.bytes.equals(last.known)) {
    last.bytes.copy(last.known);
    last.crc = sumOf(last.bytes);
  }
  return last.crc;
}
