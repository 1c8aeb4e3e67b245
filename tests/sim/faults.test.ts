import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS, faultSpec } from '../../sim/faults/index.ts';
import {
  applyFault,
  assertConserved,
  clearFault,
  confirmedStrokes,
  faultRecords,
  interrogated,
  markFaultFired,
  outletPressurePa,
  refill,
  settle,
  stroke,
  supplyMv,
  temperatureMilliC,
  toneSounded,
  trueDeliveredPg,
  trueDeliveredPl,
  trueLostPl,
  trueReservoirPl,
  trueTrappedPl,
  turnHour,
  type World,
} from '../../sim/world.ts';
import { QUIET, strokes, worldOf } from './build.ts';

function under(
  kind: string,
  options: Record<string, number | string> = {},
  tick = 0,
  world: World = worldOf(),
): World {
  applyFault(world, { id: 'f', kind, options }, tick);
  return world;
}

/** The tick in which the only fault fired, or null. */
function firedTick(world: World): number | null {
  const record = faultRecords(world)[0]!;
  expect(record.fired).toBe(record.firedTick !== null);
  return record.firedTick;
}

describe('the table of faults', () => {
  it('has one line for every file, named alike', () => {
    const files = readdirSync(new URL('../../sim/faults/', import.meta.url))
      .map((name) => name.replace('.ts', ''))
      .filter((name) => !['index', 'fault', 'ledger', 'link-options', 'overlay'].includes(name));
    expect(FAULTS.map((spec) => spec.kind).sort()).toEqual(files.sort());
  });

  it('names only alarms that there are, and defaults that its own ranges allow', () => {
    const alarms = [
      'low-reservoir',
      'empty-reservoir',
      'motor-stall',
      'catheter-occlusion',
      'elective-replacement',
      'end-of-service',
      'low-battery-reset',
      'stopped-too-long',
      'memory-error',
      'memory-repaired',
      'session-left-open',
      'restarted',
    ]; // prettier-ignore
    for (const spec of FAULTS) {
      for (const alarm of spec.revealedBy) expect(alarms).toContain(alarm);
      expect(() => under(spec.kind)).not.toThrow();
      expect(faultSpec(spec.kind)).toBe(spec);
    }
    expect(() => faultSpec('sunspots')).toThrow('no fault of kind sunspots');
  });

  it('refuses what nobody reads and what is out of range', () => {
    expect(() => under('sunspots')).toThrow('no fault of kind sunspots');
    expect(() => under('motor-stall', { colour: 1 })).toThrow('no option colour');
    expect(() => under('motor-stall', { pattern: 'weekly' })).toThrow("pattern can't be weekly");
    expect(() => under('motor-stall', { pattern: 1 })).toThrow("pattern can't be 1");
    expect(() => under('catheter-occlusion', { 'diameter-closed': 1_000_001 })).toThrow("can't be 1000001");
    expect(() => under('catheter-occlusion', { 'diameter-closed': -1 })).toThrow("can't be -1");
    expect(() => under('catheter-occlusion', { 'diameter-closed': 0.5 })).toThrow("can't be 0.5");
    expect(() => under('catheter-occlusion', { 'diameter-closed': 'all' })).toThrow("can't be all");
  });

  it('keeps ids apart: one at a time, and only an active one can be cleared', () => {
    const world = under('motor-stall');
    expect(() => under('catheter-cut', {}, 1, world)).toThrow('a fault f is active already');
    clearFault(world, 'f', 10);
    expect(() => clearFault(world, 'f', 11)).toThrow('no active fault f');
    expect(faultRecords(world)).toEqual([
      {
        id: 'f',
        kind: 'motor-stall',
        appliedTick: 0,
        clearedTick: 10,
        passedTick: null,
        fired: false,
        firedTick: null,
      },
    ]);
  });
});

describe('what is in the reservoir', () => {
  it('loses its strength evenly, of each stroke to the picogram, until the refill [SR-CHEM-1]', () => {
    const world = under('drug-degraded', { lost: 500_000, within: 7200 });
    strokes(world, 1, 200);
    // Stroke k, in tick 72k - 1, has lost 500,000 (72k - 1) / 7200 ppm of 250,000 pg; from stroke 101 on a half.
    let pg = 0;
    for (let k = 1; k <= 200; k++) {
      const lostPpm = Math.floor((500_000 * Math.min(72 * k - 1, 7200)) / 7200);
      pg += Math.floor((250_000 * (1_000_000 - lostPpm)) / 1_000_000);
    }
    expect(world.reservoir.drawnPg).toBe(pg);
    expect(firedTick(world)).toBe(71);
    assertConserved(world, 14_400);
    refill(world, 20_000_000, 14_400);
    strokes(world, 201, 210);
    expect(world.reservoir.drawnPg).toBe(pg + 10 * 250_000);
  });

  it('is none of the drug, or a third of it, and pushed like any other [SR-CHEM-1]', () => {
    const drawnOf = (strength: number): number => {
      const world = under('wrong-drug', { strength });
      strokes(world, 1, 10);
      assertConserved(world, 720);
      expect(trueReservoirPl(world, 720)).toBe(38_000_000_000 - 10 * 500_000);
      expect(confirmedStrokes(world, 720, 'peek')).toBe(10);
      return world.reservoir.drawnPg;
    };
    expect(drawnOf(0)).toBe(0);
    expect(drawnOf(333_333)).toBe(10 * 83_333);
    expect(drawnOf(1_000_000)).toBe(10 * 250_000);
  });
});

