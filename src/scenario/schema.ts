/**
 * The language of scenarios as one zod schema: it gives the types of a document, its defaults, and (by
 * `json-schema.ts`) what editors know. Quantities leave it as integers; what needs more than one place of the
 * file is left to `compile.ts`.
 */
import { BOLUS_DOSE_MAX_TENTH_UG, NO_BRIDGE } from '../core/prescription-words.ts';
import * as z from 'zod';
import { KINDS } from './quantity.ts';
import { expectationSchemas } from './schema-expectation.ts';
import type { Check } from './schema-parts.ts';
import {
  byKey,
  byWord,
  closed,
  duration,
  durationOrNone,
  guarded,
  halfHour,
  hour,
  identifier,
  onOff,
  quantity,
  rate,
  sentence,
  versionOne,
  wholeNumber,
  word,
  quantityOrNone,
  wordOrMap,
} from './schema-parts.ts';
import { formatDuration, WEEKDAYS } from './time.ts';
import type { OptionSpec, Vocabulary } from './vocabulary.ts';

/** What is used where a scenario says nothing, as a scenario would say it. Recorded here and nowhere else. */
export const DEFAULTS = {
  seed: 1,
  weekday: 'monday',
  time: '00:00',
  drug: 'baclofen',
  lowReservoir: '2 mL', // [S] the maker's recommended threshold, Neurosurgery 2004;55:390
  lowVolumeFade: 'off',
  tolerance: '0 %',
  sessionTimeout: 'none', // as the real device: HK-2013
  catheterLength: '89 cm', // [S] a one-piece catheter as sold
  compliance: '0.3 uL/kPa', // [E]
  primed: 'yes',
  mixing: 128, // [E]
  usedTo: 'therapy',
  group: 'none',
  confirm: 'yes',
  needs: '50 ug', // [E]
  disturbance: 'off',
  temperature: '37 C',
} as const;

export const MECHANISMS = ['peristaltic', 'valve-accumulator'] as const;
/** Order is that of the pump's codes. */
export const PATIENT_GROUPS = ['none', 'adult-spinal', 'adult-cerebral', 'child'] as const;
export const ORACLE_FAILURES = [
  'under-delivery',
  'over-delivery',
  'silent-stop',
  'outlet-under-delivery',
  'outlet-over-delivery',
  'outlet-silent-stop',
  'wrong-log',
] as const;

const CONCENTRATION = { min: 1, max: 4000, because: 'baclofen for pumps comes in 50 to 2000 ug/mL' };
/** Both ways, as the label has it: a new pump may give a little less as well as a little more. */
const DEVIATION = { ...KINDS.percent, what: 'a deviation', example: '-3 %', signed: true };
const LABEL = {
  min: -145_000,
  max: 145_000,
  because: 'the label band; more than that is the fault over-infusion',
};
const BOLUS = {
  min: 1,
  max: BOLUS_DOSE_MAX_TENTH_UG,
  because: 'the pump counts tenths of a ug, and gives no more at once than the label knows of a day',
};
const LINE = { min: 1, max: 1_000_000, because: 'no tubing and catheter hold more' };
const RESERVOIR = { min: 1_000_000, max: 60_000_000, because: 'the largest implanted reservoirs hold 60 mL' };

export type Schemas = ReturnType<typeof buildSchemas>;
export type Document = z.output<Schemas['document']>;
export type TherapyWords = z.output<typeof THERAPY>;
export type Entry = z.output<Schemas['entry']>;

const ALL_DAY = 24;
const STEPS = z
  .array(closed({ from: halfHour(), rate: rate() }))
  .min(1, { error: 'has no steps: write the first as { from: "00:00", rate: 10 ug/h }' });
const DAY = closed({
  days: z
    .array(word('weekday', WEEKDAYS))
    .min(1, { error: 'has no weekday: write days such as [saturday, sunday]' }),
  steps: STEPS,
});
const FLEX = closed({
  mode: z.literal('flex'),
  steps: STEPS.optional(),
  days: z.array(DAY).min(1, { error: 'has no days: write { days: [monday, ...], steps: [...] }' }).optional(),
});
const A_TICK = { min: 1, because: 'the length of a tick' };
const PERIODIC = closed({
  mode: z.literal('periodic'),
  bolus: quantity(KINDS.dose, BOLUS),
  over: duration(A_TICK, formatDuration),
  every: duration(A_TICK, formatDuration),
  from: halfHour().prefault('00:00'),
  basal: rate(),
});
const THERAPY = byWord(
  'mode',
  'mode',
  ['continuous', 'hourly', 'flex', 'periodic', 'minimum', 'stopped'],
  [
    closed({ mode: z.literal('continuous'), dose: rate() }),
    closed({
      mode: z.literal('hourly'),
      rates: z.array(rate()).length(ALL_DAY, {
        error: ({ input }) =>
          `${(input as unknown[]).length} of the ${ALL_DAY} rates are here: write ${ALL_DAY}, one for each hour from 00:00, or use mode: flex with steps`,
      }),
    }),
    FLEX,
    PERIODIC,
    closed({ mode: z.literal('minimum') }),
    closed({ mode: z.literal('stopped') }),
  ],
  'write one of continuous, hourly, flex, periodic, minimum, stopped',
);

