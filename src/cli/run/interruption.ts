/**
 * Ctrl-C, a request to terminate and a terminal that was closed. The first lets the run stop at its next slice, so that
 * what has finished is written; the second ends the program at once, leaving no half-written file.
 */
import { INTERRUPTED } from '../exit-codes.ts';

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A wrapper such as `npx` may pass on what the terminal has sent to us already: that is still the first. */
const SAME_KEYSTROKE_MS = 250;

export class Interruption {
  private readonly onFirst: () => void;
  private firstMs: number | null = null;

  constructor(onFirst: () => void) {
    this.onFirst = onFirst;
  }

  listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.signalled);
  }

  /** After a signal the ear stays: what a wrapper passes on late must not end a program that is writing its last. */
  stop(): void {
    if (this.firstMs !== null) return;
    for (const signal of SIGNALS) process.off(signal, this.signalled);
  }

  private readonly signalled = (): void => {
    const nowMs = performance.now();
    if (this.firstMs === null) {
      this.firstMs = nowMs;
      this.onFirst();
    } else if (nowMs - this.firstMs > SAME_KEYSTROKE_MS) process.exit(INTERRUPTED);
  };
}
