/**
 * THE WORLD under the firmware: fluid, motor, catheter, battery, body, and the faults laid over them.
 *
 * It knows nothing of the firmware and shares no constant with it: a wrong figure must not cancel out. It is lazy:
 * a quantity at a tick is a pure function of its last event and the ticks since, so reading moves nothing (a
 * consumed reading may mark a fault as fired, and that is all) and skipped time costs nothing.
 *
 * Order within tick n: faults, clears and refills of n come first; then the firmware reads; then `stroke(n)`, which
 * anchors the catheter at n, so that a reading in n + k sees k ticks of relaxation.
 *
 * State is plain data without functions. Volumes are integer picolitres throughout and conserved exactly.
 */
import { completeOptions, activeFault, createLedger, enterFault, findFault } from './faults/ledger.ts';
import { leaveFault, markFired, recordsOf, specOf, type FaultLedger } from './faults/ledger.ts';
import type { FaultOptions, FaultRecord, Sensor } from './faults/fault.ts';
import { faultSpec } from './faults/index.ts';
import { hash, streamOf } from './prng.ts';
import * as battery from './plant/battery.ts';
import * as catheter from './plant/catheter.ts';
import * as environment from './plant/environment.ts';
import { createMechanism, type Mechanism, type MechanismState } from './plant/mechanism.ts';
import * as reservoir from './plant/reservoir.ts';

export { NOMINAL_STROKE_NL } from './plant/mechanism.ts';
export type { FaultRecord } from './faults/fault.ts';

export interface WorldOptions {
  tickMs: number;
  seed: number;
  mechanism: Mechanism;
  reservoirCapacityNl: number;
  fillNl: number;
  lowVolumeFade: boolean;
  /** Deviation of the true stroke volume from the nominal. */
  tolerancePpm: number;
  concentrationUgPerMl: number;
  catheterLengthMm: number;
  compliancePlPerPa: number;
  environment: environment.EnvironmentOptions;
}

/** Consumed: the firmware used it, and faults in it fire. Peek: somebody looks, and nothing is marked. */
export type Look = 'consumed' | 'peek';

export interface World {
  readonly options: WorldOptions;
  readonly mechanism: MechanismState;
  readonly reservoir: reservoir.ReservoirState;
  readonly catheter: catheter.CatheterState;
  readonly battery: battery.BatteryState;
  readonly environment: environment.EnvironmentState;
  readonly faults: FaultLedger;
}

export type WorldSnapshot = { readonly world: World };

export function createWorld(o: WorldOptions): World {
  return {
    options: clonePlain(o),
    mechanism: createMechanism(o.mechanism, o.tolerancePpm),
    reservoir: reservoir.createReservoir(
      o.reservoirCapacityNl,
      o.fillNl,
      o.lowVolumeFade,
      Math.floor(3600000 / o.tickMs),
    ),
    catheter: catheter.createCatheter(o.catheterLengthMm, o.compliancePlPerPa, o.tickMs),
    battery: battery.createBattery(o.tickMs),
    environment: environment.createEnvironment(o.environment, o.seed, o.tickMs),
    faults: createLedger(),
  };
}

// ---------------------------------------------------------------- what the pump does to the world

/** The motor was commanded in `tick`; call it after that tick's readings, once a tick at most. */
export function stroke(world: World, tick: number): void {
  const { mechanism } = world;
  if (tick <= mechanism.lastStrokeTick || tick < world.catheter.anchorTick) {
    throw new Error(`world: a stroke in tick ${tick} after one in ${mechanism.lastStrokeTick}`);
  }
  const strokeNumber = mechanism.commandedStrokes;
  mechanism.commandedStrokes = strokeNumber + 1;
  mechanism.lastStrokeTick = tick;
  if (!turns(world, strokeNumber, tick)) return;
  mechanism.turnedStrokes = mechanism.turnedStrokes + 1;

  // What the reservoir gives and what the catheter takes: where it doesn't fit, the mechanism slips, still counted.
  const offeredPl = reservoir.availablePl(world.reservoir, displacedPl(world, tick), tick);
  const movedPl = Math.min(offeredPl, catheter.roomPl(world.catheter, tick));
  if (world.faults.active.length > 0) judgePlantAtStroke(world, movedPl, tick);
  reservoir.draw(world.reservoir, movedPl);
  catheter.push(world.catheter, movedPl, tick);
}