/** Whether a soft limit that a program meets is taken. */
const CONFIRM = word('answer', ['yes', 'no']).prefault(DEFAULTS.confirm);

const PUMP = closed({
  mechanism: word('mechanism', MECHANISMS),
  reservoir: quantity(KINDS.volume, RESERVOIR),
  fill: quantity(KINDS.volume),
  'low-reservoir': quantity(KINDS.volume).prefault(DEFAULTS.lowReservoir),
  'low-volume-fade': onOff().prefault(DEFAULTS.lowVolumeFade),
  tolerance: quantity(DEVIATION, LABEL).prefault(DEFAULTS.tolerance),
  'session-timeout': durationOrNone({
    min: 60,
    because: 'a programmer needs some seconds for each page',
  }).prefault(DEFAULTS.sessionTimeout),
});

const CATHETER = closed({
  length: quantity(KINDS.length, { min: 100, max: 1500 }).prefault(DEFAULTS.catheterLength),
  compliance: quantity(KINDS.compliance, { min: 10, max: 1200 }).prefault(DEFAULTS.compliance),
  primed: word('answer', ['yes', 'no']).prefault(DEFAULTS.primed),
  mixing: wholeNumber(12, 256).prefault(DEFAULTS.mixing),
});

const NEEDS = { min: 100, max: 2000, because: 'the label tries 25 to 100 ug, and nobody knows beyond' };
const PATIENT = closed({
  'used-to': word('answer', ['therapy', 'nothing']).prefault(DEFAULTS.usedTo),
  needs: quantity(KINDS.dose, NEEDS).prefault(DEFAULTS.needs),
  group: word('group', PATIENT_GROUPS).prefault(DEFAULTS.group),
});

const SCREENING = closed({
  dose: quantity(KINDS.dose),
  over: duration(
    { min: 60, max: 600, because: 'the label: over at least a minute; it is one injection' },
    formatDuration,
  ).prefault('1 min'),
});

const disturbance = () => onOff().prefault(DEFAULTS.disturbance);
const ENVIRONMENT = closed({
  noise: disturbance(),
  posture: disturbance(),
  cough: disturbance(),
  flights: disturbance(),
  temperature: quantity(KINDS.temperature, { max: 60_000 }).prefault(DEFAULTS.temperature),
});

/** A real incident that a scenario plays again; each in words that somebody reads who has no source at hand. */
const INCIDENT = closed({
  number: wholeNumber(1, 999),
  title: sentence('what the incident is called'),
  source: sentence('where it was reported, and what kind of report that is'),
  happened: sentence('what went wrong physically'),
  showed: sentence('what the device showed of it'),
  harm: sentence('the dose missed or in excess, and what the patient had of it'),
  firmware: sentence('what our firmware does better, or why it cannot'),
});

const TIMING = {
  at: duration().optional(),
  after: identifier().optional(),
  by: duration().optional(),
  every: duration({ min: 1, because: 'the length of a tick' }, formatDuration).optional(),
  id: identifier().optional(),
};
const LASTS = duration({ min: 1, because: 'the length of a tick' }, formatDuration)
  .meta({ description: 'cleared by itself after so long' })
  .optional();
const WHEN = ['at', 'after', 'every'] as const;

/** What a person did or left undone stands in one of the two runs only; a fault never stands in the control. */
export const RUNS = ['main', 'control'] as const;
const ONLY = { only: word('run', RUNS).optional() };

const checkTiming: Check = (raw, complain) => {
  const present = WHEN.filter((key) => Object.hasOwn(raw, key));
  if (present.length === 0) {
    complain(null, 'says nothing about when: write at: 2 d, or after: ID with by: 5 h, or every: 60 d');
  } else if (present.length > 1) {
    complain(present[1]!, `can't be written beside ${present[0]!}: keep one of at, after, every`);
  }
  if (Object.hasOwn(raw, 'after') && !Object.hasOwn(raw, 'by')) {
    complain(
      'after',
      'needs by, the time from that entry to this: write by: 5 h, or by: 0 s for the same tick',
    );
  }
  if (Object.hasOwn(raw, 'by') && !Object.hasOwn(raw, 'after')) {
    complain('by', 'goes with after: write after: ID beside it, or at: for a time counted from the start');
  }
};

function timed<T extends z.ZodType>(schema: T) {
  return guarded(schema, checkTiming, {
    oneOf: WHEN.map((key) => ({ required: [key] })),
    dependentRequired: { after: ['by'], by: ['after'] },
  });
}

function optionSchema(spec: OptionSpec): z.ZodType<number | string> {
  switch (spec.type) {
    case 'percent':
      return quantity(KINDS.percent, spec);
    case 'pressure':
      return quantity(KINDS.pressure, spec);
    case 'voltage':
      return quantity(KINDS.voltage, spec);
    case 'temperature':
      return quantity(KINDS.temperature, spec);
    case 'volume-rate':
      return quantity(KINDS.volumeRate, spec);
    case 'duration':
      return duration(spec, formatDuration);
    case 'count':
      return wholeNumber(spec.min ?? 0, spec.max ?? 2_147_483_647);
    case 'choice':
      return word('choice', (spec.choices ?? []) as [string, ...string[]]);
  }
}

