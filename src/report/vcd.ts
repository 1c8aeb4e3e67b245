/**
 * A recording as a value change dump (IEEE 1364), for viewers of waveforms: one scenario, its control beside it. Made of
 * the same recording as the page. A state is a reg, a yes or no a wire, a count an integer, a quantity a real.
 */
import { SIGNALS } from '../../hal/signals.ts';
import { TICK_MS } from '../core/units.ts';
import { AlarmBook } from '../scenario/alarm-book.ts';
import type { Recording, Recordings } from '../scenario/recorder.ts';
import type { RunResult } from '../scenario/result.ts';
import { eventsOf, permissionChanges, replacedTicks } from './lanes.ts';
import { endTick, NOTICE } from './words.ts';

export interface VcdOptions {
  readonly productVersion: string;
  /** Only the last so many ticks; null: all of them. */
  readonly lastTicks: number | null;
}

type Kind = 'wire' | 'reg' | 'integer' | 'real';

/** A variable and all of its changes. */
interface Wave {
  readonly name: string;
  readonly kind: Kind;
  readonly bits: number;
  readonly ticks: ArrayLike<number>;
  /** NaN: unknown. */
  readonly values: ArrayLike<number>;
}

interface Scope {
  readonly name: string;
  readonly waves: readonly Wave[];
  readonly scopes: readonly Scope[];
}

/** Two bits hold every state that there is. */
const STATE_BITS = 2;
const INTEGER_BITS = 32;
const REAL_BITS = 64;
/** So many characters are handed on at once. */
const BLOCK_CHARACTERS = 64 * 1024;

/** What is dumped: the result says which faults there were; of a run that was interrupted there is none. */
export interface VcdEntry {
  readonly name: string;
  readonly file: string;
  readonly seed: number;
  readonly reproduce: string;
  readonly faults: RunResult['faults'];
  readonly recordings: Recordings;
}

/** The document in blocks: years with every stroke are more than one string should hold. */
export function* vcdDocument(entry: VcdEntry, options: VcdOptions): Generator<string> {
  const { firstTick, lastTick } = dumpedTicks(entry, options);
  const cursors: Cursor[] = [];
  const declarations = scopesOf(entry).flatMap((scope) => declare(scope, cursors));
  yield `${[...headerLines(entry, options), ...declarations, '$enddefinitions $end'].join('\n')}\n`;
  yield* changeBlocks(cursors, firstTick, lastTick);
}

function scopesOf({ recordings: { main, control }, faults }: VcdEntry): Scope[] {
  const scopes: Scope[] = [];
  if (main !== null) scopes.push(runScope('main', main, faults));
  if (control !== null) scopes.push(runScope('control', control, []));
  return scopes;
}

export function dumpedTicks(
  { recordings: { main, control } }: VcdEntry,
  { lastTicks }: VcdOptions,
): { readonly firstTick: number; readonly lastTick: number } {
  const lastTick = Math.max(0, (main?.ticks ?? 0) - 1, (control?.ticks ?? 0) - 1);
  return { firstTick: lastTicks === null ? 0 : Math.max(0, lastTick - lastTicks), lastTick };
}

export interface VcdVariable {
  /** With dots between the scopes. */
  readonly path: string;
  readonly kind: Kind;
  readonly bits: number;
}

/** What the document declares, in its order. */
export function variablesOf(entry: VcdEntry): VcdVariable[] {
  const cursors: Cursor[] = [];
  for (const scope of scopesOf(entry)) declare(scope, cursors);
  return cursors.map(({ path, wave: { kind, bits } }) => ({ path, kind, bits }));
}

function headerLines({ name, file, seed, reproduce }: VcdEntry, options: VcdOptions): string[] {
  const said = [`scenario: ${name}`, `file: ${file}, seed ${seed}`, `to see it again: ${reproduce}`, NOTICE];
  return [
    `$version Thecal ${options.productVersion} $end`,
    ...said.map((text) => `$comment ${harmless(text)} $end`),
    `$timescale 1 ms $end`,
  ];
}

/** Nothing in a comment may look like a keyword, and half a line is no comment. */
function harmless(text: string): string {
  return text.replaceAll('$', 'S').replace(/\s+/g, ' ');
}

