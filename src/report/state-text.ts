/** The state of a run at a tick, for people: what is wrong, what is measured, what happened around it, every field. */
import type { RunState } from '../replay/inspector.ts';
import { WEEKDAYS, formatDuration } from '../scenario/time.ts';
import { signalText } from '../scenario/signal-text.ts';
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../core/units.ts';
import { alarmName } from '../trace/words.ts';
import { fold } from './fold.ts';
import type { Paint } from './paint.ts';
import { grouped } from './words.ts';

export interface AlarmState {
  readonly alarm: string;
  readonly isPresent: boolean;
  readonly isAcknowledged: boolean;
}

/** The alarms that are on, by the firmware's own fields. */
export function alarmsIn(fields: ReadonlyMap<string, number>): AlarmState[] {
  const alarms: AlarmState[] = [];
  for (let i = 0; fields.has(`alarms.rows.${i}.isActive`); i++) {
    const has = (name: string): boolean => fields.get(`alarms.rows.${i}.${name}`) === 1;
    if (has('isActive')) {
      alarms.push({
        alarm: alarmName(i),
        isPresent: has('isPresent'),
        isAcknowledged: has('isAcknowledged'),
      });
    }
  }
  return alarms;
}

/** `tick 173,089   2 d 4 min 49 s   wednesday 00:04:49 pump time`; pump time begins at the scenario's start. */
export function momentText(tick: number, startTick: number): string {
  const pumpTick = startTick + tick;
  const weekday = WEEKDAYS[Math.floor(pumpTick / TICKS_PER_DAY) % 7] ?? '';
  const second = pumpTick % TICKS_PER_DAY;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(second / TICKS_PER_HOUR)}:${two((second % TICKS_PER_HOUR) / 60)}:${two(second % 60)}`;
  return `tick ${grouped(tick)}   ${formatDuration(tick)}   ${weekday} ${clock} pump time`;
}

export function alarmLines(fields: ReadonlyMap<string, number>, paint: Paint): string[] {
  const alarms = alarmsIn(fields);
  if (alarms.length === 0) return ['none'];
  return alarms.map(({ alarm, isPresent, isAcknowledged }) =>
    paint.red(
      `${alarm}, ${isPresent ? 'present' : 'condition gone'}${isAcknowledged ? ', acknowledged' : ''}`,
    ),
  );
}

export function faultLines({ faults }: RunState): string[] {
  if (faults.length === 0) return ['none'];
  return faults.map(({ id, kind, appliedTick, fired }) => {
    const name = id === kind ? id : `${id} (${kind})`;
    return `${name} since ${formatDuration(appliedTick)}, ${fired ? 'felt' : 'not felt yet'}`;
  });
}

export function signalLines({ signals }: RunState): string[] {
  const width = Math.max(0, ...[...signals.keys()].map((name) => name.length));
  return [...signals].map(([name, value]) => {
    return `${name.padEnd(width)}  ${value === null ? 'unknown' : signalText(name, value)}`;
  });
}

/** `alarms.rows.3.toneTick` with the alarm's name in place of its row. */
export function fieldName(path: string): string {
  return path.replace(/^alarms\.rows\.(\d+)/, (_, row: string) => `alarms.${alarmName(Number(row))}`);
}

/** By the part of the firmware that they belong to; runs of one value are counted. */
export function fieldLines({ fields }: RunState, width: number): string[] {
  const parts = new Map<string, string[]>();
  for (const { path, text } of runsOf(fields)) {
    const [part = '', ...rest] = fieldName(path).split('.');
    const name = rest.join('.');
    const own = parts.get(part) ?? [];
    own.push(name === '' ? text : `${name} ${text}`);
    parts.set(part, own);
  }
  const nameWidth = Math.max(0, ...[...parts.keys()].map((name) => name.length));
  return [...parts].flatMap(([part, texts]) =>
    fold(`${part.padEnd(nameWidth)}  ${texts.join(', ')}`, width, ' '.repeat(nameWidth + 2)),
  );
}

/** Fields in a row that differ in their number alone become one: `words.0..3 0 0 3000 3000`. */
function runsOf(fields: ReadonlyMap<string, number>): { path: string; text: string }[] {
  const runs: { stem: string; first: string; last: string; values: number[] }[] = [];
  for (const [path, value] of fields) {
    const [, stem = '', number = ''] = /^(.*\.)(\d+)$/.exec(path) ?? [];
    const open = runs.at(-1);
    if (number !== '' && open?.stem === stem) {
      open.last = number;
      open.values.push(value);
    } else runs.push({ stem: number === '' ? '' : stem, first: path, last: number, values: [value] });
  }
  return runs.map(({ first, last, values }) => ({
    path: values.length > 1 ? `${first}..${last}` : first,
    text: repeated(values).join(' '),
  }));
}

function repeated(values: readonly number[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < values.length; ) {
    let end = i + 1;
    while (end < values.length && values[end] === values[i]) end += 1;
    const text = valueText(values[i]!);
    texts.push(
      end - i > 2
        ? `${end - i} x ${text}`
        : Array<string>(end - i)
            .fill(text)
            .join(' '),
    );
    i = end;
  }
  return texts;
}

function valueText(value: number): string {
  return value === Number.MAX_SAFE_INTEGER ? 'never' : String(value);
}
