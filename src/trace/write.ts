/**
 * Writes a trace: manifest, then whatever happens, then the end. What comes in is gathered into blocks, and each whole
 * block is handed on at once, so that the file of a run that was killed ends in whole blocks.
 */
import type { Stimulus, TargetDigest } from '../../hal/target.ts';
import { EVENT_KINDS, type EventKind, type PumpEvent } from '../core/events.ts';
import { TICKS_PER_DAY } from '../core/units.ts';
import { ByteWriter } from './bytes.ts';
import {
  type BlockKind,
  encodeHead,
  FIRST_EVENT_RECORD,
  FIRST_LINE,
  firstLink,
  RECORDS_DIGEST_BYTES,
  type Sha256,
  STATE_RECORD,
  STIMULUS_RECORD,
  type TraceManifest,
} from './format.ts';
import type { LineEntry } from './line.ts';
import { RollingDigest } from './rolling.ts';

/** A block is closed when it holds so much, whatever the hour. */
const FULL_BYTES = 64 * 1024;
/** So many records are run again in a fraction of a second, and cost several times the bytes of a snapshot. */
const RECORDS_PER_SNAPSHOT = 25_000;
const TICKS_PER_VALUES = TICKS_PER_DAY;

/** Takes the bytes of a trace. Kind, tick and link are for a ring, which lets whole blocks go. */
export interface TraceStore {
  /** Before the first block. */
  begin(firstLine: Uint8Array): void;
  block(block: WrittenBlock): void;
}

export interface WrittenBlock {
  readonly kind: BlockKind;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  readonly lastTick: number;
  readonly link: Uint8Array;
}

export interface TraceWriter {
  manifest(manifest: TraceManifest): void;
  stimulus(tick: number, stimulus: Stimulus): void;
  event(event: PumpEvent): void;
  stateDigest(tick: number, digest: number): void;
  /** True when a snapshot, or the values of the firmware's state, would be worth their bytes now. */
  isSnapshotDue(): boolean;
  areValuesDue(nextTick: number): boolean;
  /** As things stand before `nextTick`. */
  snapshot(nextTick: number, snapshot: unknown): void;
  values(nextTick: number, fields: ReadonlyMap<string, number>): void;
  /** Hand on what there is, as a block of its own. */
  flush(): void;
  end(ticks: number, digest: TargetDigest, verdict: string): void;
}

const CODES = Object.fromEntries(EVENT_KINDS.map((kind, index) => [kind, index])) as Record<
  EventKind,
  number
>;

export interface TraceOptions {
  /** The target has its snapshot at hand. */
  readonly keepsSnapshots: boolean;
  /** The target gives its state away at once, and need not ask a board for it. */
  readonly keepsValues: boolean;
  readonly recordsPerSnapshot?: number;
  /** What has gone over the line to a board since the last call. Left out: there is no line. */
  readonly takeLine?: () => readonly LineEntry[];
}

export function createTraceWriter(store: TraceStore, sha256: Sha256, options: TraceOptions): TraceWriter {
  return new BlockWriter(store, sha256, options);
}

class BlockWriter implements TraceWriter {
  private readonly store: TraceStore;
  private readonly sha256: Sha256;
  private readonly keepsSnapshots: boolean;
  private readonly keepsValues: boolean;
  private readonly recordsPerSnapshot: number;
  private readonly takeLine: () => readonly LineEntry[];
  private readonly body = new ByteWriter(FULL_BYTES + 1024);
  private link: Uint8Array;
  private sequence = 0;
  private hasEnded = false;
  private readonly rolling = new RollingDigest();
  private recordsDigest: Uint8Array = new Uint8Array(RECORDS_DIGEST_BYTES);
  private firstTick = 0;
  private lastTick = 0;
  /** The first tick of the next day of pump time. */
  private dayEndTick = 0;
  private readonly lastArguments = new Array<number>(EVENT_KINDS.length).fill(0);
  private recordsSinceSnapshot = 0;
  private nextValuesTick = 0;
  private fieldNames = '';
  /** Taken while a block was open, and written after it. */
  private readonly waiting: { kind: BlockKind; tick: number; body: Uint8Array }[] = [];

  constructor(
    store: TraceStore,
    sha256: Sha256,
    { keepsSnapshots, keepsValues, recordsPerSnapshot, takeLine }: TraceOptions,
  ) {
    this.store = store;
    this.sha256 = sha256;
    this.keepsSnapshots = keepsSnapshots;
    this.keepsValues = keepsValues;
    this.recordsPerSnapshot = recordsPerSnapshot ?? RECORDS_PER_SNAPSHOT;
    this.takeLine = takeLine ?? (() => []);
    this.link = firstLink(sha256);
  }

