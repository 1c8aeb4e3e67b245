/**
 * HOST: a board in lockstep. The world and a twin of the firmware are here, the firmware under test is on the board.
 *
 * The twin runs ahead for a batch of wakes; what it was given goes out in one request, and the board answers with what
 * it did. Equal: the twin goes back to the start of the batch and does it again with everybody listening. Different:
 * the first wake that differs is in the reply; twin and board go back to the start of the batch, do it again up to that
 * wake, and are compared in all they know, so that the difference gets a tick and a name.
 */
import { stateDigest } from '../../src/core/digest.ts';
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
import { REQUEST_CHARACTERS, WAKES_MAX } from './link.ts';

/** Wakes of the first request; from there it goes by how long the board takes. */
const FIRST_BATCH = 32;
/** A batch that took longer is followed by half as many wakes, one that took less than half of it by twice as many. */
const BATCH_MS = 1000;
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

export class BoardTarget implements Target {
  private hello: BoardHello | null = null;
  private readonly foresight: Foresight;
  private readonly twin: SimTarget;
  private readonly line: BoardLine;
  private readonly setup: TargetSetup;
  private readonly name: string;
  /** Tokens of the last wakes, for people. */
  private recent: readonly string[] = [];
  private batchWakes = FIRST_BATCH;
  private revivals = 0;

  private constructor(name: string, setup: TargetSetup, line: BoardLine) {
    this.name = name;
    this.setup = setup;
    this.line = line;
    this.foresight = new Foresight();
    this.twin = new SimTarget(setup, this.foresight);
  }

  /** A pump on a board whose line is established; the line stays open when the target is closed. */
  static async open(name: string, setup: TargetSetup, line: BoardLine): Promise<BoardTarget> {
    const target = new BoardTarget(name, setup, line);
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
  }

  async advance(toTick: number, observer: TargetObserver): Promise<void> {
    while (this.twin.nowTick() <= toTick) await this.runBatch(toTick, observer);
  }

  read(signal: string): number | null {
    return this.twin.read(signal);
  }

