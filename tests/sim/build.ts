/** Worlds for tests: a plain one, and what to change about it. */
import { createWorld, stroke, type World, type WorldOptions } from '../../sim/world.ts';

export const QUIET = { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37000 };

export function optionsOf(changes: Partial<WorldOptions> = {}): WorldOptions {
  return {
    tickMs: 1000,
    seed: 7,
    mechanism: 'peristaltic',
    reservoirCapacityNl: 40_000_000,
    fillNl: 38_000_000,
    lowVolumeFade: false,
    tolerancePpm: 0,
    concentrationUgPerMl: 500,
    catheterLengthMm: 1000,
    compliancePlPerPa: 300,
    mixingTanks: 128,
    isLinePrimed: true,
    usedToPgPerDay: 300_000_000,
    needsTenthUg: 500,
    environment: QUIET,
    ...changes,
  };
}

export function worldOf(changes: Partial<WorldOptions> = {}): World {
  return createWorld(optionsOf(changes));
}

/** Strokes at 300 ug/day of 500 ug/mL: stroke k (from 1) in tick 72k - 1. */
export function strokes(world: World, from: number, to: number, gap = 72): void {
  for (let k = from; k <= to; k++) stroke(world, gap * k - 1);
}
