/**
 * HOST: a pump of the simulation that runs ahead, and what a board has to say when it does the same wakes: the text of
 * the request, and the reply field for field.
 */
import { stateDigest } from '../../src/core/digest.ts';
import { EVENT_KINDS, type PumpEvent } from '../../src/core/events.ts';
import { LOG_AT } from '../../src/core/store.ts';
import { nextWake } from '../../src/core/tick.ts';
import { crc32OfWords } from '../sim/checksum.ts';
import { SimTarget } from '../sim/target.ts';
import { stateFields } from '../state-fields.ts';
import type { Stimulus, TargetObserver, TargetSetup } from '../target.ts';
import { Foresight } from './foresight.ts';
import { hexOfBytes, REPLY_CHAIN, REQUEST_CHARACTERS, wakeCheck } from './link.ts';

/** The wakes of one request, and the reply to them. */
export interface Foreseen {
  readonly tokens: readonly string[];
  readonly ticks: readonly number[];
  /** One for each field of the reply. */
  readonly reply: readonly string[];
}

/** Where a request begins: all of it, so that both ends can begin it again. */
export interface Start {
  readonly kept: ReturnType<SimTarget['keep']>;
  readonly lastReadings: readonly number[];
}

export class Scout {
  private readonly foresight = new Foresight();
  private readonly sim: SimTarget;
  private readonly listener: TargetObserver;
  /** Events and state digests of the wakes so far, as the board tells them. */
  private said: string[] = [];

  constructor(setup: TargetSetup) {
    this.sim = new SimTarget(setup, this.foresight);
    this.listener = {
      event: ({ tick, kind, argument }: PumpEvent) => {
        if (kind !== 'stroke') this.said.push([tick, EVENT_KINDS.indexOf(kind), argument].join('.'));
      },
      stateDigest: (tick, digest) => this.said.push([tick, 's', digest].join('.')),
      reply: (bytes) => this.said.push(`r.${hexOfBytes(bytes)}`),
      afterTick: () => undefined,
    };
  }

  get faults() {
    return this.sim.side.world.faults.entries;
  }

  nowTick(): number {
    return this.sim.nowTick();
  }

  nextTick(toTick: number): number {
    return this.sim.nextTick(toTick);
  }

  stimulate(tick: number, stimulus: Stimulus): void {
    this.sim.stimulate(tick, stimulus);
  }

  /** Up to so many wakes, as far as a request holds; it ends before a tick of `borders` but may begin with one. */
  foresee(toTick: number, mostWakes: number, borders: readonly number[] = []): Foreseen {
    const { sim, foresight } = this;
    const tokens: string[] = [];
    const ticks: number[] = [];
    const chain: string[] = [];
    const { strokes: strokesBefore, tones: tonesBefore } = foresight;
    const strokes = (): number => foresight.strokes - strokesBefore;
    const tones = (): number => foresight.tones - tonesBefore;
    this.said = [];
    let length = 0;
    while (sim.nowTick() <= toTick && tokens.length < mostWakes && length < REQUEST_CHARACTERS) {
      if (tokens.length > 0 && borders.includes(sim.nextTick(toTick))) break;
      const before = sim.pump.nowTick - 1;
      const tick = sim.step(toTick, this.listener);
      // A board without power does no wakes.
      if (sim.isOff) continue;
      const token = foresight.takeTokens(tick - before);
      // Written once for as often as it comes in a row.
      if (token !== tokens.at(-1)) length += token.length + 4;
      tokens.push(token);
      ticks.push(tick);
      chain.push(wakeCheck(sim.pump.log, nextWake(sim.pump), strokes(), tones(), 0).toString(16));
    }
    const reply = [
      tokens.length,
      strokes(),
      tones(),
      0,
      nextWake(sim.pump),
      sim.pump.log.laneA >>> 0,
      sim.pump.log.laneB >>> 0,
      memoryDigestOf(sim),
      chain.join('.'),
      this.said.join(' '),
    ].map(String);
    return { tokens, ticks, reply };
  }

  keep(): Start {
    return { kept: this.sim.keep(), lastReadings: this.foresight.keep() };
  }

  goBackTo({ kept, lastReadings }: Start): void {
    this.sim.goBackTo(kept);
    this.foresight.goBackTo(lastReadings);
  }

  /** To where a board begins that has been told no reading yet. */
  async restore(snapshot: unknown): Promise<void> {
    await this.sim.restore(snapshot);
    this.foresight.goBackTo();
  }

  /** All that the board should hold now, in line order. */
  memory(): ReadonlyMap<string, number> {
    return memoryOf({ kept: this.sim, lastReadings: this.foresight.keep() });
  }

  memoryDigest(): number {
    return memoryDigestOf(this.sim);
  }
}

type Remembered = Pick<SimTarget, 'pump'> & { readonly side: Pick<SimTarget['side'], 'stored'> };

/** As `memoryDigest` in `board-state.ts`: the state, and the store but for the log. */
export function memoryDigestOf({ pump, side }: Remembered): number {
  return (stateDigest(pump, { crc32: crc32OfWords }) ^ crc32OfWords(side.stored, LOG_AT)) >>> 0;
}

/** All that a board should hold there, in line order. */
export function memoryOf({ kept, lastReadings }: { kept: Remembered; lastReadings: readonly number[] }) {
  const { pump, side } = kept;
  return stateFields({
    ...pump,
    inbox: [],
    stored: side.stored.subarray(0, LOG_AT),
    lastReadings: [0, ...lastReadings],
  });
}

/** The first wake after which the board says something else than was foreseen; 0 when that can't be told. */
export function firstDifferentWake(foreseen: Foreseen, reply: readonly string[]): number {
  const theirs = (reply[REPLY_CHAIN] ?? '').split('.');
  const mine = foreseen.reply[REPLY_CHAIN]!.split('.');
  return Math.max(
    0,
    mine.findIndex((check, i) => check !== theirs[i]),
  );
}

/** The fields of a reply, in words for people. */
export const REPLY_WORDS: readonly string[] = [
  'wakes done',
  'strokes commanded',
  'tones played',
  'readings taken that were not foreseen',
  'next wake',
  'lane A of the rolling digest',
  'lane B of the rolling digest',
  'digest of state and store',
  'checks after each wake',
  'events and hourly digests',
];

/** The first field in which a reply is not as foreseen, with both values; null when there is none. */
export function differenceInReply(foreseen: Foreseen, reply: readonly string[]): string | null {
  const place = foreseen.reply.findIndex((value, i) => value !== (reply[i] ?? ''));
  return place < 0
    ? null
    : `${REPLY_WORDS[place]}: host ${foreseen.reply[place]}, board ${reply[place] ?? 'nothing'}`;
}
