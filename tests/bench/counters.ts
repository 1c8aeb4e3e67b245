/**
 * What a run costs in counts instead of seconds: the same on every machine, so that a test can hold it.
 */
import { bundleLab } from '../canaries/bundle.ts';
import type { Lab } from '../canaries/checks.ts';
import { DAY } from '../properties/runs.ts';
import { runPlain } from './plain-pump.ts';
import { FLEX, HALF_HOURS, type Run, runWorld, YEAR_TICKS } from './runs.ts';

/** How a count grows with what it grows by: 1 is in proportion. */
function exponent(from: number, to: number, times: number): number {
  return Math.log(to / from) / Math.log(times);
}

export interface Counters {
  /**
   * Executed ticks for each recorded event: by one rate and by another each half hour, of which one in the middle of an
   * hour is a tick without an event; and with the body's disturbances.
   */
  readonly perEvent: { readonly undisturbed: number; readonly halfHours: number; readonly disturbed: number };
  /** Growth of executed ticks with years, rate and occlusions. */
  readonly exponents: { readonly years: number; readonly rate: number; readonly faults: number };
  /** Executed ticks of the firmware where a tick is a tenth as long, over those where it is as it is. */
  readonly tenthTicks: number;
}

const TENTH_TICKS = { file: 'units.ts', replace: 'TICK_MS = 1000;', by: 'TICK_MS = 100;' };

async function ofTenthTicks(lab: Lab): Promise<number> {
  const finer = await bundleLab(TENTH_TICKS);
  const ticks = 31 * DAY;
  return runPlain(finer, FLEX, 10 * ticks, false).executed / runPlain(lab, FLEX, ticks, false).executed;
}

export async function count(lab: Lab): Promise<Counters> {
  const year = await runWorld(lab, { ugPerDay: 100, untilTick: YEAR_TICKS });
  const sixYears = await runWorld(lab, { ugPerDay: 100, untilTick: 6 * YEAR_TICKS });
  const quiet = await runWorld(lab, { ugPerDay: 100, untilTick: YEAR_TICKS, isDisturbed: false });
  const fast = await runWorld(lab, {
    ugPerDay: 800,
    untilTick: YEAR_TICKS,
    refillEvery: YEAR_TICKS / 20,
    isDisturbed: false,
  });
  const few = await runWorld(lab, {
    ugPerDay: 100,
    untilTick: YEAR_TICKS,
    isDisturbed: false,
    occlusions: 4,
  });
  const many = await runWorld(lab, {
    ugPerDay: 100,
    untilTick: YEAR_TICKS,
    isDisturbed: false,
    occlusions: 32,
  });
  const stepped = runPlain(lab, HALF_HOURS, 31 * DAY, false);
  const ratio = ({ executed, events }: Pick<Run, 'executed' | 'events'>): number => executed / events;
  return {
    perEvent: { undisturbed: ratio(quiet), halfHours: ratio(stepped), disturbed: ratio(sixYears) },
    exponents: {
      years: exponent(year.executed, sixYears.executed, 6),
      rate: exponent(quiet.executed, fast.executed, 8),
      // What the faults alone add.
      faults: exponent(Math.abs(few.executed - quiet.executed), Math.abs(many.executed - quiet.executed), 8),
    },
    tenthTicks: await ofTenthTicks(lab),
  };
}
