/** HOST: what a board's timers have to do and when, in the milliseconds of whatever clock they go by. */

interface Timer {
  readonly id: number;
  dueMs: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

export class Timers {
  private timers: Timer[] = [];
  private lastId = 0;

  /** `everyMs` null: once. */
  start(dueMs: number, everyMs: number | null, run: () => void): number {
    this.lastId += 1;
    this.timers.push({ id: this.lastId, dueMs, everyMs, run });
    return this.lastId;
  }

  stop(id: number): void {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  clear(): void {
    this.timers = [];
  }

  /** null: nothing is waited for. */
  nextDueMs(): number | null {
    return this.first()?.dueMs ?? null;
  }

  /** The first that is due by then, of equals the one that was started first; one that repeats is due again later. */
  take(untilMs: number): { readonly dueMs: number; readonly run: () => void } | null {
    const timer = this.first();
    if (timer === null || timer.dueMs > untilMs) return null;
    const { dueMs, everyMs, run } = timer;
    if (everyMs === null) this.stop(timer.id);
    else timer.dueMs += everyMs;
    return { dueMs, run };
  }

  private first(): Timer | null {
    return this.timers.reduce<Timer | null>(
      (best, timer) => (best === null || timer.dueMs < best.dueMs ? timer : best),
      null,
    );
  }
}
