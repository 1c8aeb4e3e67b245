import { describe, expect, it } from 'vitest';
import {
  applyFault,
  clearFault,
  refill,
  stroke,
  trueLostPl,
  trueReservoirPl,
  trueTrappedPl,
} from '../../sim/world.ts';
import { strokes, worldOf } from './build.ts';

describe('the reservoir', () => {
  it('gives its last drop and then nothing', () => {
    const world = worldOf({ fillNl: 1_200 });
    strokes(world, 1, 2);
    expect(trueReservoirPl(world, 144)).toBe(200_000);
    strokes(world, 3, 3);
    expect(trueTrappedPl(world, 215)).toBe(200_000);
    expect(trueReservoirPl(world, 216)).toBe(0);
    strokes(world, 4, 4);
    expect(trueTrappedPl(world, 287)).toBe(0);
  });

  it.each([
    [3_500_000, 500_000],
    [3_499_999, 499_999],
    [2_450_000, 250_000],
    [1_820_000, 100_000],
    [1_400_000, 0],
    [900_000, 0],
  ])('fades: at %i nL a stroke of 500,000 pL moves %i pL', (fillNl, movedPl) => {
    const world = worldOf({ fillNl, lowVolumeFade: true });
    stroke(world, 0);
    expect(trueTrappedPl(world, 0)).toBe(movedPl);
  });

  it('does not fade where fading is off', () => {
    const world = worldOf({ fillNl: 1_400_000 });
    stroke(world, 0);
    expect(trueTrappedPl(world, 0)).toBe(500_000);
  });

  it('creeps to 1.4 mL and not below when it fades, however long it is pumped [SR-SILENT-7]', () => {
    const world = worldOf({ fillNl: 3_500_000, lowVolumeFade: true });
    strokes(world, 1, 60_000);
    const leftPl = trueReservoirPl(world, 72 * 60_000);
    expect(leftPl).toBeGreaterThanOrEqual(1_400_000_000);
    // 4,200 strokes fall by a factor of e: after 60,000 the paper says 2.1 mL / e^14.3 = 1.3 nL above.
    expect(leftPl).toBeLessThan(1_400_010_000);
  });

  it('gives up everything at a refill, and the exchange is answered in nL', () => {
    const world = worldOf({ fillNl: 20_000_000 });
    strokes(world, 1, 1200);
    expect(refill(world, 38_000_000, 86_400)).toEqual({
      performed: true,
      withdrawnNl: 19_400_000,
      injectedNl: 38_000_000,
      filledNl: 38_000_000,
    });
    expect(trueReservoirPl(world, 86_400)).toBe(38_000_000_000);
  });

  it('does not take more than it holds', () => {
    const world = worldOf({ reservoirCapacityNl: 20_000_000, fillNl: 20_000_000 });
    expect(refill(world, 20_000_001, 5)).toMatchObject({ injectedNl: 20_000_000, filledNl: 20_000_000 });
    expect(() => worldOf({ reservoirCapacityNl: 20_000_000 })).toThrow('38000000 nL');
  });
});

describe('a reservoir that leaks 20 uL/h', () => {
  it('has lost 480 uL in a day and 5,555 pL in the first second', () => {
    const world = worldOf();
    applyFault(world, { id: 'septum', kind: 'reservoir-leak', options: {} }, 1000);
    expect(trueLostPl(world, 1000)).toBe(0);
    expect(trueLostPl(world, 1001)).toBe(5_555);
    expect(trueLostPl(world, 1000 + 86_400)).toBe(480_000_000);
    expect(trueReservoirPl(world, 1000 + 86_400)).toBe(38_000_000_000 - 480_000_000);
  });

  it('rounds once and not once a stroke', () => {
    const world = worldOf();
    applyFault(world, { id: 'septum', kind: 'reservoir-leak', options: {} }, 0);
    strokes(world, 1, 1200);
    expect(trueLostPl(world, 86_400)).toBe(480_000_000);
    expect(trueReservoirPl(world, 86_400)).toBe(38_000_000_000 - 480_000_000 - 600_000_000);
  });

  it('is empty in the end, stays empty, and keeps what was lost after it was mended', () => {
    const world = worldOf({ fillNl: 20_000 });
    applyFault(world, { id: 'septum', kind: 'reservoir-leak', options: {} }, 0);
    expect(trueReservoirPl(world, 3599)).toBeGreaterThan(0);
    expect(trueReservoirPl(world, 3600)).toBe(0);
    expect(trueReservoirPl(world, 220_000_000)).toBe(0);
    clearFault(world, 'septum', 7200);
    expect(trueLostPl(world, 220_000_000)).toBe(20_000_000);
  });

  it('adds up with a second leak', () => {
    const world = worldOf();
    applyFault(world, { id: 'a', kind: 'reservoir-leak', options: { rate: 1_000 } }, 0);
    applyFault(world, { id: 'b', kind: 'reservoir-leak', options: { rate: 3_000 } }, 3600);
    clearFault(world, 'a', 7200);
    expect(trueLostPl(world, 10_800)).toBe(1_000_000 + 4_000_000 + 3_000_000);
  });
});
