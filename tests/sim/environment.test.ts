import { describe, expect, it } from 'vitest';
import { coughPa, createEnvironment, flightPa, posturePa } from '../../sim/plant/environment.ts';
import { below, hash } from '../../sim/prng.ts';
import {
  outletPressurePa,
  restoreWorld,
  snapshotWorld,
  supplyMv,
  temperatureMilliC,
} from '../../sim/world.ts';
import { QUIET, worldOf } from './build.ts';

const busy = createEnvironment({ ...QUIET, posture: true, cough: true, flights: true }, 7, 1000);

describe('the surroundings', () => {
  it('are 1,000 Pa and body temperature when nothing is asked for', () => {
    const world = worldOf();
    expect(outletPressurePa(world, 12_345, 'peek')).toBe(1000);
    expect(temperatureMilliC(world, 12_345, 'peek')).toBe(37_000);
  });

  it('change posture at most once in each of the 20 slots of a day, among three levels', () => {
    const days = 50;
    const changesInSlot = new Map<number, number>();
    const offsets = new Set<number>();
    const seen = new Set<number>();
    let before = posturePa(busy, 0);
    for (let tick = 0; tick < days * 86_400; tick++) {
      const pa = posturePa(busy, tick);
      seen.add(pa);
      if (pa !== before) {
        const slot = Math.floor(tick / 4320);
        changesInSlot.set(slot, (changesInSlot.get(slot) ?? 0) + 1);
        offsets.add(tick % 4320);
      }
      before = pa;
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([-3000, 0, 3000]);
    expect(Math.max(...changesInSlot.values())).toBe(1);
    // At an offset of its own in each slot: 667 draws from 4,320 places fall on some 620 of them.
    expect(offsets.size).toBeGreaterThan(550);
    // Two in three slots differ from the one before: 667 of 1,000, give or take four standard deviations.
    expect(Math.abs(changesInSlot.size - 667)).toBeLessThan(60);
  });

  it('cough once in each slot of 1,728 s, 10 kPa for 2 s, 50 times a day', () => {
    let coughTicks = 0;
    for (let slot = 0; slot < 50; slot++) {
      const ticks: number[] = [];
      for (let i = 0; i < 1728; i++) if (coughPa(busy, slot * 1728 + i) === 10_000) ticks.push(i);
      expect(ticks.length).toBe(2);
      expect(ticks[1]! - ticks[0]!).toBe(1);
      coughTicks += ticks.length;
    }
    expect(coughTicks).toBe(100);
  });

  it('fly once in 36.5 days: 25 kPa down in 25 min, 3 h of cruise, 25 min back', () => {
    for (let slot = 0; slot < 3; slot++) {
      let first = -1;
      let last = -1;
      let cruising = 0;
      for (let tick = slot * 3_153_600; tick < (slot + 1) * 3_153_600; tick++) {
        const pa = flightPa(busy, tick);
        if (pa === 0) continue;
        if (first < 0) first = tick;
        last = tick;
        if (pa === -25_000) cruising++;
      }
      expect(last - first + 1).toBe(13_799);
      expect(cruising).toBe(10_801);
      expect(flightPa(busy, first)).toBe(-16);
      expect(flightPa(busy, first + 749)).toBe(-12_500);
      expect(flightPa(busy, last)).toBe(-16);
    }
  });

  it('keep their length in seconds when ticks are shorter', () => {
    const fine = createEnvironment({ ...QUIET, cough: true }, 7, 100);
    let ticks = 0;
    for (let tick = 0; tick < 17_280; tick++) if (coughPa(fine, tick) !== 0) ticks++;
    expect(ticks).toBe(20);
  });

  it('are noisy within 100 Pa, 3 mV and 0.05 degrees, reach these bounds, and lean to no side', () => {
    const world = worldOf({ environment: { ...QUIET, noise: true } });
    const clean = worldOf();
    const off: [number[], number[], number[]] = [[], [], []];
    for (let tick = 0; tick < 200_000; tick++) {
      off[0].push(outletPressurePa(world, tick, 'peek')! - 1000);
      off[1].push(supplyMv(world, tick, 'loaded', 'peek')! - supplyMv(clean, tick, 'loaded', 'peek')!);
      off[2].push(temperatureMilliC(world, tick, 'peek')! - 37_000);
    }
    for (const [i, bound] of [100, 3, 50].entries()) {
      const values = off[i]!;
      let low = 0;
      let high = 0;
      let sum = 0;
      for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        sum += value;
      }
      expect([low, high]).toEqual([-bound, bound]);
      expect(Math.abs(sum / values.length)).toBeLessThan(bound / 100);
    }
  });

  it('differ with the seed and repeat with it', () => {
    const pressures = (seed: number) => {
      const world = worldOf({ seed, environment: { ...QUIET, noise: true } });
      return Array.from({ length: 50 }, (_, tick) => outletPressurePa(world, tick, 'peek'));
    };
    expect(pressures(1)).toEqual(pressures(1));
    expect(pressures(1)).not.toEqual(pressures(2));
  });

  it('add up in the reading whatever was read before, of this world or of another', () => {
    const environment = { ...QUIET, posture: true, cough: true, flights: true };
    const one = { world: worldOf({ environment }), parts: busy };
    const other = {
      world: worldOf({ seed: 8, environment }),
      parts: createEnvironment(environment, 8, 1000),
    };
    const restored = { world: restoreWorld(snapshotWorld(one.world)), parts: busy };
    // Forwards by up to an hour, and now and then back.
    const wrong: number[] = [];
    let tick = 0;
    for (let i = 0; i < 300_000; i++) {
      const { world, parts } = [one, one, one, other, restored][below(5, hash(1, 1, i))]!;
      const isBack = below(20, hash(1, 2, i)) === 0;
      tick = isBack ? Math.max(0, tick - below(40_000, hash(1, 3, i))) : tick + below(3600, hash(1, 3, i));
      const sumPa = 1000 + posturePa(parts, tick) + coughPa(parts, tick) + flightPa(parts, tick);
      if (outletPressurePa(world, tick, 'peek') !== sumPa) wrong.push(tick);
    }
    expect(wrong).toEqual([]);
  });

  it('add up in the reading: it is the sum of its parts on every tick', () => {
    const world = worldOf({ environment: { ...QUIET, posture: true, cough: true, flights: true } });
    for (let tick = 0; tick < 7_000_000; tick += 997) {
      expect(outletPressurePa(world, tick, 'peek')).toBe(
        1000 + posturePa(busy, tick) + coughPa(busy, tick) + flightPa(busy, tick),
      );
    }
  });
});
