/**
 * Quantities: decimal text with a unit, turned into an integer without ever being a float. `0.1 mL` is exactly
 * 100000 nL, and a number that the integer can't hold is refused instead of being rounded behind the reader's back.
 *
 * A unit is always written. The one slip that kills is a factor of 1000, so mg gets a message of its own where ug
 * is meant.
 */
import { MAX_EXACT } from '../core/units.ts';
import { quoted } from './nearest.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** One of `word` is `numerator / denominator` integers. */
export interface Unit {
  readonly word: string;
  readonly numerator: number;
  readonly denominator: number;
}

export interface QuantityKind {
  /** With its article, for messages: "a volume". */
  readonly what: string;
  readonly example: string;
  readonly units: readonly Unit[];
  /** Below zero makes sense: gauge pressures and temperatures as bounds, and deviations. */
  readonly signed?: boolean;
  /** What is usual, in the first unit; only used to guess what was meant by mg. */
  readonly usual?: { readonly low: number; readonly high: number };
}

function unit(word: string, numerator: number, denominator = 1): Unit {
  return { word, numerator, denominator };
}

/** The common name comes first: messages and documents use it. The integer's own unit stands beside the name. */
export const KINDS = {
  /** nL */
  volume: {
    what: 'a volume',
    example: '38 mL',
    units: [unit('mL', 1_000_000), unit('uL', 1000), unit('nL', 1)],
  },
  /** ug/mL; usual as supplied for pumps, 50 to 2000. */
  concentration: {
    what: 'a concentration',
    example: '500 ug/mL',
    units: [unit('ug/mL', 1)],
    usual: { low: 50, high: 4000 },
  },
  /** tenths of a ug */
  dose: { what: 'a dose', example: '10 ug', units: [unit('ug', 10)] },
  /** mm */
  length: { what: 'a length', example: '89 cm', units: [unit('cm', 10), unit('mm', 1)] },
  /** pL/Pa */
  compliance: {
    what: 'a compliance',
    example: '0.3 uL/kPa',
    units: [unit('uL/kPa', 1000), unit('nL/kPa', 1)],
  },
  /** parts per million */
  percent: { what: 'a share', example: '100 %', units: [unit('%', 10_000), unit('ppm', 1)] },
  /** Pa */
  pressure: { what: 'a pressure', example: '5 kPa', units: [unit('kPa', 1000), unit('Pa', 1)] },
  /** mV */
  voltage: { what: 'a voltage', example: '2.6 V', units: [unit('V', 1000), unit('mV', 1)] },
  /** milli-C */
  temperature: { what: 'a temperature', example: '37 C', units: [unit('C', 1000)] },
  /** nL/h; a rate by the day only where it is a whole number of them. */
  volumeRate: {
    what: 'a volume rate',
    example: '25 uL/h',
    units: [
      unit('uL/h', 1000),
      unit('nL/h', 1),
      unit('mL/h', 1_000_000),
      unit('mL/day', 1_000_000, 24),
      unit('uL/day', 1000, 24),
    ],
  },
  /** As the unit says, see `parseRate`: tenths of ug, or nL, per day or hour. */
  rate: {
    what: 'a rate',
    example: '300 ug/day',
    units: [
      unit('ug/day', 10),
      unit('ug/h', 10),
      unit('mL/day', 1_000_000),
      unit('uL/day', 1000),
      unit('nL/day', 1),
      unit('uL/h', 1000),
      unit('nL/h', 1),
    ],
    usual: { low: 10, high: 3000 },
  },
} as const satisfies Record<string, QuantityKind>;

/** The units of a kind as a reader would list them. */
export function unitWords(kind: QuantityKind): string {
  return kind.units.map((u) => u.word).join(', ');
}

/** The last part of every message about a quantity: what would be right. */
export function howToWrite(kind: QuantityKind): string {
  const units = kind.units.length === 1 ? 'unit' : 'units';
  return `write ${kind.what} such as ${kind.example} (${units}: ${unitWords(kind)})`;
}

