/**
 * The state digest: one CRC-32 over every integer of the pump's state, each as two words, low then high.
 *
 * The walk takes the records in the order in which `createPump` built them, so no list of fields can forget one; only
 * the inbox is left out, which is empty after each tick. The log is in by its count and its two lanes.
 */
import type { Checksum } from '../../hal/hal.ts';
import { assert } from './assert.ts';
import type { PumpState } from './state.ts';

type Leaf = number;
interface Node {
  readonly [key: string]: Leaf | Node | readonly (Leaf | Node)[] | Int32Array;
}

const WORDS_MAX = 512;
const HIGH_WORD = 4294967296;

function putLeaf(words: Int32Array, count: number, value: number): number {
  words[count] = value | 0;
  words[count + 1] = Math.floor(value / HIGH_WORD) | 0;
  return count + 2;
}

function isLeaf(value: unknown): value is number {
  return typeof value === 'number';
}

function isList(value: unknown): value is readonly (Leaf | Node)[] {
  return (value as { length?: number }).length !== undefined;
}

function putNode(words: Int32Array, start: number, node: Node): number {
  let count = start;
  for (const key in node) {
    const value = node[key]!;
    if (isLeaf(value)) {
      count = putLeaf(words, count, value);
    } else if (isList(value)) {
      for (let i = 0; i < value.length; i++) {
        const item = value[i]!;
        count = isLeaf(item) ? putLeaf(words, count, item) : putNode(words, count, item);
      }
    } else {
      count = putNode(words, count, value as Node);
    }
  }
  return count;
}

const scratch = new Int32Array(WORDS_MAX);

/** Fill the scratch words with the state as it is between two ticks; returns how many. */
function collect(pump: PumpState): number {
  assert(pump.inbox.length === 0, 'digest of a pump with commands queued');
  const count = putNode(scratch, 0, pump as unknown as Node);
  assert(count <= WORDS_MAX, 'state larger than the digest buffer');
  return count;
}

/** Digest of the state as it is after a tick; 0 to 2^32 - 1. */
export function stateDigest(pump: PumpState, checksum: Checksum): number {
  return checksum.crc32(scratch, collect(pump));
}

/** The words of the digest themselves, low and high of each integer, to be compared field by field. */
export function stateWords(pump: PumpState): Int32Array {
  return scratch.slice(0, collect(pump));
}
