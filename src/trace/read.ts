/**
 * Reads a trace: finds its blocks, proves each against its check and the chain, and decodes what is in them. What has
 * been altered is told by block, ticks and bytes; a file that ends within a block was left by a run that was killed, and
 * everything before that block is as it was written.
 */
import type { Stimulus } from '../../hal/target.ts';
import { EVENT_KINDS, type PumpEvent } from '../core/events.ts';
import { ByteReader, BytesError } from './bytes.ts';
import {
  type BlockHead,
  CHECK_OFFSET,
  checkOf,
  decodeHead,
  FIRST_EVENT_RECORD,
  FIRST_LINE,
  firstLink,
  HEAD_BYTES,
  LINK_OFFSET,
  linkOf,
  type Sha256,
  STATE_RECORD,
  STIMULUS_RECORD,
  TRACE_FORMAT,
  type TraceEnd,
  type TraceGap,
  type TraceManifest,
} from './format.ts';

export interface Block extends BlockHead {
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly body: Uint8Array;
}

/** Bytes that are not what was written. Ticks are null where the head itself can't be trusted. */
export interface Flaw {
  readonly block: number;
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly firstTick: number | null;
  readonly lastTick: number | null;
  readonly what: string;
}

export interface Trace {
  readonly manifest: TraceManifest;
  readonly blocks: readonly Block[];
  /** null: the run broke off, or its end is missing. */
  readonly end: TraceEnd | null;
  readonly gap: TraceGap | null;
  /** Bytes behind the last whole block. */
  readonly looseBytes: number;
}

export type TraceRecord =
  | { readonly tick: number; readonly kind: 'stimulus'; readonly stimulus: Stimulus }
  | { readonly tick: number; readonly kind: 'event'; readonly event: PumpEvent }
  | { readonly tick: number; readonly kind: 'state'; readonly digest: number };

/** A trace all of whose bytes are as written, or where they are not. */
export type ReadTrace =
  | { readonly trace: Trace }
  | {
      readonly flaws: readonly Flaw[];
      /** The blocks before the first that is altered, which the chain proves; null where that is the very first. */
      readonly before: Trace | null;
    };

/** The bytes are no trace at all, or one that this program can't read; the message says what they are. */
export class NoTraceError extends Error {}

export function readTrace(bytes: Uint8Array, sha256: Sha256): ReadTrace {
  const flaws: Flaw[] = [];
  if (!equal(bytes.subarray(0, FIRST_LINE.length), FIRST_LINE)) {
    if (decodeHead(bytes.subarray(FIRST_LINE.length)) === null) throw new NoTraceError(whatElse(bytes));
    flaws.push(flawAt(-1, 0, FIRST_LINE.length, null, 'the first line is not that of a trace'));
  }
  const { blocks, looseBytes } = walkBlocks(bytes, sha256, flaws);
  if (flaws.length > 0) {
    const whole = blocks.filter(({ offset }) => offset < flaws[0]!.fromOffset);
    return { flaws, before: whole.length === 0 ? null : traceOf(whole, 0) };
  }
  return { trace: traceOf(blocks, looseBytes) };
}

function traceOf(blocks: readonly Block[], looseBytes: number): Trace {
  const [first] = blocks;
  const last = blocks.at(-1);
  const gap = blocks.find(({ kind }) => kind === 'gap');
  if (first?.kind !== 'manifest') throw new NoTraceError(NO_MANIFEST);
  return {
    manifest: plainOf(first) as TraceManifest,
    blocks,
    end: last?.kind === 'end' ? (plainOf(last) as TraceEnd) : null,
    gap: gap === undefined ? null : (plainOf(gap) as TraceGap),
    looseBytes,
  };
}

/** What a block that is no block of records holds. */
export function plainOf({ body }: Block): unknown {
  return new ByteReader(body).plain();
}

/** What happened, in order, from a block on. */
export function* records(blocks: readonly Block[], from = 0): Generator<TraceRecord, undefined> {
  for (let i = from; i < blocks.length; i++) {
    if (blocks[i]!.kind === 'records') yield* recordsOf(blocks[i]!);
  }
}

export function* recordsOf(block: Block): Generator<TraceRecord, undefined> {
  const input = new ByteReader(block.body);
  const lastArguments = new Array<number>(EVENT_KINDS.length).fill(0);
  let tick = block.firstTick;
  while (!input.isAtEnd()) {
    tick += input.varint();
    const code = input.varint();
    if (code === STIMULUS_RECORD) {
      yield { tick, kind: 'stimulus', stimulus: input.plain() as Stimulus };
    } else if (code === STATE_RECORD) {
      yield { tick, kind: 'state', digest: input.word32() };
    } else {
      const index = code - FIRST_EVENT_RECORD;
      const kind = EVENT_KINDS[index];
      if (kind === undefined) {
        throw new BytesError(`an event of kind ${index}, which this version does not know`);
      }
      const argument = lastArguments[index]! + input.signed();
      lastArguments[index] = argument;
      yield { tick, kind: 'event', event: { tick, kind, argument } };
    }
  }
}

