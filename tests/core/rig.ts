/**
 * A pump on a bench: the real core over the smallest HAL that keeps its promises. No world, so every number in a test
 * is one that somebody worked out by hand. The core is handed in, so that a bad copy of it can stand on the same bench.
 */
import crc32 from 'crc-32';
import type { PumpHal } from '../../hal/hal.ts';
import { commandOf, prescriptionWords } from '../../hal/prescription-words.ts';
import type { ClinicalOrder, Prescription } from '../../hal/target.ts';
import { EVENT_KINDS, type EventKind } from '../../src/core/events.ts';
import { bootPump, createPump, queueCommand } from '../../src/core/pump.ts';
import type { BuildState, PumpState } from '../../src/core/state.ts';
import { PRESCRIPTION_AT, PRESCRIPTION_WORDS, storeWords } from '../../src/core/store.ts';
import { stateDigest } from '../../src/core/digest.ts';
import { idle, nextWake, tick } from '../../src/core/tick.ts';

export interface Core {
  readonly createPump: typeof createPump;
  readonly queueCommand: typeof queueCommand;
  readonly tick: typeof tick;
  readonly nextWake: typeof nextWake;
  readonly idle: typeof idle;
  readonly stateDigest: typeof stateDigest;
  /** Told of what a test does to the pump by hand. */
  readonly touched?: (pump: PumpState) => void;
}

export const REAL_CORE: Core = { createPump, queueCommand, tick, nextWake, idle, stateDigest };

/** The bench's own, so that the bench needs nothing of a target or a world. */
const crc32OfWords = (words: Int32Array, count: number): number =>
  crc32.buf(new Uint8Array(words.buffer, words.byteOffset, count * 4)) >>> 0;

const LOG_ENTRIES = 64;

export interface RigEvent {
  readonly tick: number;
  readonly kind: EventKind;
  readonly argument: number;
}

/** A pump as it is built, filled and prescribed. */
export interface RigOptions extends BuildState, Prescription {
  readonly fillNl: number;
}

/** 300 ug/day of 500 ug/mL in strokes of 500 nL: exactly one stroke every 72 ticks, stroke k in tick 72 k - 1. */
export const ONE_IN_72: RigOptions = {
  strokeNl: 500,
  reservoirNl: 40_000_000,
  startHour: 0,
  sessionTimeoutTicks: 0,
  implantTick: 0,
  fillNl: 38_000_000,
  lowReservoirNl: 2_000_000,
  concentrationUgPerMl: 500,
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
};

export class Rig {
  readonly core: Core;
  readonly pump: PumpState;
  readonly hal: PumpHal;
  readonly events: RigEvent[] = [];
  readonly digests: { readonly tick: number; readonly digest: number }[] = [];
  readonly played: { readonly tick: number; readonly pattern: number }[] = [];
  /** Frames from the pump. */
  readonly replies: Uint8Array[] = [];
  /** Readings taken, by tick: what was asked for, in the order of asking. */
  readonly asked = new Map<number, string[]>();
  /** The store; null cannot be read. */
  stored: Int32Array | null = new Int32Array(storeWords(LOG_ENTRIES));
  /** What the surroundings are like; a test changes them between two runs. */
  pressurePa: number | null = 1000;
  restingMv: number | null = 2900;
  loadedMv: number | null = 2840;
  temperatureMilliC: number | null = 37_000;
  isTurning = true;
  isFeedbackLost = false;
  count = 0;
  /** Told of each write to the store before it is made. */
  hearsWrite: (address: number, words: Int32Array, stored: Int32Array) => void;
  private isStrokeCommanded = false;

  constructor(
    changes: Partial<RigOptions> = {},
    core: Core = REAL_CORE,
    restart: { readonly stored: Int32Array; readonly tick: number } | null = null,
    hears: (address: number, words: Int32Array, stored: Int32Array) => void = () => {},
  ) {
    this.core = core;
    this.hearsWrite = hears;
    this.hal = this.createHal();
    const options = { ...ONE_IN_72, ...changes };
    if (restart === null) {
      this.pump = core.createPump({ ...options, words: prescriptionWords(options) }, this.hal);
    } else {
      this.stored = restart.stored;
      const pump = bootPump(restart.tick, this.hal);
      if (pump === null) throw new Error('no pump in the store');
      this.pump = pump;
    }
  }

