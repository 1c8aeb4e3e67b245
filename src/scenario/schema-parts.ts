/**
 * The small parts that the schemas of scenarios and boards files are made of. Each knows three things: the type it yields, what an
 * editor may accept (its JSON Schema), and the sentence for a person who got it wrong.
 */
import * as z from 'zod';
import { nearest, quoted, unknownWord } from './nearest.ts';
import type { Finding, Path } from './problem.ts';
import type { Parsed, QuantityKind, Rate } from './quantity.ts';
import {
  formatQuantity,
  howToWrite,
  KINDS,
  parsePlain,
  parseQuantity,
  parseRate,
  quantityPattern,
} from './quantity.ts';
import {
  DURATION_PATTERN,
  formatDuration,
  HALF_HOUR_PATTERN,
  HOUR_PATTERN,
  parseDuration,
  parseHalfHour,
  parseHour,
} from './time.ts';

/** A complaint about a value of the wrong type, or none at all. */
export function isNot(what: string, input: unknown, how: string): string {
  if (input === undefined) return `is missing: ${how}`;
  return input === null ? `is empty: ${how}` : `${quoted(input)} is not ${what}: ${how}`;
}

/** What an editor is told about a part that is checked by a function. Read by `json-schema.ts`. */
export interface EditorSchema {
  readonly alternatives: readonly z.ZodType[];
  readonly extra?: Record<string, unknown>;
}
export const editorSchemas = new WeakMap<object, EditorSchema>();

/** Text that a function turns into a value. `how` completes "is missing: ..." and "expected text: ...". */
function text<T>(parse: (text: string) => Parsed<T>, how: string, meta: Record<string, unknown>) {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'number' ? `${quoted(input)} has no unit: ${how}` : isNot('text', input, how),
    })
    .meta(meta)
    .transform((value, context) => {
      const result = parse(value);
      if (result.ok) return result.value;
      context.addIssue({ code: 'custom', message: result.message });
      return z.NEVER;
    });
}

export interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Why these limits, for the message. */
  readonly because?: string;
}

/** "is below the least, 1 ug/mL"; null when the value is within its limits. */
function outside(value: number, limits: Limits, show: (value: number) => string): string | null {
  const reason = limits.because === undefined ? '' : ` (${limits.because})`;
  if (limits.min !== undefined && value < limits.min) {
    return `${show(value)} is too little: write at least ${show(limits.min)}${reason}`;
  }
  if (limits.max !== undefined && value > limits.max) {
    return `${show(value)} is too much: write at most ${show(limits.max)}${reason}`;
  }
  return null;
}

/** A quantity as the integer of its kind. */
export function quantity(kind: QuantityKind, limits: Limits = {}) {
  return text(
    (written): Parsed<number> => {
      const result = parseQuantity(written, kind);
      if (!result.ok) return result;
      const { value } = result.value;
      const complaint = outside(value, limits, (v) => formatQuantity(v, kind));
      return complaint === null ? { ok: true, value } : { ok: false, message: complaint };
    },
    howToWrite(kind),
    { pattern: quantityPattern(kind), examples: [kind.example] },
  );
}

/** The word `none`, which stands for a value of its own, or a quantity. */
export function quantityOrNone(kind: QuantityKind, none: number, limits: Limits = {}) {
  const how = `${howToWrite(kind)}, or none`;
  return text(
    (written): Parsed<number> => {
      if (written.trim() === 'none') return { ok: true, value: none };
      const result = parseQuantity(written, kind);
      if (!result.ok) return { ok: false, message: `${result.message}, or none` };
      const { value } = result.value;
      const complaint = outside(value, limits, (v) => formatQuantity(v, kind));
      return complaint === null ? { ok: true, value } : { ok: false, message: complaint };
    },
    how,
    { pattern: `^none$|${quantityPattern(kind)}`, examples: [kind.example, 'none'] },
  );
}

