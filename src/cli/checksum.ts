/**
 * CRC-32 of words by what Node has of native code. Built into the program in the place of `hal/sim/checksum.ts`, which
 * every engine can run: the firmware sums the same hundreds of words before every stroke, and native code sees in a fifth
 * of the time that none of them has changed.
 */
import { crc32 } from 'node:zlib';

/** Shorter ones are summed in the time of a look. */
const COMPARED_FROM_WORDS = 64;

/** What was asked last of words of one length. */
interface Asked {
  words: Int32Array;
  bytes: Buffer;
  /** A copy of what was in them, and its answer; of long ones only. */
  readonly known: Buffer;
  crc: number;
  /** How often in a row something else was in them. */
  misses: number;
}

/** So often, and they are not compared any more: what changes each time is only summed. */
const MISSES_MAX = 8;

/** By the count of words. */
const asked: Asked[] = [];

/** A view takes about as long to make as the bytes of a short record to sum. */
const views = new WeakMap<Int32Array, Buffer>();

function bytesOf(words: Int32Array, count: number): Buffer {
  const known = views.get(words);
  if (known !== undefined && known.length === count * 4) return known;
  const bytes = Buffer.from(words.buffer, words.byteOffset, count * 4);
  views.set(words, bytes);
  return bytes;
}

function begin(words: Int32Array, count: number): Asked {
  const bytes = bytesOf(words, count);
  const begun = { words, bytes, known: Buffer.from(bytes), crc: crc32(bytes), misses: 0 };
  asked[count] = begun;
  return begun;
}

/** CRC-32 (zlib's) over the bytes of the first `count` words, lowest byte first; 0 to 2^32 - 1. */
export function crc32OfWords(words: Int32Array, count: number): number {
  const last = asked[count] ?? begin(words, count);
  if (last.words !== words) {
    last.bytes = bytesOf(words, count);
    last.words = words;
  }
  if (count < COMPARED_FROM_WORDS || last.misses === MISSES_MAX) return crc32(last.bytes);
  if (last.bytes.equals(last.known)) last.misses = 0;
  else {
    last.misses += 1;
    last.bytes.copy(last.known);
    last.crc = crc32(last.bytes);
  }
  return last.crc;
}
