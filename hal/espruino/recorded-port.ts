/**
 * HOST: a session with a board, played again. What reached the host then reaches it now, in the same order and without
 * waiting, and whatever the host says has to be what it said then. Meanwhile the simulated core is asked the same.
 */
import type { LineDifference, LineEntry, LineReplay } from '../../src/trace/line.ts';
import { lineText } from '../../src/trace/line.ts';
import { LineError, openReply, PortVanishedError } from './client.ts';
import type { TextCrc } from './link.ts';
import type { SessionPort } from './recording-port.ts';
import { SimulatedBoard, type WrongReply } from './simulated-board.ts';

const LINES_BEFORE = 5;
const SAYS = 'what the host says';

export class RecordedPort implements SessionPort {
  readonly name: string;
  readonly traffic = { bytesOut: 0, bytesIn: 0 };
  private readonly entries: Iterator<LineEntry, undefined>;
  private readonly crc: TextCrc;
  private readonly struckAgain: (faultId: string) => void;
  private readonly simulated: SimulatedBoard;
  private next: LineEntry | null;
  private readonly passed: LineEntry[] = [];
  private requests = 0;
  private reply: LineDifference | null = null;
  private host: LineDifference | null = null;
  private isCut = false;
  private tick = 0;

  /** `entries` come after the `begin` of a transcript. */
  constructor(
    name: string,
    entries: Iterator<LineEntry, undefined>,
    crc: TextCrc,
    struckAgain: (faultId: string) => void,
  ) {
    this.name = name;
    this.entries = entries;
    this.crc = crc;
    this.struckAgain = struckAgain;
    this.simulated = new SimulatedBoard(crc);
    this.next = entries.next().value ?? null;
  }

  /** `isOver`: the run came to its end now, so whatever is left of the recording the host does not say any more. */
  outcome(isOver: boolean): LineReplay {
    this.passStrikes();
    if (isOver && this.host === null && this.next !== null) this.host = this.missing(this.next);
    const { requests, reply, host, isCut } = this;
    return { requests, repliesAlike: this.simulated.alike, reply, host, isCut };
  }

  begin(): void {}

  about(tick: number): void {
    this.tick = tick;
  }

  mostWakes(): number {
    const entry = this.take('wakes', 'asks the board to do wakes');
    return entry.most;
  }

  takeEntries(): readonly LineEntry[] {
    return [];
  }

  write(text: string): void {
    this.take('out', text);
    if (openReply(text, this.crc) !== null) this.requests += 1;
    this.simulated.hear(text);
    this.passStrikes();
  }

  receive(): Promise<string | null> {
    this.passStrikes();
    const { next } = this;
    if (next?.kind === 'lost') {
      this.pass(next);
      return Promise.reject(new PortVanishedError(next.why));
    }
    // Nothing came until the host spoke again.
    if (next?.kind !== 'in') return Promise.resolve(null);
    this.judge(next);
    this.pass(next);
    return Promise.resolve(next.text);
  }

  reopen(): Promise<void> {
    return new Promise((resolve) => {
      const { why } = this.take('reopened', 'opens the port anew');
      if (why !== null) throw new PortVanishedError(why);
      resolve();
    });
  }

  release(): boolean {
    return false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The entry that has to come now. A host that does something else is on a way of its own, and is told nothing more. */
  private take<Kind extends LineEntry['kind']>(
    kind: Kind,
    now: string,
  ): Extract<LineEntry, { readonly kind: Kind }> {
    this.passStrikes();
    const { next } = this;
    if (this.host !== null) throw this.astray(this.host);
    if (next === null) {
      this.isCut = true;
      throw new LineError(`${this.name}: the recording of the line ends here`);
    }
    if (next.kind === kind && (next.kind !== 'out' || next.text === now)) {
      this.pass(next);
      return next as Extract<LineEntry, { readonly kind: Kind }>;
    }
    this.host = this.hostDifference(next, now);
    throw this.astray(this.host);
  }

  private missing(then: LineEntry): LineDifference {
    const recorded = then.kind === 'out' ? wordOf(then.text) : then.kind;
    const lines = { recordedLine: lineText(then), lineNow: 'nothing more', before: this.before() };
    return { tick: then.tick, field: SAYS, recorded, now: 'nothing', ...lines };
  }

  private hostDifference(then: LineEntry, now: string): LineDifference {
    return {
      tick: then.tick,
      ...partApart(then, now),
      recordedLine: lineText(then),
      lineNow: lineText({ tick: this.tick, ms: then.ms, kind: 'out', text: now }),
      before: this.before(),
    };
  }

  private astray({ tick, recorded, now }: LineDifference): LineError {
    return new LineError(
      `${this.name}: the host goes another way than recorded at tick ${tick}: ${now} instead of ${recorded}`,
    );
  }

  private judge(entry: LineEntry & { readonly kind: 'in' }): void {
    if (this.reply !== null) return;
    const said = entry.text.slice(entry.text.lastIndexOf('>') + 1).trim();
    const wrong = this.simulated.judge(said);
    if (wrong !== null) this.reply = this.replyDifference(entry, wrong);
  }

  private replyDifference({ ms }: LineEntry, wrong: WrongReply): LineDifference {
    const { tick, field, board, core, boardLine, coreLine } = wrong;
    return {
      tick,
      field,
      recorded: board,
      now: core,
      recordedLine: lineText({ tick, ms, kind: 'in', text: boardLine }),
      lineNow: lineText({ tick, ms, kind: 'in', text: coreLine }),
      before: this.before(),
    };
  }

  private before(): string[] {
    return this.passed.map(lineText);
  }

  /** What faults of the line struck then they strike now. */
  private passStrikes(): void {
    while (this.next?.kind === 'struck') {
      this.struckAgain(this.next.fault);
      this.pass(this.next);
    }
  }

  private pass(entry: LineEntry): void {
    this.passed.push(entry);
    if (this.passed.length > LINES_BEFORE) this.passed.shift();
    this.next = this.entries.next().value ?? null;
  }
}

/** What the host says now in place of an entry: another thing altogether, or another part of the same request. */
function partApart(then: LineEntry, now: string): Pick<LineDifference, 'field' | 'recorded' | 'now'> {
  const field = SAYS;
  if (then.kind !== 'out') return { field, recorded: then.kind, now: wordOf(now) };
  const word = wordOf(now);
  if (word !== wordOf(then.text)) return { field, recorded: wordOf(then.text), now: word };
  const [partsThen, partsNow] = [then.text, now].map((text) => text.trim().split(/[, ]/)) as [
    string[],
    string[],
  ];
  const at = partsThen.findIndex((part, i) => part !== partsNow[i]);
  return {
    field: `the request ${word}`,
    recorded: partsThen[at] ?? 'nothing',
    now: partsNow[at] ?? 'nothing',
  };
}

/** The request's own word, or what the console was told. */
function wordOf(text: string): string {
  const [word = ''] = text.trim().split(',', 1);
  return /^\w+$/.test(word) ? word : JSON.stringify(word);
}
