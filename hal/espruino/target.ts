/**
 * HOST: a board in lockstep. The world and the host's own copy of the firmware are here, twice: the scout runs ahead
 * for a batch of wakes, and what its firmware was given goes out in one request; the board answers with what it did.
 * Equal: the twin, at which the runner looks, may follow up to there. Different: the first wake that differs is in the
 * reply; scout and board go back to the start of the batch, do it again up to that wake, and are compared in all they
 * know, so that the difference gets a tick and a name.
 */
import { stateDigest } from '../../src/core/digest.ts';
import { LOG_AT } from '../../src/core/store.ts';
import { nextWake } from '../../src/core/tick.ts';
import { crc32OfWords } from '../sim/sim-hal.ts';
import { SimTarget } from '../sim/target.ts';
import { stateFields } from '../state-fields.ts';
import type {
  FaultRecord,
  Stimulus,
  Target,
  TargetDescription,
  TargetDigest,
  TargetObserver,
  TargetSetup,
} from '../target.ts';
import { BoardAssertionError, BoardLostError, LineError } from './client.ts';
import type { BoardHello, BoardLine } from './connect.ts';
import { Foresight, joinTokens, therapyNumbers } from './foresight.ts';
import { isOfLine, lineFaultsFrom } from './line-faults.ts';
import { REQUEST_CHARACTERS, WAKES_MAX } from './link.ts';

/** Wakes of the first request; from there it goes by how long the board takes. */
const FIRST_BATCH = 32;
/** A batch that took longer is followed by half as many wakes, one that took less than half of it by twice as many. */
const BATCH_MS = 1000;
/** While a fault of the line lasts: few, so that it has messages to strike, and as many for a slow board as for a fast. */
const WAKES_IN_TROUBLE = 8;
/** How often in a run a board may forget everything before the line is given up. */
const REVIVALS = 3;
const LINES_BEFORE = 5;

const DEAF: TargetObserver = {
  event() {
    // foreseeing is not happening
  },
  stateDigest() {
    // foreseeing is not happening
  },
  afterTick() {
    // foreseeing is not happening
  },
};

/** Host and board differ: the first tick and field, both values, and the wakes before. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

interface Foreseen {
  readonly tokens: string[];
  readonly ticks: number[];
  /** Lane A of the rolling digest after each wake, as the board's chain has it. */
  readonly chain: string[];
  /** What the board has to answer, field for field up to the chain. */
  readonly said: readonly (string | number)[];
}

/** Places in the reply to `wakes`. */
const SAID_EXECUTED = 0;
const SAID_NEXT = 4;
const SAID_CHAIN = 7;

/** Where a batch begins: all of it, so that both ends can begin it again. */
interface Start {
  readonly kept: ReturnType<SimTarget['keep']>;
  readonly lastReadings: readonly number[];
}

export class BoardTarget implements Target {
  private hello: BoardHello | null = null;
  private readonly twin: SimTarget;
  private readonly foresight = new Foresight();
  /** As far as the board, or a batch ahead of it. */
  private readonly scout: SimTarget;
  private readonly line: BoardLine;
  private readonly setup: TargetSetup;
  private readonly name: string;
  private start: Start;
  /** Tokens that the board has done since the start. */
  private done: readonly string[] = [];
  /** Stimuli that came since the start. */
  private late: [tick: number, stimulus: Stimulus][] = [];
  /** One of them was for a tick that the board has done already. */
  private isBoardAstray = false;
  /** When faults of the line come and go, and the names of those that come: such a tick begins a request. */
  private readonly lineTicks: number[] = [];
  private readonly lineFaultIds = new Set<string>();
  /** Tokens of the last wakes before the start, for people. */
  private recent: readonly string[] = [];
  private batchWakes = FIRST_BATCH;
  private revivals = 0;

  private constructor(name: string, setup: TargetSetup, line: BoardLine) {
    this.name = name;
    this.setup = setup;
    this.line = line;
    this.twin = new SimTarget(setup);
    this.scout = new SimTarget(setup, this.foresight);
    this.start = this.keep();
  }