describe('motor-stall', () => {
  it('fires at the first stroke, which neither moves nor counts', () => {
    const world = under('motor-stall');
    expect(firedTick(world)).toBeNull();
    strokes(world, 1, 3);
    expect(firedTick(world)).toBe(71);
    expect(confirmedStrokes(world, 300, 'consumed')).toBe(0);
    expect(trueReservoirPl(world, 300)).toBe(38_000_000_000);
    clearFault(world, 'f', 300);
    strokes(world, 5, 5);
    expect(confirmedStrokes(world, 400, 'consumed')).toBe(1);
  });

  it('stalls a third of the strokes at 333,333 ppm, by their number and not by their time', () => {
    const turnedAt = (gap: number) => {
      const world = under('motor-stall', { pattern: 'intermittent', chance: 333_333 });
      const counts: (number | null)[] = [];
      for (let k = 1; k <= 3000; k++) {
        stroke(world, k * gap);
        counts.push(confirmedStrokes(world, k * gap + 1, 'peek'));
      }
      return counts;
    };
    const slow = turnedAt(72);
    expect(slow).toEqual(turnedAt(3));
    expect(Math.abs(slow[2999]! - 2000)).toBeLessThan(110);
  });

  it('never fires with a chance of nothing, and always stalls with a chance of all', () => {
    const never = under('motor-stall', { pattern: 'intermittent', chance: 0 });
    const always = under('motor-stall', { pattern: 'intermittent', chance: 1_000_000 });
    strokes(never, 1, 500);
    strokes(always, 1, 500);
    expect(firedTick(never)).toBeNull();
    expect(confirmedStrokes(never, 36_000, 'consumed')).toBe(500);
    expect(confirmedStrokes(always, 36_000, 'consumed')).toBe(0);
  });

  it('stalls other strokes under another id or seed', () => {
    const pattern = (id: string, seed: number) => {
      const world = worldOf({ seed });
      applyFault(world, { id, kind: 'motor-stall', options: { pattern: 'intermittent' } }, 0);
      const turned: (number | null)[] = [];
      for (let k = 1; k <= 100; k++) {
        stroke(world, k);
        turned.push(confirmedStrokes(world, k + 1, 'peek'));
      }
      return turned.join();
    };
    expect(new Set([pattern('a', 1), pattern('b', 1), pattern('a', 2)]).size).toBe(3);
  });
});

/** Which of strokes `from` to `to`, 72 s apart, turned. */
function turned(world: World, from: number, to: number): boolean[] {
  const turns: boolean[] = [];
  for (let k = from; k <= to; k++) {
    const before = confirmedStrokes(world, 72 * k - 1, 'peek');
    strokes(world, k, k);
    turns.push(confirmedStrokes(world, 72 * k, 'peek') !== before);
  }
  return turns;
}

describe('mri', () => {
  it('holds the rotor for the exposure and not a tick longer', () => {
    // Strokes 14 to 16 fall in ticks 1,007, 1,079, 1,151: the field lasts from 1,000 to 1,150.
    const world = under('mri', { duration: 151 }, 1000);
    expect(turned(world, 14, 17)).toEqual([false, false, true, true]);
    expect(firedTick(world)).toBe(1007);
  });

  it('leaves the gears bound for as long as it is told', () => {
    const world = under('mri', { duration: 100, 'late-restart': 7200 });
    expect(turned(world, 101, 102)).toEqual([false, true]); // ticks 7,271 and 7,343
  });

  it('does not fire when it is over before a stroke was due', () => {
    const world = under('mri', { duration: 71 });
    strokes(world, 1, 3);
    expect(firedTick(world)).toBeNull();
  });
});

describe('telemetry-lock', () => {
  it('needs a tone during the interference', () => {
    const world = under('telemetry-lock', { duration: 100 });
    strokes(world, 1, 1);
    toneSounded(world, 100);
    strokes(world, 2, 5);
    expect(firedTick(world)).toBeNull();
    expect(confirmedStrokes(world, 400, 'peek')).toBe(5);
  });

  it('then holds the motor until somebody interrogates, in that very tick', () => {
    const world = under('telemetry-lock', { duration: 100 });
    toneSounded(world, 99);
    expect(turned(world, 2, 4)).toEqual([false, false, false]);
    expect(firedTick(world)).toBe(143);
    interrogated(world, 30, 359);
    expect(turned(world, 5, 6)).toEqual([true, true]);
  });
});

