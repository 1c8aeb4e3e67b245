import { TICKS_PER_DAY } from '../../core/units.ts';

/**
 * Part of the result, since each slice ends in an executed tick: the same for any number of jobs. Long enough to cost
 * nothing, short enough that Ctrl-C and the progress line feel at once.
 */
export const SLICE_TICKS = { jumps: 5 * TICKS_PER_DAY, 'tick-by-tick': TICKS_PER_DAY / 4 } as const;