/** All blocks that can be found, and into `flaws` what is wrong with them. */
function walkBlocks(
  bytes: Uint8Array,
  sha256: Sha256,
  flaws: Flaw[],
): { readonly blocks: Block[]; readonly looseBytes: number } {
  const blocks: Block[] = [];
  let before: readonly Uint8Array[] = [firstLink(sha256)];
  let offset = FIRST_LINE.length;
  let sequence = 0;
  while (offset < bytes.length) {
    if (blocks.at(-1)?.kind === 'end') {
      flaws.push(flawAt(sequence, offset, bytes.length, null, 'there are bytes after the end'));
      break;
    }
    const head = soundHead(bytes, offset, sha256);
    if (head === null) {
      // A writer that was killed leaves the beginning of a block; a whole head that is wrong was changed.
      if (bytes.length - offset < HEAD_BYTES) break;
      const next = nextSoundHead(bytes, offset + 1, sha256);
      flaws.push(flawAt(sequence, offset, next, null, 'the head of the block is not what was written'));
      before = [bytes.subarray(offset + LINK_OFFSET, offset + HEAD_BYTES)];
      offset = next;
      sequence += 1;
      continue;
    }
    const endOffset = offset + HEAD_BYTES + head.bodyBytes;
    if (endOffset > bytes.length) break;
    const block: Block = { ...head, offset, body: bytes.subarray(offset + HEAD_BYTES, endOffset) };
    const flaw = blockFlaw(bytes, block, sequence, before, sha256);
    if (flaw !== null) flaws.push(flawAt(head.sequence, offset, endOffset, head, flaw));
    before = linksAfter(bytes, block, flaw !== null, before, sha256);
    sequence = head.sequence + 1;
    blocks.push(block);
    offset = endOffset;
  }
  return { blocks, looseBytes: bytes.length - offset };
}

/** `before` are the links that the block may follow: one, or two where the block before it is altered. */
function blockFlaw(
  bytes: Uint8Array,
  block: Block,
  sequence: number,
  before: readonly Uint8Array[],
  sha256: Sha256,
): string | null {
  if (block.kind !== 'gap' && block.sequence !== sequence) return `block ${sequence} should stand here`;
  const { checkedHead, link } = partsOf(bytes, block);
  const isLinked = before.some((one) => equal(linkOf(one, checkedHead, block.body, sha256), link));
  return isLinked ? null : 'the bytes do not match the chain of digests';
}

/** Of a block whose body was altered the link is right, and of one whose link was, what the bytes give. */
function linksAfter(
  bytes: Uint8Array,
  block: Block,
  isAltered: boolean,
  before: readonly Uint8Array[],
  sha256: Sha256,
): Uint8Array[] {
  const { checkedHead, link } = partsOf(bytes, block);
  if (isAltered) return [link, ...before.map((one) => linkOf(one, checkedHead, block.body, sha256))];
  return block.kind === 'gap' ? [Uint8Array.from((plainOf(block) as TraceGap).link)] : [link];
}

function partsOf(bytes: Uint8Array, { offset }: Block): { checkedHead: Uint8Array; link: Uint8Array } {
  return {
    checkedHead: bytes.subarray(offset, offset + LINK_OFFSET),
    link: bytes.subarray(offset + LINK_OFFSET, offset + HEAD_BYTES),
  };
}

function soundHead(bytes: Uint8Array, offset: number, sha256: Sha256): BlockHead | null {
  const head = decodeHead(bytes.subarray(offset, offset + HEAD_BYTES));
  if (head === null) return null;
  const check = checkOf(bytes.subarray(offset, offset + CHECK_OFFSET), sha256);
  return equal(check, bytes.subarray(offset + CHECK_OFFSET, offset + LINK_OFFSET)) ? head : null;
}

function nextSoundHead(bytes: Uint8Array, from: number, sha256: Sha256): number {
  for (let offset = from; offset < bytes.length; offset++) {
    if (soundHead(bytes, offset, sha256) !== null) return offset;
  }
  return bytes.length;
}

function flawAt(
  block: number,
  fromOffset: number,
  toOffset: number,
  head: BlockHead | null,
  what: string,
): Flaw {
  return {
    block,
    fromOffset,
    toOffset,
    firstTick: head?.firstTick ?? null,
    lastTick: head?.lastTick ?? null,
    what,
  };
}

const NO_MANIFEST =
  'it ends before its manifest is whole: a copy that was cut short, or a run that was killed as it began';

function whatElse(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'the file is empty';
  if (equal(bytes, FIRST_LINE.subarray(0, bytes.length))) return NO_MANIFEST;
  const start = new TextDecoder().decode(bytes.subarray(0, 32));
  if (start.startsWith('# thecal trace 1')) {
    return 'a trace of format 1, which is text: read it as it is, or run its scenario again for one of this format';
  }
  const version = /^thecal trace (\d+)\n/.exec(start)?.[1];
  if (version === undefined || version === String(TRACE_FORMAT)) return 'this is no trace';
  return `a trace of format ${version}; this version reads format ${TRACE_FORMAT}`;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
