/**
 * `--realtime`: one tick a tick's length of wall clock. A run that falls behind catches up by at most a second of wall
 * clock; beyond that it starts counting anew from where it is and says how often and how far it was late, because a
 * silent rush through missed time would be neither real time nor noticed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TICK_MS } from '../../core/units.ts';
import type { Late } from '../../scenario/result.ts';

const MAX_LAG_MS = 1000;
/** A run that waits looks this often whether it should stop. */
const PATIENCE_MS = 100;
/** Shorter waits than this are mostly timer. */
const SLICE_MS = 20;

export class Pacer {
  readonly sliceTicks: number;
  private readonly msPerTick: number;
  private readonly isCancelled: () => boolean;
  private anchorMs: number;
  private anchorTick = 0;
  private lateCount = 0;
  private largestLagMs = 0;

  constructor(factor: number, isCancelled: () => boolean) {
    this.msPerTick = TICK_MS / factor;
    this.sliceTicks = Math.max(1, Math.floor(SLICE_MS / this.msPerTick));
    this.isCancelled = isCancelled;
    this.anchorMs = performance.now();
  }

  /** Real time begins at tick 0 now. */
  begin(): void {
    this.anchorMs = performance.now();
    this.anchorTick = 0;
  }

  /** Returns when `nextTick` is due. */
  async waitFor(nextTick: number): Promise<void> {
    const dueMs = this.anchorMs + (nextTick - this.anchorTick) * this.msPerTick;
    const lagMs = performance.now() - dueMs;
    if (lagMs > MAX_LAG_MS) {
      this.lateCount += 1;
      this.largestLagMs = Math.max(this.largestLagMs, Math.round(lagMs));
      this.anchorMs = performance.now();
      this.anchorTick = nextTick;
      return;
    }
    for (let waitMs = -lagMs; waitMs > 0 && !this.isCancelled(); waitMs = dueMs - performance.now()) {
      await sleep(Math.min(waitMs, PATIENCE_MS));
    }
  }

  late(): Late {
    return { count: this.lateCount, largestLagMs: this.largestLagMs };
  }
}
