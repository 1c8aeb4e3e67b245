/**
 * HOST: a board in lockstep. The world and the host's own copy of the firmware are here, twice: the scout runs ahead
 * for a batch of wakes, and what its firmware was given goes out in one request; the board answers with what it did.
 * Equal: the twin, at which the runner looks, may follow up to there. Different: the first wake that differs is in the
 * reply; scout and board go back to the start of the batch, do it again up to that wake, and are compared in all they
 * know, so that the difference gets a tick and a name.
 */
import { prescriptionWords } from '../prescription-words.ts';
import { SimTarget } from '../sim/target.ts';
import type {
  FaultRecord,
  RefillRecord,
  Stimulus,
  Target,
  TargetDescription,
  TargetDigest,
  TargetObserver,
  TargetSetup,
} from '../target.ts';
import { BoardAssertionError, BoardLostError, LineError } from './client.ts';
import { type BoardHello, type BoardLine, NoEspruinoError } from './connect.ts';
import { joinTokens, wordsText } from './foresight.ts';
import { isOfLine, lineFaultsFrom } from './line-faults.ts';
import { PIECE_CHARACTERS, REPLY_EXECUTED, REPLY_NEXT, REQUEST_CHARACTERS, WAKES_MAX } from './link.ts';
import {
  differenceInReply,
  firstDifferentWake,
  type Foreseen,
  memoryDigestOf,
  memoryOf,
  Scout,
  type Start,
} from './scout.ts';

/** Wakes of the first request; from there it goes by how long the board takes. */
const FIRST_BATCH = 4;
/** A batch that took longer is followed by half as many wakes, one that took less than half of it by twice as many. */
const BATCH_MS = 1000;
/** While a fault of the line lasts: few, so that it has messages to strike, and as many for a slow board as for a fast. */
const WAKES_IN_TROUBLE = 8;
/** How often in a run a board may forget everything before the line is given up. */
const REVIVALS = 3;
const LINES_BEFORE = 5;