/** A quantity together with the text it was written as, for sentences about it. */
export function quotedQuantity(kind: QuantityKind) {
  return text(
    (written): Parsed<Bound> => {
      const result = parseQuantity(written, kind);
      return result.ok ? { ok: true, value: { value: result.value.value, text: tidy(written) } } : result;
    },
    howToWrite(kind),
    { pattern: quantityPattern(kind), examples: [kind.example] },
  );
}

export interface Bound {
  readonly value: number;
  readonly text: string;
}

function tidy(written: string): string {
  return written.trim().replace(/\s+/g, ' ');
}

/** A number without a unit, for what is only counted. */
export function plainBound(scale: number) {
  const how = 'write a plain number such as 10, without a unit';
  return z
    .union([z.number(), z.string()], {
      error: ({ input }) => isNot('a number', input, how),
    })
    .transform((written, context): Bound => {
      const result = parsePlain(written, scale);
      if (result.ok) return { value: result.value, text: tidy(String(written)) };
      context.addIssue({ code: 'custom', message: result.message });
      return z.NEVER;
    });
}

export function wholeNumber(min: number, max: number) {
  const how = `write a whole number from ${min} to ${max}`;
  return z
    .int({
      error: ({ input }) => isNot('a whole number', input, how),
    })
    .min(min, { error: ({ input }) => `${quoted(input)} is too small: ${how}` })
    .max(max, { error: ({ input }) => `${quoted(input)} is too large: ${how}` });
}

const HOW_TIME = 'write a time such as 2 d 6 h 15 min (units: y, w, d, h, min, s)';

/** A duration, or an instant counted from the start of the run, in ticks. */
export function duration(limits: Limits = {}, show: (ticks: number) => string = String) {
  return text(
    (written): Parsed<number> => {
      const result = parseDuration(written);
      if (!result.ok) return result;
      const complaint = outside(result.value, limits, show);
      return complaint === null ? result : { ok: false, message: complaint };
    },
    HOW_TIME,
    { pattern: DURATION_PATTERN, examples: ['2 d 6 h 15 min'] },
  );
}

/** Ticks, or 0 for the word none. */
export function durationOrNone(limits: Limits) {
  return text(
    (written): Parsed<number> => {
      if (tidy(written) === 'none') return { ok: true, value: 0 };
      const result = parseDuration(written);
      if (!result.ok) return result;
      const complaint = outside(result.value, limits, formatDuration);
      return complaint === null ? result : { ok: false, message: complaint };
    },
    `write none, or ${HOW_TIME.slice('write '.length)}`,
    { pattern: `^none$|${DURATION_PATTERN}`, examples: ['10 min', 'none'] },
  );
}

export function hour() {
  return text(parseHour, 'write a whole hour in quotes, such as "06:00"', {
    pattern: HOUR_PATTERN,
    examples: ['06:00'],
  });
}

export function halfHour() {
  return text(parseHalfHour, 'write a half hour in quotes, such as "06:30"', {
    pattern: HALF_HOUR_PATTERN,
    examples: ['06:30'],
  });
}

export function rate() {
  return text<Rate>(parseRate, howToWrite(KINDS.rate), {
    pattern: quantityPattern(KINDS.rate),
    examples: [KINDS.rate.example, '10 ug/h', '0.6 mL/day'],
  });
}

export function sentence(what: string) {
  const how = `write ${what} as text`;
  return (
    z
      .string({ error: ({ input }) => isNot('text', input, how) })
      .refine((value) => value.trim() !== '', { error: `is empty: ${how}` })
      // They would act on every terminal, log and page that shows the text.
      .refine((value) => !/[^\P{Cc}\n\t]/u.test(value), { error: `holds a control character: ${how}` })
      .meta({ minLength: 1 })
      .transform((value) => value.trim())
  );
}

/** One of a closed list of names. */
export function word<const T extends readonly [string, ...string[]]>(
  what: string,
  words: T,
  whereToLook?: string,
) {
  const where = whereToLook ?? `write one of ${words.join(', ')}`;
  return z.enum(words, {
    error: ({ input }) => {
      if (typeof input !== 'string') return isNot(`a ${what}`, input, where);
      return unknownWord(what, input, words, where);
    },
  });
}