function runScope(name: string, recording: Recording, faults: RunResult['faults']): Scope {
  const signals = (of: (signal: string) => boolean): Wave[] =>
    SIGNALS.filter((signal) => of(signal.name)).flatMap((signal) => {
      const values = recording.samples[signal.name];
      return values === undefined ? [] : [signalWave(signal, recording.sampleTicks, values)];
    });
  const isPatient = (signal: string): boolean => signal.startsWith('patient.');
  const isTruth = (signal: string): boolean => signal.startsWith('true.');
  return {
    name,
    waves: [],
    scopes: [
      {
        name: 'pump',
        waves: [
          pulses('stroke', recording.strokeTicks),
          counts('strokes', recording.strokeTicks),
          pulses('tone', ticksOf(recording, 'tone')),
          pulses('command', ticksOf(recording, 'command')),
          permission(recording),
          ...signals((signal) => !isPatient(signal) && !isTruth(signal) && signal !== 'permission'),
        ],
        scopes: [],
      },
      { name: 'truth', waves: signals(isTruth), scopes: [] },
      { name: 'patient_illustrative', waves: signals(isPatient), scopes: [] },
      { name: 'alarms', waves: alarmWaves(recording), scopes: [] },
      { name: 'faults', waves: faultWaves(faults), scopes: [] },
    ],
  };
}

function signalWave(
  { name, unit, scale }: (typeof SIGNALS)[number],
  ticks: ArrayLike<number>,
  values: Float64Array,
): Wave {
  if (unit === 'state')
    return { name, kind: 'reg', bits: name === 'patient.ashworth' ? 3 : STATE_BITS, ticks, values };
  if (scale === 1) return { name, kind: 'integer', bits: INTEGER_BITS, ticks, values };
  return { name, kind: 'real', bits: REAL_BITS, ticks, values: values.map((value) => value / scale) };
}

function ticksOf(recording: Recording, kind: 'tone' | 'command'): Int32Array {
  return Int32Array.from(eventsOf(recording, [kind]), ({ tick }) => tick);
}

/** High for the tick in which it happens. */
function pulses(name: string, at: Int32Array): Wave {
  const ticks: number[] = [];
  const values: number[] = [];
  at.forEach((tick, i) => {
    if (at[i - 1] === tick) return;
    if (ticks.at(-1) === tick) {
      ticks.pop();
      values.pop();
    } else {
      ticks.push(tick);
      values.push(1);
    }
    ticks.push(tick + 1);
    values.push(0);
  });
  return { name, kind: 'wire', bits: 1, ticks: [0, ...ticks], values: [0, ...values] };
}

/** Of all pumps since the start; a pump's own count begins with it. */
function counts(name: string, at: Int32Array): Wave {
  return {
    name,
    kind: 'integer',
    bits: INTEGER_BITS,
    ticks: [0, ...at],
    values: [0, ...at.map((_, i) => i + 1)],
  };
}

/** By its events: exact, where a sample is not. */
function permission(recording: Recording): Wave {
  const changes = permissionChanges(recording);
  return {
    name: 'permission',
    kind: 'reg',
    bits: STATE_BITS,
    ticks: [0, ...changes.map(({ tick }) => tick)],
    values: [0, ...changes.map(({ permission: value }) => value)],
  };
}

/** A wire that is high in some spans; `to` null is "to the end". */
function spans(name: string, of: readonly { readonly from: number; readonly to: number | null }[]): Wave {
  const ticks = [0];
  const values = [0];
  for (const { from, to } of [...of].sort((a, b) => a.from - b.from)) {
    ticks.push(from);
    values.push(1);
    if (to === null) continue;
    ticks.push(to);
    values.push(0);
  }
  return { name, kind: 'wire', bits: 1, ticks, values };
}

/** Named in full: a viewer shows the last name alone. */
function alarmWaves(recording: Recording): Wave[] {
  const book = new AlarmBook();
  const events = eventsOf(recording, ['raise', 'condition-gone', 'acknowledge', 'clear']);
  let next = 0;
  const tellUntil = (tick: number): void => {
    for (; next < events.length && events[next]!.tick < tick; next += 1) book.event(events[next]!);
  };
  for (const tick of replacedTicks(recording)) {
    tellUntil(tick);
    book.pumpReplaced(tick);
  }
  tellUntil(Number.POSITIVE_INFINITY);
  const names = [...new Set(book.entries.map(({ alarm }) => alarm))];
  return names.flatMap((name) => {
    const own = book.entries.filter(({ alarm }) => alarm === name);
    return [
      spans(
        `${name}-present`,
        own.map(({ raisedTick, conditionGoneTick }) => ({ from: raisedTick, to: conditionGoneTick })),
      ),
      spans(
        `${name}-raised`,
        own.map(({ raisedTick, clearedTick }) => ({ from: raisedTick, to: clearedTick })),
      ),
    ];
  });
}

