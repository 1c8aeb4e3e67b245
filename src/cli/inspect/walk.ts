/** Walking through a recorded run, key by key: what a key does, and the picture after it. Knows no terminal. */
import { isEvent, isTelling, parseWanted, type Wanted } from '../../replay/seek.ts';
import type { RunState } from '../../replay/inspector.ts';
import type { Paint } from '../../report/paint.ts';
import {
  alarmLines,
  faultLines,
  fieldLines,
  fieldName,
  momentText,
  signalLines,
} from '../../report/state-text.ts';
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../../core/units.ts';
import type { TraceRecord } from '../../trace/read.ts';
import { recordWord } from '../../trace/text.ts';
import type { Session } from './session.ts';

/** They stay where the rest is turned over: what, when, and where in the run. */
const HEAD_LINES = 3;
/** At most, before a moment and after it. */
const LINES_AROUND = 4;
/** In 80 columns; what leaves first, so that the narrowest terminal cuts it last. */
const KEYS = 'q quit  ←→ event  ↑↓ hour  PgUp/Dn day  Home End  n N matters  / . find  s view';
const FEWER_KEYS = 'q quit  ←→ event  ↑↓ hour  n N matters  / find  s view';

export class Walk {
  isOver = false;
  private readonly session: Session;
  private readonly marks: readonly Mark[];
  private state: RunState;
  /** The state before the last move. */
  private previous: RunState | null = null;
  private view: 'signals' | 'firmware' = 'signals';
  /** What is being typed after `/`; null: nothing. */
  private typed: string | null = null;
  private wanted: { readonly text: string; readonly is: Wanted } | null = null;
  private message = '';
  /** How often what has no room was turned over. */
  private page = 0;

  private constructor(session: Session, state: RunState) {
    this.session = session;
    this.state = state;
    this.marks = marksOf(session);
  }

  static async begin(session: Session, tick: number): Promise<Walk> {
    return new Walk(session, await session.at(tick));
  }

  get tick(): number {
    return this.state.tick;
  }

  /** `name` as Node's readline calls keys; `text` is what would be typed. */
  async key(name: string | undefined, text: string): Promise<void> {
    this.message = '';
    if (this.typed !== null) await this.type(this.typed, name, text);
    else await this.move(name, text);
  }

  private async move(name: string | undefined, text: string): Promise<void> {
    const key = name === undefined || name === '' ? text : name;
    const place = this.placeOf(key, text);
    if (place !== null) await this.to(place.tick, place.otherwise ?? '');
    else if (key === '.') await this.find();
    else if (key === '/') this.typed = '';
    else if (key === 'space') this.page += 1;
    else if (key === 's') {
      this.view = this.view === 'signals' ? 'firmware' : 'signals';
      this.page = 0;
    } else if (key === 'q' || key === 'escape') this.isOver = true;
  }

  /** Where a key leads; a tick of null is nowhere. null: it is no key that moves. */
  private placeOf(key: string, text: string): { tick: number | null; otherwise?: string } | null {
    const { session, tick } = this;
    switch (key) {
      case 'right':
        return { tick: session.after(tick, isEvent), otherwise: 'nothing happens after this' };
      case 'left':
        return { tick: session.before(tick, isEvent), otherwise: 'nothing happened before this' };
      case 'down':
        return { tick: tick + TICKS_PER_HOUR };
      case 'up':
        return { tick: tick - TICKS_PER_HOUR };
      case 'pagedown':
        return { tick: tick + TICKS_PER_DAY };
      case 'pageup':
        return { tick: tick - TICKS_PER_DAY };
      case 'home':
        return { tick: 0 };
      case 'end':
        return { tick: session.lastTick };
      case 'n':
        return text === 'N'
          ? { tick: session.before(tick, isTelling), otherwise: 'nothing that matters happened before this' }
          : { tick: session.after(tick, isTelling), otherwise: 'nothing that matters happens after this' };
      default:
        return null;
    }
  }

  private async type(typed: string, name: string | undefined, text: string): Promise<void> {
    if (name === 'escape') this.typed = null;
    else if (name === 'backspace') this.typed = typed.slice(0, -1);
    else if (name === 'return' || name === 'enter') {
      this.typed = null;
      const is = parseWanted(typed);
      if (typeof is === 'string') this.message = is;
      else {
        this.wanted = { text: typed, is };
        await this.find();
      }
    } else if (/^[ -~]$/.test(text)) this.typed = typed + text;
  }

  private async find(): Promise<void> {
    if (this.wanted === null) this.message = 'nothing to look for yet: / and then such as alarm:occlusion';
    else await this.to(this.session.after(this.tick, this.wanted.is), `no ${this.wanted.text} after this`);
  }

