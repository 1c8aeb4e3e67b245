/** The next duty is found by arithmetic on a grid instead of by asking the table: the table must lie on that grid. */
import { expect, it } from 'vitest';
import { DUTIES, DUTY_GRID_TICKS, nextDutyTick } from '../../src/core/tasks.ts';
import { TICKS_PER_DAY } from '../../src/core/units.ts';

function isDutyDue(tick: number): boolean {
  return tick > 0 && DUTIES.some((duty) => tick % duty.periodTicks === duty.phaseTicks);
}

it('finds the next duty where the table has it, from every tick of a day [SR-TIME-2]', () => {
  let next = TICKS_PER_DAY;
  while (!isDutyDue(next)) next += 1;
  for (let tick = next; tick >= 0; tick--) {
    if (isDutyDue(tick)) next = tick;
    if (nextDutyTick(tick) !== next) expect({ tick, next: nextDutyTick(tick) }).toEqual({ tick, next });
  }
  expect(next).toBe(DUTY_GRID_TICKS);
});

it('has a phase inside its period for every duty', () => {
  for (const { phaseTicks, periodTicks } of DUTIES) expect(phaseTicks).toBeLessThan(periodTicks);
});