/** One spelling per unit: both code points of the micro sign and mcg become u, a small l becomes L. */
function normalUnit(written: string): string {
  return written
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\u00b0(?=C)/g, '')
    .replace(/\s*\/\s*/g, '/')
    .replace(/^mcg(?=\/|$)/, 'ug')
    .replace(/(^|\/)([mun])l(?=\/|$)/g, '$1$2L');
}

/** For the editor's schema: every spelling that `normalUnit` folds. */
export function quantityPattern(kind: QuantityKind): string {
  const words = kind.units.map((u) =>
    u.word
      .replace(/u(?=[gL])/g, '[u\u00b5\u03bc]')
      .replace(/^\[u\u00b5\u03bc\]g/, '([u\u00b5\u03bc]|mc)g')
      .replace(/L/g, '[Ll]')
      .replace(/^C$/, '\u00b0?C')
      .replace(/\//g, '\\s*\\/\\s*'),
  );
  return `^\\s*${kind.signed === true ? '-?' : ''}\\d+(\\.\\d+)?\\s*(${words.join('|')})\\s*$`;
}

/** Exact decimal text of a fraction whose denominator has no factors but 2 and 5, as all steps of units have. */
function decimal(numerator: bigint, denominator: bigint): string {
  const sign = numerator < 0n ? '-' : '';
  const scaled = ((numerator < 0n ? -numerator : numerator) * 10n ** 12n) / denominator;
  const digits = scaled.toString().padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return sign + digits.slice(0, -12) + (fraction === '' ? '' : `.${fraction}`);
}

/** An integer as a person would write it: in the kind's first unit that is not tiny for it. */
export function formatQuantity(value: number, kind: QuantityKind): string {
  const fitting =
    kind.units.find((u) => u.denominator === 1 && Math.abs(value) * 10 >= u.numerator) ?? kind.units[0]!;
  return `${decimal(BigInt(value) * BigInt(fitting.denominator), BigInt(fitting.numerator))} ${fitting.word}`;
}

const NUMBER_AND_UNIT = /^([+-]?)(\d{1,20})(?:\.(\d{1,20}))?\s*(\D.*)?$/su;

/** The integer of a quantity and the unit it was written in. */
export function parseQuantity(text: string, kind: QuantityKind): Parsed<{ value: number; unit: string }> {
  const match = NUMBER_AND_UNIT.exec(text.trim());
  if (/^[+-]?\d{21}/.test(text.trim())) return failed(tooLarge(text, kind));
  if (match === null || match[1] === '+')
    return failed(`${quoted(text)} is no quantity: ${howToWrite(kind)}`);
  const [, sign = '', whole = '', fraction = '', written = ''] = match;
  if (written === '') return failed(`${quoted(text)} has no unit: ${howToWrite(kind)}`);
  if (sign === '-' && kind.signed !== true) {
    return failed(`${quoted(text)} is negative, which ${kind.what} can't be: ${howToWrite(kind)}`);
  }
  const word = normalUnit(written.trim());
  const unitOf = kind.units.find((u) => u.word === word);
  if (unitOf === undefined) {
    if (/^,\d/.test(word)) return failed(commaSlip(text));
    const slip = milligramSlip(`${whole}${fraction === '' ? '' : `.${fraction}`}`, word, kind);
    return failed(slip ?? `unknown unit ${quoted(written.trim())} for ${kind.what}: ${howToWrite(kind)}`);
  }
  const scale = 10n ** BigInt(fraction.length);
  const numerator = BigInt(sign + whole + fraction) * BigInt(unitOf.numerator);
  const denominator = scale * BigInt(unitOf.denominator);
  if (numerator % denominator !== 0n) return failed(tooFine(text, numerator / denominator, unitOf));
  const value = numerator / denominator;
  if (value > BigInt(MAX_EXACT) || value < -BigInt(MAX_EXACT)) {
    return failed(tooLarge(text, kind));
  }
  return parsed({ value: Number(value), unit: word });
}

function tooLarge(text: string, kind: QuantityKind): string {
  return `${quoted(text)} is too large to be held exactly; check the number, then the unit (${unitWords(kind)})`;
}

/** `below` is the last step that is not past the number, towards zero. */
function tooFine(text: string, below: bigint, unitOf: Unit): string {
  const step = (count: bigint): string =>
    `${decimal(count * BigInt(unitOf.denominator), BigInt(unitOf.numerator))} ${unitOf.word}`;
  const next = text.trim().startsWith('-') ? below - 1n : below + 1n;
  return `${quoted(text)} has more digits than can be held exactly: the finest step is ${step(1n)}; nearest are ${step(below)} and ${step(next)}`;
}

/** A comma is a decimal point to some and marks thousands for others: a factor of 1000 that is not guessed. */
function commaSlip(text: string): string {
  const [point, none] = ['.', ''].map((mark) => text.trim().replace(',', mark));
  return `${quoted(text)} has a comma, which may be a decimal point or mark thousands: write ${point} or ${none}`;
}

/** Null unless mg was written where ug is the unit; then both readings, the likely one first. */
function milligramSlip(number: string, word: string, kind: QuantityKind): string | null {
  const ugWord = word.replace(/^mg(?=\/|$)/, 'ug');
  if (ugWord === word || !kind.units.some((u) => u.word === ugWord)) return null;
  const [whole = '', fraction = ''] = number.split('.');
  const thousandfold = decimal(BigInt(whole + fraction) * 1000n, 10n ** BigInt(fraction.length));
  const same = `${number} ${ugWord}`;
  const larger = `${thousandfold} ${ugWord}`;
  // A guess for a message, so a float is good enough here.
  const isUsual = (text: string): boolean =>
    kind.usual !== undefined && Number(text) >= kind.usual.low && Number(text) <= kind.usual.high;
  const guess = isUsual(number) || !isUsual(thousandfold) ? same : larger;
  return `mg is 1000 times ug, so ${number} ${word} is ${larger}; probably meant: ${guess}. Write it in ug, as ${same} or ${larger}`;
}

/** A plain number without a unit, times `scale`: strokes, states, ticks. From YAML it comes as number or text. */
export function parsePlain(raw: string | number, scale: number): Parsed<number> {
  const tooLargeText = `${quoted(raw)} is too large to be held exactly; check the number`;
  if (/^\d{17,}(\.\d*)?$/.test(String(raw).trim())) return failed(tooLargeText);
  const match = /^(\d{1,16})(?:\.(\d{1,12}))?$/.exec(String(raw).trim());
  if (match === null)
    return failed(`${quoted(raw)} is not a plain number of 0 or more; write one such as 10, without a unit`);
  const fraction = match[2] ?? '';
  const numerator = BigInt(match[1]! + fraction) * BigInt(scale);
  const denominator = 10n ** BigInt(fraction.length);
  if (numerator % denominator !== 0n) return failed(tooFinePlain(raw, scale));
  const value = numerator / denominator;
  if (value > BigInt(MAX_EXACT)) return failed(tooLargeText);
  return parsed(Number(value));
}

function tooFinePlain(raw: string | number, scale: number): string {
  return `${quoted(raw)} has more digits than can be held exactly: the finest step is ${decimal(1n, BigInt(scale))}; round it to that`;
}

/** A rate as written: the family decides what stays constant when the concentration changes. */
export interface Rate {
  readonly family: 'dose' | 'volume';
  readonly per: 'day' | 'hour';
  /** Tenths of a ug for a dose, nL for a volume, per day or hour. */
  readonly amount: number;
  readonly text: string;
}

export function parseRate(text: string): Parsed<Rate> {
  const quantity = parseQuantity(text, KINDS.rate);
  if (!quantity.ok) return quantity;
  const { value, unit: word } = quantity.value;
  return parsed({
    family: word.startsWith('ug') ? 'dose' : 'volume',
    per: word.endsWith('/day') ? 'day' : 'hour',
    amount: value,
    text: text.trim().replace(/\s+/g, ' '),
  });
}
