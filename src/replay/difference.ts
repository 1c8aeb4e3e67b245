/** Where two records of a run part: the first thing that one says and the other does not, and what is around it. */
import { FAULTS } from '../../sim/faults/index.ts';
import type { Stimulus } from '../../hal/target.ts';
import { optionText } from '../scenario/option-text.ts';
import { argumentWords } from '../trace/words.ts';
import type { TraceEnd } from '../trace/format.ts';
import type { TraceRecord } from '../trace/read.ts';
import { digestText, endLine, recordLine, recordWord } from '../trace/text.ts';

/** The first divergent tick, and what is not the same there. `a` is the recorded run, or the first trace. */
export interface Difference {
  readonly tick: number;
  /**
   * `tick`, `kind`, the name of an argument, `state digest`, or a field of the end; of what was done to a run its name,
   * such as `fault kink`, and of two that are not the same also what of them is not: `fault kink: diameter-closed`.
   */
  readonly field: string;
  readonly a: string;
  readonly b: string;
  /** What was said, as lines of the trace; null where nothing more was. */
  readonly lineA: string | null;
  readonly lineB: string | null;
  /** The last lines that are alike. */
  readonly before: readonly string[];
  /** Fields of the firmware's state at the next tick at which both were kept; null where there is none. */
  readonly state: StateDifference | null;
}

export interface StateDifference {
  /** The state is that before this tick. */
  readonly nextTick: number;
  readonly fieldCount: number;
  readonly fields: readonly { readonly path: string; readonly a: number | null; readonly b: number | null }[];
}

const LINES_BEFORE = 5;
const NOTHING = 'nothing';

/** The last records, in constant time: of millions only those before a difference are ever looked at. */
export class Before {
  private readonly last = new Array<TraceRecord | null>(LINES_BEFORE).fill(null);
  private count = 0;

  push(record: TraceRecord): void {
    this.last[this.count % LINES_BEFORE] = record;
    this.count += 1;
  }

  lines(): string[] {
    return this.last
      .map((_, i) => this.last[(this.count + i) % LINES_BEFORE] ?? null)
      .flatMap((record) => (record === null ? [] : [recordLine(record)]));
  }
}

/** null where both are the same. */
export function differenceOf(
  a: TraceRecord | null,
  b: TraceRecord | null,
  before: Before,
): Difference | null {
  if (areAlike(a, b)) return null;
  const lineA = a === null ? null : recordLine(a);
  const lineB = b === null ? null : recordLine(b);
  const tick = Math.min(a?.tick ?? Number.MAX_SAFE_INTEGER, b?.tick ?? Number.MAX_SAFE_INTEGER);
  return { tick, ...fieldOf(a, b), lineA, lineB, before: before.lines(), state: null };
}

function areAlike(a: TraceRecord | null, b: TraceRecord | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.tick !== b.tick) return false;
  if (a.kind === 'event') {
    return b.kind === 'event' && a.event.kind === b.event.kind && a.event.argument === b.event.argument;
  }
  if (a.kind === 'state') return b.kind === 'state' && a.digest === b.digest;
  return b.kind === 'stimulus' && recordLine(a) === recordLine(b);
}

function fieldOf(a: TraceRecord | null, b: TraceRecord | null): { field: string; a: string; b: string } {
  if (a === null || b === null) {
    return {
      field: 'kind',
      a: a === null ? NOTHING : recordWord(a),
      b: b === null ? NOTHING : recordWord(b),
    };
  }
  if (a.tick !== b.tick) return { field: 'tick', a: String(a.tick), b: String(b.tick) };
  if (recordWord(a) !== recordWord(b)) return { field: 'kind', a: recordWord(a), b: recordWord(b) };
  if (a.kind === 'event' && b.kind === 'event') {
    const wordsB = argumentWords(b.event);
    for (const [field, value] of Object.entries(argumentWords(a.event))) {
      if (value !== wordsB[field]) return { field, a: String(value), b: String(wordsB[field]) };
    }
  }
  if (a.kind === 'stimulus' && b.kind === 'stimulus') return fieldOfStimuli(a.stimulus, b.stimulus);
  if (a.kind === 'state' && b.kind === 'state') {
    return { field: 'state digest', a: digestText(a.digest), b: digestText(b.digest) };
  }
  return { field: recordWord(a), a: recordLine(a), b: recordLine(b) };
}

/** What people call it; the same in two runs that do the same thing at other times. */
export function stimulusName(stimulus: Stimulus): string {
  const word = recordWord({ tick: 0, kind: 'stimulus', stimulus });
  if (stimulus.kind === 'fault' || stimulus.kind === 'clear') return `${word} ${stimulus.id}`;
  return stimulus.kind === 'command' ? `${word} ${stimulus.command.kind}` : word;
}

function fieldOfStimuli(a: Stimulus, b: Stimulus): { field: string; a: string; b: string } {
  const name = stimulusName(a);
  if (a.kind === 'fault' && b.kind === 'fault' && a.fault === b.fault) {
    const texts = new Map(
      FAULTS.find(({ kind }) => kind === a.fault)?.options.map((one) => [one.name, one.type]),
    );
    for (const [option, type] of texts) {
      const [valueA, valueB] = [a.options[option], b.options[option]];
      if (valueA === undefined || valueB === undefined || valueA === valueB) continue;
      return { field: `${name}: ${option}`, a: optionText(type, valueA), b: optionText(type, valueB) };
    }
  }
  const textOf = (stimulus: Stimulus): string => recordLine({ tick: 0, kind: 'stimulus', stimulus }).slice(2);
  return { field: name, a: textOf(a), b: textOf(b) };
}

export function endDifference(
  a: TraceEnd,
  b: TraceEnd,
  before: readonly string[],
  isVerdictShared: boolean,
): Difference | null {
  const names = ['ticks', 'rolling', 'state', ...(isVerdictShared ? (['verdict'] as const) : [])] as const;
  const field = names.find((name) => a[name] !== b[name]);
  if (field === undefined) return null;
  return {
    tick: Math.min(a.ticks, b.ticks) - 1,
    field,
    a: String(a[field]),
    b: String(b[field]),
    lineA: endLine(a),
    lineB: endLine(b),
    before,
    state: null,
  };
}

/** The first run came to its end, and the second, alike so far, did not. */
export function missingEnd(end: TraceEnd, before: readonly string[]): Difference {
  const lines = { lineA: endLine(end), lineB: null, before, state: null };
  return { tick: Math.max(0, end.ticks - 1), field: 'kind', a: 'end', b: NOTHING, ...lines };
}

/** Fields in the order of the state. null where there are none of one side. */
export function stateDifference(
  nextTick: number,
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): StateDifference {
  const paths = [...a.keys(), ...[...b.keys()].filter((path) => !a.has(path))];
  return {
    nextTick,
    fieldCount: paths.length,
    fields: paths
      .filter((path) => a.get(path) !== b.get(path))
      .map((path) => ({ path, a: a.get(path) ?? null, b: b.get(path) ?? null })),
  };
}
