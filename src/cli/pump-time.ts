/** Ticks of a pump as its own clock and calendar have them: weekdays, and days since it began. */
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../core/units.ts';
import type { Told } from '../programmer/forecast.ts';
import { WEEKDAYS } from '../scenario/time.ts';

type Clock = Pick<Told, 'startHour'>;

/** `Thursday 04:12:30, day 3`: the day it began in being day 1. */
export function clockText({ startHour }: Clock, tick: number): string {
  const seconds = startHour * TICKS_PER_HOUR + tick;
  const day = Math.floor(seconds / TICKS_PER_DAY) - Math.floor((startHour * TICKS_PER_HOUR) / TICKS_PER_DAY);
  const weekday = WEEKDAYS[Math.floor(seconds / TICKS_PER_DAY) % WEEKDAYS.length]!;
  return `${weekday[0]!.toUpperCase()}${weekday.slice(1)} ${timeOfDay(seconds)}, day ${day + 1}`;
}

/** `Thursday, day 3`. */
export function dateText(clock: Clock, tick: number): string {
  return clockText(clock, tick).replace(/ \S+,/, ',');
}

function timeOfDay(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two((seconds / TICKS_PER_HOUR) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Whole days until then, none when it is over. */
export function daysUntil(nowTick: number, tick: number): number {
  return Math.max(0, Math.floor((tick - nowTick) / TICKS_PER_DAY));
}
