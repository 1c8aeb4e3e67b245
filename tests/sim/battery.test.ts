import { describe, expect, it } from 'vitest';
import { createBattery, loadedMv, resistanceOhm, restingMv, usedNc } from '../../sim/plant/battery.ts';
import { below, hash } from '../../sim/prng.ts';
import { applyFault, clearFault, interrogated, stroke, supplyMv, toneSounded } from '../../sim/world.ts';
import { worldOf } from './build.ts';

const DAY = 86_400;
const YEAR_DAYS = 365.25;

/** First day on which the loaded supply is below 2,500 mV; it only falls. */
function replacementDay(mlPerDay: number): number {
  const state = createBattery(1000, 0);
  let low = 0;
  let high = 20 * 366;
  while (high - low > 1) {
    const day = Math.floor((low + high) / 2);
    const nC = usedNc(state, Math.floor(day * mlPerDay * 2000), day * DAY);
    if (loadedMv(nC, resistanceOhm(nC)) < 2500) high = day;
    else low = day;
  }
  return high;
}

describe('the battery', () => {
  it.each([
    [0.048, 7.11],
    [0.1, 6.92],
    [0.15, 6.75],
    [0.3, 6.29],
    [0.6, 5.52],
    [1.0, 4.75],
    [2, 3.53],
    [24, 0.53],
  ])('asks for replacement at %f mL/day after %f years', (mlPerDay, years) => {
    expect(Math.abs(replacementDay(mlPerDay) / YEAR_DAYS - years)).toBeLessThan(0.02);
  });

  it('rests at 3,050 mV when new, and drops 60 ohm x 1 mA under load', () => {
    const world = worldOf();
    expect(supplyMv(world, 0, 'resting', 'peek')).toBe(3050);
    expect(supplyMv(world, 0, 'loaded', 'peek')).toBe(2990);
  });

  it('follows its curve: half used 2,850 mV and 80 ohm, 5 % used half way down the first piece', () => {
    expect(restingMv(1_200_000_000_000)).toBe(2850);
    expect(resistanceOhm(1_200_000_000_000)).toBe(80);
    expect(restingMv(120_000_000_000)).toBe(3005);
    expect(restingMv(2_400_000_000_000)).toBe(2400);
    expect(restingMv(9_000_000_000_000)).toBe(2400);
  });

  it('is straight between the points of its curves to the last mV, whatever charge was asked for before', () => {
    const POINT_NC = 240_000_000_000;
    const restingAt = [3050, 2960, 2920, 2890, 2870, 2850, 2830, 2810, 2780, 2740, 2400];
    const resistanceAt = [60, 60, 62, 65, 70, 80, 95, 120, 165, 260, 700];
    const straight = (points: readonly number[], nC: number): number => {
      const k = Math.floor(nC / POINT_NC);
      if (k >= 10) return points[10]!;
      const along = Math.floor((nC % POINT_NC) / 1000);
      return points[k]! + Math.floor(((points[k + 1]! - points[k]!) * along) / (POINT_NC / 1000));
    };
    const wrong: number[] = [];
    let nC = 0;
    for (let i = 0; i < 400_000; i++) {
      // By strokes and hours, over all of the life; now and then another pump's cell, or one just before a point.
      const far = below(30, hash(1, 1, i));
      if (far === 0) nC = below(2_600_000_000, hash(1, 2, i)) * 1000;
      else if (far === 1) nC = POINT_NC * (1 + below(10, hash(1, 3, i))) - below(3000, hash(1, 2, i));
      else nC += below(40_000_000, hash(1, 2, i));
      const isRight =
        restingMv(nC) === straight(restingAt, nC) && resistanceOhm(nC) === straight(resistanceAt, nC);
      if (!isRight) wrong.push(nC);
    }
    expect(wrong).toEqual([]);
  });

  it('counts a day of rest, a stroke, a tone and a second of telemetry [SR-BATT-6]', () => {
    const world = worldOf();
    stroke(world, 71);
    toneSounded(world, 80);
    interrogated(world, 1, 0);
    expect(usedNc(world.battery, world.mechanism.commandedStrokes, DAY)).toBe(
      9240 * 86_400 + 213_000 + 3_000_000 + 100_000,
    );
  });

  it('rests at the same cost in shorter ticks', () => {
    const fine = worldOf({ tickMs: 100 });
    expect(usedNc(fine.battery, 0, 864_000)).toBe(9240 * 86_400);
  });

  it('pays for a current through a short while it lasts: 50 uA are 50,000 nC a second', () => {
    const world = worldOf();
    applyFault(world, { id: 'short', kind: 'feedthrough-short', options: { drain: 50 } }, 100);
    expect(usedNc(world.battery, 0, 100)).toBe(9240 * 100);
    expect(usedNc(world.battery, 0, 1100)).toBe(9240 * 1100 + 50_000 * 1000);
    clearFault(world, 'short', 1100);
    expect(usedNc(world.battery, 0, 5000)).toBe(9240 * 5000 + 50_000 * 1000);
  });

  it('pays for a stalled stroke too', () => {
    const world = worldOf();
    applyFault(world, { id: 'grit', kind: 'motor-stall', options: {} }, 0);
    stroke(world, 71);
    expect(usedNc(world.battery, world.mechanism.commandedStrokes, 0)).toBe(213_000);
  });

  it('sags under load and not at rest with a film, which grows evenly', () => {
    const world = worldOf();
    const film = { id: 'film', kind: 'battery-resistance', options: { rise: 2_000_000, over: 1000 } };
    applyFault(world, film, 0);
    // 60 ohm at first; 500 s on 100 % of it more, 1,000 s and later 200 %.
    expect(supplyMv(world, 0, 'loaded', 'peek')).toBe(2990);
    expect(supplyMv(world, 500, 'loaded', 'peek')).toBe(supplyMv(world, 500, 'resting', 'peek')! - 120);
    expect(supplyMv(world, 1000, 'loaded', 'peek')).toBe(supplyMv(world, 1000, 'resting', 'peek')! - 180);
    expect(supplyMv(world, 9000, 'loaded', 'peek')).toBe(supplyMv(world, 9000, 'resting', 'peek')! - 180);
    expect(supplyMv(world, 1000, 'resting', 'peek')).toBe(3049);
  });

  it('grows its film from the tick in which it was applied', () => {
    const world = worldOf();
    applyFault(
      world,
      { id: 'film', kind: 'battery-resistance', options: { rise: 1_000_000, over: 1000 } },
      5000,
    );
    expect(supplyMv(world, 5000, 'loaded', 'peek')).toBe(supplyMv(world, 5000, 'resting', 'peek')! - 60);
    expect(supplyMv(world, 5500, 'loaded', 'peek')).toBe(supplyMv(world, 5500, 'resting', 'peek')! - 90);
  });

  it('does not go below nothing, however thick the film', () => {
    const world = worldOf();
    applyFault(world, { id: 'film', kind: 'battery-resistance', options: { rise: 100_000_000 } }, 0);
    expect(supplyMv(world, 0, 'loaded', 'peek')).toBe(0);
  });
});
