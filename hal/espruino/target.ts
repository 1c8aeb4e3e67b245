/**
 * HOST: a board in lockstep. The world and a twin of the firmware are here, the firmware under test is on the board.
 *
 * The twin runs ahead for a batch of wakes; what it was given goes out in one request, and the board answers with what
 * it did. Equal: the twin goes back to the start of the batch and does it again with everybody listening. Different:
 * the board is set up anew, led to the first wake that differs, and asked for its whole state, so that the difference
 * gets a tick and a name.
 */
import { stateDigest, stateWords } from '../../src/core/digest.ts';
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
import { BoardAssertionError, BoardLostError } from './client.ts';
import type { BoardHello, BoardLine } from './connect.ts';
import { Foresight, REQUEST_CHARACTERS, therapyNumbers, WakeLog } from './foresight.ts';
import { lineFaultsFrom, type LineFaults } from './line-faults.ts';
import { WAKES_MAX } from './link.ts';

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
  readonly strokes: number;
  readonly tones: number;
  readonly next: number;
  readonly laneA: number;
  readonly laneB: number;
}

export class BoardTarget implements Target {
  private hello: BoardHello | null = null;
  private readonly foresight: Foresight;
  private readonly twin: SimTarget;
  private readonly line: BoardLine;
  private readonly setup: TargetSetup;
  private readonly name: string;
  /** Tokens of every wake the board has done, so that another one can be led to the same place. */
  private history = new WakeLog();
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
  }

  async advance(toTick: number, observer: TargetObserver): Promise<void> {
    while (this.twin.nowTick() <= toTick) await this.runBatch(toTick, observer);
  }

  read(signal: string): number | null {
    return this.twin.read(signal);
  }

  /** As the board tells it, not the twin. */
  async readState(): Promise<ReadonlyMap<string, number>> {
    const words = await this.fetchWords();
    const names = [...(await this.twin.readState()).keys()];
    return new Map(names.map((name, i) => [name, words[2 * i]! + words[2 * i + 1]! * 4294967296]));
  }

  faults(): readonly FaultRecord[] {
    return this.line.faults.completed(this.twin.faults());
  }

  doseFailures(): readonly { readonly kind: string; readonly tick: number }[] {
    return this.twin.doseFailures();
  }

  /** The rolling digest is the board's as of its last reply; the state digest is of the words it sends. */
  async digest(): Promise<TargetDigest> {
    const { rolling } = await this.twin.digest();
    const words = Int32Array.from(await this.fetchWords());
    return { rolling, state: crc32OfWords(words, words.length).toString(16).padStart(8, '0') };
  }

  snapshot(): Promise<unknown> {
    return Promise.resolve({
      kept: this.twin.keep(),
      last: this.foresight.keep(),
      history: this.history.copy(),
      lineFaults: this.line.faults.keep(),
    } satisfies Snapshot);
  }

  async restore(snapshot: unknown): Promise<void> {
    const { kept, last, history, lineFaults } = snapshot as Snapshot;
    this.twin.goBackTo(kept);
    this.line.faults.goBackTo(lineFaults);
    this.foresight.goBackTo(last);
    this.history = history.copy();
    await this.leadBoard(this.history);
  }

  async close(): Promise<void> {
    await this.line.calm();
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
      await this.leadBoard(this.history);
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
      strokes: twin.pump.motor.requested - strokesBefore,
      tones: twin.pump.battery.tones - tonesBefore,
      next: nextWake(twin.pump),
      laneA: twin.pump.log.laneA >>> 0,
      laneB: twin.pump.log.laneB >>> 0,
    };
  }

  private async runBatch(toTick: number, observer: TargetObserver): Promise<void> {
    const { line, twin, foresight } = this;
    const start = twin.keep();
    const last = foresight.keep();
    const foreseen = this.foresee(toTick);
    const firstTick = foreseen.ticks[0]!;
    const lineFaults = lineFaultsFrom(firstTick, twin.side.world.faults.entries);
    twin.goBackTo(start);
    foresight.goBackTo(last);
    // A restart that was ordered says nothing about how good the line is.
    this.revivals -= await line.disturb(lineFaults, firstTick);
    const log = new WakeLog();
    for (const token of foreseen.tokens) log.add(token);
    const request = [...log.requests(WAKES_MAX)].map(({ text }) => text).join(' ');
    const done = await this.ofBoard(foreseen, () => this.ask('wakes', [request], 'did'));
    line.client.counts.wakes += foreseen.tokens.length;
    this.adapt(line.client.lastMs, foreseen.tokens.length);
    const [executed, strokes, tones, starved, next, laneA, laneB, chain] = done;
    const isEqual =
      Number(executed) === foreseen.tokens.length &&
      Number(strokes) === foreseen.strokes &&
      Number(tones) === foreseen.tones &&
      Number(starved) === 0 &&
      Number(next) === foreseen.next &&
      Number(laneA) === foreseen.laneA &&
      Number(laneB) === foreseen.laneB &&
      chain === foreseen.chain.join('.');
    if (!isEqual) await this.nameDifference(foreseen, done);
    for (const token of foreseen.tokens) this.history.add(token);
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

  /** An assertion on the board that the host's twin does not make is a difference too. */
  private async ofBoard<T>(foreseen: Foreseen, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof BoardAssertionError)) throw error;
      throw new DivergenceError(
        `board and host differ between ticks ${foreseen.ticks[0]} and ${foreseen.ticks.at(-1)}: ${error.message}, and the host's did not`,
      );
    }
  }

  /** Lead a fresh board to the first wake that differs and compare all it knows with the twin. */
  private async nameDifference(
    foreseen: Foreseen,
    [executed, , , , , , , lanes]: readonly string[],
  ): Promise<never> {
    const { twin } = this;
    const chain = (lanes ?? '').split('.');
    let wake = foreseen.chain.findIndex((lane, i) => lane !== chain[i]);
    if (wake < 0) wake = foreseen.chain.length - 1;
    const tick = foreseen.ticks[wake]!;
    const log = this.history.copy();
    for (const token of foreseen.tokens.slice(0, wake)) log.add(token);
    const last = foreseen.tokens[wake]!;
    const before = `wakes up to there:\n  ${[...log.last(LINES_BEFORE - 1), last].join('\n  ')}`;
    const reply = await this.ofBoard(foreseen, async () => {
      await this.leadBoard(log);
      return await this.line.client.ask('wakes', [last], 'did');
    });
    // A board that has something to do before the host thinks so stops short of that wake.
    if (Number(executed) === wake) {
      const from = wake === 0 ? twin.nowTick() - 1 : foreseen.ticks[wake - 1]!;
      throw new DivergenceError(
        `board and host differ after tick ${from}: the board has something to do at tick ${reply[4]}, the host at tick ${tick}\n${before}`,
      );
    }
    for (let i = 0; i <= wake; i++) twin.step(foreseen.ticks[i]!, DEAF);
    const mine = stateWords(twin.pump);
    const theirs = await this.fetchWords(false);
    const names = [...stateFields({ ...twin.pump, inbox: [] }).keys()];
    const field = names.findIndex(
      (_, i) => mine[2 * i] !== theirs[2 * i] || mine[2 * i + 1] !== theirs[2 * i + 1],
    );
    const value = (words: ArrayLike<number>): number =>
      (words[2 * field]! >>> 0) + words[2 * field + 1]! * 4294967296;
    const what =
      field < 0
        ? `the states are equal, what was said is not (strokes, tones, missed readings, next wake: board ${reply.slice(1, 5).join(', ')})`
        : `first field ${names[field]}: host ${value(mine)}, board ${value(theirs)}`;
    throw new DivergenceError(`board and host differ at tick ${tick}; ${what}\n${before}`);
  }

  /** From tick 0 through these wakes. */
  private async leadBoard(log: WakeLog): Promise<void> {
    await this.setUpBoard();
    for (const { text } of log.requests(this.batchWakes)) await this.line.client.ask('wakes', [text], 'did');
  }

  /** Outside of a search for a difference, a board that was lost is led back first. */
  private async fetchWords(isRevived = true): Promise<number[]> {
    const { client } = this.line;
    const words: number[] = [];
    for (;;) {
      const fields = [words.length];
      const [, total, part] = isRevived
        ? await this.ask('state', fields, 'words')
        : await client.ask('state', fields, 'words');
      words.push(...(part ?? '').split(' ').map(Number));
      if (words.length >= Number(total)) return words;
    }
  }
}

interface Snapshot {
  readonly kept: ReturnType<SimTarget['keep']>;
  readonly last: readonly number[];
  readonly history: WakeLog;
  readonly lineFaults: ReturnType<LineFaults['keep']>;
}
