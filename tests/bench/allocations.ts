/**
 * Bytes that the firmware alone allocates per executed tick, printed as JSON. Started by `allocated` in a process with
 * room for all of it, so that no collection falls into what is measured.
 */
import { bundleLab } from '../canaries/bundle.ts';
import { DAY } from '../properties/runs.ts';
import { runPlain } from './plain-pump.ts';
import { FLEX } from './runs.ts';

const lab = await bundleLab(null);

const ROUNDS = 6;

/** The least of some rounds: while the engine still compiles, numbers are boxed that later are not. */
function bytesPerTick(ticks: number, isTickByTick: boolean): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    global.gc!();
    const before = process.memoryUsage().heapUsed;
    const { executed } = runPlain(lab, FLEX, ticks, isTickByTick);
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / executed);
  }
  return least;
}

console.log(JSON.stringify({ jumping: bytesPerTick(5 * DAY, false), ticking: bytesPerTick(DAY, true) }));
