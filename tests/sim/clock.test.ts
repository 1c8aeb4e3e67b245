import { describe, expect, it } from 'vitest';
import { byPatientsClock } from '../../hal/sim/prescribed.ts';
import { createClock, isEqual, nextPart, patientTick, setDeviation } from '../../sim/plant/clock.ts';
import {
  applyFault,
  clearFault,
  faultRecords,
  patientTick as worldsTick,
  replacePump,
  turnHour,
} from '../../sim/world.ts';
import { worldOf } from './build.ts';

describe("the patient's clock", () => {
  it('gains 8.64 s a day on a pump that is 100 ppm slow, to the second after seven years [SR-SILENT-10]', () => {
    const clock = createClock();
    setDeviation(clock, 100, 0);
    expect(patientTick(clock, 9999)).toBe(9999);
    expect(patientTick(clock, 10_000)).toBe(10_001);
    expect(patientTick(clock, 86_400)).toBe(86_408);
    expect(patientTick(clock, 7 * 365 * 86_400)).toBe(7 * 365 * 86_400 + 22_075);
  });

  it('falls behind one that is fast, and never back', () => {
    const clock = createClock();
    setDeviation(clock, -10_000, 500);
    let before = patientTick(clock, 500);
    for (let tick = 501; tick < 2000; tick++) {
      const now = patientTick(clock, tick);
      expect(now - before).toBeGreaterThanOrEqual(0);
      before = now;
    }
    expect(before).toBe(1999 - 15);
  });

  it('keeps what was lost when the crystal is right again, and is another one for good', () => {
    const clock = createClock();
    setDeviation(clock, 1000, 0);
    expect(isEqual(clock)).toBe(false);
    setDeviation(clock, 0, 5500);
    expect(patientTick(clock, 5500)).toBe(5505);
    expect(patientTick(clock, 1_000_000)).toBe(1_000_005);
    expect(isEqual(clock)).toBe(false);
  });

  it.each([
    [0, 0],
    [100, 0],
    [10_000, -25_200],
    [-10_000, 45_000],
    [-37, 1],
  ])('with %i ppm and %i s of zones begins its half hours where counting tick by tick says', (ppm, zone) => {
    const clock = { ...createClock(), zoneTicks: zone };
    setDeviation(clock, ppm, 3);
    for (const from of [1, 3, 777, 1799, 1800, 1801, 90_000]) {
      let tick = from;
      while (Math.floor(patientTick(clock, tick) / 1800) === Math.floor(patientTick(clock, tick - 1) / 1800))
        tick++;
      expect(nextPart(clock, from, 1800)).toBe(tick);
    }
  });
});

describe('faults of the clock', () => {
  it('fire once the two clocks show different seconds', () => {
    const world = worldOf();
    applyFault(world, { id: 'crystal', kind: 'clock-drift', options: {} }, 0);
    turnHour(world, 3600);
    expect(faultRecords(world)[0]).toMatchObject({ fired: false });
    turnHour(world, 10_800);
    expect(faultRecords(world)[0]).toMatchObject({ fired: true, firedTick: 10_800 });
    applyFault(
      world,
      { id: 'flight', kind: 'time-zone', options: { direction: 'west', shift: 7200 } },
      12_000,
    );
    expect(worldsTick(world, 12_000)).toBe(12_001 - 7200);
    clearFault(world, 'flight', 14_000);
    expect(faultRecords(world)[1]).toMatchObject({ fired: true, firedTick: 14_000 });
    expect(worldsTick(world, 14_000)).toBe(14_001);
  });

  it('are over with the pump: a new one is set to the hour of the place', () => {
    const world = worldOf();
    applyFault(
      world,
      { id: 'crystal', kind: 'clock-drift', options: { direction: 'fast', deviation: 500 } },
      0,
    );
    applyFault(world, { id: 'flight', kind: 'time-zone', options: {} }, 0);
    expect(worldsTick(world, 20_000)).toBe(20_000 - 10 + 10_800);
    const pump = { reservoirCapacityNl: 20_000_000, fillNl: 18_000_000, tolerancePpm: 0 };
    replacePump(world, { ...pump, concentrationUgPerMl: 500, isPrimed: true }, 20_000);
    expect(worldsTick(world, 90_000)).toBe(90_000);
  });
});

describe("a prescription by the patient's clock", () => {
  it('asks for 30 ng a day more of 300 ug/day where 100 ppm more of it passes', () => {
    const rate = { numerator: 300_000_000, denominator: 86_400 };
    expect(byPatientsClock(rate, 0)).toBe(rate);
    expect(byPatientsClock(rate, 100)).toEqual({ numerator: 300_030_000, denominator: 86_400 });
    expect(byPatientsClock(rate, -100)).toEqual({ numerator: 299_970_000, denominator: 86_400 });
    expect(byPatientsClock({ numerator: 12_500_000, denominator: 3600 }, 7)).toEqual({
      numerator: 300_002_100,
      denominator: 86_400,
    });
  });
});
