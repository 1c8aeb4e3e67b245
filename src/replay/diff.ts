/**
 * Two traces, and where they part. Each block of records carries a digest over all records so far, so the first block
 * that differs is found without reading one, and only from there on are records compared.
 */
import type { Block, Trace, TraceRecord } from '../trace/read.ts';
import { records, recordsOf } from '../trace/read.ts';
import { formatInstant } from '../scenario/time.ts';
import {
  Before,
  type Difference,
  differenceOf,
  endDifference,
  stateDifference,
  stimulusName,
} from './difference.ts';
import { keptValues } from './kept.ts';
import { type ManifestDifference, manifestDifferences } from './manifest.ts';

export interface TraceDiff {
  readonly manifest: readonly ManifestDifference[];
  readonly difference: Difference | null;
  /** Alike so far; beyond it at least one says nothing more. null: there is nothing that both have kept. */
  readonly throughTick: number | null;
  /** How each was judged, where both came to their end. */
  readonly verdicts: readonly [string, string] | null;
  /** False where a run broke off, so that nobody knows how it would have gone on. */
  readonly areBothWhole: boolean;
}

export function diffTraces(a: Trace, b: Trace): TraceDiff {
  const areBothWhole = a.end !== null && b.end !== null;
  const fromTick = Math.max(a.gap?.throughTick ?? -1, b.gap?.throughTick ?? -1) + 1;
  const blocksA = recordBlocks(a);
  const blocksB = recordBlocks(b);
  const throughTick = areBothWhole
    ? Math.min(a.end.ticks, b.end.ticks) - 1
    : Math.min(lastTickOf(blocksA), lastTickOf(blocksB));
  const from = firstDifferentBlocks(blocksA, blocksB);
  const difference =
    firstDifference(blocksA, blocksB, from, fromTick, a.end !== null, b.end !== null) ?? atTheEnd(a, b);
  return {
    manifest: manifestDifferences(a.manifest, b.manifest),
    difference: difference === null ? null : { ...difference, state: stateAfter(a, b, difference.tick) },
    throughTick: throughTick < fromTick ? null : throughTick,
    verdicts: a.end === null || b.end === null ? null : [a.end.verdict, b.end.verdict],
    areBothWhole,
  };
}

function recordBlocks({ blocks }: Trace): readonly Block[] {
  return blocks.filter(({ kind }) => kind === 'records');
}

function lastTickOf(blocks: readonly Block[]): number {
  return blocks.at(-1)?.lastTick ?? -1;
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
    if (difference !== null) {
      const moved = movedStimulus([nextA, inA, isWholeA], [nextB, inB, isWholeB]);
      return moved === null ? difference : { ...difference, ...moved };
    }
    if (nextA !== null) before.push(nextA);
  }
}

/** Where a run is when it parts from the other, and whether its end is known. */
type Side = readonly [next: TraceRecord | null, rest: Generator<TraceRecord, undefined>, isWhole: boolean];

/** What was done to one run there, and to the other later or not at all; null where it is something else that parts them. */
function movedStimulus(a: Side, b: Side): Pick<Difference, 'field' | 'a' | 'b'> | null {
  const [first, other] = comesFirst(a[0], b[0]) ? [a, b] : [b, a];
  const record = first[0];
  if (record?.kind !== 'stimulus') return null;
  const field = stimulusName(record.stimulus);
  const isSame = (one: TraceRecord): boolean =>
    one.kind === 'stimulus' && stimulusName(one.stimulus) === field;
  const [next, rest, isWhole] = other;
  const later = next === null || isSame(next) ? next : firstOf(rest, isSame);
  if (later?.tick === record.tick) return null;
  const here = `at ${formatInstant(record.tick)}`;
  const there =
    later === null ? `nowhere${isWhole ? '' : ' before it breaks off'}` : `at ${formatInstant(later.tick)}`;
  return { field, ...(first === a ? { a: here, b: there } : { a: there, b: here }) };
}

/** Of two of a tick the one that was done to the run: what the firmware said may follow from it. */
function comesFirst(a: TraceRecord | null, b: TraceRecord | null): boolean {
  if (a === null || b === null) return b === null;
  return a.tick === b.tick ? a.kind === 'stimulus' : a.tick < b.tick;
}

function firstOf(all: Iterable<TraceRecord>, isWanted: (one: TraceRecord) => boolean): TraceRecord | null {
  for (const one of all) if (isWanted(one)) return one;
  return null;
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
