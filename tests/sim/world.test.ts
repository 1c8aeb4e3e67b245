import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../sim/faults/index.ts';
import { below, hash } from '../../sim/prng.ts';
import {
  applyFault,
  assertConserved,
  clearFault,
  confirmedStrokes,
  createWorld,
  faultRecords,
  outletPressurePa,
  refill,
  restoreWorld,
  snapshotWorld,
  stroke,
  supplyMv,
  temperatureMilliC,
  toneSounded,
  trueDeliveredPl,
  trueLostPl,
  trueReservoirPl,
  trueTrappedPl,
  type World,
  type WorldOptions,
} from '../../sim/world.ts';
import { optionsOf, strokes, worldOf } from './build.ts';

const SOME_OPTIONS: Record<string, Record<string, number | string>> = {
  'catheter-occlusion': { 'diameter-closed': 930_000 },
  'catheter-cut': { leaked: 371_111 },
  'motor-stall': { pattern: 'intermittent' },
  'sensor-stuck': { sensor: 'supply' },
};

/** A run that a seed decides wholly: strokes, consumed readings, faults, clears, refills. `peeks` looks on in between. */
function randomRun(
  seed: number,
  ticks: number,
  peeks: number,
  check?: (world: World, tick: number) => void,
): World {
  const world = createWorld(randomOptions(seed));
  const active: string[] = [];
  const random = (count: number, stream: number, tick: number) => below(count, hash(seed, stream, tick));
  for (let tick = 0; tick < ticks; tick++) {
    if (random(400, 1, tick) === 0) {
      const spec = FAULTS[random(FAULTS.length, 2, tick)]!;
      const id = `${spec.kind} ${tick}`;
      applyFault(
        world,
        { id, kind: spec.kind, options: random(2, 3, tick) ? (SOME_OPTIONS[spec.kind] ?? {}) : {} },
        tick,
      );
      active.push(id);
    }
    if (active.length > 0 && random(300, 4, tick) === 0) {
      clearFault(world, active.splice(random(active.length, 5, tick), 1)[0]!, tick);
    }
    if (random(3000, 6, tick) === 0) refill(world, 1000 * random(100, 7, tick), tick);
    for (let i = 0; i < peeks; i++) lookAtEverything(world, tick + random(50, 20 + i, tick));
    if (random(10, 8, tick) === 0) {
      confirmedStrokes(world, tick, 'consumed');
      outletPressurePa(world, tick, 'consumed');
      supplyMv(world, tick, 'loaded', 'consumed');
      stroke(world, tick);
    } else if (random(100, 9, tick) === 0) {
      supplyMv(world, tick, 'resting', 'consumed');
      temperatureMilliC(world, tick, 'consumed');
      toneSounded(world, tick);
    }
    check?.(world, tick);
  }
  return world;
}

function randomOptions(seed: number): WorldOptions {
  return optionsOf({
    seed,
    mechanism: seed % 3 === 0 ? 'valve-accumulator' : 'peristaltic',
    fillNl: 100_000 * (seed % 50),
    lowVolumeFade: seed % 2 === 0,
    tolerancePpm: 1000 * (seed % 7) - 3000,
    compliancePlPerPa: 50 + 40 * (seed % 29),
    environment: { noise: true, posture: true, cough: true, flights: true, temperatureMilliC: 37_000 },
  });
}

function lookAtEverything(world: World, tick: number): (number | null)[] {
  return [
    confirmedStrokes(world, tick, 'peek'),
    outletPressurePa(world, tick, 'peek'),
    supplyMv(world, tick, 'resting', 'peek'),
    supplyMv(world, tick, 'loaded', 'peek'),
    temperatureMilliC(world, tick, 'peek'),
    trueReservoirPl(world, tick),
    trueDeliveredPl(world, tick),
    trueTrappedPl(world, tick),
    trueLostPl(world, tick),
  ];
}

