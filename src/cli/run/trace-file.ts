/** A trace on its way to disk, block by block, so that what a killed run leaves behind can be read. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { RingFile } from '../../trace/ring.ts';
import type { TraceStore, WrittenBlock } from '../../trace/write.ts';

export class TraceFile implements TraceStore, RingFile {
  private readonly path: string;
  private handle: number;
  /** The first error of the disk; the run goes on without its trace, for its verdict doesn't depend on one. */
  failure: unknown = null;

  constructor(path: string) {
    this.path = path;
    this.handle = openSync(path, 'w');
  }

  begin(firstLine: Uint8Array): void {
    this.append(firstLine);
  }

  block({ head, body }: WrittenBlock): void {
    this.append(head, body);
  }

  /** In one call to the system: what is written is written in one piece, or ends within it. */
  append(...parts: readonly Uint8Array[]): void {
    if (this.failure !== null) return;
    try {
      writeAll(this.handle, Buffer.concat(parts));
    } catch (error) {
      this.failure = error;
    }
  }

  replace(parts: readonly Uint8Array[]): void {
    if (this.failure !== null) return;
    const newPath = `${this.path}.new`;
    try {
      const handle = openSync(newPath, 'w');
      try {
        writeAll(handle, Buffer.concat(parts));
        renameSync(newPath, this.path);
      } catch (error) {
        closeSync(handle);
        rmSync(newPath, { force: true });
        throw error;
      }
      closeSync(this.handle);
      this.handle = handle;
    } catch (error) {
      this.failure = error;
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}
