/** A time on the command line, as in scenarios. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../scenario/time.ts';

/** In ticks. */
export function duration(text: string): number {
  const ticks = parseDuration(text);
  if (ticks.ok) return ticks.value;
  throw new InvalidArgumentError(ticks.message);
}
