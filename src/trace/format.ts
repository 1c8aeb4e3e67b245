/**
 * The trace as a file: a first line, then blocks, each with a head of its own and chained to the one before. Nothing is
 * ever changed once it is written, so whatever ends the writer, all whole blocks can be read.
 *
 *   file  = "thecal trace 2\n", block, block, ...
 *   block = head (80 bytes, little-endian), body
 *
 * The first block is the manifest. Records (stimuli, events, state digests) are closed into a block at the end of each
 * day of pump time, or when it is full, so that two traces of the same run have the same blocks. docs/trace.md.
 */
import { ByteReader, ByteWriter } from './bytes.ts';

export const TRACE_FORMAT = 2;
export const FIRST_LINE = new TextEncoder().encode(`thecal trace ${TRACE_FORMAT}\n`);

/** SHA-256 over these bytes, one after the other; handed in, since what computes it differs between Node and a page. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

/** What made a run what it was: enough to make it again. */
export interface RunInputs {
  /** `control`: the same scenario without its faults. */
  readonly run: 'main' | 'control';
  /** The scenario's name. */
  readonly scenario: string;
  /** Its file as the user named it, and every byte of it. */
  readonly scenarioFile: string;
  readonly scenarioHash: string;
  readonly scenarioText: string;
  readonly seed: number;
  /** Left out: it is the beginning of no other run. */
  readonly fork?: ForkOrigin;
}

/** Where a run parted from another one. */
export interface ForkOrigin {
  /** The trace of that one as the user named it. */
  readonly trace: string;
  /** The first tick that is the new run's own. */
  readonly tick: number;
  /** Another scenario goes on there; else the parent's own does. */
  readonly isOther: boolean;
  readonly parent: RunInputs;
}

/** What was run, by what, on what: everything that a replay needs, and no clock. */
export interface TraceManifest extends RunInputs {
  readonly product: string;
  readonly productVersion: string;
  /** SHA-256 over the sources of the firmware. */
  readonly coreHash: string;
  readonly target: string;
  /** The board as it was named; null where the target is no board. */
  readonly board: string | null;
  /** The file that says where boards are, where one was read. */
  readonly boardsFile: { readonly file: string; readonly text: string } | null;
  /** What ran the core. */
  readonly engine: string;
  /** Of the host: the versions of what this program itself runs on. */
  readonly tools: string;
  readonly stepping: 'jumps' | 'tick-by-tick';
  readonly tickMs: number;
}

/** Not there where the run broke off. */
export interface TraceEnd {
  readonly ticks: number;
  /** The core's own, over every event. */
  readonly rolling: string;
  /** Over every integer of the firmware at the end. */
  readonly state: string;
  readonly verdict: string;
}

/** What a ring has let go, and what the blocks after it need of that. */
export interface TraceGap {
  readonly blocks: number;
  readonly throughTick: number;
  /** The chain goes on from here. */
  readonly link: readonly number[];
  /** Names of the fields of the firmware's state, with spaces between; empty where there were none. */
  readonly fields: string;
}

/** The letter of a block's kind stands in its marker. */
export const BLOCK_KINDS = {
  manifest: 'M',
  records: 'R',
  /** Names of the fields of the firmware's state, for the blocks of values after it. */
  fields: 'F',
  values: 'V',
  /** All that a run depends on, from which it can go on. */
  snapshot: 'S',
  /** What went over the line to a board. */
  line: 'L',
  gap: 'G',
  end: 'E',
} as const;
export type BlockKind = keyof typeof BLOCK_KINDS;

const MARKER = [0xf5, 0x54, 0x42] as const;
export const LINK_BYTES = 32;
export const RECORDS_DIGEST_BYTES = 16;
const CHECK_BYTES = 4;
/** Where in a head the check and the link stand; the check is over what comes before it. */
export const CHECK_OFFSET = 44;
export const LINK_OFFSET = CHECK_OFFSET + CHECK_BYTES;
export const HEAD_BYTES = LINK_OFFSET + LINK_BYTES;

export interface BlockHead {
  readonly kind: BlockKind;
  readonly bodyBytes: number;
  readonly sequence: number;
  readonly firstTick: number;
  readonly lastTick: number;
  /** The core's two lanes after the events of this block and all before it. */
  readonly laneA: number;
  readonly laneB: number;
  /** Over the bytes of all records so far: two traces that agree in it agree in everything up to here. */
  readonly recordsDigest: Uint8Array;
}

const KIND_OF_LETTER = new Map(
  Object.entries(BLOCK_KINDS).map(([kind, letter]) => [letter.charCodeAt(0), kind as BlockKind]),
);

/** What stands in a head, whether or not it is right; null where none begins. */
export function decodeHead(bytes: Uint8Array): BlockHead | null {
  const kind = KIND_OF_LETTER.get(bytes[MARKER.length] ?? 0);
  if (bytes.length < HEAD_BYTES || kind === undefined || MARKER.some((byte, i) => bytes[i] !== byte))
    return null;
  const input = new ByteReader(bytes.subarray(MARKER.length + 1, HEAD_BYTES));
  return {
    kind,
    bodyBytes: input.word32(),
    sequence: input.word32(),
    firstTick: input.word32(),
    lastTick: input.word32(),
    laneA: input.word32(),
    laneB: input.word32(),
    recordsDigest: bytes.subarray(CHECK_OFFSET - RECORDS_DIGEST_BYTES, CHECK_OFFSET),
  };
}

/** The head without its check and link. */
function headFields(head: BlockHead): Uint8Array {
  const out = new ByteWriter(HEAD_BYTES);
  out.raw(Uint8Array.of(...MARKER, BLOCK_KINDS[head.kind].charCodeAt(0)));
  for (const word of [head.bodyBytes, head.sequence, head.firstTick, head.lastTick, head.laneA, head.laneB]) {
    out.word32(word);
  }
  out.raw(head.recordsDigest);
  return out.view();
}

export function checkOf(fields: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(fields).subarray(0, CHECK_BYTES);
}

/** The link after a block: over the link before it and all of its bytes but this one. */
export function linkOf(
  previous: Uint8Array,
  checkedHead: Uint8Array,
  body: Uint8Array,
  sha256: Sha256,
): Uint8Array {
  return sha256(previous, checkedHead, body);
}

/** Before the first block. */
export function firstLink(sha256: Sha256): Uint8Array {
  return sha256(FIRST_LINE);
}

/** A whole head, and the link in it, for the next block. */
export function encodeHead(
  head: BlockHead,
  body: Uint8Array,
  previous: Uint8Array,
  sha256: Sha256,
): { readonly bytes: Uint8Array; readonly link: Uint8Array } {
  const fields = headFields(head);
  const out = new ByteWriter(HEAD_BYTES);
  out.raw(fields);
  out.raw(checkOf(fields, sha256));
  const link = linkOf(previous, out.view(), body, sha256);
  out.raw(link);
  return { bytes: out.view(), link };
}

/** Codes of records: events follow in the order of `EVENT_KINDS`. */
export const STIMULUS_RECORD = 0;
export const STATE_RECORD = 1;
export const FIRST_EVENT_RECORD = 2;
