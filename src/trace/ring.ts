/**
 * A trace of bounded size: the manifest and the last days. Blocks are appended as ever; once those that are too old
 * make up half of the file, it is written anew without them, and a gap block says what is missing. The chain goes on
 * behind the gap from where it was.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { decodeHead, encodeHead, type Sha256, type TraceGap } from './format.ts';
import type { TraceStore, WrittenBlock } from './write.ts';

/** Below this a file is small enough as it is. */
const WORTH_BYTES = 256 * 1024;

/** What a ring is written into. */
export interface RingFile {
  append(...parts: readonly Uint8Array[]): void;
  /** All of the file anew; at no moment is there neither the old nor the new one. */
  replace(parts: readonly Uint8Array[]): void;
}

export class TraceRing implements TraceStore {
  private readonly file: RingFile;
  private readonly keepTicks: number;
  private readonly sha256: Sha256;
  private firstLine: Uint8Array = new Uint8Array();
  private manifest: WrittenBlock | null = null;
  private kept: WrittenBlock[] = [];
  private keptBytes = 0;
  private lastDropped: WrittenBlock | null = null;
  private droppedBlocks = 0;
  private droppedThroughTick = 0;
  private fields = '';
  private fileBytes = 0;

  constructor(file: RingFile, keepTicks: number, sha256: Sha256) {
    this.file = file;
    this.keepTicks = keepTicks;
    this.sha256 = sha256;
  }

  begin(firstLine: Uint8Array): void {
    this.firstLine = firstLine;
    this.file.append(firstLine);
  }

  block(block: WrittenBlock): void {
    this.file.append(block.head, block.body);
    this.fileBytes += bytesOf(block);
    if (block.kind === 'manifest') {
      this.manifest = block;
      return;
    }
    this.kept.push(block);
    this.keptBytes += bytesOf(block);
    this.drop(block.lastTick - this.keepTicks);
    const isWorthIt = this.fileBytes > 2 * this.keptBytes && this.fileBytes - this.keptBytes > WORTH_BYTES;
    if (this.lastDropped !== null && (isWorthIt || block.kind === 'end')) this.compact();
  }

  /** Lets go of the blocks that end before `tick`. */
  private drop(tick: number): void {
    let count = 0;
    while (count < this.kept.length && this.kept[count]!.lastTick < tick) count += 1;
    for (const block of this.kept.splice(0, count)) {
      if (block.kind === 'fields') this.fields = new ByteReader(block.body).plain() as string;
      this.keptBytes -= bytesOf(block);
      this.lastDropped = block;
      this.droppedBlocks += 1;
      this.droppedThroughTick = Math.max(this.droppedThroughTick, block.lastTick);
    }
  }

  private compact(): void {
    const { manifest, lastDropped } = this;
    if (manifest === null || lastDropped === null) return;
    const gap = this.gapAfter(manifest, lastDropped);
    const parts = [this.firstLine, manifest.head, manifest.body, ...gap];
    for (const { head, body } of this.kept) parts.push(head, body);
    this.file.replace(parts);
    this.fileBytes = parts.reduce((sum, part) => sum + part.length, 0);
  }

  private gapAfter(manifest: WrittenBlock, lastDropped: WrittenBlock): [Uint8Array, Uint8Array] {
    const head = decodeHead(lastDropped.head);
    if (head === null) throw new Error('a block that was written has no head');
    const gap: TraceGap = {
      blocks: this.droppedBlocks,
      throughTick: this.droppedThroughTick,
      link: [...lastDropped.link],
      fields: this.fields,
    };
    const body = new ByteWriter(1024);
    body.plain(gap);
    const { bytes } = encodeHead(
      { ...head, kind: 'gap', bodyBytes: body.length },
      body.view(),
      manifest.link,
      this.sha256,
    );
    return [bytes, body.view()];
  }
}

function bytesOf({ head, body }: WrittenBlock): number {
  return head.length + body.length;
}
