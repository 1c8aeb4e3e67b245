/**
 * CRC-32 of words for the firmware of this process. The firmware sums the same hundreds of words before every stroke;
 * to see that none of them has changed since takes a quarter of the time of summing them, so the last answer for each
 * length is kept together with the words it is the answer for. It is never given for other words.
 */
import crc32 from 'crc-32';

/** Shorter ones are summed in the time of a look. */
const KEPT_FROM_WORDS = 64;

interface Kept {
  readonly words: Int32Array;
  crc: number;
}

const kept = new Map<number, Kept>();

function sumOf(words: Int32Array, count: number): number {
  return crc32.buf(new Uint8Array(words.buffer, words.byteOffset, count * 4)) >>> 0;
}

function isSame(words: Int32Array, known: Int32Array): boolean {
  for (let i = 0; i < known.length; i++) {
    if (words[i] !== known[i]) return false;
  }
  return true;
}

/** CRC-32 (zlib's) over the bytes of the first `count` words, lowest byte first; 0 to 2^32 - 1. */
export function crc32OfWords(words: Int32Array, count: number): number {
  if (count < KEPT_FROM_WORDS) return sumOf(words, count);
  const last = kept.get(count);
  if (last === undefined) {
    const crc = sumOf(words, count);
    kept.set(count, { words: words.slice(0, count), crc });
    return crc;
  }
  if (!isSame(words, last.words)) {
    last.words.set(words.subarray(0, count));
    last.crc = sumOf(words, count);
  }
  return last.crc;
}