export function toneSounded(world: World, _tick: number): void {
  world.battery.tones = world.battery.tones + 1;
}

export function telemetryUsed(world: World, ticks: number): void {
  world.battery.telemetryTicks = world.battery.telemetryTicks + ticks;
}

/** Withdraw everything and fill. Nothing happens while a fault keeps the refill from being performed. */
export function refill(world: World, volumeNl: number, tick: number): { performed: boolean; withdrawnNl: number } {
  let performed = true;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    if (specOf(fault).preventsRefill !== true) continue;
    performed = false;
    markFired(fault, tick);
  }
  if (!performed) return { performed, withdrawnNl: 0 };
  judgeLeak(world, tick);
  const withdrawnPl = reservoir.exchange(world.reservoir, volumeNl * 1000, tick);
  return { performed, withdrawnNl: Math.floor(withdrawnPl / 1000) };
}

// ---------------------------------------------------------------- what the pump senses

/** Strokes that the feedback has seen turn, cumulative. */
export function confirmedStrokes(world: World, tick: number, look: Look): number | null {
  let count: number | null = world.mechanism.turnedStrokes;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).confirmedStrokes;
    if (hook === undefined) continue;
    const clean: number | null = count;
    count = hook(clean, fault);
    if (look === 'consumed' && count !== clean) markFired(fault, tick);
  }
  return count;
}

export function outletPressurePa(world: World, tick: number, look: Look): number | null {
  const clean = cleanPressurePa(world, tick);
  if (world.faults.active.length === 0) return clean;
  if (look === 'consumed') judgeResistance(world, tick);
  return overlaid(world, 'outlet-pressure', clean, 0, tick, look);
}

export function supplyMv(world: World, tick: number, load: 'resting' | 'loaded', look: Look): number | null {
  const clean = cleanSupplyMv(world, tick, load, look);
  return overlaid(world, 'supply', clean, load === 'loaded' ? 1 : 0, tick, look);
}

export function temperatureMilliC(world: World, tick: number, look: Look): number | null {
  return overlaid(world, 'temperature', environment.bodyMilliC(world.environment, tick), 0, tick, look);
}

function cleanPressurePa(world: World, tick: number): number {
  return catheter.risePa(world.catheter, tick) + environment.ambientPa(world.environment, tick);
}

/** The supply before any sensor fault; a film in the cell is real and is in it. */
function cleanSupplyMv(world: World, tick: number, load: 'resting' | 'loaded', look: Look): number {
  const usedNc = battery.usedNc(world.battery, world.mechanism.commandedStrokes, tick);
  const noiseMv = environment.supplyNoiseMv(world.environment, load, tick);
  if (load === 'resting') return battery.restingMv(usedNc) + noiseMv;
  let ohm = battery.resistanceOhm(usedNc);
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).resistanceOhm;
    if (hook === undefined) continue;
    const clean = ohm;
    ohm = hook(clean, fault, tick);
    if (look === 'consumed' && ohm !== clean) markFired(fault, tick);
  }
  return Math.max(0, battery.loadedMv(usedNc, ohm) + noiseMv);
}

/** Lay the sensor faults over a clean reading, in the order they were applied. */
function overlaid(world: World, sensor: Sensor, clean: number, sample: number, tick: number, look: Look): number | null {
  let value: number | null = clean;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).reading;
    if (hook === undefined) continue;
    const before: number | null = value;
    value = hook(before, sensor, fault, tick, sample);
    if (look === 'consumed' && value !== before) markFired(fault, tick);
  }
  return value;
}

