/** The counted part of the bench: what a run executes, records and allocates, and that the yardstick measures the same. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleLab } from '../canaries/bundle.ts';
import { DAY } from '../properties/runs.ts';
import { allocated } from './allocated.ts';
import { count } from './counters.ts';
import { compileLimit, runLimit } from './limit.ts';
import { runPlain } from './plain-pump.ts';
import { FLEX } from './runs.ts';

const lab = await bundleLab(null);

describe('what a run costs, counted', () => {
  it('hardly more ticks than events, and growth in proportion to years, rate and occlusions', async () => {
    const { perEvent, exponents, tenthTicks } = await count(lab);
    expect(perEvent.undisturbed).toBeLessThanOrEqual(1.01);
    expect(perEvent.halfHours).toBeLessThanOrEqual(1.01);
    expect(perEvent.disturbed).toBeLessThan(1.15);
    // Jumping costs by what happens, whatever a tick is.
    expect(tenthTicks).toBeCloseTo(1, 3);
    for (const [of, exponent] of Object.entries(exponents)) expect(exponent, of).toBeLessThanOrEqual(1.05);
  });

  it('nothing is allocated in a tick in which nothing is due', () => {
    const { ticking, jumping } = allocated();
    // What is left belongs to the duties of the hour.
    expect(ticking).toBeLessThan(16);
    expect(jumping).toBeLessThan(400);
  });
});

it('the yardstick in C says what the firmware says, tick by tick and from wake to wake', ({ skip }) => {
  const program = compileLimit(FLEX);
  if (program === null) return skip('there is no C compiler here');
  const ticks = 31 * DAY;
  const said = [false, true].flatMap((isTickByTick) => [
    runPlain(lab, FLEX, ticks, isTickByTick).rolling,
    runLimit(program, ticks, isTickByTick, 1).rolling,
  ]);
  rmSync(dirname(program), { recursive: true });
  expect(new Set(said).size).toBe(1);
  // 1,200 strokes a day, the hours, and a low reservoir with its tones on the last day.
  expect(runPlain(lab, FLEX, ticks, false).events).toBeGreaterThan(36_000 + 31 * 24 - 1);
});
