import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatQuantity,
  KINDS,
  parsePlain,
  parseQuantity,
  parseRate,
  quantityPattern,
} from '../../src/scenario/quantity.ts';
import { formatDuration, parseDuration, parseHalfHour, parseHour } from '../../src/scenario/time.ts';

function integer(text: string, kind: keyof typeof KINDS): number | string {
  const result = parseQuantity(text, KINDS[kind]);
  return result.ok ? result.value.value : result.message;
}

function ticks(text: string): number | string {
  const result = parseDuration(text);
  return result.ok ? result.value : result.message;
}

describe('a quantity becomes the integer that arithmetic on paper gives', () => {
  it.each([
    ['38 mL', 'volume', 38_000_000],
    ['0.1 mL', 'volume', 100_000],
    ['0.000001 mL', 'volume', 1],
    ['38 ml', 'volume', 38_000_000],
    ['38mL', 'volume', 38_000_000],
    ['500 ug/mL', 'concentration', 500],
    ['500 mcg/mL', 'concentration', 500],
    ['500 \u00b5g/mL', 'concentration', 500],
    ['500 \u03bcg/mL', 'concentration', 500],
    ['500 ug / ml', 'concentration', 500],
    ['10 uL', 'volume', 10_000],
    ['10 \u00b5L', 'volume', 10_000],
    ['10 \u03bcl', 'volume', 10_000],
    ['89 cm', 'length', 890],
    ['0.3 uL/kPa', 'compliance', 300],
    ['0.3 \u03bcL/kPa', 'compliance', 300],
    ['100 %', 'percent', 1_000_000],
    ['14.5 %', 'percent', 145_000],
    ['5 kPa', 'pressure', 5000],
    ['0.25 kPa', 'pressure', 250],
    ['2.6 V', 'voltage', 2600],
    ['37 C', 'temperature', 37_000],
    ['37.5 \u00b0C', 'temperature', 37_500],
    ['25 uL/h', 'volumeRate', 25_000],
    ['250 nL/h', 'volumeRate', 250],
    ['6 uL/day', 'volumeRate', 250],
    ['0.6 mL/day', 'volumeRate', 25_000],
  ] as const)('%s', (text, kind, value) => {
    expect(integer(text, kind)).toBe(value);
  });

  it('holds what no float holds: 9007199.254740991 mL is the largest volume, to the nanolitre less one', () => {
    expect(integer('9007199254.740991 mL', 'volume')).toBe(9007199254740991);
    expect(integer('9007199254.740992 mL', 'volume')).toContain('too large');
    expect(integer('99999999999999999999999 mL', 'volume')).toContain('is too large to be held exactly');
    expect(parsePlain('99999999999999999999999', 1)).toMatchObject({
      message: expect.stringContaining('is too large to be held exactly') as string,
    });
  });

  it('comes back from its own text, for any volume', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (nl) => {
        expect(integer(formatQuantity(nl, KINDS.volume), 'volume')).toBe(nl);
      }),
    );
  });

  it('is accepted by the pattern for editors exactly when the units are', () => {
    for (const [name, kind] of Object.entries(KINDS)) {
      const pattern = new RegExp(quantityPattern(kind), 'u');
      expect(pattern.test(kind.example), name).toBe(true);
      expect(pattern.test('38'), name).toBe(false);
      expect(pattern.test('38 furlong'), name).toBe(false);
    }
    const rate = new RegExp(quantityPattern(KINDS.rate), 'u');
    for (const micro of ['u', '\u00b5', '\u03bc', 'mc']) expect(rate.test(`300 ${micro}g/day`)).toBe(true);
    expect(rate.test('300 mg/day')).toBe(false);
  });
});

describe('what is no exact quantity is refused with what to write instead [SR-DOSE-10]', () => {
  it.each([
    ['38', 'volume', '"38" has no unit: write a volume such as 38 mL (units: mL, uL, nL)'],
    ['38 L', 'volume', 'unknown unit "L" for a volume: write a volume such as 38 mL (units: mL, uL, nL)'],
    [
      '-1 mL',
      'volume',
      '"-1 mL" is negative, which a volume can\'t be: write a volume such as 38 mL (units: mL, uL, nL)',
    ],
    [
      '1,5 mL',
      'volume',
      '"1,5 mL" has a comma, which may be a decimal point or mark thousands: write 1.5 mL or 15 mL',
    ],
    ['.5 mL', 'volume', '".5 mL" is no quantity: write a volume such as 38 mL (units: mL, uL, nL)'],
    ['a lot', 'volume', '"a lot" is no quantity: write a volume such as 38 mL (units: mL, uL, nL)'],
    [
      '0.0000015 mL',
      'volume',
      '"0.0000015 mL" has more digits than can be held exactly: the finest step is 0.000001 mL; nearest are 0.000001 mL and 0.000002 mL',
    ],
    [
      '0.5 nL',
      'volume',
      '"0.5 nL" has more digits than can be held exactly: the finest step is 1 nL; nearest are 0 nL and 1 nL',
    ],
    [
      '0.2 mL/day',
      'volumeRate',
      '"0.2 mL/day" has more digits than can be held exactly: the finest step is 0.000024 mL/day; nearest are 0.199992 mL/day and 0.200016 mL/day',
    ],
    [
      '2 mg/mL',
      'concentration',
      'mg is 1000 times ug, so 2 mg/mL is 2000 ug/mL; probably meant: 2000 ug/mL. Write it in ug, as 2 ug/mL or 2000 ug/mL',
    ],
    [
      '500 mg/mL',
      'concentration',
      'mg is 1000 times ug, so 500 mg/mL is 500000 ug/mL; probably meant: 500 ug/mL. Write it in ug, as 500 ug/mL or 500000 ug/mL',
    ],
    [
      '300 mg/day',
      'rate',
      'mg is 1000 times ug, so 300 mg/day is 300000 ug/day; probably meant: 300 ug/day. Write it in ug, as 300 ug/day or 300000 ug/day',
    ],
    [
      '0.3 mg/day',
      'rate',
      'mg is 1000 times ug, so 0.3 mg/day is 300 ug/day; probably meant: 300 ug/day. Write it in ug, as 0.3 ug/day or 300 ug/day',
    ],
    [
      '10.05 ug/h',
      'rate',
      '"10.05 ug/h" has more digits than can be held exactly: the finest step is 0.1 ug/h; nearest are 10 ug/h and 10.1 ug/h',
    ],
  ] as const)('%s', (text, kind, message) => {
    expect(integer(text, kind)).toBe(message);
  });

  it('survives any text without an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const kind of Object.values(KINDS)) parseQuantity(text, kind);
        parseDuration(text);
        parseHour(text);
        parsePlain(text, 1000);
      }),
    );
  });
});