describe('foreign-particle and shaft-wear', () => {
  it('lock the motor, with nothing counted and nothing moved', () => {
    const world = under('foreign-particle');
    expect(turned(world, 1, 2)).toEqual([false, false]);
    expect(firedTick(world)).toBe(71);
    expect(trueReservoirPl(world, 200)).toBe(38_000_000_000);
  });

  it('or let the rotor turn and be counted, with nothing moved', () => {
    const world = under('shaft-wear');
    expect(turned(world, 1, 2)).toEqual([true, true]);
    expect(firedTick(world)).toBe(71);
    expect(trueReservoirPl(world, 200)).toBe(38_000_000_000);
  });
});

describe('gear-wear', () => {
  it('lets more and more strokes fail, in the end all of them', () => {
    const world = under('gear-wear', { over: 72 * 3000 });
    const lost = [1, 1001, 2001, 3001].map((k) => turned(world, k, k + 999).filter((turns) => !turns).length);
    // A sixth, half, five sixths of the thousand, within four deviations of 15 or less; and then none turns.
    expect(Math.abs(lost[0]! - 167)).toBeLessThan(50);
    expect(Math.abs(lost[1]! - 500)).toBeLessThan(60);
    expect(Math.abs(lost[2]! - 833)).toBeLessThan(50);
    expect(lost[3]).toBe(1000);
  });

  it('is permanent at once when it takes no time', () => {
    const world = under('gear-wear', { over: 0 });
    expect(turned(world, 1, 2)).toEqual([false, false]);
  });
});

describe('feedthrough-short', () => {
  it('stalls once in each period, for as long as it is told', () => {
    const world = under('feedthrough-short', { stall: 720, period: 7200 });
    for (const period of [0, 1, 2, 3]) {
      const failed = turned(world, 100 * period + 1, 100 * period + 100).filter((turns) => !turns);
      expect(failed).toHaveLength(10);
    }
  });

  it('fires by its current alone, once a voltage that the firmware reads is lower for it', () => {
    const world = under('feedthrough-short', { stall: 0, drain: 1000 });
    supplyMv(world, 2000, 'resting', 'consumed');
    // 1 mA takes 1e6 nC a second; the first mV of 3,050 is gone after 2.4e11 / 90 nC, the pump's own share small.
    expect(firedTick(world)).toBeNull();
    supplyMv(world, 2700, 'loaded', 'peek');
    expect(firedTick(world)).toBeNull();
    supplyMv(world, 2700, 'loaded', 'consumed');
    expect(firedTick(world)).toBe(2700);
  });

  it('stalls for good when its stalls fill the period', () => {
    const world = under('feedthrough-short', { stall: 100, period: 100 });
    expect(turned(world, 1, 3)).toEqual([false, false, false]);
  });
});

describe('calibration-constant', () => {
  it.each([
    ['more', 600_000],
    ['less', 400_000],
  ])('of 20 %% %s moves %i pL a stroke', (direction, pl) => {
    const world = under('calibration-constant', { direction });
    strokes(world, 1, 1);
    expect(trueReservoirPl(world, 71)).toBe(38_000_000_000 - pl);
    expect(firedTick(world)).toBe(71);
  });
});

describe('cold-fill', () => {
  it('gives nothing until it is warm, and all of it from there on', () => {
    const world = under('cold-fill', { warming: 200 });
    strokes(world, 1, 2);
    expect(trueReservoirPl(world, 150)).toBe(38_000_000_000);
    expect(confirmedStrokes(world, 150, 'peek')).toBe(2);
    expect(firedTick(world)).toBe(71);
    strokes(world, 3, 3);
    expect(trueReservoirPl(world, 220)).toBe(38_000_000_000 - 500_000);
  });
});

describe('over-infusion', () => {
  it('of 50 % moves 750 nL a stroke and fires with the first', () => {
    const world = under('over-infusion', {}, 100);
    strokes(world, 2, 3);
    expect(trueReservoirPl(world, 300)).toBe(38_000_000_000 - 1_500_000);
    expect(firedTick(world)).toBe(143);
    expect(confirmedStrokes(world, 300, 'consumed')).toBe(2);
  });

  it('runs 20 mL dry after 26,667 strokes, with 6.667 mL still computed [SR-SILENT-4]', () => {
    const world = under('over-infusion', {}, 0, worldOf({ fillNl: 20_000_000 }));
    strokes(world, 1, 26_666);
    expect(trueReservoirPl(world, 72 * 26_666)).toBe(500_000);
    strokes(world, 26_667, 26_667);
    expect(trueReservoirPl(world, 72 * 26_667)).toBe(0);
    expect(20_000_000 - 500 * confirmedStrokes(world, 72 * 26_667, 'peek')!).toBe(6_666_500);
  });

  it('with fading falls to half of its flow at 8.03 mL computed', () => {
    const world = under('over-infusion', {}, 0, worldOf({ fillNl: 20_000_000, lowVolumeFade: true }));
    let k = 0;
    for (;;) {
      k++;
      const before = trueReservoirPl(world, 72 * k - 1);
      stroke(world, 72 * k - 1);
      if (before - trueReservoirPl(world, 72 * k - 1) <= 375_000) break;
    }
    expect((20_000_000 - 500 * k) / 1e6).toBeCloseTo(8.03, 2);
  });

  it('does not fire on a motor that stalls, nor with an excess of nothing', () => {
    const stalled = under('over-infusion');
    applyFault(stalled, { id: 'grit', kind: 'motor-stall', options: {} }, 0);
    strokes(stalled, 1, 5);
    expect(firedTick(stalled)).toBeNull();
    const none = under('over-infusion', { excess: 0 });
    strokes(none, 1, 5);
    expect(firedTick(none)).toBeNull();
  });
});