describe('the world', () => {
  it('is where it would have been, to the last bit, however often somebody looked in between', () => {
    let firedFaults = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const ignored = randomRun(seed, 3000, 0);
      const watched = randomRun(seed, 3000, 2);
      expect(watched).toEqual(ignored);
      expect(lookAtEverything(watched, 4000)).toEqual(lookAtEverything(ignored, 4000));
      firedFaults += faultRecords(ignored).filter((record) => record.fired).length;
    }
    expect(firedFaults).toBeGreaterThan(50);
  });

  it('gives the same answer to a question that is asked twice, and late answers before early ones', () => {
    const world = worldOf();
    applyFault(world, { id: 'kink', kind: 'catheter-occlusion', options: { 'diameter-closed': 900_000 } }, 0);
    strokes(world, 1, 20);
    const late = lookAtEverything(world, 100_000);
    const early = lookAtEverything(world, 1500);
    expect(early).not.toEqual(late);
    expect(lookAtEverything(world, 1500)).toEqual(early);
    expect(lookAtEverything(world, 100_000)).toEqual(late);
  });

  it('is not moved by consumed readings where nothing is wrong', () => {
    const world = worldOf();
    strokes(world, 1, 20);
    const before = structuredClone(world);
    for (let tick = 1500; tick < 2000; tick++) {
      confirmedStrokes(world, tick, 'consumed');
      outletPressurePa(world, tick, 'consumed');
      supplyMv(world, tick, 'loaded', 'consumed');
      temperatureMilliC(world, tick, 'consumed');
    }
    expect(world).toEqual(before);
  });

  it('loses no picolitre under random faults, strokes and refills, at any tick [SR-TRUTH-1]', () => {
    let checks = 0;
    for (let seed = 100; seed < 140; seed++) {
      let deliveredBefore = 0;
      randomRun(seed, 3000, 0, (world, tick) => {
        assertConserved(world, tick);
        assertConserved(world, tick + 17);
        const deliveredPl = trueDeliveredPl(world, tick);
        expect(deliveredPl).toBeGreaterThanOrEqual(deliveredBefore);
        deliveredBefore = deliveredPl;
        checks++;
      });
    }
    expect(checks).toBe(120_000);
  });

  it('notices a single picolitre that is missing, and names the numbers [SR-TRUTH-1]', () => {
    const world = worldOf();
    strokes(world, 1, 3);
    expect(() => assertConserved(world, 216)).not.toThrow();
    world.reservoir.levelPl -= 1;
    expect(() => assertConserved(world, 216)).toThrow('reservoir 37998499999 + trapped');
    world.reservoir.levelPl += 1;
    world.catheter.enteredPl += 1;
    expect(() => assertConserved(world, 216)).toThrow('drawn 1500000, entered 1500001');
  });

  it('is plain data: a structured clone, a snapshot and the original go on alike', () => {
    const original = randomRun(11, 2000, 0);
    const clone = structuredClone(original);
    const snapshot = snapshotWorld(original);
    const restored = restoreWorld(snapshot);
    for (const world of [original, clone, restored]) {
      expect(world).toEqual(restoreWorld(snapshot));
    }
    for (const world of [original, clone, restored])
      for (let tick = 2000; tick < 2500; tick += 7) stroke(world, tick);
    expect(clone).toEqual(original);
    expect(restored).toEqual(original);
    expect(restoreWorld(snapshot)).not.toEqual(original);
    expect(restoreWorld(snapshot)).toEqual(randomRun(11, 2000, 0));
  });

  it('does not change a control run by a fault that touches no fluid', () => {
    const control = worldOf();
    const noisy = worldOf();
    strokes(control, 1, 50);
    for (let k = 1; k <= 50; k++) {
      applyFault(noisy, { id: `n${k}`, kind: 'sensor-noisy', options: {} }, 72 * k - 40);
      stroke(noisy, 72 * k - 1);
    }
    expect(noisy.catheter).toEqual(control.catheter);
    expect(noisy.reservoir).toEqual(control.reservoir);
  });

  it('stays exact for seven years at the fastest rate', () => {
    const world = worldOf();
    world.mechanism.commandedStrokes = 48_000 * 365 * 7;
    world.reservoir.filledPl += 24_000_000_000 * 365 * 7;
    world.reservoir.drawnPl += 24_000_000_000 * 365 * 7;
    world.catheter.enteredPl += 24_000_000_000 * 365 * 7;
    stroke(world, 220_752_000);
    expect(() => assertConserved(world, 220_752_001)).not.toThrow();
    expect(trueDeliveredPl(world, 220_752_003)).toBe(24_000_000_000 * 365 * 7 + 500_000);
  });
});

describe('the house rules of the world', () => {
  const root = new URL('../../sim/', import.meta.url);
  const files = ['', 'plant/', 'faults/'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith('.ts') && name !== 'oracle.ts')
      .map((name) => ({ name: folder + name, text: readFileSync(new URL(folder + name, root), 'utf8') })),
  );

  it('covers its files', () => {
    expect(files.map((file) => file.name)).toContain('world.ts');
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files)(
    '$name imports nothing from the firmware, a target or a package [SR-TRUTH-3]',
    ({ text }) => {
      for (const match of text.matchAll(/from '([^']+)'/g))
        expect(match[1]).toMatch(/^\.\.?\/(?!.*(src|hal)\/)/);
    },
  );

  it.each(files)('$name keeps to arithmetic that is the same on every engine', ({ text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    for (const match of code.matchAll(/Math\.(\w+)/g))
      expect(['floor', 'min', 'max', 'imul']).toContain(match[1]);
    expect(code).not.toMatch(/\bDate\b|process\.|performance\.|BigInt|\*\*/);
  });
});
