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
import { LineClient, LineError, type LinePort } from './client.ts';
import { Foresight, therapyNumbers, writeWakes } from './foresight.ts';
import { LINE_MAX, PROTOCOL, type TextCrc } from './link.ts';

const WAKES_A_BATCH = 32;
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
  readonly said: string[];
  readonly next: number;
  readonly laneA: number;
  readonly laneB: number;
}

export interface BoardHello {
  readonly coreHash: string;
  readonly board: string;
  readonly freeVariables: number;
  readonly totalVariables: number;
}

export interface BoardOptions {
  readonly port: LinePort;
  readonly crc: TextCrc;
  /** Hash of the core in this process; a board with another one is refused. */
  readonly coreHash: string;
}

export class BoardTarget implements Target {
  readonly hello: BoardHello;
  private readonly foresight: Foresight;
  private readonly twin: SimTarget;
  private readonly client: LineClient;
  private readonly setup: TargetSetup;
  /** Tokens of every wake the board has done, so that another one can be led to the same place. */
  private readonly history: string[] = [];

  private constructor(setup: TargetSetup, client: LineClient, hello: BoardHello) {
    this.setup = setup;
    this.client = client;
    this.hello = hello;
    this.foresight = new Foresight();
    this.twin = new SimTarget(setup, this.foresight);
  }

  static async open(setup: TargetSetup, options: BoardOptions): Promise<BoardTarget> {
    const client = new LineClient(options.port, options.crc);
    const [protocol, coreHash, board, free, total] = await client.ask('hello', [], 'hello');
    if (Number(protocol) !== PROTOCOL) {
      throw new LineError(
        `${options.port.name}: speaks protocol ${protocol}, this host ${PROTOCOL}; flash it again`,
      );
    }
    if (coreHash !== options.coreHash) {
      throw new LineError(
        `${options.port.name}: carries core ${coreHash}, this host ${options.coreHash}; flash the board again`,
      );
    }
    const hello = {
      coreHash,
      board: board ?? '',
      freeVariables: Number(free),
      totalVariables: Number(total),
    };
    const target = new BoardTarget(setup, client, hello);
    await target.setUpBoard();
    return target;
  }

  describe(): TargetDescription {
    return { ...this.twin.describe(), name: 'board', engine: this.hello.board };
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
    return this.twin.faults();
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
    return Promise.resolve({ kept: this.twin.keep(), wakes: this.history.length });
  }

  async restore(snapshot: unknown): Promise<void> {
    const { kept, wakes } = snapshot as { kept: ReturnType<SimTarget['keep']>; wakes: number };
    this.twin.goBackTo(kept);
    this.history.length = wakes;
    await this.leadBoard(this.history);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async setUpBoard(): Promise<void> {
    const { setup, twin } = this;
    const { build } = twin.pump;
    const [digest] = await this.client.ask(
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
    const said: string[] = [];
    const strokesBefore = twin.pump.motor.requested;
    let length = 0;
    while (twin.nowTick() <= toTick && tokens.length < WAKES_A_BATCH && length < LINE_MAX - 400) {
      const before = twin.nowTick() - 1;
      const tick = twin.step(toTick, DEAF);
      const token = foresight.takeTokens(tick - before);
      tokens.push(token);
      ticks.push(tick);
      chain.push((twin.pump.log.laneA >>> 0).toString(16));
      length += token.length + 1;
    }
    return {
      tokens,
      ticks,
      chain,
      said,
      strokes: twin.pump.motor.requested - strokesBefore,
      next: nextWake(twin.pump),
      laneA: twin.pump.log.laneA >>> 0,
      laneB: twin.pump.log.laneB >>> 0,
    };
  }

  private async runBatch(toTick: number, observer: TargetObserver): Promise<void> {
    const start = this.twin.keep();
    const before = this.foresight.keep();
    const foreseen = this.foresee(toTick);
    this.twin.goBackTo(start);
    this.foresight.goBackTo(before);
    const reply = await this.client.ask('wakes', [writeWakes(foreseen.tokens)], 'did');
    const [executed, strokes, , starved, next, laneA, laneB, chain] = reply;
    const isEqual =
      Number(executed) === foreseen.tokens.length &&
      Number(strokes) === foreseen.strokes &&
      Number(starved) === 0 &&
      Number(next) === foreseen.next &&
      Number(laneA) === foreseen.laneA &&
      Number(laneB) === foreseen.laneB &&
      chain === foreseen.chain.join('.');
    if (!isEqual) await this.nameDifference(foreseen, (chain ?? '').split('.'));
    this.history.push(...foreseen.tokens);
    for (const tick of foreseen.ticks) {
      this.twin.step(tick, observer);
      this.foresight.takeTokens(0);
    }
  }

  /** Lead a fresh board to the first wake whose digest differs and compare all it knows with the twin. */
  private async nameDifference(foreseen: Foreseen, chain: readonly string[]): Promise<never> {
    let wake = foreseen.chain.findIndex((lane, i) => lane !== chain[i]);
    if (wake < 0) wake = foreseen.chain.length - 1;
    await this.leadBoard([...this.history, ...foreseen.tokens.slice(0, wake + 1)]);
    for (let i = 0; i <= wake; i++) this.twin.step(foreseen.ticks[i]!, DEAF);
    const tick = foreseen.ticks[wake]!;
    const mine = stateWords(this.twin.pump);
    const theirs = await this.fetchWords();
    const names = [...stateFields({ ...this.twin.pump, inbox: [] }).keys()];
    const field = names.findIndex(
      (_, i) => mine[2 * i] !== theirs[2 * i] || mine[2 * i + 1] !== theirs[2 * i + 1],
    );
    const value = (words: ArrayLike<number>): number =>
      (words[2 * field]! >>> 0) + words[2 * field + 1]! * 4294967296;
    const what =
      field < 0
        ? 'the states are equal, what was said is not'
        : `first field ${names[field]}: host ${value(mine)}, board ${value(theirs)}`;
    const before = [...this.history, ...foreseen.tokens.slice(0, wake + 1)].slice(-LINES_BEFORE);
    throw new DivergenceError(
      `board and host differ at tick ${tick}; ${what}\nwakes up to there:\n  ${before.join('\n  ')}`,
    );
  }

  private async leadBoard(tokens: readonly string[]): Promise<void> {
    await this.setUpBoard();
    for (let i = 0; i < tokens.length; i += WAKES_A_BATCH) {
      await this.client.ask('wakes', [writeWakes(tokens.slice(i, i + WAKES_A_BATCH))], 'did');
    }
  }

  private async fetchWords(): Promise<number[]> {
    const words: number[] = [];
    for (;;) {
      const [, total, part] = await this.client.ask('state', [words.length], 'words');
      words.push(...(part ?? '').split(' ').map(Number));
      if (words.length >= Number(total)) return words;
    }
  }
}
