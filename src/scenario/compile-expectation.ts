/** From an expectation as written to one that can be judged, with the line that a person reads in the result. */
import type * as z from 'zod';
import type { Path, Report } from './problem.ts';
import type { Expectation } from './scenario.ts';
import type { Schemas } from './schema.ts';
import type { AlarmWord } from './schema-expectation.ts';
import { ALARM_WORDS } from './schema-expectation.ts';
import type { Bound } from './schema-parts.ts';
import { formatDuration } from './time.ts';

type Words = Schemas['expectation'];
export type TimedWords = z.output<Words['timed']>;
export type ListedWords = z.output<Words['always']> | z.output<Words['never']> | z.output<Words['finally']>;
type SignalTest = Extract<Expectation, { kind: 'signal' }>['test'];

interface Head {
  readonly id: string;
  readonly line: number;
}

export function compileTimed(words: TimedWords, head: Head, path: Path, report: Report): Expectation | null {
  const heldForTicks = words.held?.for ?? null;
  if ('alarm' in words) {
    const word = alarmWord(words);
    const withinTicks = (word === null ? undefined : words[word])?.within ?? null;
    const text = `${words.alarm} ${word ?? ''}${times(withinTicks, heldForTicks)}`;
    return { ...head, kind: 'alarm', alarm: words.alarm, word, withinTicks, heldForTicks, text };
  }
  const judged = signalTest(words, path, report);
  if (judged === null) return null;
  const withinTicks = words.within ?? null;
  const text = `${words.signal} ${judged.text}${times(withinTicks, heldForTicks)}`;
  return {
    ...head,
    kind: 'signal',
    signal: words.signal,
    test: judged.test,
    withinTicks,
    heldForTicks,
    text,
  };
}

/**
 * An entry of `always`, `never` or `finally`; `label` begins the text, such as `never` or `control: never`.
 * An alarm's word in `finally` asks whether it came true at any time of the run, which is a window of `runTicks`.
 */
export function compileListed(
  words: ListedWords,
  label: string,
  runTicks: number,
  head: Head,
  path: Path,
  report: Report,
): Expectation | null {
  if ('alarm' in words) {
    const word = alarmWord(words);
    const text = `${label} ${words.alarm}${word === null ? '' : ` ${word}`}`;
    const withinTicks = word === null ? null : runTicks;
    return { ...head, kind: 'alarm', alarm: words.alarm, word, withinTicks, heldForTicks: null, text };
  }
  const judged = signalTest(words, path, report);
  if (judged === null) return null;
  return {
    ...head,
    kind: 'signal',
    signal: words.signal,
    test: judged.test,
    withinTicks: null,
    heldForTicks: null,
    text: `${label} ${words.signal} ${judged.text}`,
  };
}

/** The one that is written; `never` has none. */
function alarmWord(
  words: { readonly alarm: string } & { readonly [W in AlarmWord]?: unknown },
): AlarmWord | null {
  return ALARM_WORDS.find((word) => words[word] !== undefined) ?? null;
}

function times(withinTicks: number | null, heldForTicks: number | null): string {
  const within = withinTicks === null ? '' : ` within ${formatDuration(withinTicks)}`;
  return heldForTicks === null ? within : `${within}, held for ${formatDuration(heldForTicks)}`;
}

interface SignalWords {
  readonly above?: Bound | undefined;
  readonly below?: Bound | undefined;
  readonly between?: readonly [Bound, Bound] | undefined;
  readonly equals?: Bound | undefined;
  readonly tolerance?: Bound | undefined;
}

function signalTest(
  words: SignalWords,
  path: Path,
  report: Report,
): { test: SignalTest; text: string } | null {
  const { above, below, between, equals, tolerance } = words;
  if (above !== undefined)
    return { test: { word: 'above', bound: above.value }, text: `above ${above.text}` };
  if (below !== undefined)
    return { test: { word: 'below', bound: below.value }, text: `below ${below.text}` };
  if (equals !== undefined) {
    const margin = tolerance === undefined ? '' : ` with tolerance ${tolerance.text}`;
    return {
      test: { word: 'equals', value: equals.value, tolerance: tolerance?.value ?? 0 },
      text: `equals ${equals.text}${margin}`,
    };
  }
  if (between === undefined) throw new Error('the schema lets no signal pass without one of its words');
  const [low, high] = between;
  if (low.value > high.value) {
    report(
      [...path, 'between'],
      `the first limit, ${low.text}, is more than the second, ${high.text}: write the lower one first`,
    );
    return null;
  }
  return {
    test: { word: 'between', low: low.value, high: high.value },
    text: `between ${low.text} and ${high.text}`,
  };
}
