/** A trace on its way to disk: lines gathered into blocks, since a long run writes millions of them. */
import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK_CHARACTERS = 256 * 1024;

export class TraceFile {
  private readonly handle: number;
  private waiting: string[] = [];
  private waitingCharacters = 0;
  /** The first error of the disk; the run goes on without its trace, for its verdict doesn't depend on one. */
  failure: unknown = null;

  constructor(path: string) {
    this.handle = openSync(path, 'w');
  }

  line(text: string): void {
    this.waiting.push(text, '\n');
    this.waitingCharacters += text.length + 1;
    if (this.waitingCharacters >= BLOCK_CHARACTERS) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.handle);
  }

  private flush(): void {
    const bytes = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    this.waitingCharacters = 0;
    if (this.failure !== null) return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.handle, bytes, done);
    } catch (error) {
      this.failure = error;
    }
  }
}