function faultWaves(faults: RunResult['faults']): Wave[] {
  return faults.map((fault) => spans(fault.id, [{ from: fault.appliedTick, to: endTick(fault) }]));
}

/** Where a wave is, as its changes are written in order of time. */
interface Cursor {
  readonly wave: Wave;
  readonly path: string;
  readonly code: string;
  /** Index of the next change. */
  next: number;
  last: number;
}

function declare({ name, waves, scopes }: Scope, cursors: Cursor[], above = ''): string[] {
  if (waves.length === 0 && scopes.length === 0) return [];
  const taken = new Set<string>();
  const own = `${above}${identifier(name)}`;
  return [
    `$scope module ${identifier(name)} $end`,
    ...waves.map((wave) => {
      const code = codeOf(cursors.length);
      const word = unique(identifier(wave.name), taken);
      cursors.push({ wave, path: `${own}.${word}`, code, next: 0, last: Number.NEGATIVE_INFINITY });
      return `$var ${wave.kind} ${wave.bits} ${code} ${word} $end`;
    }),
    ...scopes.flatMap((scope) => declare(scope, cursors, `${own}.`)),
    '$upscope $end',
  ];
}

function identifier(name: string): string {
  const word = name.replace(/\W/g, '_');
  return /^[A-Za-z_]/.test(word) ? word : `_${word}`;
}

function unique(name: string, taken: Set<string>): string {
  let word = name;
  for (let n = 2; taken.has(word); n += 1) word = `${name}_${n}`;
  taken.add(word);
  return word;
}

const FIRST_CODE = 33;
const CODES = 94;

/** Printable characters, as short as they can be. */
function codeOf(index: number): string {
  const last = String.fromCharCode(FIRST_CODE + (index % CODES));
  return index < CODES ? last : codeOf(Math.floor(index / CODES) - 1) + last;
}

function* changeBlocks(cursors: readonly Cursor[], firstTick: number, lastTick: number): Generator<string> {
  let block = [
    `#${firstTick * TICK_MS}`,
    '$dumpvars',
    ...cursors.map((one) => initial(one, firstTick)),
    '$end',
  ];
  let characters = 0;
  for (let tick = nextTick(cursors); tick <= lastTick; tick = nextTick(cursors)) {
    const changes = cursors.flatMap((cursor) => advance(cursor, tick));
    if (changes.length === 0) continue;
    const text = [`#${tick * TICK_MS}`, ...changes].join('\n');
    block.push(text);
    characters += text.length;
    if (characters < BLOCK_CHARACTERS) continue;
    yield `${block.join('\n')}\n`;
    block = [];
    characters = 0;
  }
  // The time after the last tick: without it a viewer ends at the last change.
  yield `${[...block, `#${(lastTick + 1) * TICK_MS}`].join('\n')}\n`;
}

function nextTick(cursors: readonly Cursor[]): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { wave, next } of cursors) {
    if (next < wave.ticks.length && wave.ticks[next]! < earliest) earliest = wave.ticks[next]!;
  }
  return earliest;
}

/** What it is as of this tick; unknown if it has said nothing yet. */
function initial(cursor: Cursor, tick: number): string {
  const { wave } = cursor;
  let value = Number.NaN;
  for (; cursor.next < wave.ticks.length && wave.ticks[cursor.next]! <= tick; cursor.next += 1) {
    value = wave.values[cursor.next]!;
  }
  cursor.last = value;
  return change(cursor, value);
}

/** Its change in this tick: none where it only says again what it was. */
function advance(cursor: Cursor, tick: number): string[] {
  const { wave } = cursor;
  let value = cursor.last;
  for (; cursor.next < wave.ticks.length && wave.ticks[cursor.next] === tick; cursor.next += 1) {
    value = wave.values[cursor.next]!;
  }
  if (Object.is(value, cursor.last)) return [];
  cursor.last = value;
  return [change(cursor, value)];
}

function change({ wave: { kind, bits }, code }: Cursor, value: number): string {
  if (kind === 'real') return `r${Number.isNaN(value) ? 'nan' : value} ${code}`;
  if (bits === 1) return `${Number.isNaN(value) ? 'x' : value}${code}`;
  return `b${Number.isNaN(value) ? 'x' : (value >>> 0).toString(2)} ${code}`;
}
