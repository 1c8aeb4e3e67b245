/**
 * Bytes that the firmware alone allocates per executed tick, printed as JSON. Started by `allocated` in a process with
 * room for all of it, so that no collection falls into what is measured.
 */
import { bundleLab } from '../canaries/bundle.ts';
import { DAY } from '../properties/runs.ts';
import { runPlain } from './plain-pump.ts';
import { FLEX } from './runs.ts';

const lab = await bundleLab(null);

function bytesPerTick(ticks: number, isTickByTick: boolean): number {
  runPlain(lab, FLEX, ticks, isTickByTick);
  global.gc!();
  const before = process.memoryUsage().heapUsed;
  const { executed } = runPlain(lab, FLEX, ticks, isTickByTick);
  return (process.memoryUsage().heapUsed - before) / executed;
}

bytesPerTick(DAY, true);
console.log(JSON.stringify({ jumping: bytesPerTick(5 * DAY, false), ticking: bytesPerTick(DAY, true) }));
