/**
 * Records a run for pictures: every stroke and every event, and the signals at chosen ticks. It reads and changes
 * nothing, so a recorded run is the run without a recorder; its own looks add executed ticks and touch no state.
 *
 * Strokes and events are exact. Signals are sampled, because seven years have three million strokes: at events a gap
 * apart, at hour ticks, and at every event for an hour around what is done to the pump or noticed by it. All of these
 * are the same in any stepping.
 */
import { SIGNALS } from '../../hal/signals.ts';
import type { Stimulus } from '../../hal/target.ts';
import { EVENT_KINDS, type PumpEvent } from '../core/events.ts';
import { TICKS_PER_HOUR } from '../core/units.ts';

/** A run as its pictures and waveforms need it. Plain data and typed arrays, so it crosses threads. */
export interface Recording {
  /** Ticks that the run went through. */
  readonly ticks: number;
  /** Ticks of all strokes, probes among them. */
  readonly strokeTicks: Int32Array;
  /** All other events but the closing of an hour: tick, index in `EVENT_KINDS`, argument. */
  readonly eventTicks: Int32Array;
  readonly eventKinds: Int32Array;
  readonly eventArguments: Float64Array;
  /** What people did, in order: the pump tells that it was told something, and not what. */
  readonly done: readonly Done[];
  /** When the signals were read, ascending. */
  readonly sampleTicks: Int32Array;
  /** By signal, in its integer unit; NaN where it could not be known. */
  readonly samples: Readonly<Record<string, Float64Array>>;
  /** Signals were read at each event that came so long after the last reading, and at each hour. */
  readonly gapTicks: number;
}

export interface Done {
  readonly tick: number;
  readonly stimulus: Exclude<Stimulus, { readonly kind: 'fault' | 'clear' }>;
}

/** What was recorded of a scenario: of each run as far as it came. */
export interface Recordings {
  readonly main: Recording | null;
  readonly control: Recording | null;
}

/** Signals that count events say nothing that the events don't, and the excess is a verdict of the oracle. */
const UNSAMPLED: readonly string[] = ['requested-strokes', 'tones', 'true.excess-dose-ug'];
const SAMPLED: readonly string[] = SIGNALS.map(({ name }) => name).filter(
  (name) => !UNSAMPLED.includes(name),
);

/** Troubles of the line so far, a signal of the recording alone. */
export const LINE_TROUBLES = 'line.troubles';

/** A run has at most so many samples, but for those each hour and those in detail. */
const USUAL_SAMPLES = 40_000;
const DETAILED_SAMPLES = 60_000;
const DETAIL_TICKS = TICKS_PER_HOUR;
/** After a stimulus the signals are looked at in 1, 2, 4 ... ticks, so that what relaxes is seen doing so. */
const LOOK_DOUBLINGS = 12;
const LOOKED_AFTER_STIMULI = 1000;

const UNREMARKABLE: readonly PumpEvent['kind'][] = ['stroke', 'probe', 'hour', 'tone', 'suspect'];

/** A typed array that grows. */
class Column<A extends Int32Array | Float64Array> {
  private array: A;
  private length = 0;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.array = make(1024);
  }

  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = this.make(2 * this.length);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length] = value;
    this.length += 1;
  }

  /** Its own memory, of just this size. */
  whole(): A {
    return this.array.slice(0, this.length) as A;
  }
}

const integers = (): Column<Int32Array> => new Column((length) => new Int32Array(length));
const numbers = (): Column<Float64Array> => new Column((length) => new Float64Array(length));

export class Recorder {
  /** Ticks at which the runner stands still for this recorder. */
  readonly looks: ReadonlySet<number>;
  private readonly gapTicks: number;
  private readonly strokeTicks = integers();
  private readonly eventTicks = integers();
  private readonly eventKinds = integers();
  private readonly eventArguments = numbers();
  private readonly done: Done[] = [];
  private readonly sampleTicks = integers();
  private columns: readonly { readonly name: string; readonly values: Column<Float64Array> }[] = [];
  private read: (signal: string) => number | null = () => null;
  private readonly lineTroubles: () => number | null;
  private lastTick = -1;
  private lastSampleTick = -1;
  private lastStrokeSampleTick = -TICKS_PER_HOUR;
  private isStroke = false;
  private nextStimulus = 0;
  private detailUntilTick = -1;
  private detailedLeft = DETAILED_SAMPLES;
  private readonly stimulusTicks: readonly number[];