  private async to(tick: number | null, otherwise: string): Promise<void> {
    if (tick === null) {
      this.message = otherwise;
      return;
    }
    const next = Math.min(Math.max(0, tick), this.session.lastTick);
    if (next === this.tick) {
      this.message = next === 0 ? 'this is the start' : 'this is the end';
      return;
    }
    const state = await this.session.at(next);
    this.previous = this.state;
    this.state = state;
    this.page = 0;
  }

  /** As many lines as there is room for. */
  frame(columns: number, rows: number, paint: Paint): string[] {
    const { session, state } = this;
    const { manifest } = session.trace;
    // Where there are few rows the state is worth more than what is around it.
    const around = Math.min(LINES_AROUND, Math.max(0, Math.floor((rows - 12) / 3)));
    const { own, later } = session.linesFrom(state.tick, around);
    const before = session.linesBefore(state.tick, around);
    const body = [
      paint.bold(cut(`${session.path}: ${manifest.scenario}`, columns)),
      cut(`${momentText(state.tick, session.startTick)}   ${LEGEND}`, columns),
      bar(state.tick, session.lastTick, columns, this.marks),
      `alarms  ${alarmLines(state.fields, paint).join('; ')}`,
      cut(`faults  ${faultLines(state).join('; ')}`, columns),
      '',
      ...Array<string>(around - before.length).fill(''),
      ...before.map((line) => paint.dim(cut(`  ${line}`, columns))),
      ...(own.length === 0 ? [`${state.tick} nothing`] : own).map((line) =>
        paint.bold(cut(`> ${line}`, columns)),
      ),
      ...later.map((line) => paint.dim(cut(`  ${line}`, columns))),
      '',
      ...(this.view === 'signals' ? this.signals(columns) : this.firmware(columns)),
    ];
    return [...this.turnedOver(body, rows - 1), this.footer(columns, paint)];
  }

  /** As much of it as there is room for, the last line saying what is left. */
  private turnedOver(body: readonly string[], room: number): string[] {
    if (body.length <= room) return [...body, ...Array<string>(room - body.length).fill('')];
    const step = Math.max(1, room - HEAD_LINES - 1);
    const rest = body.slice(HEAD_LINES);
    this.page %= Math.ceil(rest.length / step);
    const from = this.page * step;
    const shown = [...body.slice(0, HEAD_LINES), ...rest.slice(from, from + step)];
    while (shown.length < room - 1) shown.push('');
    const left = rest.length - from - step;
    const said = left > 0 ? `... ${left} more lines: space` : '... the first lines again: space';
    return room > 0 ? [...shown.slice(0, room - 1), said] : [];
  }

  private signals(columns: number): string[] {
    return signalLines(this.state).map((line) => cut(line, columns));
  }

  private firmware(columns: number): string[] {
    const changed = this.changes();
    return [
      ...(changed.length === 0 ? [] : [cut(`changed  ${changed.join(', ')}`, columns), '']),
      ...fieldLines(this.state, columns),
    ];
  }

  /** Fields that the last move has changed. */
  private changes(): string[] {
    const { previous, state } = this;
    if (previous === null) return [];
    return [...state.fields]
      .filter(([path, value]) => previous.fields.get(path) !== value)
      .map(([path, value]) => `${fieldName(path)} ${previous.fields.get(path) ?? 'absent'} → ${value}`);
  }

  private footer(columns: number, paint: Paint): string {
    if (this.typed !== null)
      return cut(`find: ${this.typed}_   (raise, alarm:occlusion, fault:kink, command)`, columns);
    const keys = columns < KEYS.length ? FEWER_KEYS : KEYS;
    return this.message === '' ? paint.dim(cut(keys, columns)) : paint.yellow(cut(this.message, columns));
  }
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** What the bar shows of the whole run, whatever the tick. */
interface Mark {
  readonly tick: number;
  readonly sign: 'F' | '!';
}
const LEGEND = 'F fault came  ! alarm raised';

function marksOf(session: Session): Mark[] {
  const marks: Mark[] = [];
  const is = (record: TraceRecord): boolean => ['fault', 'raise'].includes(recordWord(record));
  for (const record of session.index.after(-1, is)) {
    marks.push({ tick: record.tick, sign: recordWord(record) === 'fault' ? 'F' : '!' });
  }
  return marks;
}

/** Where two fall into one place the later one stands beside it. */
function bar(tick: number, lastTick: number, columns: number, marks: readonly Mark[]): string {
  const width = Math.max(1, columns - 2);
  const placeOf = (at: number): number => Math.round((at / Math.max(1, lastTick)) * (width - 1));
  const cells = new Array<string>(width).fill('-');
  for (const mark of marks) {
    const free = cells.indexOf('-', placeOf(mark.tick));
    if (free >= 0 && free - placeOf(mark.tick) <= 1) cells[free] = mark.sign;
  }
  cells[placeOf(tick)] = 'o';
  return `[${cells.join('')}]`;
}
