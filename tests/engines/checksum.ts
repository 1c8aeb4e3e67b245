/** The checksum without what Node alone has, for other engines; and another sum than Node's own, which it has to equal. */
import crc32 from 'crc-32';

export function crc32OfWords(words: Int32Array, count: number): number {
  return crc32.buf(new Uint8Array(words.buffer, words.byteOffset, count * 4)) >>> 0;
}
