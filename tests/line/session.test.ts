/** The board's side of the line: what it is not told rightly it does not do, not even in part. */
import crc32 from 'crc-32';
import { describe, expect, it } from 'vitest';
import { NAK_FIELDS, NAK_NO_PUMP, NAK_VERB, sealLine, WAKES_MAX } from '../../hal/espruino/link.ts';
import { answer, createSession } from '../../hal/espruino/session.ts';
import { crc32OfWords } from '../../hal/sim/checksum.ts';
import { PRESCRIPTION_WORDS } from '../../src/core/store.ts';

const crc = (text: string): number => crc32.bstr(text) >>> 0;

/** A board with a pump of one stroke in 72 s, in tick 0. */
function board() {
  const session = createSession({
    coreHash: 'core',
    board: 'DESK',
    textCrc: crc,
    checksum: { crc32: crc32OfWords },
    freeMemory: () => -1,
    totalMemory: () => -1,
  });
  let seq = 0;
  const say = (verb: string, ...fields: (string | number)[]): string[] =>
    answer(session, sealLine([verb, (seq += 1), ...fields], crc)).split(',');
  say('hello');
  say('setup', 500, 40_000_000, 0, 38_000_000, 0, '0.0.500.2000000.0*8.196611000*24');
  return { session, say, state: () => say('state', 0).slice(2, -1) };
}

describe('a line that is sealed and makes no sense', () => {
  it.each([
    ['junk after a wake', 'wakes', '1 x'],
    ['a command that there is not', 'wakes', 'k9.0 1 71:0:1000:2900'],
    ['a command without its number', 'wakes', 'k4 1'],
    ['a command after the last wake', 'wakes', '1 k0.0'],
    ['a word that there is not', 'wakes', `u0.${PRESCRIPTION_WORDS}.0 1`],
    ['more words than a prescription has', 'wakes', 'k2.1.0*349 1'],
    ['a word of more than 32 bits', 'wakes', 'k2.1.0.0.4294967296 1'],
    ['a word so many times', 'wakes', 'k2.1.0*0 1'],
    ['a word before the first', 'wakes', 'u1.-1.4 1'],
    ['a bit that there is not', 'wakes', 'u0.0.32 1'],
    ['a copy that there is not', 'wakes', 'u5.0.0 1'],
    ['a start before the last wake', 'wakes', 'b0 1'],
    ['a start without a wake', 'wakes', '1 b5'],
    ['no ticks', 'wakes', '0:0'],
    ['a count of nothing', 'wakes', '1*0'],
    ['more wakes than a request has', 'wakes', `1*${WAKES_MAX} 1`],
    ['a wake that is no number', 'wakes', '1.5'],
    ['nothing', 'wakes', ''],
  ])('%s: refused, and nothing is done', (_, verb, fields) => {
    const { say, state } = board();
    const before = state();
    expect(say(verb, fields).slice(0, 3)).toEqual(['nak', expect.any(String), String(NAK_FIELDS)]);
    expect(state()).toEqual(before);
  });

  it.each([
    ['beyond the last place', 2, Array(2500).fill('7').join(' ')],
    ['before the first', -1, '5'],
    ['far beyond', 9007199254740991, '5'],
    ['no number', 0, 'NaN'],
    ['no whole number', 0, '1.5'],
    ['no values', 0, ''],
  ])('values %s: refused, and none is put in', (_, from, values) => {
    const { say, state } = board();
    const before = state();
    expect(say('load', from, values)).toContain(String(NAK_FIELDS));
    expect(state()).toEqual(before);
  });

  it('a word that there is not, and a pump that there is not yet', () => {
    const { session, say } = board();
    expect(say('jump', 1)).toContain(String(NAK_VERB));
    session.pump = null;
    expect(say('wakes', '1')).toContain(String(NAK_NO_PUMP));
  });
});

it('takes over the state it is told, place for place', () => {
  const one = board();
  one.say('wakes', '1 71:0:1000:2900');
  const told = one.say('state', 0);
  const total = Number(told[3]);
  const values: string[] = [];
  while (values.length < total) values.push(...one.say('state', values.length)[4]!.split(' '));
  expect(values).toHaveLength(total);
  expect(total).toBeGreaterThan(700);
  const other = board();
  expect(other.state()).not.toEqual(one.state());
  other.say('load', 0, values.slice(0, 100).join(' '));
  expect(other.say('load', 100, values.slice(100).join(' '))[2]).toBe(one.say('state', 0)[2]);
  expect(other.state()).toEqual(one.state());
});