  /** As the board tells it, not the twin. */
  async readState(): Promise<ReadonlyMap<string, number>> {
    const { values } = await this.fetchState();
    const names = [...(await this.twin.readState()).keys()];
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  faults(): readonly FaultRecord[] {
    return this.twin.faults();
  }

  doseFailures(): readonly { readonly kind: string; readonly tick: number }[] {
    return this.twin.doseFailures();
  }

  /** The rolling digest is the board's as of its last reply, the state digest the board's own. */
  async digest(): Promise<TargetDigest> {
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
    this.foresight.goBackTo();
    this.recent = [];
    try {
      await this.loadBoard();
    } catch (error) {
      if (!(error instanceof BoardLostError)) throw error;
      await this.revive(error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Asks the board where it is up to date. One that was switched off in between is set up anew and led through all it
   * had done, and then asked.
   */
  private async ask(
    verb: string,
    fields: readonly (string | number)[],
    replyVerb: string,
  ): Promise<string[]> {
    const { client } = this.line;
    for (;;) {
      try {
        return await client.ask(verb, fields, replyVerb);
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
      if (this.twin.nowTick() > 0) await this.loadBoard();
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
    const { twin, foresight } = this;
    const tokens: string[] = [];
    const ticks: number[] = [];
    const chain: string[] = [];
    const strokesBefore = twin.pump.motor.requested;
    const tonesBefore = twin.pump.battery.tones;
    let length = 0;
    while (twin.nowTick() <= toTick && tokens.length < this.batchWakes && length < REQUEST_CHARACTERS) {
      const before = twin.nowTick() - 1;
      const tick = twin.step(toTick, DEAF);
      const token = foresight.takeTokens(tick - before);
      // Written once for as often as it comes in a row.
      if (token !== tokens.at(-1)) length += token.length + 4;
      tokens.push(token);
      ticks.push(tick);
      chain.push((twin.pump.log.laneA >>> 0).toString(16));
    }
    return {
      tokens,
      ticks,
      chain,
      said: [
        tokens.length,
        twin.pump.motor.requested - strokesBefore,
        twin.pump.battery.tones - tonesBefore,
        0,
        nextWake(twin.pump),
        twin.pump.log.laneA >>> 0,
        twin.pump.log.laneB >>> 0,
        chain.join('.'),
      ],
    };
  }

  private async runBatch(toTick: number, observer: TargetObserver): Promise<void> {
    const { line, twin, foresight } = this;
    const start = twin.keep();
    const last = foresight.keep();
    const foreseen = this.foresee(toTick);
    twin.goBackTo(start);
    foresight.goBackTo(last);
    let said: readonly string[];
    try {
      said = await this.ask('wakes', [joinTokens(foreseen.tokens)], 'did');
    } catch (error) {
      if (!(error instanceof BoardAssertionError)) throw error;
      await this.nameDifference(foreseen, 0);
      return;
    }
    line.client.counts.wakes += foreseen.tokens.length;
    this.adapt(line.client.lastMs, foreseen.tokens.length);
    if (said.slice(0, foreseen.said.length).join() !== foreseen.said.join()) {
      const chain = said[SAID_CHAIN]!.split('.');
      const wake = foreseen.chain.findIndex((lane, i) => lane !== chain[i]);
      await this.nameDifference(foreseen, wake < 0 ? foreseen.ticks.length - 1 : wake);
    }
    this.recent = [...this.recent, ...foreseen.tokens].slice(1 - LINES_BEFORE);
    for (const tick of foreseen.ticks) {
      twin.step(tick, observer);
      foresight.takeTokens(0);
    }
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
    const { twin } = this;
    const { client } = this.line;
    await this.setUpBoard();
    await this.loadBoard();
    if (first > 0) await client.ask('wakes', [joinTokens(tokens.slice(0, first))], 'did');
    for (let i = 0; i < first; i++) twin.step(ticks[i]!, DEAF);
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
          `after tick ${twin.nowTick() - 1}: the board has something to do at tick ${nextTick}, the host at tick ${tick}`,
        );
      }
      twin.step(tick, DEAF);
      const field = await this.differentField();
      if (field !== null) throw differ(`at tick ${tick}; first field ${field}`);
      if (nextTick !== nextWake(twin.pump)) {
        throw differ(
          `after tick ${tick}: the board has something to do at tick ${nextTick}, the host at tick ${nextWake(twin.pump)}`,
        );
      }
    }
    throw new DivergenceError(
      `board and host differ at tick ${ticks[first]!}, and not when the board does these wakes again from the host's state: something on it is no part of the firmware's state`,
    );
  }

  /** The first field in which board and twin differ, and both values; null when there is none. */
  private async differentField(): Promise<string | null> {
    const theirs = (await this.fetchState()).values;
    const mine = [...this.memory()];
    const place = mine.findIndex(([, value], i) => value !== theirs[i]);
    return place < 0 ? null : `${mine[place]![0]}: host ${mine[place]![1]}, board ${theirs[place]}`;
  }

  /** All that the board should hold now, in line order. */
  private memory(): ReadonlyMap<string, number> {
    const { pump, side } = this.twin;
    return stateFields({
      ...pump,
      inbox: [],
      stored: side.stored,
      lastReading: [0, ...this.foresight.keep()],
    });
  }

  /** The board goes on from where the twin is. */
  private async loadBoard(): Promise<void> {
    const values = [...this.memory().values()].map(String);
    let digest = '';
    for (let from = 0, to = 0; from < values.length; from = to) {
      let length = 0;
      while (to < values.length && length < REQUEST_CHARACTERS) length += values[to++]!.length + 1;
      [digest = ''] = await this.line.client.ask('load', [from, values.slice(from, to).join(' ')], 'ok');
    }
    if (Number(digest) !== stateDigest(this.twin.pump, { crc32: crc32OfWords })) {
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
