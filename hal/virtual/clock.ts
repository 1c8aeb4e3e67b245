/**
 * HOST: the clock of a virtual board, which may run faster than this computer's, and the timers that go by it. Each
 * rings at its very moment of that clock, however late this computer is.
 */
import { Timers } from './timers.ts';

/** So much is caught up at once, in time of this computer. Held up for longer, the board's clock stood still. */
const CATCH_UP_MS = 250;

export class BoardClock {
  private readonly timers = new Timers();
  private readonly speed: number;
  /** The same moment by both clocks; the latter moves on by what the board's clock stood still. */
  private boardMs = Date.now();
  private hostMs = performance.now();
  private rate: number;
  /** While a timer rings, its moment. */
  private ringingMs: number | null = null;
  private alarm: NodeJS.Timeout | null = null;

  constructor(speed: number) {
    this.speed = speed;
    this.rate = speed;
  }

  nowMs(): number {
    return this.ringingMs ?? this.boardMs + (performance.now() - this.hostMs) * this.rate;
  }

  /** Time that a script takes passes once, however fast the clock: its processor is none the faster for that. */
  during(run: () => void): void {
    if (this.ringingMs !== null) {
      run();
      return;
    }
    this.goAt(1);
    try {
      run();
    } finally {
      this.goAt(this.speed);
    }
  }

  start(ms: number, isRepeated: boolean, run: () => void): number {
    const id = this.timers.start(this.nowMs() + ms, isRepeated ? ms : null, run);
    this.setAlarm();
    return id;
  }

  stop(id: number): void {
    this.timers.stop(id);
  }

  clear(): void {
    this.timers.clear();
    this.setAlarm();
  }

  private goAt(rate: number): void {
    this.boardMs = this.nowMs();
    this.hostMs = performance.now();
    this.rate = rate;
  }

  private keepUp(): void {
    const lateMs = this.nowMs() - (this.timers.nextDueMs() ?? Infinity);
    const stoodMs = lateMs / this.speed - CATCH_UP_MS;
    if (stoodMs > 0) this.hostMs += stoodMs;
    const untilMs = this.nowMs();
    for (let due = this.timers.take(untilMs); due !== null; due = this.timers.take(untilMs)) {
      this.ringingMs = due.dueMs;
      due.run();
    }
    this.ringingMs = null;
    this.setAlarm();
  }

  private setAlarm(): void {
    // While they ring, once is enough, at the end.
    if (this.ringingMs !== null) return;
    if (this.alarm !== null) clearTimeout(this.alarm);
    const dueMs = this.timers.nextDueMs();
    this.alarm =
      dueMs === null ? null : setTimeout(() => this.keepUp(), Math.max(0, dueMs - this.nowMs()) / this.speed);
  }
}