export function onOff() {
  return word('setting', ['on', 'off']).transform((value) => value === 'on');
}

/** A name that others refer to. No dots, so that it never meets a name the reader makes up. */
export function identifier(what = 'an id', examples = 'kink or second-refill') {
  const how = `write a short name in lower case such as ${examples}`;
  return z
    .string({ error: ({ input }) => isNot('text', input, how) })
    .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: ({ input }) => `${quoted(input)} can't be ${what}: ${how}` });
}

/** The first line of every kind of file that this program reads. */
export function versionOne(what: string) {
  return z.literal(1, {
    error: ({ input }) =>
      input === undefined
        ? 'is missing: write version: 1'
        : `this program reads version 1 of ${what}: write version: 1`,
  });
}

/**
 * A map that refuses keys nobody reads. The issue carries the known keys to where the message is made. `how` says how
 * to write it, where "key: value" would be no help.
 */
export function closed<S extends z.ZodRawShape>(shape: S, how?: string) {
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return Object.keys(shape).join(' ');
      return how === undefined ? undefined : isNot('a map', input, how);
    },
  });
}

/** Maps told apart by the value of one key; `where` says how to find the right value. */
export function byWord<
  K extends string,
  const O extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(key: K, what: string, known: readonly string[], options: O, where: string) {
  return z.discriminatedUnion(key, options, {
    error: ({ input }) => {
      if (!isMap(input)) return undefined;
      const given = input[key];
      return given === undefined || given === null
        ? isNot('', given, where)
        : unknownWord(what, given, known, where);
    },
  });
}

export type Check = (
  raw: Readonly<Record<string, unknown>>,
  complain: (key: string | null, message: string) => void,
) => void;

/**
 * A schema with a check of which keys stand together, made on the raw map. zod runs its own refinements only when
 * all fields are right; a person wants to hear of both at once.
 */
export function guarded<T extends z.ZodType>(schema: T, check: Check, extra?: Record<string, unknown>) {
  return dispatched<z.output<T>>(
    [schema],
    (raw, complain) => {
      if (isMap(raw)) check(raw, complain);
      return schema as z.ZodType<z.output<T>>;
    },
    extra,
  );
}

/** A schema for a place where one key is often written that has no place there: one sentence says where it has. */
export function refusing<T extends z.ZodType>(key: string, message: string, schema: T) {
  return dispatched<z.output<T>>([schema], (raw, complain) => {
    if (!isMap(raw) || !Object.hasOwn(raw, key)) return schema as z.ZodType<z.output<T>>;
    complain(key, message);
    return null;
  });
}

/** Maps told apart by which one of several keys they have, such as the entries of the timeline. */
export function byKey<V extends Record<string, z.ZodType>>(what: string, variants: V) {
  type Output = z.output<V[keyof V]>;
  const keys = Object.keys(variants);
  const how = `write exactly one of ${keys.join(', ')}`;
  return dispatched<Output>(Object.values(variants), (raw, complain) => {
    if (!isMap(raw)) {
      complain(null, explainType('object', raw));
      return null;
    }
    const present = keys.filter((key) => Object.hasOwn(raw, key));
    if (present.length === 1) return variants[present[0]!] as z.ZodType<Output>;
    if (present.length > 1) {
      complain(present[1]!, `${what} can't have both ${present[0]!} and ${present[1]!}: ${how}`);
      return null;
    }
    for (const key of Object.keys(raw)) {
      const near = nearest(key, keys);
      if (near === null) continue;
      complain(key, `unknown key ${quoted(key)}; did you mean ${near}? In ${what}, ${how}`);
      return null;
    }
    complain(null, `${what} lacks its main word: ${how}`);
    return null;
  });
}

/** A bare word, or a map for what needs an argument. */
export function wordOrMap<W extends z.ZodType, M extends z.ZodType>(words: W, maps: M) {
  type Output = z.output<W> | z.output<M>;
  return dispatched<Output>([words, maps], (raw) => (isMap(raw) ? maps : words) as z.ZodType<Output>);
}