  /** A pump on a board whose line is established; the line stays open when the target is closed. */
  static async open(name: string, setup: TargetSetup, line: BoardLine): Promise<BoardTarget> {
    const target = new BoardTarget(name, setup, line);
    line.faults.begin(setup.seed);
    try {
      target.hello = await line.greet();
      await target.setUpBoard();
    } catch (error) {
      if (!(error instanceof BoardLostError)) throw error;
      // It was switched off since the last scenario.
      await target.revive(error);
    }
    return target;
  }

  describe(): TargetDescription {
    return { ...this.twin.describe(), name: this.name, engine: this.hello?.board ?? '' };
  }

  nowTick(): number {
    return this.twin.nowTick();
  }

  executedTicks(): number {
    return this.twin.executedTicks();
  }

  stimulate(tick: number, stimulus: Stimulus): void {
    this.twin.stimulate(tick, stimulus);
    this.late.push([tick, stimulus]);
    if (isOfLine(stimulus)) this.lineFaultIds.add(stimulus.id);
    if ((stimulus.kind === 'fault' || stimulus.kind === 'clear') && this.lineFaultIds.has(stimulus.id)) {
      this.lineTicks.push(tick);
    }
    if (tick >= this.scout.nowTick()) this.scout.stimulate(tick, stimulus);
    else this.isBoardAstray = true;
  }

  async advance(toTick: number, observer: TargetObserver): Promise<void> {
    const { twin, scout, setup } = this;
    if (this.isBoardAstray) await this.comeBack();
    while (twin.nowTick() <= toTick) {
      if (twin.nowTick() === scout.nowTick()) await this.runBatch(Math.max(toTick, setup.untilTick ?? 0));
      const verifiedTick = scout.nowTick() - 1;
      while (twin.nowTick() <= Math.min(toTick, verifiedTick))
        twin.step(Math.min(toTick, verifiedTick), observer);
    }
  }

  read(signal: string): number | null {
    return this.twin.read(signal);
  }