function faultEntries(vocabulary: Vocabulary) {
  const variants = vocabulary.faults.map(({ kind, options }) => {
    const words: Record<string, z.ZodType<number | string | undefined>> = {};
    for (const spec of options) {
      if (spec.name === 'fault' || spec.name === 'lasts' || spec.name in TIMING) {
        throw new Error(
          `fault ${kind}: the option name ${spec.name} is a word of every timeline entry; rename the option`,
        );
      }
      words[spec.name] = optionSchema(spec).meta({ description: spec.meaning }).optional();
    }
    return closed({ fault: z.literal(kind), ...words, lasts: LASTS, ...TIMING });
  });
  type Variant = (typeof variants)[number];
  const kinds = vocabulary.faults.map(({ kind }) => kind);
  return byWord('fault', 'fault', kinds, variants as [Variant, ...Variant[]], 'see `thecal list faults`');
}

export function buildSchemas(vocabulary: Vocabulary) {
  const expectation = expectationSchemas(vocabulary);
  const alarm = word('alarm', vocabulary.alarms as [string, ...string[]], 'see `thecal list alarms`');
  const concentration = quantity(KINDS.concentration, CONCENTRATION);

  const bridge = quantityOrNone(KINDS.volume, NO_BRIDGE, LINE);

  const command = wordOrMap(
    word(
      'command',
      ['stop', 'resume', 'interrogate'],
      'write stop, resume, interrogate or a map such as { acknowledge: ALARM }; see `thecal list commands`',
    ),
    byKey('a command', {
      acknowledge: closed({ acknowledge: alarm }),
      silence: closed({ silence: alarm }),
      'low-reservoir': closed({ 'low-reservoir': quantity(KINDS.volume) }),
      program: closed({ program: THERAPY, bridge: bridge.optional(), confirm: CONFIRM }),
      concentration: closed({ concentration, bridge: bridge.optional(), confirm: CONFIRM }),
      prime: closed({ prime: quantity(KINDS.volume, LINE) }),
      bolus: closed({
        bolus: closed({
          dose: quantity(KINDS.dose, BOLUS),
          over: duration({ min: 1, because: 'the length of a tick' }, formatDuration),
        }),
      }),
    }),
  );

  const session = closed({
    program: THERAPY.optional(),
    leave: word('ending', ['commit', 'rollback', 'open']).prefault('commit'),
    confirm: word('answer', ['yes', 'no']).prefault('no'),
  });

  const entry = byKey('an entry of the timeline', {
    fault: timed(faultEntries(vocabulary)),
    clear: timed(closed({ clear: identifier(), ...TIMING })),
    refill: timed(
      closed({ refill: quantity(KINDS.volume), concentration: concentration.optional(), ...ONLY, ...TIMING }),
    ),
    replace: timed(
      closed({
        replace: quantity(KINDS.volume),
        concentration: concentration.optional(),
        therapy: THERAPY.optional(),
        primed: word('answer', ['yes', 'no']).prefault(DEFAULTS.primed),
        ...ONLY,
        ...TIMING,
      }),
    ),
    screening: timed(closed({ screening: SCREENING, ...ONLY, ...TIMING })),
    command: timed(closed({ command, ...ONLY, ...TIMING })),
    session: timed(closed({ session, ...ONLY, ...TIMING })),
    expect: timed(closed({ expect: expectation.timed, ...TIMING })),
  });

  const lists = {
    always: z.array(expectation.always).prefault([]),
    never: z.array(expectation.never).prefault([]),
    finally: z.array(expectation.finally).prefault([]),
    allow: z.array(word('failure', ORACLE_FAILURES)).prefault([]),
  };

  const document = closed({
    version: versionOne('the language'),
    name: sentence('what the scenario shows, in one line,'),
    why: sentence('the incident or requirement behind the scenario').optional(),
    requirements: z.array(sentence('the requirement')).prefault([]),
    incident: INCIDENT.optional(),
    seed: wholeNumber(0, 4_294_967_295).prefault(DEFAULTS.seed),
    start: closed({
      weekday: word('weekday', WEEKDAYS).prefault(DEFAULTS.weekday),
      time: hour().prefault(DEFAULTS.time),
    }).prefault({}),
    pump: PUMP,
    drug: closed({ name: sentence('the name of the drug').prefault(DEFAULTS.drug), concentration }),
    catheter: CATHETER.prefault({}),
    patient: PATIENT.prefault({}),
    environment: ENVIRONMENT.prefault({}),
    therapy: THERAPY,
    timeline: z.array(entry).prefault([]),
    ...lists,
    control: closed(lists).optional(),
    until: duration({ min: 1, because: 'the length of a tick' }, formatDuration),
  });

  return { document, pump: PUMP, entry, expectation };
}
