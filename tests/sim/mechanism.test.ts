import { describe, expect, it } from 'vitest';
import {
  confirmedStrokes,
  NOMINAL_STROKE_NL,
  outletPressurePa,
  stroke,
  trueDeliveredPl,
  trueReservoirPl,
  trueTrappedPl,
  applyFault,
} from '../../sim/world.ts';
import { strokes, worldOf } from './build.ts';

describe('a stroke', () => {
  it('moves 500 nL, or 2,500 nL where a valve shoots [SR-DOSE-4]', () => {
    expect(NOMINAL_STROKE_NL).toEqual({ peristaltic: 500, 'valve-accumulator': 2500 });
    const peristaltic = worldOf();
    const valve = worldOf({ mechanism: 'valve-accumulator' });
    stroke(peristaltic, 71);
    stroke(valve, 71);
    expect(trueReservoirPl(peristaltic, 71)).toBe(38_000_000_000 - 500_000);
    expect(trueReservoirPl(valve, 71)).toBe(38_000_000_000 - 2_500_000);
  });

  it('is off by the tolerance of the pump: +2.5 % is 512.5 nL, -2.4 % is 488 nL', () => {
    const more = worldOf({ tolerancePpm: 25_000 });
    const less = worldOf({ tolerancePpm: -24_000 });
    stroke(more, 0);
    stroke(less, 0);
    expect(trueTrappedPl(more, 0)).toBe(512_500);
    expect(trueTrappedPl(less, 0)).toBe(488_000);
  });

  it('is counted once it has turned, and delivers 1,200 times a day at 0.6 mL', () => {
    const world = worldOf();
    expect(confirmedStrokes(world, 0, 'consumed')).toBe(0);
    strokes(world, 1, 1200);
    expect(confirmedStrokes(world, 86_400, 'consumed')).toBe(1200);
    expect(trueDeliveredPl(world, 86_402)).toBe(600_000_000);
  });

  it('is refused twice in one tick and in the past', () => {
    const world = worldOf();
    stroke(world, 71);
    expect(() => stroke(world, 71)).toThrow('a stroke in tick 71');
    expect(() => stroke(world, 70)).toThrow('a stroke in tick 70');
  });
});

describe('a mechanism against a closed catheter', () => {
  it('slips at 100 kPa over rest: 60 strokes of 1.666 kPa go in, the 61st does not, and all are counted [SR-OCC-5]', () => {
    const world = worldOf();
    applyFault(world, { id: 'kink', kind: 'catheter-occlusion', options: {} }, 0);
    strokes(world, 1, 60);
    expect(outletPressurePa(world, 60 * 72, 'peek')).toBe(101_000);
    const full = trueReservoirPl(world, 60 * 72);
    expect(full).toBe(38_000_000_000 - 60 * 500_000);
    strokes(world, 61, 70);
    expect(outletPressurePa(world, 70 * 72, 'peek')).toBe(101_000);
    expect(trueReservoirPl(world, 70 * 72)).toBe(full);
    expect(trueDeliveredPl(world, 70 * 72)).toBe(0);
    expect(confirmedStrokes(world, 70 * 72, 'peek')).toBe(70);
  });

  it('lets in the part of a stroke that fits: 200 nL of the 55th at 0.272 uL/kPa', () => {
    // 100 kPa x 272 pL/Pa = 27,200,000 pL: 54 strokes of 500,000 and 200,000 of one more.
    const world = worldOf({ compliancePlPerPa: 272 });
    applyFault(world, { id: 'kink', kind: 'catheter-occlusion', options: {} }, 0);
    strokes(world, 1, 54);
    expect(trueTrappedPl(world, 3888)).toBe(27_000_000);
    strokes(world, 55, 55);
    expect(trueTrappedPl(world, 3960)).toBe(27_200_000);
  });
});