function isMap(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** Choose the schema by looking at the raw value, with complaints of one's own beside those of the schema. */
function dispatched<T>(
  alternatives: readonly z.ZodType[],
  choose: (raw: unknown, complain: (key: string | null, message: string) => void) => z.ZodType<T> | null,
  extra?: Record<string, unknown>,
) {
  const schema = z.unknown().transform((raw, context): T => {
    let complaints = 0;
    const pass = ({ path, message, at }: Finding): void => {
      complaints += 1;
      context.addIssue({ code: 'custom', path: [...path], message, params: { at } });
    };
    const chosen = choose(raw, (key, message) => {
      pass({ path: key === null ? [] : [key], at: key === null ? 'value' : 'key', message });
    });
    if (chosen === null) return z.NEVER;
    const result = check(chosen, raw);
    for (const finding of result.findings) pass(finding);
    return result.isRight && complaints === 0 ? result.value : z.NEVER;
  });
  editorSchemas.set(schema, extra === undefined ? { alternatives } : { alternatives, extra });
  return schema;
}

export type Checked<T> =
  | { readonly isRight: true; readonly value: T; readonly findings: readonly [] }
  | { readonly isRight: false; readonly findings: readonly Finding[] };

/** Run a schema and put every complaint into a sentence. */
export function check<T>(schema: z.ZodType<T>, raw: unknown): Checked<T> {
  const result = schema.safeParse(raw, { error: (issue) => explain(issue), reportInput: true });
  if (result.success) return { isRight: true, value: result.data, findings: [] };
  return { isRight: false, findings: result.error.issues.flatMap(findingsOf) };
}

/** Sentences for what the parts above leave to zod: wrong types of maps and lists, and their sizes. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return explainType(issue.expected, issue.input);
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return isNot('known here', issue.input, `write ${known.join(' or ')}`);
  }
  return undefined;
}

function explainType(expected: string, input: unknown): string {
  switch (expected) {
    case 'object':
      return isNot('a map', input, 'write key: value pairs, or { key: value }');
    case 'array':
    case 'tuple':
      return isNot('a list', input, 'write its entries in [ ], or one a line after "- "');
    default:
      return isNot(expected, input, `write a ${expected}`);
  }
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step)) as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: 'key' as const,
      message: unknownKey(key, known),
    }));
  }
  if (issue.code === 'custom') {
    const at = issue.params?.['at'] === 'key' ? 'key' : 'value';
    return [{ path, at, message: issue.message }];
  }
  return [{ path, at: 'value', message: issue.message }];
}

function unknownKey(key: string, known: readonly string[]): string {
  // `dose: 300,5 ug/day` within braces: the comma ends the value.
  if (/^\d/.test(key)) {
    return `unknown key ${quoted(key)}: the comma before it ended the value; a decimal point is a point, as in 300.5`;
  }
  const near = nearest(key, known);
  return `unknown key ${quoted(key)}; ${near === null ? '' : `did you mean ${near}? `}known here: ${known.join(', ')}`;
}

export function mapOrEmpty(data: unknown): Readonly<Record<string, unknown>> {
  return isMap(data) ? data : {};
}

export function listOrEmpty(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

/** The value alone, where complaints were made before; undefined when it is wrong. */
export function salvage<T>(schema: z.ZodType<T>, raw: unknown): T | undefined {
  const result: { data?: unknown } = (schema as z.ZodType).safeParse(raw);
  return result.data as T | undefined;
}

/** What is right in a map of which something may be wrong, so that checks across its fields can still speak. */
export function salvageParts<T>(
  schema: z.ZodType<T> & { readonly shape: z.ZodRawShape },
  raw: unknown,
): Partial<T> {
  const parts: Record<string, unknown> = {};
  const map = mapOrEmpty(raw);
  for (const [key, part] of Object.entries(schema.shape)) {
    const result = (part as z.ZodType).safeParse(Object.hasOwn(map, key) ? map[key] : undefined);
    if (result.success) parts[key] = result.data;
  }
  return parts as Partial<T>;
}
