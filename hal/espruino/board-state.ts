/**
 * BOARD: everything that a run on the board depends on, as a list of integers: the firmware's state in digest order,
 * the stored prescription and ledger, the readings that the next wake's are told against. It is told to the host to be compared,
 * and put back when a board has to go on where another one, or the host's twin, has been.
 */
import type { PumpState } from '../../src/core/state.ts';
import type { Frame } from './frame-hal.ts';

interface Node {
  [key: string]: number | Node;
}

function gather(node: Node, values: number[]): void {
  for (const key in node) {
    const value = node[key]!;
    if (typeof value === 'number') values.push(value);
    else gather(value, values);
  }
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

export function boardValues(pump: PumpState, frame: Frame): number[] {
  const parts = partsOf(pump, frame);
  const values: number[] = [];
  for (let i = 0; i < parts.length; i++) gather(parts[i]!, values);
  return values;
}

/** Puts values in from place `from` on. False: there is no such place. */
export function putBoardValues(
  pump: PumpState,
  frame: Frame,
  from: number,
  values: readonly number[],
): boolean {
  const parts = partsOf(pump, frame);
  let places = 0;
  for (let i = 0; i < parts.length; i++) places = put(parts[i]!, places, values, from);
  return from >= 0 && from + values.length <= places;
}
