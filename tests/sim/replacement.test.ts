import { describe, expect, it } from 'vitest';
import {
  applyFault,
  assertConserved,
  confirmedStrokes,
  faultRecords,
  inject,
  outletPressurePa,
  patientAt,
  replacePump,
  stroke,
  supplyMv,
  toneSounded,
  trueDeliveredPl,
  trueIntrathecalPg,
  trueLostPl,
  trueReservoirPl,
  trueTipNgPerMl,
  trueTrappedPl,
} from '../../sim/world.ts';
import { strokes, worldOf } from './build.ts';

const NEW_PUMP = {
  reservoirCapacityNl: 40_000_000,
  fillNl: 20_000_000,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  isPrimed: true,
};

describe('a pump replaced on its catheter', () => {
  it('keeps every picolitre and picogram in the books, with fluid trapped, leaking and flowing back', () => {
    const world = worldOf({ fillNl: 20_000_000 });
    applyFault(world, { id: 'kink', kind: 'catheter-occlusion', options: {} }, 10);
    applyFault(world, { id: 'septum', kind: 'reservoir-leak', options: {} }, 20);
    applyFault(world, { id: 'chamber', kind: 'hyperbaric', options: { backflow: 100_000 } }, 30);
    strokes(world, 1, 12);
    assertConserved(world, 1000);
    expect(trueTrappedPl(world, 1000)).toBeGreaterThan(0);
    replacePump(world, { ...NEW_PUMP, concentrationUgPerMl: 2000, isPrimed: false }, 1000);
    for (let k = 20; k < 200; k++) {
      assertConserved(world, 72 * k - 2);
      stroke(world, 72 * k - 1);
      assertConserved(world, 72 * k - 1);
    }
  });

  it('lets go at the open line of what a kink held back, and none of it reaches the patient', () => {
    const world = worldOf();
    applyFault(world, { id: 'kink', kind: 'catheter-occlusion', options: {} }, 0);
    strokes(world, 1, 10);
    const trappedPl = trueTrappedPl(world, 1000);
    expect(trappedPl).toBe(5_000_000);
    expect(outletPressurePa(world, 1000, 'peek')).toBeGreaterThan(15_000);
    replacePump(world, NEW_PUMP, 1000);
    expect(trueTrappedPl(world, 1000)).toBe(0);
    expect(outletPressurePa(world, 1000, 'peek')).toBeLessThan(2_000);
    expect(trueLostPl(world, 1000)).toBe(trappedPl);
    expect(trueDeliveredPl(world, 1000)).toBe(0);
    expect(world.transport.lostPg).toBe(5_000 * 500);
  });

  it('turns while the interference lasts that had locked the one before, until a tone locks it too', () => {
    const world = worldOf();
    applyFault(world, { id: 'gate', kind: 'telemetry-lock', options: { duration: 7200 } }, 0);
    toneSounded(world, 10);
    strokes(world, 1, 10);
    expect(confirmedStrokes(world, 800, 'peek')).toBe(0);
    replacePump(world, NEW_PUMP, 1000);
    strokes(world, 15, 20);
    expect(confirmedStrokes(world, 1500, 'peek')).toBe(6);
    toneSounded(world, 1500);
    strokes(world, 21, 25);
    expect(confirmedStrokes(world, 1900, 'peek')).toBe(6);
  });

  it('has gears that no scanner has bound, and is held by the field as the one before', () => {
    const world = worldOf();
    applyFault(world, { id: 'scan', kind: 'mri', options: { duration: 1800, 'late-restart': 36_000 } }, 0);
    replacePump(world, NEW_PUMP, 1000);
    strokes(world, 15, 24);
    expect(confirmedStrokes(world, 1790, 'peek')).toBe(0);
    strokes(world, 26, 30);
    expect(confirmedStrokes(world, 2200, 'peek')).toBe(5);
  });

  it('takes 199 uL of drug away in the old tubing and brings as much in the new one', () => {
    const world = worldOf();
    strokes(world, 1, 100);
    const tipPg = trueIntrathecalPg(world, 7300);
    replacePump(world, { ...NEW_PUMP, concentrationUgPerMl: 2000 }, 7300);
    expect(world.transport.removedPg).toBe(199_000 * 500);
    expect(world.transport.line.heldPg).toBe(199_000 * 2000 + 260_000 * 500);
    expect(trueReservoirPl(world, 7300)).toBe(20_000_000_000);
    expect(trueIntrathecalPg(world, 7300)).toBe(tipPg);
    // The catheter still holds the old drug: 260 uL, 520 strokes, until half of the new has come to the tip.
    expect(trueTipNgPerMl(world, 7300)).toBe(500_000);
    strokes(world, 103, 102 + 350);
    expect(trueTipNgPerMl(world, 72 * 452)).toBeLessThan(510_000);
    strokes(world, 453, 102 + 520);
    const halfway = trueTipNgPerMl(world, 72 * 622);
    expect(halfway).toBeGreaterThan(1_200_000);
    expect(halfway).toBeLessThan(1_350_000);
  });

  it('with tubing that nobody primed brings 199 uL of nothing to the tip', () => {
    const world = worldOf();
    replacePump(world, { ...NEW_PUMP, isPrimed: false }, 0);
    expect(world.transport.line.heldPg).toBe(260_000 * 500);
    // The middle of the gap comes after 260 uL and half of 199: 719 strokes.
    strokes(world, 1, 719);
    expect(trueTipNgPerMl(world, 72 * 719)).toBeLessThan(20_000);
    strokes(world, 720, 1400);
    expect(trueTipNgPerMl(world, 72 * 1400)).toBeGreaterThan(499_000);
  });

  it('counts and drains from its own birth', () => {
    const old = worldOf();
    strokes(old, 1, 1000);
    toneSounded(old, 72_000);
    replacePump(old, NEW_PUMP, 72_000);
    const fresh = worldOf();
    expect(confirmedStrokes(old, 72_000, 'peek')).toBe(0);
    expect(supplyMv(old, 72_000, 'resting', 'peek')).toBe(supplyMv(fresh, 0, 'resting', 'peek'));
    strokes(old, 1001, 1010);
    strokes(fresh, 1, 10);
    expect(confirmedStrokes(old, 73_000, 'peek')).toBe(10);
    const years = 3 * 365 * 86_400;
    expect(supplyMv(old, 72_000 + years, 'loaded', 'peek')).toBe(supplyMv(fresh, years, 'loaded', 'peek'));
    expect(supplyMv(fresh, years, 'loaded', 'peek')).toBeLessThan(supplyMv(fresh, 0, 'loaded', 'peek')!);
  });

  it('takes the faults of the old pump away and leaves those of catheter, patient and surroundings', () => {
    const world = worldOf();
    const kinds = ['motor-stall', 'battery-resistance', 'reservoir-leak', 'sensor-lost', 'feedback-lost'];
    const others = ['catheter-occlusion', 'fever', 'missed-refill'];
    for (const kind of [...kinds, 'flipped-pump', ...others]) {
      applyFault(world, { id: kind, kind, options: {} }, 100);
    }
    replacePump(world, NEW_PUMP, 500);
    const active = faultRecords(world).filter(({ clearedTick }) => clearedTick === null);
    expect(active.map(({ kind }) => kind)).toEqual(others);
    stroke(world, 600);
    expect(confirmedStrokes(world, 601, 'consumed')).toBe(1);
    expect(world.reservoir.leakPlPerHour).toBe(0);
  });

  it('has the capacity of a new one where a dive had bent the old', () => {
    const world = worldOf({ fillNl: 2_000_000 });
    applyFault(world, { id: 'dive', kind: 'hyperbaric', options: {} }, 0);
    expect(world.reservoir.capacityPl).toBe(27_000_000_000);
    replacePump(world, { ...NEW_PUMP, fillNl: 40_000_000 }, 100);
    expect(world.reservoir.capacityPl).toBe(40_000_000_000);
    expect(() => replacePump(world, { ...NEW_PUMP, fillNl: 40_000_001 }, 200)).toThrow('into a reservoir of');
  });
});

describe('a dose by syringe', () => {
  it('is in the spinal fluid at once, whatever the pump does, and its effect peaks after four hours', () => {
    const world = worldOf({ usedToPgPerDay: 0 });
    inject(world, 50_000_000, 3600);
    expect(trueIntrathecalPg(world, 3600)).toBe(50_000_000);
    const effectAt = (hours: number) => patientAt(world, 3600 + hours * 3600).effectMilliPercent;
    // (2^(-t/6 h) - 2^(-t/1.5 h)) / 3 of 50 ug against the 9 ug in steady state of 100 ug/day.
    expect(effectAt(0)).toBe(0);
    expect(effectAt(4) / 1000).toBeCloseTo(87.5, 0);
    expect(effectAt(4)).toBeGreaterThan(effectAt(3));
    expect(effectAt(4)).toBeGreaterThan(effectAt(5));
    expect(effectAt(24) / 1000).toBeCloseTo(11.6, 0);
  });
});