  /** A pump that comes back over this store, as of this tick. */
  static restarted(stored: Int32Array, tick: number, hears?: Rig['hearsWrite']): Rig {
    return new Rig({}, REAL_CORE, { stored, tick }, hears);
  }

  /** Execute every tick up to and including `toTick`. */
  runTo(toTick: number): this {
    while (this.pump.nowTick <= toTick) this.step();
    return this;
  }

  /** The same, jumping from wake to wake. */
  jumpTo(toTick: number): this {
    while (this.pump.nowTick <= toTick) {
      const next = Math.min(this.core.nextWake(this.pump), toTick);
      if (next > this.pump.nowTick) this.core.idle(this.pump, next - this.pump.nowTick);
      if (this.pump.nowTick !== next) throw new Error(`idle to ${this.pump.nowTick} instead of ${next}`);
      this.step();
    }
    return this;
  }

  /** Run up to the tick before, then queue: the order counts from `atTick`. */
  at(atTick: number, ...orders: readonly ClinicalOrder[]): this {
    this.runTo(atTick - 1);
    for (const order of orders) this.core.queueCommand(this.pump, commandOf(order));
    return this;
  }

  ticksOf(kind: EventKind): number[] {
    return this.events.filter((event) => event.kind === kind).map((event) => event.tick);
  }

  of(kind: EventKind): { readonly tick: number; readonly argument: number }[] {
    return this.events
      .filter((event) => event.kind === kind)
      .map(({ tick: at, argument }) => ({ tick: at, argument }));
  }

  /** The events of one tick, as `kind argument`. */
  said(atTick: number): string[] {
    return this.events.filter((event) => event.tick === atTick).map((e) => `${e.kind} ${e.argument}`);
  }

  /** A stored copy of the prescription, 0 or 1; changes to it are changes to the store. */
  storedCopy(copy: number): Int32Array {
    const at = PRESCRIPTION_AT + copy * PRESCRIPTION_WORDS;
    return this.stored!.subarray(at, at + PRESCRIPTION_WORDS);
  }

  digest(): number {
    return this.core.stateDigest(this.pump, this.hal.checksum);
  }

  private step(): void {
    this.core.tick(this.pump, this.hal);
    if (this.isStrokeCommanded && this.isTurning) this.count += 1;
    this.isStrokeCommanded = false;
  }

  private note<T>(what: string, value: T): T {
    // No pump yet: it is being restarted.
    const now = (this.pump as PumpState | undefined)?.nowTick ?? -1;
    const list = this.asked.get(now);
    if (list === undefined) this.asked.set(now, [what]);
    else list.push(what);
    return value;
  }

  private createHal(): PumpHal {
    return {
      motor: {
        stroke: () => {
          this.isStrokeCommanded = true;
        },
        confirmedCount: () => this.note('count', this.isFeedbackLost ? null : this.count),
      },
      outletPressure: { readPa: () => this.note('pressure', this.pressurePa) },
      supply: {
        readRestingMv: () => this.note('resting', this.restingMv),
        readLoadedMv: () => this.note('loaded', this.loadedMv),
      },
      temperature: { readMilliC: () => this.note('temperature', this.temperatureMilliC) },
      annunciator: {
        play: (pattern) => {
          this.played.push({ tick: this.pump.nowTick, pattern });
        },
      },
      watchdog: { kick: () => {} },
      store: {
        words: storeWords(LOG_ENTRIES),
        write: (address, words) => {
          this.stored ??= new Int32Array(storeWords(LOG_ENTRIES));
          this.hearsWrite(address, words, this.stored);
          this.stored.set(words, address);
        },
        read: (address, into) => {
          if (this.stored === null) return false;
          into.set(this.stored.subarray(address, address + into.length));
          return true;
        },
      },
      telemetry: {
        event: (at, code, argument) => {
          this.events.push({ tick: at, kind: EVENT_KINDS[code]!, argument });
        },
        stateDigest: (at, digest) => {
          this.digests.push({ tick: at, digest });
        },
        reply: (bytes) => {
          this.replies.push(bytes);
        },
      },
      checksum: { crc32: crc32OfWords },
    };
  }
}