  /** `stimulusTicks` ascend. `lineTroubles` counts what went wrong on the way to a board; null without a line. */
  constructor(
    stimulusTicks: readonly number[],
    untilTick: number,
    lineTroubles: () => number | null = () => null,
  ) {
    this.stimulusTicks = stimulusTicks;
    this.lineTroubles = lineTroubles;
    this.gapTicks = Math.min(TICKS_PER_HOUR, Math.ceil(untilTick / USUAL_SAMPLES));
    const looks = new Set([0, untilTick]);
    for (const tick of stimulusTicks.slice(0, LOOKED_AFTER_STIMULI)) {
      looks.add(tick - 1).add(tick);
      for (let n = 0; n < LOOK_DOUBLINGS; n += 1) looks.add(tick + 2 ** n);
    }
    this.looks = new Set([...looks].filter((tick) => tick >= 0 && tick <= untilTick));
  }

  /** Says whom to read, before the first tick. */
  watch(known: readonly string[], read: (signal: string) => number | null): void {
    this.read = read;
    const names = SAMPLED.filter((name) => known.includes(name));
    if (this.lineTroubles() !== null) names.push(LINE_TROUBLES);
    this.columns = names.map((name) => ({ name, values: numbers() }));
  }

  /** Before the run; it may end before the tick. */
  expectStimulus(tick: number, stimulus: Stimulus): void {
    if (stimulus.kind !== 'fault' && stimulus.kind !== 'clear') this.done.push({ tick, stimulus });
  }

  event(event: PumpEvent): void {
    if (event.kind === 'stroke' || event.kind === 'probe') {
      this.strokeTicks.push(event.tick);
      this.isStroke = true;
    }
    if (event.kind === 'stroke' || event.kind === 'hour') return;
    this.eventTicks.push(event.tick);
    this.eventKinds.push(EVENT_KINDS.indexOf(event.kind));
    this.eventArguments.push(event.argument);
    if (!UNREMARKABLE.includes(event.kind)) this.detailUntilTick = event.tick + DETAIL_TICKS;
  }

  /** After each executed tick. An eventful one is an executed one in any stepping. */
  afterTick(tick: number, isEventful: boolean): void {
    this.lastTick = tick;
    const isStroke = this.isStroke;
    this.isStroke = false;
    if (this.looks.has(tick) || (isEventful && this.isDue(tick, isStroke))) {
      this.sample(tick);
      if (isStroke) this.lastStrokeSampleTick = tick;
    }
  }

  /** What has been recorded so far; a run may have ended before its time. */
  recording(): Recording {
    return {
      ticks: this.lastTick + 1,
      strokeTicks: this.strokeTicks.whole(),
      eventTicks: this.eventTicks.whole(),
      eventKinds: this.eventKinds.whole(),
      eventArguments: this.eventArguments.whole(),
      done: this.done.filter(({ tick }) => tick <= this.lastTick),
      sampleTicks: this.sampleTicks.whole(),
      samples: Object.fromEntries(this.columns.map(({ name, values }) => [name, values.whole()])),
      gapTicks: this.gapTicks,
    };
  }

  /** Pressure is highest in the tick of a stroke, so strokes are due apart from hours and the rest. */
  private isDue(tick: number, isStroke: boolean): boolean {
    if (tick - (isStroke ? this.lastStrokeSampleTick : this.lastSampleTick) >= this.gapTicks) return true;
    if (this.detailedLeft === 0 || !this.isDetail(tick)) return false;
    this.detailedLeft -= 1;
    return true;
  }

  private isDetail(tick: number): boolean {
    const stimuli = this.stimulusTicks;
    while (this.nextStimulus < stimuli.length && stimuli[this.nextStimulus]! + DETAIL_TICKS < tick) {
      this.nextStimulus += 1;
    }
    const nearest = stimuli[this.nextStimulus];
    return tick <= this.detailUntilTick || (nearest !== undefined && tick >= nearest - DETAIL_TICKS);
  }

  private sample(tick: number): void {
    this.lastSampleTick = tick;
    this.sampleTicks.push(tick);
    for (const { name, values } of this.columns) {
      const value = name === LINE_TROUBLES ? this.lineTroubles() : this.read(name);
      values.push(value ?? Number.NaN);
    }
  }
}
