import { describe, expect, it } from 'vitest';
import { decayed } from '../../sim/decay.ts';
import {
  applyFault,
  clearFault,
  outletPressurePa,
  stroke,
  trueDeliveredPl,
  trueLostPl,
  trueTrappedPl,
  type World,
} from '../../sim/world.ts';
import { strokes, worldOf } from './build.ts';

function occluded(world: World, closedPpm: number, tick = 0): World {
  applyFault(
    world,
    { id: 'kink', kind: 'catheter-occlusion', options: { 'diameter-closed': closedPpm } },
    tick,
  );
  return world;
}

/** Ratio of the clear to the present time constant. */
function resistanceRise(world: World): number {
  return world.catheter.clearLambdaQ30 / world.catheter.lambdaQ30;
}

describe('a clear catheter of 1 m and 0.3 uL/kPa', () => {
  it('relaxes with 0.108 s: 13.358 bits a second', () => {
    expect(worldOf().catheter.clearLambdaQ30 / 2 ** 30).toBeCloseTo(1 / (0.108 * Math.LN2), 6);
  });

  it('is relaxed two ticks after a stroke', () => {
    const world = worldOf();
    stroke(world, 71);
    expect(outletPressurePa(world, 71, 'peek')).toBe(1000 + 1666);
    expect(trueTrappedPl(world, 72)).toBe(Math.floor(500_000 * 2 ** -(1 / (0.108 * Math.LN2))));
    expect(trueTrappedPl(world, 73)).toBe(0);
    expect(outletPressurePa(world, 73, 'peek')).toBe(1000);
    expect(trueDeliveredPl(world, 73)).toBe(500_000);
  });

  it('relaxes alike whether a second is one tick or ten', () => {
    const fine = occluded(worldOf({ tickMs: 100 }), 900_000);
    const coarse = occluded(worldOf(), 900_000);
    stroke(fine, 1000);
    stroke(coarse, 100);
    expect(Math.abs(trueTrappedPl(fine, 5000) - trueTrappedPl(coarse, 500))).toBeLessThanOrEqual(1);
  });

  it('holds what the table says at every tick until nothing is left', () => {
    const world = occluded(worldOf(), 850_000);
    stroke(world, 100);
    const { lambdaQ30, heldPl } = world.catheter;
    let tick = 100;
    for (let left = heldPl; left > 0; tick++) {
      left = decayed(heldPl, Math.floor((lambdaQ30 * (tick - 100)) / 1024));
      expect(trueTrappedPl(world, tick)).toBe(left);
    }
    expect(tick).toBeGreaterThan(1000);
    expect(trueTrappedPl(world, 10 * tick)).toBe(0);
  });

  it('must not hold more than the table can count', () => {
    expect(() => worldOf({ compliancePlPerPa: 1343 })).toThrow('1343 pL/Pa');
    expect(worldOf({ compliancePlPerPa: 1342 }).catheter.slipPl).toBe(134_200_000);
  });
});

