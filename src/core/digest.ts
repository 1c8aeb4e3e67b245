/**
 * The state digest: one CRC-32 over every integer of the pump's state, each as two words, low then high; a word array
 * counts by its own CRC-32, since native code sums hundreds of words in the time in which this walk takes one.
 *
 * The walk takes the records in the order in which `createPump` built them, so no list of fields can forget one; only
 * the inbox is left out, which is empty after each tick. The log is in by its count and its two lanes.
 */
import type { Checksum } from '../../hal/hal.ts';
import { assert } from './assert.ts';
import type { PumpState } from './state.ts';
import { createSummedWords, type SummedWords } from './summed-words.ts';
import { mul32 } from './units.ts';

type Leaf = number;
interface Node {
  readonly [key: string]: Leaf | Node | readonly (Leaf | Node)[] | Int32Array;
}

const WORDS_MAX = 512;
const HIGH_WORD = 4294967296;
/** Odd, so that nothing is lost. */
const MIX = 0x9e3779b1;

/** One function without helpers: on the board each call would cost more than the two words it puts. */
function putNode(words: Int32Array, start: number, node: Node, checksum: Checksum): number {
  let count = start;
  for (const key in node) {
    const value = node[key]!;
    if (typeof value === 'number') {
      words[count] = value | 0;
      words[count + 1] = value >= 0 && value < HIGH_WORD ? 0 : Math.floor(value / HIGH_WORD) | 0;
      count += 2;
    } else if ((value as { buffer?: unknown }).buffer !== undefined) {
      const array = value as Int32Array;
      // The product keeps a CRC within a CRC from adding up with other words of the outer one.
      words[count] = mul32(checksum.crc32(array, array.length), MIX);
      count += 1;
    } else if ((value as { length?: number }).length !== undefined) {
      const list = value as readonly (Leaf | Node)[];
      for (let i = 0; i < list.length; i++) {
        const item = list[i]!;
        if (typeof item === 'number') {
          words[count] = item | 0;
          words[count + 1] = item >= 0 && item < HIGH_WORD ? 0 : Math.floor(item / HIGH_WORD) | 0;
          count += 2;
        } else {
          count = putNode(words, count, item, checksum);
        }
      }
    } else {
      count = putNode(words, count, value as Node, checksum);
    }
  }
  return count;
}

const scratch = new Int32Array(WORDS_MAX);

/** Digest of the state as it is after a tick; 0 to 2^32 - 1. */
export function stateDigest(pump: PumpState, checksum: Checksum): number {
  assert(pump.inbox.length === 0, 'digest of a pump with commands queued');
  const count = putNode(scratch, 0, pump as unknown as Node, checksum);
  assert(count <= WORDS_MAX, 'state larger than the digest buffer');
  return checksum.crc32(scratch, count);
}

/** Of the state, what the strokes, looks and hours of a calm change: `calm.ts`. */
export const CALM_LEAVES: readonly string[] = [
  'nowTick',
  'dosing.owed',
  'dosing.shareTick',
  'dosing.shareNumerator',
  'dosing.shareOwed',
  'dosing.shareStrokes',
  'motor.requested',
  'motor.confirmed',
  'motor.lastCount',
  'motor.pending',
  'ledger.requestedAtHour',
  'ledger.confirmedAtHour',
  'ledger.requestedAtDay',
  'ledger.confirmedAtDay',
  'ledger.lastHourRequested',
  'ledger.lastHourConfirmed',
  'ledger.lastDayRequested',
  'ledger.lastDayConfirmed',
  'ledger.computedDosePg',
  'ledger.sequence',
  'battery.isAtBodyTemperature',
  'occlusion.verdict',
  'occlusion.baselinePa',
  'occlusion.retainedRun',
  'occlusion.notRetainedRun',
  'occlusion.lookTick',
  'occlusion.lookBeforePa',
  'occlusion.lookConfirmed',
  'occlusion.slipRun',
  'log.events',
  'log.laneA',
  'log.laneB',
];

export function createCalmDigest(): SummedWords {
  return createSummedWords(WORDS_MAX);
}

/**
 * The same in calm. Its fast form keeps the words in `_digest`, and once one was taken in this calm (`_isBegun`) it looks
 * at these leaves alone; as it is written it looks at all.
 */
export function calmDigest(
  _digest: SummedWords,
  _isBegun: boolean,
  pump: PumpState,
  checksum: Checksum,
): number {
  return stateDigest(pump, checksum);
}
