/**
 * A board that is asked only around what happens: in between the simulation goes alone, and at the start of a window
 * the board is put where the simulation is.
 */
import type { Stimulus, Target, TargetFactory, TargetObserver } from '../../hal/target.ts';

export interface Window {
  readonly fromTick: number;
  readonly toTick: number;
}

/** Windows of `margin` ticks around each tick, those that touch joined. `ticks` ascend. */
export function windowsAround(ticks: readonly number[], margin: number): Window[] {
  const windows: { fromTick: number; toTick: number }[] = [];
  for (const tick of ticks) {
    const last = windows.at(-1);
    if (last !== undefined && tick - margin <= last.toTick + 1) last.toTick = tick + margin;
    else windows.push({ fromTick: Math.max(0, tick - margin), toTick: tick + margin });
  }
  return windows;
}

class WindowedTarget implements Target {
  private readonly sim: Target;
  private readonly board: Target;
  private readonly windows: readonly Window[];
  private current: Target;

  constructor(sim: Target, board: Target, windows: readonly Window[]) {
    this.sim = sim;
    this.board = board;
    this.windows = windows;
    this.current = sim;
  }

  async advance(toTick: number, observer: TargetObserver): Promise<void> {
    while (this.nowTick() <= toTick) {
      const window = this.windows.find((one) => one.toTick >= this.nowTick());
      const isInside = window !== undefined && window.fromTick <= this.nowTick();
      await this.goOnWith(isInside ? this.board : this.sim);
      const endTick = isInside ? window.toTick : (window?.fromTick ?? Number.POSITIVE_INFINITY) - 1;
      await this.current.advance(Math.min(toTick, endTick), observer);
    }
  }

  /** What is still queued is part of a snapshot. */
  private async goOnWith(target: Target): Promise<void> {
    if (target === this.current) return;
    await target.restore(await this.current.snapshot());
    this.current = target;
  }

  describe() {
    return this.current.describe();
  }
  nowTick() {
    return this.current.nowTick();
  }
  executedTicks() {
    return this.current.executedTicks();
  }
  stimulate(tick: number, stimulus: Stimulus) {
    this.current.stimulate(tick, stimulus);
  }
  read(signal: string) {
    return this.current.read(signal);
  }
  readState() {
    return this.current.readState();
  }
  faults() {
    return this.current.faults();
  }
  refills() {
    return this.current.refills();
  }
  doseFailures() {
    return this.current.doseFailures();
  }
  digest() {
    return this.current.digest();
  }
  snapshot() {
    return this.current.snapshot();
  }
  restore(snapshot: unknown) {
    return this.current.restore(snapshot);
  }
  async close() {
    await this.sim.close();
    await this.board.close();
  }
}

/** `onSim` and `onBoard` take each other's snapshots. */
export function windowed(
  onSim: TargetFactory,
  onBoard: TargetFactory,
  windows: readonly Window[],
): TargetFactory {
  return async (setup) => new WindowedTarget(await onSim(setup), await onBoard(setup), windows);
}