describe('catheter-occlusion', () => {
  it('fires at the second stroke: the first one finds an empty catheter', () => {
    const world = under('catheter-occlusion');
    strokes(world, 1, 1);
    expect(firedTick(world)).toBeNull();
    strokes(world, 2, 2);
    expect(firedTick(world)).toBe(143);
  });

  it('fires at a consumed reading, and not when somebody peeks', () => {
    const world = under('catheter-occlusion');
    strokes(world, 1, 1);
    expect(outletPressurePa(world, 80, 'peek')).toBe(2666);
    expect(firedTick(world)).toBeNull();
    outletPressurePa(world, 81, 'consumed');
    expect(firedTick(world)).toBe(81);
  });

  it('of 10 % never fires in a day of therapy with second looks', () => {
    const world = under('catheter-occlusion', { 'diameter-closed': 100_000 });
    for (let k = 1; k <= 1200; k++) {
      outletPressurePa(world, 72 * k - 1, 'consumed');
      stroke(world, 72 * k - 1);
      outletPressurePa(world, 72 * k + 1, 'consumed');
    }
    expect(firedTick(world)).toBeNull();
  });

  it('of 10 % fires in a stroke right after another: 4.6 bits of relaxation are missing', () => {
    const world = under('catheter-occlusion', { 'diameter-closed': 100_000 });
    stroke(world, 71);
    stroke(world, 72);
    expect(firedTick(world)).toBe(72);
  });

  it('of nothing never fires, even one tick after a stroke', () => {
    const world = under('catheter-occlusion', { 'diameter-closed': 0 });
    stroke(world, 71);
    outletPressurePa(world, 72, 'consumed');
    expect(firedTick(world)).toBeNull();
  });

  it('of 87 % leaves 82 % of a stroke before the next one: e^(-72/378)', () => {
    const world = under('catheter-occlusion', { 'diameter-closed': 870_000 });
    stroke(world, 71);
    expect(trueTrappedPl(world, 143) / 500_000).toBeCloseTo(Math.exp(-72 / (0.108 * 3501.278)), 5);
    stroke(world, 143);
    expect(firedTick(world)).toBe(143);
  });

  it('laid under a complete one can make no difference and does not fire', () => {
    const world = under('catheter-occlusion', { 'diameter-closed': 900_000 });
    applyFault(world, { id: 'full', kind: 'catheter-occlusion', options: {} }, 0);
    strokes(world, 1, 5);
    expect(faultRecords(world).map((record) => record.fired)).toEqual([false, true]);
  });
});

describe('catheter-cut', () => {
  it('fires when a stroke goes into the cut catheter', () => {
    const world = under('catheter-cut', {}, 100);
    outletPressurePa(world, 120, 'consumed');
    expect(firedTick(world)).toBeNull();
    strokes(world, 2, 2);
    expect(firedTick(world)).toBe(143);
  });

  it('does not fire when nothing leaks or nothing is pumped', () => {
    const tight = under('catheter-cut', { leaked: 0 });
    strokes(tight, 1, 5);
    expect(firedTick(tight)).toBeNull();
    const dry = under('catheter-cut', {}, 0, worldOf({ fillNl: 0 }));
    strokes(dry, 1, 5);
    expect(firedTick(dry)).toBeNull();
  });
});

describe('connector-misfit', () => {
  it('closed holds every stroke back', () => {
    const world = under('connector-misfit');
    strokes(world, 1, 3);
    expect(trueTrappedPl(world, 1000)).toBe(1_500_000);
    expect(firedTick(world)).toBe(143);
  });

  it('detached loses every stroke', () => {
    const world = under('connector-misfit', { effect: 'detached' });
    strokes(world, 1, 3);
    settle(world, 1000);
    expect(trueLostPl(world, 1000)).toBe(1_500_000);
    expect(trueDeliveredPl(world, 1000)).toBe(0);
    expect(firedTick(world)).toBe(71);
    assertConserved(world, 1000);
  });
});

describe('inflammatory-mass', () => {
  it('closes hour by hour: nothing is held at first, everything in the end', () => {
    const world = under('inflammatory-mass', { over: 100 * 3600 });
    const heldAt: number[] = [];
    for (let hour = 1; hour <= 110; hour++) {
      turnHour(world, 3600 * hour);
      strokes(world, 50 * hour + 1, 50 * hour + 2);
      if (hour % 50 === 0) heldAt.push(trueTrappedPl(world, 72 * (50 * hour + 2) + 70));
    }
    expect(heldAt[0]).toBe(0);
    expect(heldAt[1]).toBeGreaterThanOrEqual(1_000_000);
    assertConserved(world, 72 * 5502);
  });

  it('does not fire while it has not begun to close', () => {
    const world = under('inflammatory-mass', { over: 100 * 3600 });
    strokes(world, 1, 20);
    expect(firedTick(world)).toBeNull();
  });
});