describe('a rate keeps the unit it was written in', () => {
  it.each([
    ['300 ug/day', { family: 'dose', per: 'day', amount: 3000 }],
    ['12.5 \u00b5g/h', { family: 'dose', per: 'hour', amount: 125 }],
    ['25 uL/h', { family: 'volume', per: 'hour', amount: 25_000 }],
    ['250 nL/h', { family: 'volume', per: 'hour', amount: 250 }],
    ['0.6 mL/day', { family: 'volume', per: 'day', amount: 600_000 }],
  ])('%s', (text, rate) => {
    expect(parseRate(text)).toEqual({ ok: true, value: { ...rate, text } });
  });
});

describe('a plain number counts', () => {
  it('is scaled without a float', () => {
    expect(parsePlain(12.345, 1000)).toEqual({ ok: true, value: 12345 });
    expect(parsePlain('7', 1)).toEqual({ ok: true, value: 7 });
  });

  it('is refused with a unit, a sign or too many digits', () => {
    expect(parsePlain('7 uL', 1)).toMatchObject({ ok: false });
    expect(parsePlain(-1, 1)).toMatchObject({ ok: false });
    expect(parsePlain(0.5, 1)).toEqual({
      ok: false,
      message: '"0.5" has more digits than can be held exactly: the finest step is 1; round it to that',
    });
  });
});

describe('times', () => {
  it.each([
    ['0 s', 0],
    ['90 s', 90],
    ['20 min', 1200],
    ['1.5 h', 5400],
    ['2 d 6 h 15 min', 195_300],
    ['2d 6h 15min', 195_300],
    ['1 w', 604_800],
    ['1 y', 31_536_000],
    ['1 y 1 w 1 d 1 h 1 min 1 s', 32_230_861],
  ])('%s', (text, value) => {
    expect(ticks(text)).toBe(value);
  });

  it.each([
    [
      '4',
      '"4" has no unit: write a time such as 2 d 6 h 15 min (units y, w, d, h, min, s; 1 w = 7 d, 1 y = 365 d)',
    ],
    [
      '-1 h',
      '"-1 h" is negative; times count forward from the start: write a time such as 2 d 6 h 15 min (units y, w, d, h, min, s; 1 w = 7 d, 1 y = 365 d)',
    ],
    ['0.5 s', '"0.5 s" is finer than the pump\'s clock: the finest step is 1 s; round it to that'],
    [
      '6 h 2 d',
      '"6 h 2 d" repeats or mixes up its units; write each once, the largest first, as in 2 d 6 h 15 min',
    ],
    ['31 y', '"31 y" is longer than the 30 y that a scenario may last; shorten it'],
  ])('refuses %s', (text, message) => {
    expect(ticks(text)).toBe(message);
  });

  it('refuses the lone m, which could be a minute or a month', () => {
    expect(ticks('5 m')).toContain('unknown unit of time "m"');
  });

  it('come back from their own text, for any number of ticks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900_000_000 }), (n) => {
        expect(ticks(formatDuration(n))).toBe(n);
      }),
    );
  });

  it('takes whole hours of the day only', () => {
    expect(parseHour('00:00')).toEqual({ ok: true, value: 0 });
    expect(parseHour('23:00')).toEqual({ ok: true, value: 23 });
    expect(parseHour('06:30')).toEqual({
      ok: false,
      message: '"06:30" is not a whole hour: a run begins on the hour; write "06:00"',
    });
    expect(parseHour('24:00')).toMatchObject({ ok: false });
    expect(parseHour('6:00')).toMatchObject({ ok: false });
  });

  it('takes half hours of the day where rates change', () => {
    expect(parseHalfHour('00:00')).toEqual({ ok: true, value: 0 });
    expect(parseHalfHour('23:30')).toEqual({ ok: true, value: 47 });
    expect(parseHalfHour('06:45')).toEqual({
      ok: false,
      message: '"06:45" is not on the half hour, where rates change; write "06:30" or the next one',
    });
    expect(parseHalfHour('24:00')).toMatchObject({ ok: false });
  });
});