// ---------------------------------------------------------------- faults

/** Takes effect at `tick`, before it: this tick's readings and stroke are under it. */
export function applyFault(
  world: World,
  fault: { id: string; kind: string; options: FaultOptions },
  tick: number,
): void {
  const spec = faultSpec(fault.kind);
  if (spec === undefined) throw new Error(`world: no fault of kind ${fault.kind}`);
  const options = completeOptions(spec, fault.options, world.options.tickMs);
  const memory =
    spec.remember?.(options, {
      stream: hash(world.options.seed, streamOf('fault'), streamOf(fault.id)),
      confirmedStrokes: confirmedStrokes(world, tick, 'peek'),
      cleanReading(sensor) {
        if (sensor === 'outlet-pressure') return cleanPressurePa(world, tick);
        if (sensor === 'supply') return cleanSupplyMv(world, tick, 'resting', 'peek');
        return environment.bodyMilliC(world.environment, tick);
      },
    }) ?? {};
  enterFault(world.faults, fault.id, fault.kind, options, memory, tick);
  rebuildPlant(world, fault.kind, tick);
}

export function clearFault(world: World, id: string, tick: number): void {
  const fault = leaveFault(world.faults, id, tick);
  rebuildPlant(world, fault.kind, tick);
}

export function markFaultFired(world: World, id: string, tick: number): void {
  markFired(findFault(world.faults, id), tick);
}

export function faultRecords(world: World): readonly FaultRecord[] {
  return recordsOf(world.faults);
}

/** After a change of faults: anchor what that kind touches anew. A fault elsewhere leaves the plant alone, bit by bit. */
function rebuildPlant(world: World, kind: string, tick: number): void {
  const spec = faultSpec(kind)!;
  const { active } = world.faults;
  if (spec.leakPlPerHour !== undefined) {
    let plPerHour = 0;
    for (let i = 0; i < active.length; i++) {
      const fault = activeFault(world.faults, i);
      plPerHour = specOf(fault).leakPlPerHour?.(plPerHour, fault) ?? plPerHour;
    }
    reservoir.setLeak(world.reservoir, plPerHour, tick);
  }
  if (spec.lambdaQ20 !== undefined || spec.lostSharePpm !== undefined) {
    let lostSharePpm = 0;
    for (let i = 0; i < active.length; i++) {
      const fault = activeFault(world.faults, i);
      lostSharePpm = specOf(fault).lostSharePpm?.(lostSharePpm, fault) ?? lostSharePpm;
    }
    catheter.change(world.catheter, lambdaWithoutQ20(world, -1), lostSharePpm, tick);
    for (let i = 0; i < active.length; i++) {
      const fault = activeFault(world.faults, i);
      if (specOf(fault).lambdaQ20 !== undefined) fault.memory['lambdaWithoutQ20'] = lambdaWithoutQ20(world, i);
    }
  }
}

/** The catheter's relaxation under all active faults but one; -1 leaves out none. */
function lambdaWithoutQ20(world: World, leftOut: number): number {
  let lambdaQ20 = world.catheter.clearLambdaQ20;
  for (let i = 0; i < world.faults.active.length; i++) {
    if (i === leftOut) continue;
    const fault = activeFault(world.faults, i);
    lambdaQ20 = specOf(fault).lambdaQ20?.(lambdaQ20, fault) ?? lambdaQ20;
  }
  return lambdaQ20;
}

function turns(world: World, strokeNumber: number, tick: number): boolean {
  let turning = true;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).turns;
    if (hook === undefined) continue;
    const before: boolean = turning;
    turning = hook(before, fault, strokeNumber);
    if (turning !== before) markFired(fault, tick);
  }
  return turning;
}

function displacedPl(world: World, tick: number): number {
  let pl = world.mechanism.strokePl;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).strokePl;
    if (hook === undefined) continue;
    const before: number = pl;
    pl = hook(before, fault);
    if (pl !== before) markFired(fault, tick);
  }
  return pl;
}