  /** As the board tells it, not the twin. */
  async readState(): Promise<ReadonlyMap<string, number>> {
    await this.comeBack();
    const { values } = await this.fetchState();
    const names = [...(await this.twin.readState()).keys()];
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  faults(): readonly FaultRecord[] {
    return this.line.faults.completed(this.twin.faults());
  }

  doseFailures(): readonly { readonly kind: string; readonly tick: number }[] {
    return this.twin.doseFailures();
  }

  /** The rolling digest is the board's as of its last reply, the state digest the board's own. */
  async digest(): Promise<TargetDigest> {
    await this.comeBack();
    const { rolling } = await this.twin.digest();
    const { digest } = await this.fetchState();
    return { rolling, state: digest.toString(16).padStart(8, '0') };
  }

  /** Of the twin, which the board is equal to: so a board goes on where the simulation has been, and the reverse. */
  snapshot(): Promise<unknown> {
    return this.twin.snapshot();
  }

  async restore(snapshot: unknown): Promise<void> {
    await this.twin.restore(snapshot);
    await this.scout.restore(snapshot);
    this.line.faults.keepOnly(this.twin.faults().map(({ id }) => id));
    this.foresight.goBackTo();
    this.recent = [];
    this.begin();
    await this.reviving(() => this.loadBoard());
  }

  async close(): Promise<void> {
    await this.line.calm();
  }

  private keep(): Start {
    return { kept: this.scout.keep(), lastReadings: this.foresight.keep() };
  }

  private begin(): void {
    this.start = this.keep();
    this.done = [];
    this.late = [];
    this.isBoardAstray = false;
  }

  /** The scout at the start of the batch once more, with what has become known since. */
  private goBackToStart(): void {
    const { scout, foresight, start } = this;
    scout.goBackTo(start.kept);
    foresight.goBackTo(start.lastReadings);
    for (const [tick, stimulus] of this.late) scout.stimulate(tick, stimulus);
    this.done = [];
  }

  /** The board to where the twin is, when it is ahead: from the start of the batch, really executed. */
  private async comeBack(): Promise<void> {
    const { twin, scout } = this;
    if (twin.nowTick() === scout.nowTick() && !this.isBoardAstray) return;
    this.isBoardAstray = false;
    this.goBackToStart();
    await this.reviving(() => this.loadBoard());
    while (scout.nowTick() < twin.nowTick()) await this.runBatch(twin.nowTick() - 1);
  }

  private async ask(
    verb: string,
    fields: readonly (string | number)[],
    replyVerb: string,
  ): Promise<string[]> {
    return await this.reviving(() => this.line.client.ask(verb, fields, replyVerb));
  }

  /** A board that was switched off in between is put to where it was, and asked again. */
  private async reviving<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof BoardLostError)) throw error;
        await this.revive(error);
      }
    }
  }

  private async revive(reason: BoardLostError): Promise<void> {
    this.revivals += 1;
    if (this.revivals > REVIVALS) throw reason;
    this.line.client.counts.reboots += 1;
    try {
      this.hello = await this.line.establish();
      await this.setUpBoard();
      await this.loadBoard();
      if (this.done.length > 0) await this.line.client.ask('wakes', [joinTokens(this.done)], 'did');
    } catch (error) {
      if (!(error instanceof BoardLostError)) throw error;
      await this.revive(error);
    }
  }

  private async setUpBoard(): Promise<void> {
    const { setup, twin } = this;
    const { build } = twin.pump;
    const [digest] = await this.line.client.ask(
      'setup',
      [
        build.strokeNl,
        build.reservoirNl,
        build.startHour,
        setup.fillNl,
        setup.lowReservoirNl,
        setup.concentrationUgPerMl,
        ...therapyNumbers(setup.therapy),
      ],
      'ok',
    );
    const own = new SimTarget(setup).pump;
    if (Number(digest) !== stateDigest(own, { crc32: crc32OfWords })) {
      throw new DivergenceError(`tick 0: board and host differ before the first tick (digest ${digest})`);
    }
  }

  private foresee(toTick: number): Foreseen {
    const { scout, foresight } = this;
    const tokens: string[] = [];
    const ticks: number[] = [];
    const chain: string[] = [];
    const strokesBefore = scout.pump.motor.requested;
    const tonesBefore = scout.pump.battery.tones;
    const firstTick = scout.nextTick(toTick);
    const isTroubled =
      this.lineTicks.includes(firstTick) ||
      lineFaultsFrom(firstTick, scout.side.world.faults.entries).length > 0;
    const mostWakes = isTroubled ? WAKES_IN_TROUBLE : this.batchWakes;
    let length = 0;
    while (scout.nowTick() <= toTick && tokens.length < mostWakes && length < REQUEST_CHARACTERS) {
      if (tokens.length > 0 && this.lineTicks.includes(scout.nextTick(toTick))) break;
      const before = scout.nowTick() - 1;
      const tick = scout.step(toTick, DEAF);
      const token = foresight.takeTokens(tick - before);
      // Written once for as often as it comes in a row.
      if (token !== tokens.at(-1)) length += token.length + 4;
      tokens.push(token);
      ticks.push(tick);
      chain.push((scout.pump.log.laneA >>> 0).toString(16));
    }
    return {
      tokens,
      ticks,
      chain,
      said: [
        tokens.length,
        scout.pump.motor.requested - strokesBefore,
        scout.pump.battery.tones - tonesBefore,
        0,
        nextWake(scout.pump),
        scout.pump.log.laneA >>> 0,
        scout.pump.log.laneB >>> 0,
        chain.join('.'),
      ],
    };
  }

  private async runBatch(toTick: number): Promise<void> {
    const { line } = this;
    this.recent = [...this.recent, ...this.done].slice(1 - LINES_BEFORE);
    this.begin();
    const foreseen = this.foresee(toTick);
    const firstTick = foreseen.ticks[0]!;
    const lineFaults = lineFaultsFrom(firstTick, this.scout.side.world.faults.entries);
    // A restart that was ordered says nothing about how good the line is.
    this.revivals -= await line.disturb(lineFaults, firstTick);
    let said: readonly string[];
    try {
      said = await this.ask('wakes', [joinTokens(foreseen.tokens)], 'did');
    } catch (error) {
      if (!(error instanceof BoardAssertionError)) throw error;
      return await this.nameDifference(foreseen, 0);
    }
    line.client.counts.wakes += foreseen.tokens.length;
    if (lineFaults.length === 0) this.adapt(line.client.lastMs, foreseen.tokens.length);
    if (said.slice(0, foreseen.said.length).join() !== foreseen.said.join()) {
      const chain = said[SAID_CHAIN]!.split('.');
      const wake = foreseen.chain.findIndex((lane, i) => lane !== chain[i]);
      await this.nameDifference(foreseen, wake < 0 ? foreseen.ticks.length - 1 : wake);
    }
    this.done = foreseen.tokens;
  }

  /** So many wakes a request that neither the line nor patience is wasted. */
  private adapt(ms: number, wakes: number): void {
    if (ms > BATCH_MS) this.batchWakes = Math.max(1, Math.floor(Math.min(wakes, this.batchWakes) / 2));
    else if (ms < BATCH_MS / 2 && wakes === this.batchWakes) {
      this.batchWakes = Math.min(WAKES_MAX, 2 * this.batchWakes);
    }
  }

  /** Host and board go back to the start of the batch and do it again, from wake `first` on one at a time. */
  private async nameDifference({ tokens, ticks }: Foreseen, first: number): Promise<never> {
    const { scout } = this;
    const { client } = this.line;
    this.goBackToStart();
    await this.setUpBoard();
    await this.loadBoard();
    if (first > 0) await client.ask('wakes', [joinTokens(tokens.slice(0, first))], 'did');
    for (let i = 0; i < first; i++) scout.step(ticks[i]!, DEAF);
    for (let i = first; i < ticks.length; i++) {
      const tick = ticks[i]!;
      const before = [...this.recent, ...tokens.slice(0, i + 1)].slice(-LINES_BEFORE);
      const differ = (what: string): DivergenceError =>
        new DivergenceError(`board and host differ ${what}\nwakes up to there:\n  ${before.join('\n  ')}`);
      let said: readonly string[];
      try {
        said = await client.ask('wakes', [tokens[i]!], 'did');
      } catch (error) {
        if (!(error instanceof BoardAssertionError)) throw error;
        throw differ(`at tick ${tick}: ${error.message}, and the host's did not`);
      }
      const nextTick = Number(said[SAID_NEXT]);
      if (Number(said[SAID_EXECUTED]) === 0) {
        throw differ(
          `after tick ${scout.nowTick() - 1}: the board has something to do at tick ${nextTick}, the host at tick ${tick}`,
        );
      }
      scout.step(tick, DEAF);
      const field = await this.differentField();
      if (field !== null) throw differ(`at tick ${tick}; first field ${field}`);
      if (nextTick !== nextWake(scout.pump)) {
        throw differ(
          `after tick ${tick}: the board has something to do at tick ${nextTick}, the host at tick ${nextWake(scout.pump)}`,
        );
      }
    }
    throw new DivergenceError(
      `board and host differ at tick ${ticks[first]!}, and not when the board does these wakes again from the host's state: something on it is no part of the firmware's state`,
    );
  }

  /** The first field in which board and scout differ, and both values; null when there is none. */
  private async differentField(): Promise<string | null> {
    const theirs = (await this.fetchState()).values;
    const mine = [...memoryOf(this.keep())];
    const place = mine.findIndex(([, value], i) => value !== theirs[i]);
    return place < 0 ? null : `${mine[place]![0]}: host ${mine[place]![1]}, board ${theirs[place]}`;
  }

  /** The board goes on from the start of the batch. */
  private async loadBoard(): Promise<void> {
    const values = [...memoryOf(this.start).values()].map(String);
    let digest = '';
    for (let from = 0, to = 0; from < values.length; from = to) {
      let length = 0;
      while (to < values.length && length < REQUEST_CHARACTERS) length += values[to++]!.length + 1;
      [digest = ''] = await this.line.client.ask('load', [from, values.slice(from, to).join(' ')], 'ok');
    }
    if (Number(digest) !== stateDigest(this.start.kept.pump, { crc32: crc32OfWords })) {
      throw new LineError(`${this.line.port.name}: the board did not take over the state it was given`);
    }
  }

  private async fetchState(): Promise<{ readonly digest: number; readonly values: readonly number[] }> {
    const values: number[] = [];
    for (;;) {
      const [digest, total, part = ''] = await this.ask('state', [values.length], 'values');
      values.push(...part.split(' ').map(Number));
      if (values.length >= Number(total)) return { digest: Number(digest), values };
    }
  }
}

/** All that the board should hold then, in line order. */
function memoryOf({ kept, lastReadings }: Start): ReadonlyMap<string, number> {
  const { pump, side } = kept;
  return stateFields({
    ...pump,
    inbox: [],
    stored: side.stored.subarray(0, LOG_AT),
    lastReadings: [0, ...lastReadings],
  });
}
