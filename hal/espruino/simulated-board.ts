/**
 * HOST: the core of this process behind the board's side of the line. It is told what a board was told, and says what
 * the board should have answered, byte for byte.
 */
import { crc32OfWords } from '../sim/checksum.ts';
import { openLine, REPLY_CHAIN, type TextCrc } from './link.ts';
import { memoryOf, REPLY_WORDS } from './scout.ts';
import { answer, createSession, type Session } from './session.ts';

/** What a board answered and should not have. */
export interface WrongReply {
  readonly tick: number;
  readonly field: string;
  readonly board: string;
  readonly core: string;
  /** Both lines, whole. */
  readonly boardLine: string;
  readonly coreLine: string;
}

interface Answered {
  readonly verb: string;
  readonly line: string;
  /** Of each wake of the request. */
  readonly ticks: readonly number[];
  readonly from: number;
}

/** A reply that arrives late is to one of these. */
const REMEMBERED = 8;

export class SimulatedBoard {
  /** Replies that were what this core says. */
  alike = 0;
  private readonly crc: TextCrc;
  private readonly session: Session;
  private readonly answered = new Map<number, Answered>();

  constructor(crc: TextCrc) {
    this.crc = crc;
    this.session = createSession({
      coreHash: '',
      board: '',
      textCrc: crc,
      checksum: { crc32: crc32OfWords },
      freeMemory: () => -1,
      totalMemory: () => -1,
    });
  }

  /** Whatever the host said; what is no request is for the console. */
  hear(text: string): void {
    const fields = openLine(text.trim(), this.crc);
    if (fields === null) return;
    const [verb = '', seq = '', ...rest] = fields;
    const { session } = this;
    const wakes = `${session.more}${rest[0] ?? ''}`;
    const nowTick = session.pump?.nowTick ?? 0;
    this.answered.delete(Number(seq));
    this.answered.set(Number(seq), {
      verb,
      line: answer(session, text.trim()),
      ticks: verb === 'wakes' ? wakeTicks(wakes, nowTick - 1) : [nowTick],
      from: Number(rest[0]),
    });
    for (const known of this.answered.keys())
      if (this.answered.size > REMEMBERED) this.answered.delete(known);
  }

  /** What is wrong with a reply of the board; null where nothing is, or nothing can be: it is damaged, or a refusal. */
  judge(said: string): WrongReply | null {
    const board = openLine(said, this.crc);
    const expected = board === null ? undefined : this.answered.get(Number(board[1]));
    if (board === null || expected === undefined) return null;
    // A refusal is for the host to judge, an echo is the console's, and a greeting tells of the board itself.
    if (['nak', expected.verb].includes(board[0]!)) return null;
    if (said === expected.line) {
      this.alike += 1;
      return null;
    }
    const core = openLine(expected.line, this.crc) ?? [];
    const place = Math.max(
      0,
      core.findIndex((value, i) => value !== board[i]),
    );
    return {
      ...this.whereAndWhat(expected, core, board, place),
      boardLine: said,
      coreLine: expected.line,
    };
  }

  private whereAndWhat(
    { verb, ticks, from }: Answered,
    core: readonly string[],
    board: readonly string[],
    place: number,
  ): Pick<WrongReply, 'tick' | 'field' | 'board' | 'core'> {
    const whole = { board: board[place] ?? 'nothing', core: core[place] ?? 'nothing' };
    const tick = ticks.at(-1) ?? 0;
    if (place < REPLY_AT) return { tick, field: place === 0 ? 'verb' : 'number', ...whole };
    if (verb === 'state' && place === VALUES_PLACE) {
      const one = firstDifferent(board[place], core[place], ' ');
      return { tick, field: this.fieldNames()[from + one.place] ?? `value ${from + one.place}`, ...one };
    }
    if (verb !== 'wakes') return { tick, field: 'digest of state and store', ...whole };
    const wake = firstDifferent(board[REPLY_AT + REPLY_CHAIN], core[REPLY_AT + REPLY_CHAIN], '.').place;
    return { tick: ticks[wake] ?? tick, field: REPLY_WORDS[place - REPLY_AT] ?? `field ${place}`, ...whole };
  }

  private fieldNames(): string[] {
    const { pump, frame } = this.session;
    if (pump === null) return [];
    const kept = { pump, side: { stored: frame.stored } };
    return [...memoryOf({ kept, lastReadings: frame.last.slice(1) }).keys()];
  }
}

/** Behind word and number. */
const REPLY_AT = 2;
/** In a reply to `state`: word, number, digest, how many there are, and then the values. */
const VALUES_PLACE = 4;

/** The first part that is not the same, and where it stands. */
function firstDifferent(
  board = '',
  core = '',
  separator: string,
): { readonly place: number; readonly board: string; readonly core: string } {
  const theirs = board.split(separator);
  const mine = core.split(separator);
  const place = mine.findIndex((part, i) => part !== theirs[i]);
  return { place, board: theirs[place] ?? 'nothing', core: mine[place] ?? 'nothing' };
}

/** The tick of each wake of a request, whose board has executed `lastTick` last. */
function wakeTicks(text: string, lastTick: number): number[] {
  const ticks: number[] = [];
  let tick = lastTick;
  for (const token of text.split(' ')) {
    const kind = token.charAt(0);
    // A start, or another pump: its first wake is the tick after.
    if (kind === 'b' || kind === 'n') tick += Number.parseInt(token.slice(1), 10) - 1;
    if (/^\D/.test(token)) continue;
    const count = Number(token.split('*')[1] ?? 1);
    for (let i = 0; i < count; i++) ticks.push((tick += Number.parseInt(token, 10)));
  }
  return ticks;
}