  manifest(manifest: TraceManifest): void {
    this.store.begin(FIRST_LINE);
    this.block('manifest', 0, 0, plainBytes(manifest));
  }

  stimulus(tick: number, stimulus: Stimulus): void {
    this.record(tick, STIMULUS_RECORD);
    this.body.plain(stimulus);
  }

  event({ tick, kind, argument }: PumpEvent): void {
    const code = CODES[kind];
    this.record(tick, FIRST_EVENT_RECORD + code);
    this.body.signed(argument - this.lastArguments[code]!);
    this.lastArguments[code] = argument;
    this.rolling.event(tick, code, argument);
  }

  stateDigest(tick: number, digest: number): void {
    this.record(tick, STATE_RECORD);
    this.body.word32(digest);
  }

  isSnapshotDue(): boolean {
    return this.keepsSnapshots && this.recordsSinceSnapshot >= this.recordsPerSnapshot;
  }

  areValuesDue(nextTick: number): boolean {
    return this.keepsValues && nextTick >= this.nextValuesTick;
  }

  snapshot(nextTick: number, snapshot: unknown): void {
    this.recordsSinceSnapshot = 0;
    this.later('snapshot', nextTick, plainBytes(snapshot));
  }

  values(nextTick: number, fields: ReadonlyMap<string, number>): void {
    this.nextValuesTick = nextTick + TICKS_PER_VALUES;
    const names = [...fields.keys()].join(' ');
    if (names !== this.fieldNames) {
      this.fieldNames = names;
      this.later('fields', nextTick, plainBytes(names));
    }
    this.later('values', nextTick, plainBytes([...fields.values()]));
  }

  flush(): void {
    this.flushLine();
    if (this.body.length > 0) {
      const body = this.body.view().slice();
      this.recordsDigest = this.sha256(this.recordsDigest, body).subarray(0, RECORDS_DIGEST_BYTES);
      this.block('records', this.firstTick, this.lastTick, body);
      this.body.clear();
    }
    for (const { kind, tick, body } of this.waiting.splice(0)) this.block(kind, tick, tick, body);
  }

  end(ticks: number, digest: TargetDigest, verdict: string): void {
    this.flush();
    this.hasEnded = true;
    const lastTick = Math.max(0, ticks - 1);
    this.block('end', lastTick, lastTick, plainBytes({ ticks, ...digest, verdict }));
  }

  /** Before the records that came of it, so that whatever ends the writer, these can be played again to the last. */
  private flushLine(): void {
    // What comes in once the run has ended is no part of it.
    if (this.hasEnded) return;
    const entries = this.takeLine();
    if (entries.length === 0) return;
    const ticks = entries.map(({ tick }) => tick);
    this.block('line', Math.min(...ticks), Math.max(...ticks), plainBytes(entries));
  }

  /** Begins a record, in a new block where it belongs into one. */
  private record(tick: number, code: number): void {
    const { length } = this.body;
    if (tick >= this.dayEndTick || length >= FULL_BYTES || length === 0) this.beginBlock(tick);
    this.body.varint(tick - this.lastTick);
    this.body.varint(code);
    this.lastTick = tick;
    this.recordsSinceSnapshot += 1;
  }

  private beginBlock(tick: number): void {
    this.flush();
    this.firstTick = tick;
    this.lastTick = tick;
    this.dayEndTick = (Math.floor(tick / TICKS_PER_DAY) + 1) * TICKS_PER_DAY;
    this.lastArguments.fill(0);
  }

  /** A state at the end of a block would come before the records that lead to it. */
  private later(kind: BlockKind, tick: number, body: Uint8Array): void {
    this.waiting.push({ kind, tick, body });
  }

  private block(kind: BlockKind, firstTick: number, lastTick: number, body: Uint8Array): void {
    const { sequence, recordsDigest } = this;
    const { laneA, laneB } = this.rolling;
    const head = {
      kind,
      bodyBytes: body.length,
      sequence,
      firstTick,
      lastTick,
      laneA,
      laneB,
      recordsDigest,
    };
    const { bytes, link } = encodeHead(head, body, this.link, this.sha256);
    this.link = link;
    this.sequence += 1;
    this.store.block({ kind, head: bytes, body, lastTick, link });
  }
}

function plainBytes(value: unknown): Uint8Array {
  const out = new ByteWriter(1024);
  out.plain(value);
  return out.view();
}