/** Host and board differ: the first tick and field, both values, and the wakes before. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

export class BoardTarget implements Target {
  private hello: BoardHello | null = null;
  private readonly twin: SimTarget;
  /** As far as the board, or a batch ahead of it. */
  private readonly scout: Scout;
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
    this.scout = new Scout(setup);
    this.start = this.scout.keep();
  }

  /** A pump on a board whose line is established; the line stays open when the target is closed. */
  static async open(name: string, setup: TargetSetup, line: BoardLine): Promise<BoardTarget> {
    const target = new BoardTarget(name, setup, line);
    line.beginRun(setup.seed);
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
    const values = await this.fetchValues();
    const names = [...(await this.twin.readState()).keys()];
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  faults(): readonly FaultRecord[] {
    return this.line.faults.completed(this.twin.faults());
  }

  refills(): readonly RefillRecord[] {
    return this.twin.refills();
  }

  doseFailures(): readonly { readonly kind: string; readonly tick: number }[] {
    return this.twin.doseFailures();
  }

  /** The state is the board's own, which is held to be equal; and so is, as of its last reply, the rolling digest. */
  async digest(): Promise<TargetDigest> {
    await this.comeBack();
    const field = await this.differentField();
    if (field !== null) throw new DivergenceError(`board and host differ in the end; first field ${field}`);
    return await this.twin.digest();
  }

  /** Of the twin, which the board is equal to: so a board goes on where the simulation has been, and the reverse. */
  snapshot(): Promise<unknown> {
    return this.twin.snapshot();
  }

  async restore(snapshot: unknown): Promise<void> {
    await this.twin.restore(snapshot);
    await this.scout.restore(snapshot);
    this.line.faults.keepOnly(this.twin.faults().map(({ id }) => id));
    this.recent = [];
    this.begin();
    await this.reviving(() => this.loadBoard());
  }

  async close(): Promise<void> {
    await this.line.calm();
  }

  private begin(): void {
    this.start = this.scout.keep();
    this.done = [];
    this.late = [];
    this.isBoardAstray = false;
  }

  /** The scout at the start of the batch once more, with what has become known since. */
  private goBackToStart(): void {
    const { scout, start } = this;
    scout.goBackTo(start);
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
    // What the line has been through in these ticks it has been through.
    while (scout.nowTick() < twin.nowTick()) await this.runBatch(twin.nowTick() - 1, false);
  }

  private async ask(
    verb: string,
    fields: readonly (string | number)[],
    replyVerb: string,
  ): Promise<string[]> {
    return await this.reviving(() => this.line.client.ask(verb, fields, replyVerb));
  }

  private async askWakes(tokens: readonly string[]): Promise<string[]> {
    return await this.reviving(() => this.askInPieces('wakes', [], joinTokens(tokens), 'did', tokens.length));
  }

  /** A text too long for one line goes ahead in pieces, and the request takes the rest of it as its last field. */
  private async askInPieces(
    verb: string,
    fields: readonly number[],
    text: string,
    replyVerb: string,
    wakes: number,
  ): Promise<string[]> {
    const { client } = this.line;
    let from = 0;
    for (; text.length - from > PIECE_CHARACTERS; from += PIECE_CHARACTERS) {
      await client.ask('more', [text.slice(from, from + PIECE_CHARACTERS)], 'ok');
    }
    return await client.ask(verb, [...fields, text.slice(from)], replyVerb, wakes);
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
    try {
      this.hello = await this.line.establish();
      await this.setUpBoard();
      await this.loadBoard();
      const { done } = this;
      if (done.length > 0) await this.askInPieces('wakes', [], joinTokens(done), 'did', done.length);
      this.line.client.counts.reboots += 1;
    } catch (error) {
      // The loss comes first: what fails from here on fails because of it.
      if (error instanceof BoardLostError) await this.revive(reason);
      else if (error instanceof NoEspruinoError) {
        throw new LineError(`${reason.message}; the board was lost, and nothing there answers any more`);
      } else throw error;
    }
  }

  private async setUpBoard(): Promise<void> {
    const { setup, twin } = this;
    const { build } = twin.pump;
    const [digest] = await this.askInPieces(
      'setup',
      [build.strokeNl, build.reservoirNl, build.startHour, setup.fillNl, build.sessionTimeoutTicks],
      wordsText(prescriptionWords(setup)),
      'ok',
      0,
    );
    if (Number(digest) !== memoryDigestOf(new SimTarget(setup))) {
      throw new DivergenceError(
        `board and host differ before the first tick${await this.differentFieldAtStart()}`,
      );
    }
  }

  private async differentFieldAtStart(): Promise<string> {
    this.scout.goBackTo(new Scout(this.setup).keep());
    const field = await this.differentField();
    return field === null ? '' : `; first field ${field}`;
  }

  private async runBatch(toTick: number, hasLineFaults = true): Promise<void> {
    const { line, scout } = this;
    this.recent = [...this.recent, ...this.done].slice(1 - LINES_BEFORE);
    this.begin();
    const foreseen = this.foresee(toTick);
    const firstTick = foreseen.ticks[0];
    // All of it without power.
    if (firstTick === undefined) return;
    const lineFaults = hasLineFaults ? lineFaultsFrom(firstTick, scout.faults) : [];
    // A restart that was ordered says nothing about how good the line is.
    this.revivals -= await line.disturb(lineFaults, firstTick);
    let reply: readonly string[];
    try {
      reply = await this.askWakes(foreseen.tokens);
    } catch (error) {
      if (!(error instanceof BoardAssertionError)) throw error;
      return await this.nameDifference(foreseen, 0, error.message);
    }
    line.client.counts.wakes += Number(reply[REPLY_EXECUTED]);
    if (lineFaults.length === 0) this.adapt(line.client.lastMs, foreseen.tokens.length);
    const difference = differenceInReply(foreseen, reply);
    if (difference !== null)
      await this.nameDifference(foreseen, firstDifferentWake(foreseen, reply), difference);
    this.done = foreseen.tokens;
  }

  private foresee(toTick: number): Foreseen {
    const { scout, lineTicks } = this;
    const firstTick = scout.nextTick(toTick);
    this.line.port.about(firstTick);
    const isTroubled = lineTicks.includes(firstTick) || lineFaultsFrom(firstTick, scout.faults).length > 0;
    const mostWakes = this.line.port.mostWakes(isTroubled ? WAKES_IN_TROUBLE : this.batchWakes);
    return scout.foresee(toTick, mostWakes, lineTicks);
  }

  /** So many wakes a request that neither the line nor patience is wasted. */
  private adapt(ms: number, wakes: number): void {
    if (ms > BATCH_MS) this.batchWakes = Math.max(1, Math.floor(Math.min(wakes, this.batchWakes) / 2));
    else if (ms < BATCH_MS / 2 && wakes === this.batchWakes) {
      this.batchWakes = Math.min(WAKES_MAX, 2 * this.batchWakes);
    }
  }

  /**
   * Host and board go back to the start of the batch and do it again, from wake `first` on one at a time, until they
   * differ once more. `noticed` is what the batch as a whole has shown.
   */
  private async nameDifference({ tokens, ticks }: Foreseen, first: number, noticed: string): Promise<never> {
    const { scout } = this;
    const tell = (what: string, wake: number): DivergenceError => {
      const before = [...this.recent, ...tokens.slice(0, wake + 1)].slice(-LINES_BEFORE);
      return new DivergenceError(
        `board and host differ ${what}\nwakes up to there:\n  ${before.join('\n  ')}`,
      );
    };
    try {
      this.goBackToStart();
      await this.reviving(async () => {
        await this.setUpBoard();
        await this.loadBoard();
      });
      for (let wake = 0; wake < ticks.length; wake = Math.max(wake + 1, first)) {
        const end = wake < first ? first : wake + 1;
        const tick = ticks[end - 1]!;
        const again = scout.foresee(tick, end - wake);
        let reply: readonly string[];
        try {
          reply = await this.askWakes(again.tokens);
        } catch (error) {
          if (!(error instanceof BoardAssertionError)) throw error;
          throw tell(`at tick ${tick}: ${error.message}, and the host's did not`, end - 1);
        }
        this.done = tokens.slice(0, end);
        if (Number(reply[REPLY_EXECUTED]) === 0) {
          throw tell(
            `before tick ${tick}: the board has something to do at tick ${reply[REPLY_NEXT]}`,
            end - 1,
          );
        }
        const difference = differenceInReply(again, reply);
        if (difference === null) continue;
        const field = await this.differentField();
        throw tell(`at tick ${tick}; first field ${field ?? difference}`, end - 1);
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      throw tell(
        `at tick ${ticks[first]}: ${noticed}; and the line was lost while looking: ${error.message}`,
        first,
      );
    }
    throw tell(
      `at tick ${ticks[first]}: ${noticed}; and not when the board does these wakes again from the host's state, so something on it is no part of the firmware's state`,
      first,
    );
  }

  /** The first field in which board and scout differ, and both values; null when there is none. */
  private async differentField(): Promise<string | null> {
    const theirs = await this.fetchValues();
    const mine = [...this.scout.memory()];
    const place = mine.findIndex(([, value], i) => value !== theirs[i]);
    return place < 0 ? null : `${mine[place]![0]}: host ${mine[place]![1]}, board ${theirs[place]}`;
  }

  /** The board goes on from the start of the batch. */
  private async loadBoard(): Promise<void> {
    const { start } = this;
    const values = [...memoryOf(start).values()].map(String);
    let digest = '';
    for (let from = 0, to = 0; from < values.length; from = to) {
      let length = 0;
      while (to < values.length && length < REQUEST_CHARACTERS) length += values[to++]!.length + 1;
      [digest = ''] = await this.line.client.ask('load', [from, values.slice(from, to).join(' ')], 'ok');
    }
    if (Number(digest) !== memoryDigestOf(start.kept)) {
      throw new LineError(`${this.line.port.name}: the board did not take over the state it was given`);
    }
  }

  private async fetchValues(): Promise<readonly number[]> {
    const values: number[] = [];
    for (;;) {
      const [, total, part = ''] = await this.ask('state', [values.length], 'values');
      values.push(...part.split(' ').map(Number));
      if (values.length >= Number(total)) return values;
    }
  }
}