describe('catheter-crack', () => {
  it('leaks in some hours and is tight in others, and every picolitre is in one place', () => {
    const world = under('catheter-crack', { leaked: 700_000, open: 500_000 });
    let openHours = 0;
    let before = 0;
    for (let hour = 0; hour < 200; hour++) {
      if (hour > 0) turnHour(world, 3600 * hour);
      strokes(world, 50 * hour + 1, 50 * hour + 50);
      const lost = trueLostPl(world, 3600 * hour + 3599);
      const share = (lost - before) / 25_000_000;
      // Of 50 strokes of 500,000 pL; the last one falls in the last second and runs off in the next hour.
      expect([0, 0.7].some((whole) => Math.abs(share - whole) < 0.02)).toBe(true);
      if (share > 0.5) openHours += 1;
      before = lost;
      assertConserved(world, 3600 * hour + 3599);
    }
    expect(Math.abs(openHours - 100)).toBeLessThan(29); // four deviations of 7.1
  });

  it('never fires while it is tight', () => {
    const world = under('catheter-crack', { open: 0 });
    strokes(world, 1, 100);
    expect(firedTick(world)).toBeNull();
  });
});

describe('battery-resistance', () => {
  it('fires at a loaded reading, not at rest, and not before it has grown by an ohm', () => {
    const world = under('battery-resistance', { rise: 1_000_000, over: 6000 });
    supplyMv(world, 100, 'loaded', 'consumed');
    supplyMv(world, 5000, 'resting', 'consumed');
    supplyMv(world, 5000, 'loaded', 'peek');
    expect(firedTick(world)).toBeNull();
    // 60 ohm and 1/60 of it after 101 of 6,000 s: the first whole ohm.
    expect(supplyMv(world, 101, 'loaded', 'consumed')).toBe(supplyMv(world, 101, 'resting', 'peek')! - 61);
    expect(firedTick(world)).toBe(101);
  });

  it('counts its duration in seconds, whatever a tick is', () => {
    const world = under('battery-resistance', { rise: 1_000_000, over: 6000 }, 0, worldOf({ tickMs: 100 }));
    expect(supplyMv(world, 30_000, 'loaded', 'peek')).toBe(supplyMv(world, 30_000, 'resting', 'peek')! - 90);
  });
});

describe('a sensor fault', () => {
  it.each(['sensor-stuck', 'sensor-noisy', 'sensor-lost'])(
    '%s never fires when nobody consumes that reading',
    (kind) => {
      const world = under(kind, { sensor: 'temperature' });
      for (let tick = 0; tick < 1000; tick++) {
        temperatureMilliC(world, tick, 'peek');
        outletPressurePa(world, tick, 'consumed');
        supplyMv(world, tick, 'loaded', 'consumed');
      }
      expect(firedTick(world)).toBeNull();
    },
  );

  it('stuck holds what the clean sensor had when it was applied, whoever looked in between', () => {
    const looked = worldOf({ environment: { ...QUIET, noise: true } });
    const unlooked = worldOf({ environment: { ...QUIET, noise: true } });
    const held = outletPressurePa(looked, 500, 'peek');
    for (const world of [looked, unlooked]) under('sensor-stuck', {}, 500, world);
    for (let tick = 500; tick < 600; tick++) outletPressurePa(looked, tick, 'consumed');
    expect(outletPressurePa(looked, 700, 'consumed')).toBe(held);
    expect(outletPressurePa(unlooked, 700, 'consumed')).toBe(held);
  });

  it('stuck at a value that the sensor has anyway fires only when they part', () => {
    const world = under('sensor-stuck');
    outletPressurePa(world, 10, 'consumed');
    expect(firedTick(world)).toBeNull();
    stroke(world, 71);
    expect(outletPressurePa(world, 71, 'consumed')).toBe(1000);
    expect(firedTick(world)).toBe(71);
  });

  it('stuck at zero or at full scale reads so, and one value for the supply at rest and under load', () => {
    expect(outletPressurePa(under('sensor-stuck', { 'stuck-at': 'zero' }), 5, 'peek')).toBe(0);
    expect(outletPressurePa(under('sensor-stuck', { 'stuck-at': 'high' }), 5, 'peek')).toBe(200_000);
    expect(
      temperatureMilliC(under('sensor-stuck', { sensor: 'temperature', 'stuck-at': 'high' }), 5, 'peek'),
    ).toBe(100_000);
    const supply = under('sensor-stuck', { sensor: 'supply' });
    expect([supplyMv(supply, 9, 'resting', 'peek'), supplyMv(supply, 9, 'loaded', 'peek')]).toEqual([
      3050, 3050,
    ]);
  });

  it('noisy jumps within its amplitude, up and down, differently at rest and under load', () => {
    const world = under('sensor-noisy', { sensor: 'supply', amplitude: 500 });
    let low = 0;
    let high = 0;
    let alike = 0;
    for (let tick = 0; tick < 10_000; tick++) {
      const off = supplyMv(world, tick, 'resting', 'consumed')! - 3050;
      const loadedOff = supplyMv(world, tick, 'loaded', 'consumed')! - 2990;
      low = Math.min(low, off);
      high = Math.max(high, off);
      if (off === loadedOff) alike++;
    }
    expect(low).toBeLessThan(-450);
    expect(low).toBeGreaterThanOrEqual(-505);
    expect(high).toBeGreaterThan(450);
    expect(high).toBeLessThanOrEqual(500);
    expect(alike).toBeLessThan(100);
    expect(firedTick(world)).not.toBeNull();
  });

  it('noisy with no amplitude never fires', () => {
    const world = under('sensor-noisy', { amplitude: 0 });
    for (let tick = 0; tick < 100; tick++) outletPressurePa(world, tick, 'consumed');
    expect(firedTick(world)).toBeNull();
  });

  it('lost gives no reading until it is cleared, and no jump or stuck value hides that', () => {
    const world = under('sensor-lost', { sensor: 'outlet-pressure' });
    applyFault(world, { id: 'noisy', kind: 'sensor-noisy', options: {} }, 0);
    expect(outletPressurePa(world, 5, 'consumed')).toBeNull();
    expect(faultRecords(world).map((record) => record.firedTick)).toEqual([5, null]);
    clearFault(world, 'f', 6);
    expect(outletPressurePa(world, 6, 'consumed')).not.toBeNull();
  });
});