describe('an occlusion', () => {
  it.each([
    [0, 1],
    [500_000, 16],
    [870_000, 3501.28],
    [900_000, 10_000],
    [970_000, 1_234_567.9],
  ])('of %i ppm of the diameter raises the resistance %f times', (closedPpm, rise) => {
    expect(resistanceRise(occluded(worldOf(), closedPpm)) / rise).toBeCloseTo(1, 4);
  });

  it('of all of it lets nothing through', () => {
    const world = occluded(worldOf(), 1_000_000);
    strokes(world, 1, 3);
    expect(trueTrappedPl(world, 200_000_000)).toBe(1_500_000);
    expect(outletPressurePa(world, 200_000_000, 'peek')).toBe(1000 + 5000);
    expect(trueDeliveredPl(world, 200_000_000)).toBe(0);
  });

  it.each([60, 600, 1080, 3600, 10_000])(
    'of 90 %% relaxes as the real exponential of 1,080 s does, %i s on',
    (s) => {
      const world = occluded(worldOf(), 900_000);
      stroke(world, 71);
      const realPl = 500_000 * Math.exp(-s / 1080);
      expect(Math.abs(trueTrappedPl(world, 71 + s) - realPl)).toBeLessThan(2);
    },
  );

  it('of 90 % comes to the plateau of a geometric series: q/(1-q) strokes before each stroke', () => {
    const world = occluded(worldOf(), 900_000);
    strokes(world, 1, 2000);
    const q = Math.exp(-72 / 1080);
    const beforePl = trueTrappedPl(world, 72 * 2001 - 1);
    expect(beforePl / ((500_000 * q) / (1 - q))).toBeCloseTo(1, 5);
  });

  it('that is cleared lets go of what was trapped within two ticks', () => {
    const world = occluded(worldOf(), 1_000_000);
    strokes(world, 1, 10);
    clearFault(world, 'kink', 1000);
    expect(trueTrappedPl(world, 1000)).toBe(5_000_000);
    expect(trueTrappedPl(world, 1002)).toBe(0);
    expect(trueDeliveredPl(world, 1002)).toBe(5_000_000);
  });

  it('that comes while fluid relaxes leaves the past alone: half under the old, half under the new', () => {
    const world = occluded(worldOf(), 900_000);
    stroke(world, 0);
    clearFault(world, 'kink', 1080);
    occluded(world, 950_000, 1080);
    const realPl = 500_000 * Math.exp(-1) * Math.exp(-1080 / 17_280);
    expect(Math.abs(trueTrappedPl(world, 2160) - realPl)).toBeLessThan(3);
  });

  it('multiplies with a second one', () => {
    const world = occluded(worldOf(), 500_000);
    applyFault(world, { id: 'b', kind: 'catheter-occlusion', options: { 'diameter-closed': 500_000 } }, 0);
    expect(resistanceRise(world)).toBeCloseTo(256, 3);
  });
});

describe('a cut catheter', () => {
  it('gives everything that leaves to the surroundings, at rest pressure', () => {
    const world = worldOf();
    strokes(world, 1, 10);
    applyFault(world, { id: 'cut', kind: 'catheter-cut', options: {} }, 1000);
    strokes(world, 20, 29);
    expect(trueDeliveredPl(world, 5000)).toBe(5_000_000);
    expect(trueLostPl(world, 5000)).toBe(5_000_000);
    expect(outletPressurePa(world, 72 * 30 - 1, 'peek')).toBe(1000);
  });

  it('shares what leaves, to the picolitre: a third of 10 strokes', () => {
    const world = worldOf();
    applyFault(world, { id: 'cut', kind: 'catheter-cut', options: { leaked: 333_333 } }, 0);
    strokes(world, 1, 10);
    expect(trueLostPl(world, 1000)).toBe(1_666_665);
    expect(trueDeliveredPl(world, 1000)).toBe(3_333_335);
    clearFault(world, 'cut', 1000);
    strokes(world, 20, 20);
    expect(trueLostPl(world, 5000)).toBe(1_666_665);
    expect(trueDeliveredPl(world, 5000)).toBe(3_833_335);
  });

  it('is half the resistance when all of it leaves', () => {
    const world = worldOf();
    applyFault(world, { id: 'cut', kind: 'catheter-cut', options: {} }, 0);
    expect(resistanceRise(world)).toBeCloseTo(0.5, 6);
  });

  it('loses half of the other half with a second cut of 50 %', () => {
    const world = worldOf();
    applyFault(world, { id: 'a', kind: 'catheter-cut', options: { leaked: 500_000 } }, 0);
    applyFault(world, { id: 'b', kind: 'catheter-cut', options: { leaked: 500_000 } }, 0);
    stroke(world, 71);
    expect(trueLostPl(world, 100)).toBe(375_000);
    expect(trueDeliveredPl(world, 100)).toBe(125_000);
  });
});
