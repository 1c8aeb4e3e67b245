/**
 * BOARD: everything that a run on the board depends on, as a list of integers: the firmware's state in digest order,
 * the store but for the log, the readings that the next wake's are told against. It is told to the host to be
 * compared, and put back when a board has to go on where another one, or the host's twin, has been.
 */
import { stateDigest } from '../../src/core/digest.ts';
import type { PumpState } from '../../src/core/state.ts';
import type { BoardChecksum, Frame } from './frame-hal.ts';

interface Node {
  [key: string]: number | Node;
}

/** Adds the values at places `from` to `to` - 1; `place` is that of the node's first. Returns the place after its last. */
function gather(node: Node, place: number, from: number, to: number, values: number[]): number {
  let at = place;
  for (const key in node) {
    const value = node[key]!;
    if (typeof value !== 'number') {
      at = gather(value, at, from, to, values);
    } else {
      if (at >= from && at < to) values.push(value);
      at += 1;
    }
  }
  return at;
}

/** Writes the values that belong into this node; `place` is that of its first integer. Returns the place after it. */
function put(node: Node, place: number, values: readonly number[], from: number): number {
  let at = place;
  for (const key in node) {
    const value = node[key]!;
    if (typeof value !== 'number') {
      at = put(value, at, values, from);
    } else {
      if (at >= from && at < from + values.length) node[key] = values[at - from]!;
      at += 1;
    }
  }
  return at;
}

/** The parts in line order. */
function partsOf(pump: PumpState, frame: Frame): Node[] {
  return [pump as unknown as Node, frame.stored as unknown as Node, frame.last as unknown as Node];
}

/** Of the state and of the store: two boards with the same one hold the same. */
export function memoryDigest(pump: PumpState, frame: Frame, checksum: BoardChecksum): number {
  const stored = frame.stored;
  return (stateDigest(pump, checksum) ^ checksum.crc32(stored, stored.length)) >>> 0;
}

/** How many values there are. Those at places `from` to `to` - 1 are added to the list, which never needs to hold all. */
export function boardValues(
  pump: PumpState,
  frame: Frame,
  from: number,
  to: number,
  values: number[],
): number {
  const parts = partsOf(pump, frame);
  let place = 0;
  for (let i = 0; i < parts.length; i++) place = gather(parts[i]!, place, from, to, values);
  return place;
}

/** Puts values in from place `from` on. False: there are not so many places, and nothing was put in. */
export function putBoardValues(
  pump: PumpState,
  frame: Frame,
  from: number,
  values: readonly number[],
): boolean {
  if (from < 0 || from + values.length > boardValues(pump, frame, 0, 0, [])) return false;
  const parts = partsOf(pump, frame);
  let place = 0;
  for (let i = 0; i < parts.length; i++) place = put(parts[i]!, place, values, from);
  return true;
}
