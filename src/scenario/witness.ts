/** What listens to a run. It changes nothing: a run with a witness is the run without one. */
import type { Stimulus, Target, TargetObserver } from '../../hal/target.ts';
import type { PumpEvent } from '../core/events.ts';
import { TICKS_PER_HOUR } from '../core/units.ts';
import type { TraceWriter } from '../trace/write.ts';
import { AlarmBook } from './alarm-book.ts';
import type { Dose } from './evidence.ts';
import type { Judge } from './expect.ts';
import type { Recorder } from './recorder.ts';

/** Listens to a run: feeds the judges, the alarm book, the trace, and notes doses where a window may close. */
export class Witness implements TargetObserver {
  readonly book = new AlarmBook();
  readonly doses = new Map<number, Dose>();
  readonly looks = new Set<number>();
  /** Commanded so far, by all pumps there were. */
  strokes = 0;
  private readonly listeners: readonly Judge[];
  private readonly watchers: readonly Judge[];
  private readonly hasContinuous: boolean;
  private hasEvent = false;
  private isDoseWanted = false;
  /** Of those to come. */
  private readonly replacedTicks: number[] = [];
  private readonly unwritten: { readonly tick: number; readonly stimulus: Stimulus }[] = [];

  private readonly target: Target;
  private readonly trace: TraceWriter | null;
  private readonly recorder: Recorder | null;
  private readonly doseTicks: ReadonlySet<number>;

  constructor(
    target: Target,
    judges: readonly Judge[],
    trace: TraceWriter | null,
    doseTicks: ReadonlySet<number>,
    recorder: Recorder | null = null,
  ) {
    this.target = target;
    this.trace = trace;
    this.recorder = recorder;
    this.doseTicks = doseTicks;
    this.listeners = judges.filter((judge) => judge.event !== undefined);
    this.watchers = judges.filter((judge) => judge.look !== undefined);
    this.hasContinuous = judges.some((judge) => judge.isContinuous);
  }

  /** Lay a stimulus on, and write it into the trace where its tick comes. In tick order. */
  expectStimulus(tick: number, stimulus: Stimulus): void {
    this.target.stimulate(tick, stimulus);
    if (this.trace !== null) this.unwritten.push({ tick, stimulus });
    this.recorder?.expectStimulus(tick, stimulus);
    if (stimulus.kind === 'replace') this.replacedTicks.push(tick);
  }

  /** Stimuli come before everything else of their tick. */
  writeStimuli(throughTick: number): void {
    for (;;) {
      const next = this.unwritten[0];
      if (next === undefined || next.tick > throughTick) return;
      this.unwritten.shift();
      this.trace?.stimulus(next.tick, next.stimulus);
    }
  }

  event(event: PumpEvent): void {
    if (this.unwritten.length > 0) this.writeStimuli(event.tick);
    this.noteReplacement(event.tick);
    this.hasEvent = true;
    if (event.kind === 'raise') this.isDoseWanted = true;
    this.trace?.event(event);
    this.recorder?.event(event);
    if (event.kind === 'stroke' || event.kind === 'probe') this.strokes += 1;
    if (event.kind !== 'stroke') {
      this.book.event(event);
      for (const judge of this.listeners) judge.event?.(event);
    }
  }

  stateDigest(tick: number, digest: number): void {
    if (this.unwritten.length > 0) this.writeStimuli(tick);
    this.trace?.stateDigest(tick, digest);
  }

  private noteReplacement(tick: number): void {
    const replacedTick = this.replacedTicks[0];
    if (replacedTick === undefined || replacedTick > tick) return;
    this.replacedTicks.shift();
    this.book.pumpReplaced(replacedTick);
  }

  afterTick(tick: number): void {
    this.noteReplacement(tick);
    if (this.isDoseWanted || this.doseTicks.has(tick)) {
      this.isDoseWanted = false;
      this.doses.set(tick, {
        prescribedNg: this.target.read('true.prescribed-ug'),
        deliveredNg: this.target.read('true.delivered-ug'),
        intrathecalNg: this.target.read('true.intrathecal-ug'),
      });
    }
    const isEventful = this.hasEvent || tick % TICKS_PER_HOUR === 0;
    this.hasEvent = false;
    this.recorder?.afterTick(tick, isEventful);
    if ((this.hasContinuous && isEventful) || this.looks.has(tick)) {
      for (const judge of this.watchers) judge.look?.(tick);
    }
  }
}
