/**
 * Two traces, and where they part. Each block of records carries a digest over all records so far, so the first block
 * that differs is found without reading one, and only from there on are records compared.
 */
import type { Block, Trace, TraceRecord } from '../trace/read.ts';
import { records, recordsOf } from '../trace/read.ts';
import { Before, type Difference, differenceOf, endDifference, stateDifference } from './difference.ts';
import { keptValues } from './kept.ts';
import { type ManifestDifference, manifestDifferences } from './manifest.ts';

export interface TraceDiff {
  readonly manifest: readonly ManifestDifference[];
  readonly difference: Difference | null;
  /** Alike so far; beyond it at least one says nothing more. */
  readonly throughTick: number;
  /** False where a run broke off, so that nobody knows how it would have gone on. */
  readonly areBothWhole: boolean;
}

export function diffTraces(a: Trace, b: Trace): TraceDiff {
  const areBothWhole = a.end !== null && b.end !== null;
  const fromTick = Math.max(a.gap?.throughTick ?? -1, b.gap?.throughTick ?? -1) + 1;
  const blocksA = recordBlocks(a);
  const blocksB = recordBlocks(b);
  const from = firstDifferentBlocks(blocksA, blocksB);
  const difference =
    firstDifference(blocksA, blocksB, from, fromTick, a.end !== null, b.end !== null) ?? atTheEnd(a, b);
  return {
    manifest: manifestDifferences(a.manifest, b.manifest),
    difference: difference === null ? null : { ...difference, state: stateAfter(a, b, difference.tick) },
    throughTick: Math.min(lastTickOf(blocksA), lastTickOf(blocksB)),
    areBothWhole,
  };
}

function recordBlocks({ blocks }: Trace): readonly Block[] {
  return blocks.filter(({ kind }) => kind === 'records');
}

function lastTickOf(blocks: readonly Block[]): number {
  return blocks.at(-1)?.lastTick ?? 0;
}

/**
 * The first blocks that have to be compared. The digest of a block is over all records before it too, so after the last
 * one that is in both traces they begin to differ, or one was written out in other pieces.
 */
function firstDifferentBlocks(a: readonly Block[], b: readonly Block[]): readonly [number, number] {
  const placesInB = new Map(b.map((block, i) => [digestOf(block), i]));
  for (let i = a.length - 1; i >= 0; i--) {
    const place = placesInB.get(digestOf(a[i]!));
    if (place !== undefined) return [i + 1, place + 1];
  }
  return [0, 0];
}

function digestOf({ recordsDigest }: Block): string {
  return String.fromCharCode(...recordsDigest);
}

function firstDifference(
  a: readonly Block[],
  b: readonly Block[],
  [fromA, fromB]: readonly [number, number],
  fromTick: number,
  isWholeA: boolean,
  isWholeB: boolean,
): Difference | null {
  const before = new Before();
  // The block before is alike, and shows what led up to it.
  if (fromA > 0) for (const record of recordsOf(a[fromA - 1]!)) before.push(record);
  const inA = since(records(a, fromA), fromTick);
  const inB = since(records(b, fromB), fromTick);
  for (;;) {
    const nextA = inA.next().value ?? null;
    const nextB = inB.next().value ?? null;
    if (nextA === null && nextB === null) return null;
    // What broke off says nothing about what it would have said.
    if ((nextA === null && !isWholeA) || (nextB === null && !isWholeB)) return null;
    const difference = differenceOf(nextA, nextB, before);
    if (difference !== null) return difference;
    if (nextA !== null) before.push(nextA);
  }
}

function* since(all: Iterable<TraceRecord>, fromTick: number): Generator<TraceRecord, undefined> {
  for (const record of all) if (record.tick >= fromTick) yield record;
}

function atTheEnd(a: Trace, b: Trace): Difference | null {
  if (a.end === null || b.end === null) return null;
  return endDifference(a.end, b.end, [], a.manifest.target === b.manifest.target);
}

function stateAfter(a: Trace, b: Trace, tick: number): Difference['state'] {
  const valuesB = keptValues(b);
  for (const [nextTick, values] of keptValues(a)) {
    const other = valuesB.get(nextTick);
    if (nextTick > tick && other !== undefined) return stateDifference(nextTick, values(), other());
  }
  return null;
}
