/**
 * What the main thread and the workers of one run share: a word that asks everybody to stop, and how far each scenario
 * is. Shared memory, because a worker in the middle of a scenario hears no messages.
 */
const HEADER_WORDS = 1;

export class RunBoard {
  /** Plain shared memory, to be handed to a worker. */
  readonly memory: Int32Array<SharedArrayBuffer>;
  private readonly canceller = new AbortController();
  /** For what waits for the world outside, in the thread that hears of a cancel. */
  readonly signal = this.canceller.signal;

  constructor(memory: Int32Array<SharedArrayBuffer>) {
    this.memory = memory;
  }

  static of(scenarioCount: number): RunBoard {
    const bytes = (HEADER_WORDS + scenarioCount) * Int32Array.BYTES_PER_ELEMENT;
    return new RunBoard(new Int32Array(new SharedArrayBuffer(bytes)));
  }

  cancel(): void {
    Atomics.store(this.memory, 0, 1);
    this.canceller.abort();
  }

  isCancelled(): boolean {
    return Atomics.load(this.memory, 0) !== 0;
  }

  /** Ticks gone through, the control's included: at most twice the longest scenario, which fits. */
  setTicks(scenarioIndex: number, ticks: number): void {
    Atomics.store(this.memory, HEADER_WORDS + scenarioIndex, ticks);
  }

  ticks(scenarioIndex: number): number {
    return Atomics.load(this.memory, HEADER_WORDS + scenarioIndex);
  }
}