/** A stroke uses the reservoir's volume, the catheter's held volume and the way out. */
function judgePlantAtStroke(world: World, movedPl: number, tick: number): void {
  judgeLeak(world, tick);
  judgeResistance(world, tick);
  if (movedPl === 0) return;
  let ppm = 0;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).lostSharePpm;
    if (hook === undefined) continue;
    const before: number = ppm;
    ppm = hook(before, fault);
    if (ppm !== before) markFired(fault, tick);
  }
}

/** A leak fires once the volume that somebody uses is smaller for it. */
function judgeLeak(world: World, tick: number): void {
  if (reservoir.leakedSincePl(world.reservoir, tick) === 0) return;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const hook = specOf(fault).leakPlPerHour;
    if (hook !== undefined && hook(0, fault) !== 0) markFired(fault, tick);
  }
}

/** A changed resistance fires once what is held differs from what the catheter without it would hold. */
function judgeResistance(world: World, tick: number): void {
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    const lambdaQ20 = fault.memory['lambdaWithoutQ20'];
    if (fault.fired || lambdaQ20 === undefined) continue;
    const cleanPl = catheter.heldUnderPl(world.catheter, lambdaQ20, tick);
    if (cleanPl !== catheter.heldPl(world.catheter, tick)) markFired(fault, tick);
  }
}

// ---------------------------------------------------------------- truth, for judges and pictures only

export function trueReservoirPl(world: World, tick: number): number {
  return reservoir.volumePl(world.reservoir, tick);
}

/** Past the catheter tip since tick 0. */
export function trueDeliveredPl(world: World, tick: number): number {
  return catheter.deliveredPl(world.catheter, tick);
}

/** Held between pump and tip beyond what a relaxed catheter holds. */
export function trueTrappedPl(world: World, tick: number): number {
  return catheter.heldPl(world.catheter, tick);
}

/** Left the reservoir and never reached the tip. */
export function trueLostPl(world: World, tick: number): number {
  const { reservoir: r } = world;
  return r.leakedPl + reservoir.leakedSincePl(r, tick) + catheter.lostPl(world.catheter, tick);
}

/** Every picolitre is somewhere. Throws with all the numbers: this is our own bug and never the pump's. */
export function assertConserved(world: World, tick: number): void {
  const { filledPl, withdrawnPl, drawnPl } = world.reservoir;
  const { enteredPl, slipPl } = world.catheter;
  const reservoirPl = trueReservoirPl(world, tick);
  const trappedPl = trueTrappedPl(world, tick);
  const deliveredPl = trueDeliveredPl(world, tick);
  const lost = trueLostPl(world, tick);
  const isWhole =
    filledPl - withdrawnPl === reservoirPl + trappedPl + deliveredPl + lost &&
    drawnPl === enteredPl &&
    Math.min(reservoirPl, trappedPl, deliveredPl, lost) >= 0 &&
    trappedPl <= slipPl &&
    filledPl <= Number.MAX_SAFE_INTEGER;
  if (isWhole) return;
  throw new Error(
    `world: fluid is not conserved in tick ${tick}: filled ${filledPl} - withdrawn ${withdrawnPl} pL against ` +
      `reservoir ${reservoirPl} + trapped ${trappedPl} + delivered ${deliveredPl} + lost ${lost}; ` +
      `drawn ${drawnPl}, entered ${enteredPl}`,
  );
}

// ---------------------------------------------------------------- snapshots

/** A copy that nothing shares; `restoreWorld` may be called on it any number of times. */
export function snapshotWorld(world: World): WorldSnapshot {
  return { world: clonePlain(world) };
}

export function restoreWorld(snapshot: WorldSnapshot): World {
  return clonePlain(snapshot.world);
}

/** Numbers, texts, null, lists and records: all that the state is made of. Not every engine has structuredClone. */
function clonePlain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