describe('feedback-stuck', () => {
  it('freezes the count, delivers all the same, and jumps to the truth when cleared [SR-STALL-3]', () => {
    const world = worldOf();
    strokes(world, 1, 4);
    under('feedback-stuck', {}, 300, world);
    expect(confirmedStrokes(world, 301, 'consumed')).toBe(4);
    expect(firedTick(world)).toBeNull();
    strokes(world, 5, 10);
    expect(confirmedStrokes(world, 720, 'peek')).toBe(4);
    expect(firedTick(world)).toBeNull();
    expect(confirmedStrokes(world, 721, 'consumed')).toBe(4);
    expect(firedTick(world)).toBe(721);
    expect(trueReservoirPl(world, 721)).toBe(38_000_000_000 - 5_000_000);
    clearFault(world, 'f', 722);
    expect(confirmedStrokes(world, 722, 'consumed')).toBe(10);
  });
});

describe('feedback-lost', () => {
  it('gives no count, delivers all the same, and fires at the first reading that the firmware takes', () => {
    const world = worldOf();
    strokes(world, 1, 4);
    under('feedback-lost', {}, 300, world);
    expect(confirmedStrokes(world, 300, 'peek')).toBeNull();
    expect(firedTick(world)).toBeNull();
    expect(confirmedStrokes(world, 301, 'consumed')).toBeNull();
    expect(firedTick(world)).toBe(301);
    strokes(world, 5, 10);
    expect(trueReservoirPl(world, 721)).toBe(38_000_000_000 - 5_000_000);
    clearFault(world, 'f', 722);
    expect(confirmedStrokes(world, 722, 'consumed')).toBe(10);
  });

  it('hides a count that is stuck, and a count that gets stuck behind it is the one it had then', () => {
    const world = worldOf();
    strokes(world, 1, 4);
    under('feedback-lost', {}, 300, world);
    applyFault(world, { id: 'stuck', kind: 'feedback-stuck', options: {} }, 300);
    strokes(world, 5, 10);
    expect(confirmedStrokes(world, 721, 'consumed')).toBeNull();
    expect(faultRecords(world).map(({ fired }) => fired)).toEqual([true, false]);
    clearFault(world, 'f', 722);
    expect(confirmedStrokes(world, 722, 'consumed')).toBe(4);
  });
});

describe('reservoir-leak', () => {
  it('fires at the first stroke that finds less, and not at a peek', () => {
    const world = under('reservoir-leak');
    trueReservoirPl(world, 50);
    expect(firedTick(world)).toBeNull();
    stroke(world, 71);
    expect(firedTick(world)).toBe(71);
  });

  it('fires at a refill', () => {
    const world = under('reservoir-leak');
    expect(refill(world, 38_000_000, 3600).withdrawnNl).toBe(37_980_000);
    expect(firedTick(world)).toBe(3600);
  });

  it('of nothing, or from an empty reservoir, never fires', () => {
    const tight = under('reservoir-leak', { rate: 0 });
    const empty = under('reservoir-leak', {}, 0, worldOf({ fillNl: 0 }));
    for (const world of [tight, empty]) {
      stroke(world, 7200);
      expect(firedTick(world)).toBeNull();
    }
  });
});

