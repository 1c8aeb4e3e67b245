/**
 * Words whose CRC-32 follows each change of one of them. A CRC is linear: which bits of it turn with a bit of a word
 * depends on nothing but how many words come behind that one. To look it up takes a nanosecond or two, and to sum
 * hundreds of words anew takes hundreds.
 *
 * Host only: for each word there is a table of 4 kB, and a board sums in native code.
 */
import type { Checksum } from '../../hal/hal.ts';

export interface SummedWords {
  readonly words: Int32Array;
  /** The first so many are summed. */
  count: number;
  crc: number;
}

/**
 * For a word with so many behind it: which bits of the sum turn with each value of each of its bytes. There is one CRC-32,
 * so that whichever checksum comes first makes them for all.
 */
const tables: Int32Array[] = [];

function turned(table: Int32Array, bits: number): number {
  return (
    table[bits & 255]! ^
    table[256 + ((bits >>> 8) & 255)]! ^
    table[512 + ((bits >>> 16) & 255)]! ^
    table[768 + (bits >>> 24)]!
  );
}

/** Of a word with none behind it. */
function lastTable(checksum: Checksum): Int32Array {
  const word = new Int32Array(1);
  const ofZero = checksum.crc32(word, 1);
  const table = new Int32Array(4 * 256);
  for (let i = 0; i < table.length; i++) {
    word[0] = (i & 255) << (8 * (i >> 8));
    table[i] = checksum.crc32(word, 1) ^ ofZero;
  }
  return table;
}

/** What turned goes on through each word behind as if it were that word's own. */
function makeTables(count: number, checksum: Checksum): void {
  if (tables.length === 0) tables.push(lastTable(checksum));
  const last = tables[0]!;
  while (tables.length < count) tables.push(tables[tables.length - 1]!.map((bits) => turned(last, bits)));
}

export function createSummedWords(length: number): SummedWords {
  return { words: new Int32Array(length), count: 0, crc: 0 };
}

/** The first `count` words, whatever they were before. */
export function sumAnew(summed: SummedWords, count: number, checksum: Checksum): void {
  makeTables(count, checksum);
  summed.count = count;
  summed.crc = checksum.crc32(summed.words, count) | 0;
}

/** The words at `places` as they are in `fresh`. */
export function changeWords(summed: SummedWords, fresh: Int32Array, places: readonly number[]): void {
  const words = summed.words;
  const last = summed.count - 1;
  let crc = summed.crc;
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    const bits = words[place]! ^ fresh[place]!;
    if (bits === 0) continue;
    words[place] = fresh[place]!;
    crc ^= turned(tables[last - place]!, bits);
  }
  summed.crc = crc;
}
