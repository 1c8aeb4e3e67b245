/** A time on the command line, as in scenarios. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../scenario/time.ts';

/** In ticks, which are seconds; no option means anything by none. */
export function duration(text: string): number {
  const ticks = parseDuration(text);
  if (!ticks.ok) throw new InvalidArgumentError(ticks.message);
  if (ticks.value === 0) throw new InvalidArgumentError('Write a time of 1 s or more.');
  return ticks.value;
}
