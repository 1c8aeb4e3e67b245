/** How expectations are written. What is compared depends on the signal: each group of signals has its own unit. */
import * as z from 'zod';
import type { SignalSpec } from '../../hal/signals.ts';
import type { QuantityKind } from './quantity.ts';
import type { Bound, Check } from './schema-parts.ts';
import {
  byKey,
  byWord,
  closed,
  duration,
  guarded,
  identifier,
  plainBound,
  quotedQuantity,
  refusing,
  word,
} from './schema-parts.ts';
import { formatDuration } from './time.ts';
import type { Vocabulary } from './vocabulary.ts';

export const ALARM_WORDS = ['raised', 'cleared', 'condition-gone', 'acknowledged'] as const;
export type AlarmWord = (typeof ALARM_WORDS)[number];
export const SIGNAL_WORDS = ['above', 'below', 'between', 'equals'] as const;

const atLeastOneTick = () => duration({ min: 1, because: 'the length of a tick' }, formatDuration);

/** Units of a signal's bounds, so scaled that the result is in the signal's own integers. */
function boundKind(spec: SignalSpec): QuantityKind | null {
  const { scale } = spec;
  const unit = (word: string, numerator: number, denominator = 1) => ({ word, numerator, denominator });
  switch (spec.unit) {
    case 'ug':
      return { what: 'a dose', example: '800 ug', units: [unit('ug', scale), unit('ng', scale, 1000)] };
    case 'ul':
      return {
        what: 'a volume',
        example: '10 uL',
        units: [unit('uL', scale), unit('mL', 1000 * scale), unit('nL', scale, 1000)],
        signed: true,
      };
    case 'pa':
      return {
        what: 'a pressure',
        example: '5 kPa',
        units: [unit('kPa', 1000 * scale), unit('Pa', scale)],
        signed: true,
      };
    case 'mv':
      return { what: 'a voltage', example: '2600 mV', units: [unit('mV', scale), unit('V', 1000 * scale)] };
    case 'milli-c':
      return { what: 'a temperature', example: '37 C', units: [unit('C', 1000 * scale)], signed: true };
    case 'percent':
      return { what: 'a share', example: '50 %', units: [unit('%', scale)] };
    case 'ug-per-ml':
      return { what: 'a concentration', example: '0.42 ug/mL', units: [unit('ug/mL', scale)] };
    case 'strokes':
    case 'state':
      return null;
  }
}

function boundSchema(spec: SignalSpec): z.ZodType<Bound> {
  const kind = boundKind(spec);
  return kind === null ? plainBound(spec.scale) : quotedQuantity(kind);
}

/** Signals that share a unit share a schema. */
function signalGroups(
  signals: readonly SignalSpec[],
): { names: [string, ...string[]]; bound: z.ZodType<Bound> }[] {
  const groups = new Map<string, { names: [string, ...string[]]; bound: z.ZodType<Bound> }>();
  for (const spec of signals) {
    const group = groups.get(`${spec.unit} ${spec.scale}`);
    if (group === undefined)
      groups.set(`${spec.unit} ${spec.scale}`, { names: [spec.name], bound: boundSchema(spec) });
    else group.names.push(spec.name);
  }
  return [...groups.values()];
}

function exactlyOne(words: readonly string[]): Record<string, unknown> {
  return { oneOf: words.map((key) => ({ required: [key] })) };
}

/** Complain unless exactly one of the words is a key. */
function oneOf(words: readonly string[], example: string): Check {
  return (raw, complain) => {
    const present = words.filter((key) => Object.hasOwn(raw, key));
    if (present.length === 0)
      complain(null, `what is expected is missing: write one of ${words.join(', ')}, such as ${example}`);
    else if (present.length > 1) {
      complain(present[1]!, `can't be written beside ${present[0]!}: make it an expectation of its own`);
    }
  };
}

const checkSignal: Check = (raw, complain) => {
  oneOf(SIGNAL_WORDS, 'below: 5 ug')(raw, complain);
  if (Object.hasOwn(raw, 'tolerance') && !Object.hasOwn(raw, 'equals')) {
    complain('tolerance', 'goes with equals only: write equals and tolerance, or between with both limits');
  }
};

export function expectationSchemas(vocabulary: Vocabulary) {
  const groups = signalGroups(vocabulary.signals);
  const signalNames = vocabulary.signals.map((signal) => signal.name);
  const alarm = word('alarm', vocabulary.alarms as [string, ...string[]], 'see `thecal list alarms`');

  function signalTest<E extends z.ZodRawShape>(extra: E) {
    const variants = groups.map(({ names, bound }) =>
      closed({
        signal: z.enum(names),
        above: bound.optional(),
        below: bound.optional(),
        between: z.tuple([bound, bound], { error: 'write two limits, such as [800 ug, 1200 ug]' }).optional(),
        equals: bound.optional(),
        tolerance: bound.optional(),
        ...extra,
      }),
    );
    type Variant = (typeof variants)[number];
    return guarded(
      byWord(
        'signal',
        'signal',
        signalNames,
        variants as [Variant, ...Variant[]],
        'see `thecal list signals`',
      ),
      checkSignal,
      exactlyOne(SIGNAL_WORDS),
    );
  }

  function alarmWords<V extends z.ZodType>(value: V) {
    const optional = value.optional();
    return { raised: optional, cleared: optional, 'condition-gone': optional, acknowledged: optional };
  }

  const held = closed({ for: atLeastOneTick() }).optional();
  const timedAlarm = guarded(
    closed({ alarm, ...alarmWords(closed({ within: duration() })), held }),
    oneOf(ALARM_WORDS, 'raised: { within: 2 h }'),
    exactlyOne(ALARM_WORDS),
  );
  const finalAlarm = guarded(
    closed({
      alarm,
      ...alarmWords(word('state', ['yes'], 'write yes: at the end there is no time left to wait')),
      id: identifier().optional(),
    }),
    oneOf(ALARM_WORDS, 'cleared: yes'),
    exactlyOne(ALARM_WORDS),
  );
  const id = identifier().optional();
  const lookEvery = atLeastOneTick().optional();

  return {
    timed: byKey('an expectation', {
      alarm: timedAlarm,
      signal: signalTest({ within: duration().optional(), held }),
    }),
    // An alarm that is up all the time is no sensible demand, so `always` has signals only.
    always: refusing(
      'alarm',
      "an alarm can't stand in always: write it under never, or in an expect of the timeline",
      signalTest({ 'look-every': lookEvery, id }),
    ),
    never: byKey('an entry of never', {
      alarm: closed({ alarm, id }),
      signal: signalTest({ 'look-every': lookEvery, id }),
    }),
    finally: byKey('an entry of finally', { alarm: finalAlarm, signal: signalTest({ id }) }),
  };
}