describe('missed-refill', () => {
  it('fires when a refill is tried, and leaves everything as it was', () => {
    const world = under('missed-refill');
    strokes(world, 1, 10);
    expect(firedTick(world)).toBeNull();
    expect(refill(world, 38_000_000, 900)).toMatchObject({ performed: false, withdrawnNl: 0, filledNl: 0 });
    expect(firedTick(world)).toBe(900);
    expect(trueReservoirPl(world, 900)).toBe(38_000_000_000 - 5_000_000);
    clearFault(world, 'f', 901);
    expect(refill(world, 38_000_000, 901).performed).toBe(true);
  });
});

describe('flipped-pump', () => {
  it('keeps the needle out, and nothing else', () => {
    const world = under('flipped-pump');
    strokes(world, 1, 2);
    expect(firedTick(world)).toBeNull();
    expect(refill(world, 38_000_000, 900)).toMatchObject({ performed: false });
    expect(firedTick(world)).toBe(900);
    expect(trueReservoirPl(world, 900)).toBe(37_999_000_000);
  });
});

describe('what goes wrong with a fill', () => {
  it.each([
    ['pocket-fill', {}, 0],
    ['pocket-fill', { beside: 250_000 }, 15_000_000],
    ['air-in-reservoir', {}, 16_000_000],
    ['over-fill', {}, 22_000_000],
  ])('%s %o: of 20 mL injected %i nL are in the reservoir', (kind, options, filledNl) => {
    const world = under(kind, options);
    strokes(world, 1, 2);
    expect(firedTick(world)).toBeNull();
    expect(refill(world, 20_000_000, 900)).toMatchObject({
      performed: true,
      withdrawnNl: 37_999_000,
      injectedNl: 20_000_000,
      filledNl,
    });
    expect(firedTick(world)).toBe(900);
    expect(trueReservoirPl(world, 900)).toBe(filledNl * 1000);
    assertConserved(world, 900);
  });

  it.each(['pocket-fill', 'air-in-reservoir', 'over-fill'])('%s of nothing does not fire', (kind) => {
    const world = under(kind, { [faultSpec(kind).options[0]!.name]: 0 });
    refill(world, 20_000_000, 900);
    expect(firedTick(world)).toBeNull();
  });

  it('over-fill moves 20 % more a stroke while the reservoir is over its capacity, and no longer', () => {
    const world = under('over-fill', { extra: 25 }); // 40 mL and 1,000 nL
    refill(world, 40_000_000, 0);
    strokes(world, 1, 1);
    expect(trueReservoirPl(world, 71)).toBe(40_001_000_000 - 600_000);
    strokes(world, 2, 3);
    expect(trueReservoirPl(world, 215)).toBe(40_001_000_000 - 600_000 - 600_000 - 500_000);
  });
});

describe('valve-open', () => {
  const valve = (changes = {}) => worldOf({ mechanism: 'valve-accumulator', fillNl: 20_000_000, ...changes });

  it('empties the reservoir through the catheter: 300 mL an hour, 83,333,333 pL a second', () => {
    const world = under('valve-open', {}, 100, valve());
    expect(trueReservoirPl(world, 100)).toBe(20_000_000_000);
    expect(trueReservoirPl(world, 160)).toBe(20_000_000_000 - 60 * 83_333_333);
    expect(trueDeliveredPl(world, 160)).toBe(60 * 83_333_333);
    expect(firedTick(world)).toBeNull();
    settle(world, 3600);
    expect(firedTick(world)).toBe(300); // where the patient is looked at, the first to use what flowed
    expect(trueReservoirPl(world, 3600)).toBe(0);
    expect(trueDeliveredPg(world, 3600)).toBe(20_000_000 * 500);
    assertConserved(world, 3600);
  });

  it('ends where the fault is cleared', () => {
    const world = under('valve-open', {}, 100, valve());
    clearFault(world, 'f', 130);
    settle(world, 3600);
    expect(trueReservoirPl(world, 3600)).toBe(20_000_000_000 - 30 * 83_333_333);
    strokes(world, 100, 100);
    expect(trueReservoirPl(world, 7200)).toBe(20_000_000_000 - 30 * 83_333_333 - 2_500_000);
  });

  it('with a safety valve lets 10 uL out, and then no stroke passes until it is cleared', () => {
    const world = under('valve-open', { 'safety-valve': 'yes' }, 0, valve());
    strokes(world, 1, 5);
    expect(trueReservoirPl(world, 400)).toBe(20_000_000_000 - 10_000_000);
    expect(confirmedStrokes(world, 400, 'peek')).toBe(5);
    clearFault(world, 'f', 400);
    strokes(world, 6, 6);
    expect(trueReservoirPl(world, 500)).toBe(20_000_000_000 - 12_500_000);
    assertConserved(world, 500);
  });

  it('passes nothing through a closed catheter, and does nothing to a roller pump', () => {
    const closed = valve();
    applyFault(closed, { id: 'kink', kind: 'catheter-occlusion', options: {} }, 0);
    under('valve-open', {}, 0, closed);
    const rollers = under('valve-open');
    for (const world of [closed, rollers]) {
      settle(world, 3600);
      expect(trueDeliveredPl(world, 3600)).toBe(0);
      expect(faultRecords(world).every(({ fired }) => !fired)).toBe(true);
    }
  });

  it('is the same whether the world was settled once or in every tick', () => {
    const once = under('valve-open', {}, 0, valve());
    const often = under('valve-open', {}, 0, valve());
    for (let tick = 1; tick < 500; tick++) settle(often, tick);
    settle(once, 500);
    settle(often, 500);
    for (const read of [trueReservoirPl, trueDeliveredPl, trueDeliveredPg]) {
      expect(read(often, 500)).toBe(read(once, 500));
    }
  });
});

