/** Times as scenarios write them: durations such as `2 d 6 h 15 min`, hours of the day, weekdays. */
import { TICK_MS, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from '../core/units.ts';
import { quoted } from './nearest.ts';
import type { Parsed } from './quantity.ts';
import { failed, parsed } from './quantity.ts';

/** Index is the number inside: tick 0 of a run is on one of these. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** Largest first: a duration is written, and printed, in this order. A year is 365 days, without leap days. */
const UNITS: readonly (readonly [string, number])[] = [
  ['y', 365 * TICKS_PER_DAY],
  ['w', 7 * TICKS_PER_DAY],
  ['d', TICKS_PER_DAY],
  ['h', TICKS_PER_HOUR],
  ['min', TICKS_PER_MINUTE],
  ['s', TICKS_PER_SECOND],
];

/** More than four pump lives. Keeps every tick within 32 bits, as boards and browsers hold integers best. */
export const MAX_DURATION_TICKS = 30 * 365 * TICKS_PER_DAY;

export const DURATION_PATTERN = '^\\s*(\\d+(\\.\\d+)?\\s*(y|w|d|h|min|s)\\s*)+$';
const HOW = 'write a time such as 2 d 6 h 15 min (units y, w, d, h, min, s; 1 w = 7 d, 1 y = 365 d)';
const PART = /^(\d{1,12})(?:\.(\d{1,9}))?\s*([a-z]+)\s*/i;

/** A duration in ticks. */
export function parseDuration(text: string): Parsed<number> {
  let rest = text.trim();
  if (rest.startsWith('-'))
    return failed(`${quoted(text)} is negative; times count forward from the start: ${HOW}`);
  if (/^[\d.]+$/.test(rest)) return failed(`${quoted(text)} has no unit: ${HOW}`);
  if (rest === '') return failed(`the time is empty: ${HOW}`);
  let total = 0n;
  let lastUnit = -1;
  while (rest !== '') {
    const part = PART.exec(rest);
    if (part === null) return failed(`${quoted(text)} is no time: ${HOW}`);
    const word = part[3]!;
    const index = UNITS.findIndex(([name]) => name === word);
    if (index < 0) return failed(`unknown unit of time ${quoted(word)} in ${quoted(text)}: ${HOW}`);
    if (index <= lastUnit) {
      return failed(
        `${quoted(text)} repeats or mixes up its units; write each once, the largest first, as in 2 d 6 h 15 min`,
      );
    }
    lastUnit = index;
    const fraction = part[2] ?? '';
    const scale = 10n ** BigInt(fraction.length);
    const amount = BigInt(part[1]! + fraction) * BigInt(UNITS[index]![1]);
    if (amount % scale !== 0n) {
      return failed(
        `${quoted(text)} is finer than the pump's clock: the finest step is ${TICK_MS / 1000} s; round it to that`,
      );
    }
    total += amount / scale;
    rest = rest.slice(part[0].length);
  }
  if (total > BigInt(MAX_DURATION_TICKS)) {
    return failed(
      `${quoted(text)} is longer than the ${formatDuration(MAX_DURATION_TICKS)} that a scenario may last; shorten it`,
    );
  }
  return parsed(Number(total));
}

/** A duration as it would be written, in the largest units that fit: 9000 is `2 h 30 min`. Weeks are not used. */
export function formatDuration(ticks: number): string {
  let rest = ticks;
  const parts: string[] = [];
  for (const [word, unitTicks] of UNITS) {
    if (word === 'w' || rest < unitTicks) continue;
    parts.push(`${Math.floor(rest / unitTicks)} ${word}`);
    rest %= unitTicks;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** A simulated instant: readable, and the tick for whoever opens the trace. */
export function formatInstant(tick: number): string {
  return `${formatDuration(tick)} (tick ${tick})`;
}

export const HOUR_PATTERN = '^([01]\\d|2[0-3]):00$';
export const HALF_HOUR_PATTERN = '^([01]\\d|2[0-3]):(00|30)$';

function hourAndMinute(text: string): readonly [hour: number, minute: number] | null {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
  return match === null || hour > 23 || minute > 59 ? null : [hour, minute];
}

/** A time of day on the whole hour, as 0 to 23. */
export function parseHour(text: string): Parsed<number> {
  const time = hourAndMinute(text);
  if (time === null) {
    return failed(`${quoted(text)} is no time of day; write a whole hour from "00:00" to "23:00", in quotes`);
  }
  const [hour, minute] = time;
  if (minute === 0) return parsed(hour);
  return failed(
    `${quoted(text)} is not a whole hour: a run begins on the hour; write "${text.slice(0, 2)}:00"`,
  );
}

/** A time of day on the half hour, as 0 to 47. */
export function parseHalfHour(text: string): Parsed<number> {
  const time = hourAndMinute(text);
  if (time === null) {
    return failed(`${quoted(text)} is no time of day; write a half hour from "00:00" to "23:30", in quotes`);
  }
  const [hour, minute] = time;
  if (minute % 30 === 0) return parsed(2 * hour + minute / 30);
  const before = `${text.slice(0, 2)}:${minute < 30 ? '00' : '30'}`;
  return failed(
    `${quoted(text)} is not on the half hour, where rates change; write "${before}" or the next one`,
  );
}
