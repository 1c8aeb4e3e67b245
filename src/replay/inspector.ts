/**
 * The whole state of a recorded run at any tick. The last snapshot before it is restored and the rest is run again,
 * and compared with the record as it goes, so that no state is shown that did not belong to it.
 */
import type { FaultRecord, Target, TargetFactory } from '../../hal/target.ts';
import { setupOf, stimuliOf } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Block, plainOf, records, recordsOf, type Trace, type TraceRecord } from '../trace/read.ts';
import { recordLine } from '../trace/text.ts';
import { snapshotBefore } from './kept.ts';

/** After the tick has been executed. */
export interface RunState {
  readonly tick: number;
  /** The firmware's, by dotted path. */
  readonly fields: ReadonlyMap<string, number>;
  /** In their integer units; null is unknown. */
  readonly signals: ReadonlyMap<string, number | null>;
  /** Those laid on and not cleared. */
  readonly faults: readonly FaultRecord[];
}

/** What runs here did something else than the record. */
export class StrayError extends Error {
  readonly tick: number;

  constructor(recorded: TraceRecord | null, now: TraceRecord | null) {
    const [then, here] = [recorded, now].map((one) => (one === null ? 'nothing' : `"${recordLine(one)}"`));
    super(`recorded was ${then}, and run again it is ${here}`);
    this.tick = Math.min(...[recorded, now].flatMap((one) => one?.tick ?? []));
  }
}

/** Going back within so much of where one has been needs no snapshot of the trace. */
const NEAR_TICKS = 86_400;

interface Checkpoint {
  readonly nextTick: number;
  readonly snapshot: unknown;
}

export class Inspector {
  readonly lastTick: number;
  private readonly trace: Trace;
  private readonly scenario: Scenario;
  private readonly createTarget: TargetFactory;
  private readonly hasSnapshots: boolean;
  private target: Target | null = null;
  private near: Checkpoint | null = null;

  /** `scenario` is the one of the manifest; snapshots are used where this firmware wrote them. */
  constructor(trace: Trace, scenario: Scenario, createTarget: TargetFactory, hasSnapshots: boolean) {
    this.trace = trace;
    this.scenario = scenario;
    this.createTarget = createTarget;
    this.hasSnapshots = hasSnapshots;
    const lastBlock = trace.blocks.findLast(({ kind }) => kind === 'records');
    this.lastTick = trace.end === null ? (lastBlock?.lastTick ?? 0) : Math.max(0, trace.end.ticks - 1);
  }

  /** Rejects with a `StrayError` where the run does not go as recorded. */
  async at(tick: number): Promise<RunState> {
    const target = await this.targetBefore(tick);
    try {
      await this.lead(target, tick);
    } catch (error) {
      this.target = null; // it stands nowhere in particular
      throw error;
    }
    const { signals } = target.describe();
    return {
      tick,
      fields: await target.readState(),
      signals: new Map(signals.map((name) => [name, target.read(name)])),
      faults: target
        .faults()
        .filter(({ clearedTick, passedTick }) => clearedTick === null && (passedTick ?? Infinity) > tick),
    };
  }

  private async lead(target: Target, tick: number): Promise<void> {
    if (tick - NEAR_TICKS > target.nowTick()) {
      await this.advance(target, tick - NEAR_TICKS);
      this.near = { nextTick: target.nowTick(), snapshot: await target.snapshot() };
    }
    if (target.nowTick() <= tick) await this.advance(target, tick);
  }

  /** Compares what happens with what was recorded. */
  private async advance(target: Target, throughTick: number): Promise<void> {
    const firstTick = (this.trace.gap?.throughTick ?? -1) + 1;
    const recorded = recordsFrom(this.trace, Math.max(target.nowTick(), firstTick));
    const next = (): TraceRecord | null => {
      let record = recorded.next().value ?? null;
      while (record?.kind === 'stimulus') record = recorded.next().value ?? null;
      return record;
    };
    const compare = (now: TraceRecord): void => {
      if (now.tick < firstTick) return;
      const then = next();
      if (then === null || recordLine(then) !== recordLine(now)) throw new StrayError(then, now);
    };
    await target.advance(throughTick, {
      event: (event) => compare({ tick: event.tick, kind: 'event', event }),
      stateDigest: (tick, digest) => compare({ tick, kind: 'state', digest }),
      afterTick() {},
    });
    const missing = next();
    if (missing !== null && missing.tick <= throughTick) throw new StrayError(missing, null);
  }

  /** A target that stands at or before the tick, as near as is to be had. */
  private async targetBefore(tick: number): Promise<Target> {
    const block = this.hasSnapshots ? snapshotBefore(this.trace, tick) : null;
    const { near } = this;
    const best =
      near !== null && near.nextTick <= tick && near.nextTick >= (block?.firstTick ?? 0) ? near : null;
    const known = best?.nextTick ?? block?.firstTick ?? 0;
    // `nowTick` is the tick after the last one executed, so a target that stands at `tick` itself has it done.
    if (this.target !== null && this.target.nowTick() <= tick + 1 && this.target.nowTick() >= known) {
      return this.target;
    }
    this.target ??= await this.createTarget(setupOf(this.scenario, false));
    if (best !== null) await this.target.restore(best.snapshot);
    else if (block !== null) await this.target.restore(plainOf(block));
    else this.target = await this.fromTheBeginning();
    return this.target;
  }

  private async fromTheBeginning(): Promise<Target> {
    const target = await this.createTarget(setupOf(this.scenario, false));
    for (const { tick, stimulus } of stimuliOf(this.scenario)) target.stimulate(tick, stimulus);
    return target;
  }
}

function* recordsFrom({ blocks }: Trace, tick: number): Generator<TraceRecord, undefined> {
  const from = blocks.findIndex(({ kind, lastTick }) => kind === 'records' && lastTick >= tick);
  if (from < 0) return;
  for (const record of records(blocks, from)) if (record.tick >= tick) yield record;
}

/** Finds its way through the records of a trace. */
export class TraceIndex {
  private readonly blocks: readonly Block[];

  constructor({ blocks }: Trace) {
    this.blocks = blocks.filter(({ kind }) => kind === 'records');
  }

  /** The wanted records after a tick. */
  *after(tick: number, isWanted: (record: TraceRecord) => boolean): Generator<TraceRecord, undefined> {
    const from = this.blocks.findIndex(({ lastTick }) => lastTick > tick);
    if (from < 0) return;
    for (const record of records(this.blocks, from)) {
      if (record.tick > tick && isWanted(record)) yield record;
    }
  }

  /** The wanted records before a tick, the last of them first. */
  *before(tick: number, isWanted: (record: TraceRecord) => boolean): Generator<TraceRecord, undefined> {
    let i = this.blocks.findLastIndex(({ firstTick }) => firstTick < tick);
    for (; i >= 0; i--) {
      yield* [...recordsOf(this.blocks[i]!)].filter((one) => one.tick < tick && isWanted(one)).reverse();
    }
  }

  /** Up to `count` records before a tick, the last of them last. */
  around(tick: number, count: number): TraceRecord[] {
    const found: TraceRecord[] = [];
    if (count === 0) return found;
    for (const record of this.before(tick, () => true)) if (found.push(record) === count) break;
    return found.reverse();
  }

  /** All records of a tick, and up to `count` after it. */
  from(tick: number, count: number): TraceRecord[] {
    const found: TraceRecord[] = [];
    let later = 0;
    for (const record of recordsFrom({ blocks: this.blocks } as Trace, tick)) {
      if (record.tick > tick) later += 1;
      if (later > count) break;
      found.push(record);
    }
    return found;
  }
}