describe('hyperbaric', () => {
  it('moves a stroke by 60.8 % less at 4 ATA, and by nothing less at the surface', () => {
    const deep = under('hyperbaric');
    const surface = under('hyperbaric', { pressure: 101_325 });
    for (const world of [deep, surface]) strokes(world, 1, 1);
    // 2 ppm x 303,975 Pa = 607,950 ppm of 500,000 pL.
    expect(trueReservoirPl(deep, 71)).toBe(38_000_000_000 - (500_000 - 303_975));
    expect(firedTick(deep)).toBe(71);
    expect(firedTick(surface)).toBeNull();
  });

  it('leaves 27 of 40 mL after 4 ATA, less where fluid was in the way, and nothing of it at 2 ATA', () => {
    const capacityAfter = (pressure: number, fillNl: number) => {
      const world = under('hyperbaric', { pressure }, 0, worldOf({ fillNl }));
      clearFault(world, 'f', 10);
      return refill(world, 40_000_000, 20).injectedNl;
    };
    expect(capacityAfter(405_300, 10_000_000)).toBe(27_000_000);
    expect(capacityAfter(405_300, 38_000_000)).toBe(38_000_000);
    expect(capacityAfter(202_650, 10_000_000)).toBe(40_000_000);
  });

  it('fires at a refill that no longer fits, long after it is over', () => {
    const world = under('hyperbaric', {}, 0, worldOf({ fillNl: 10_000_000 }));
    clearFault(world, 'f', 10);
    refill(world, 20_000_000, 20);
    expect(firedTick(world)).toBeNull();
    refill(world, 38_000_000, 30);
    expect(firedTick(world)).toBe(30);
  });

  it('drives spinal fluid back: more is withdrawn than was there, and thinner', () => {
    const world = under('hyperbaric', { pressure: 101_325, backflow: 1_000_000 }); // 277,778 pL a second
    settle(world, 3600);
    const inPl = 277_778 * 3600;
    expect(trueReservoirPl(world, 3600)).toBe(38_000_000_000 + inPl);
    assertConserved(world, 3600);
    clearFault(world, 'f', 3600);
    // The drug that stood in the line, 459 uL, came back with the first of the mL.
    const before = trueDeliveredPg(world, 3600);
    strokes(world, 100, 1100);
    expect(trueDeliveredPg(world, 80_000) - before).toBeLessThan(0.2 * 1000 * 500 * 500);
    expect(refill(world, 38_000_000, 80_000).withdrawnNl).toBe(
      Math.floor((38_000_000_000 + inPl - 1001 * 500_000) / 1000),
    );
  });

  it('takes no more back than the reservoir holds', () => {
    const world = under(
      'hyperbaric',
      { pressure: 101_325, backflow: 10_000_000 },
      0,
      worldOf({ fillNl: 39_000_000 }),
    );
    settle(world, 7200);
    expect(trueReservoirPl(world, 7200)).toBe(40_000_000_000);
    assertConserved(world, 7200);
  });
});

describe('altitude and fever', () => {
  it('altitude of 75 kPa moves 5.265 % more a stroke', () => {
    const world = under('altitude');
    strokes(world, 1, 1);
    expect(trueReservoirPl(world, 71)).toBe(38_000_000_000 - 526_325);
    expect(firedTick(world)).toBe(71);
  });

  it('fever of 3 C moves 3 % more, and the sensor reads it', () => {
    const world = under('fever');
    expect(temperatureMilliC(world, 10, 'peek')).toBe(40_000);
    expect(firedTick(world)).toBeNull();
    expect(temperatureMilliC(world, 10, 'consumed')).toBe(40_000);
    expect(firedTick(world)).toBe(10);
    strokes(world, 1, 1);
    expect(trueReservoirPl(world, 71)).toBe(38_000_000_000 - 515_000);
  });
});

describe('memory-upset', () => {
  it('touches nothing here and fires when its target says so, once', () => {
    const world = under('memory-upset', { where: 'stored', word: 3, bit: 31 }, 50);
    strokes(world, 1, 5);
    outletPressurePa(world, 400, 'consumed');
    expect(firedTick(world)).toBeNull();
    markFaultFired(world, 'f', 50);
    markFaultFired(world, 'f', 60);
    expect(firedTick(world)).toBe(50);
    expect(() => markFaultFired(world, 'g', 60)).toThrow('no fault g');
  });
});
