/** Moments on the command line: a time as in scenarios, or the tick that a line of a trace begins with. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../scenario/time.ts';

/** The tick. */
export function moment(text: string): number {
  if (/^\d{1,10}$/.test(text.trim())) return Number(text);
  if (/^\d+$/.test(text.trim())) {
    throw new InvalidArgumentError(
      'This tick is too large; write one of at most ten digits, or a time such as 2 d.',
    );
  }
  const read = parseDuration(text);
  if (!read.ok)
    throw new InvalidArgumentError(`${read.message}; or a tick as in the lines of a trace, such as 172943`);
  return read.value;
}
