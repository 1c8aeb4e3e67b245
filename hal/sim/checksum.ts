/** CRC-32 of words for a firmware in any engine. The built program has native code in its place: `scripts/fast-core.ts`. */
import crc32 from 'crc-32';

/** CRC-32 (zlib's) over the bytes of the first `count` words, lowest byte first; 0 to 2^32 - 1. */
export function crc32OfWords(words: Int32Array, count: number): number {
  return crc32.buf(new Uint8Array(words.buffer, words.byteOffset, count * 4)) >>> 0;
}
