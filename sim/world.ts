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
 * What came out of the stretched catheter is carried on as drug, and the patient looked at, by `settle`: at strokes,
 * refills, faults and whenever whoever runs the world calls it, in practice each hour. For somebody who reads in between
 * it is settled and then put back as it was, so a read moves nothing here either.
 *
 * State is plain data without functions. Volumes are integer picolitres, drug is integer picograms; both are
 * conserved exactly.
 */
import type { ActiveFault, FaultOptions, FaultRecord, Onset } from './faults/fault.ts';
import { PUMP_LAYERS, remembered } from './faults/fault.ts';
import { faultSpec } from './faults/index.ts';
import {
  activeFault,
  completeOptions,
  copyMoved,
  createLedger,
  enterFault,
  findFault,
  leaveFault,
  markFired,
  putBackMoved,
  recordsOf,
  type FaultLedger,
} from './faults/ledger.ts';
import { lambdaWithoutQ30, laidOver, laidOverReading } from './faults/overlay.ts';
import { hash, streamOf } from './prng.ts';
import * as battery from './plant/battery.ts';
import * as catheter from './plant/catheter.ts';
import * as clock from './plant/clock.ts';
import * as environment from './plant/environment.ts';
import { CATHETER_NL_PER_MM, tipNgPerMl, TUBING_NL } from './plant/line.ts';
import { createMechanism, type Mechanism, type MechanismState } from './plant/mechanism.ts';
import * as patient from './plant/patient.ts';
import * as reservoir from './plant/reservoir.ts';
import * as transport from './plant/transport.ts';

export { NOMINAL_STROKE_NL } from './plant/mechanism.ts';
export { USUAL_NEEDS_TENTH_UG } from './plant/patient.ts';
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
  /** How many tanks the line from pump to tip is: the more, the less a front widens on its way. */
  mixingTanks: number;
  /** The line is full of the drug at tick 0, and of spinal fluid otherwise. */
  isLinePrimed: boolean;
  /** Daily dose that the patient has long had at tick 0. */
  usedToPgPerDay: number;
  /** Dose on trial that brings this patient's muscles to rest. */
  needsTenthUg: number;
  environment: environment.EnvironmentOptions;
}

/** Consumed: the firmware used it, and faults in it fire. Peek: somebody looks, and nothing is marked. */
export type Look = 'consumed' | 'peek';

export interface World {
  readonly tickMs: number;
  readonly seed: number;
  mechanism: MechanismState;
  readonly reservoir: reservoir.ReservoirState;
  readonly catheter: catheter.CatheterState;
  readonly transport: transport.TransportState;
  readonly patient: patient.PatientState;
  battery: battery.BatteryState;
  readonly environment: environment.EnvironmentState;
  clock: clock.ClockState;
  readonly faults: FaultLedger;
  /** Drug given into the spinal fluid by syringe, past any pump. */
  injectedPg: number;
}

export type WorldSnapshot = { readonly world: World };

/** A ug/mL is a pg/nL. */
function ugPerMl(concentration: number): reservoir.Drug {
  return { pg: concentration, nl: 1 };
}

export function createWorld(o: WorldOptions): World {
  return {
    tickMs: o.tickMs,
    seed: o.seed,
    mechanism: createMechanism(o.mechanism, o.tolerancePpm),
    reservoir: reservoir.createReservoir(
      o.reservoirCapacityNl,
      o.fillNl,
      o.lowVolumeFade,
      Math.floor(3600000 / o.tickMs),
      ugPerMl(o.concentrationUgPerMl),
    ),
    catheter: catheter.createCatheter(o.catheterLengthMm, o.compliancePlPerPa, o.tickMs),
    transport: transport.createTransport(
      TUBING_NL,
      o.catheterLengthMm * CATHETER_NL_PER_MM,
      o.mixingTanks,
      o.isLinePrimed ? o.concentrationUgPerMl : 0,
    ),
    patient: patient.createPatient(o.usedToPgPerDay, o.needsTenthUg, o.tickMs),
    battery: battery.createBattery(o.tickMs, 0),
    environment: environment.createEnvironment(o.environment, o.seed, o.tickMs),
    clock: clock.createClock(),
    faults: createLedger(),
    injectedPg: 0,
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
  if (!laidOver(world.faults, world.faults.on.turns, true, tick, true, strokeNumber)) return;
  mechanism.turnedStrokes = mechanism.turnedStrokes + 1;
  settle(world, tick);

  // What the reservoir gives and what the catheter takes: where it doesn't fit, the mechanism slips, still counted.
  const { faults, reservoir: r, catheter: c } = world;
  const offeredPl = reservoir.availablePl(r, wantedPl(world, tick), tick);
  judgeLeak(world, tick);
  judgeResistance(world, 1, tick);
  catheter.relax(c, tick);
  const movedPl = Math.min(offeredPl, c.slipPl - c.heldPl);
  if (movedPl > 0) {
    laidOver(faults, faults.on.lostSharePpm, 0, tick, true);
    laidOver(faults, faults.on.displacedPpm, 0, tick, true);
    laidOver(faults, faults.on.pocketPpm, 0, tick, true);
  }
  const strengthPpm = laidOver(faults, faults.on.strengthPpm, 1000000, tick, movedPl > 0);
  const { nl, pg } = reservoir.draw(r, movedPl, strengthPpm);
  catheter.push(c, movedPl);
  transport.enter(world.transport, nl, pg);
}

/** What a turned stroke displaces: its own volume but for faults, one of which asks how full the reservoir is. */
function wantedPl({ faults, mechanism, reservoir: r }: World, tick: number): number {
  if (faults.on.strokePl.entries.length === 0) return mechanism.strokePl;
  const overNl = Math.max(0, Math.floor((reservoir.volumePl(r, tick) - r.capacityPl) / 1000));
  return laidOver(faults, faults.on.strokePl, mechanism.strokePl, tick, true, overNl);
}

/** A clear catheter has passed a stroke on by then; until then it counts as given in the stroke's own tick. */
const PASSED_ON_TICKS = 2;

/** Bring drug and patient up to `tick`. What comes out of a narrowed catheter bit by bit is given bit by bit. */
export function settle(world: World, tick: number): void {
  const { anchorTick } = world.catheter;
  carryUntil(world, Math.min(tick, anchorTick + PASSED_ON_TICKS), anchorTick);
  for (;;) {
    const lookTick = patient.nextLook(world.patient, tick);
    if (lookTick < 0) break;
    carryUntil(world, lookTick, lookTick);
    patient.look(world.patient, lookTick);
  }
  carryUntil(world, tick, tick);
}

/** Whole nanolitres that have left the stretched catheter since tick 0. */
function passedNl({ catheter: c }: World, tick: number): number {
  return Math.floor((c.enteredPl - catheter.heldPl(c, tick)) / 1000);
}

/** Of them, those through its hole. */
function lostNl({ catheter: c }: World, tick: number): number {
  return Math.floor(catheter.lostPl(c, tick) / 1000);
}

/** What flows by itself has flowed until this tick. It passes a clear catheter whole, and a narrowed one in part. */
function flowUntil(world: World, tick: number): void {
  const { reservoir: r, catheter: c, transport: t } = world;
  const { entries, flowing } = world.faults;
  for (let i = 0; i < flowing.length; i++) {
    const fault = entries[flowing[i]!]!;
    const { flow } = fault;
    if (flow === null || flow.anchorTick >= tick) continue;
    const sinceTick = flow.anchorTick;
    flow.anchorTick = tick;
    const plPerTick = Math.floor(flow.plPerTick * Math.min(1, c.lambdaQ30 / c.clearLambdaQ30));
    const isOutwards = plPerTick > 0;
    const flowedPl = (isOutwards ? plPerTick : 0 - plPerTick) * (tick - sinceTick);
    const wantedPl = Math.min(flowedPl, flow.limitPl - flow.movedPl);
    // A leak at the same time gets what this leaves, so that waiting longer never means that less has flowed.
    const thereIsPl = reservoir.volumePl(r, sinceTick);
    const pl = Math.min(wantedPl, isOutwards ? thereIsPl : Math.max(0, r.capacityPl - thereIsPl));
    if (pl === 0) continue;
    markFired(fault, tick);
    flow.movedPl = flow.movedPl + pl;
    if (isOutwards) {
      const strengthPpm = laidOver(world.faults, world.faults.on.strengthPpm, 1000000, tick, true);
      const { nl, pg } = reservoir.draw(r, pl, strengthPpm);
      catheter.pass(c, pl);
      transport.enter(t, nl, pg);
    } else {
      const nl = Math.floor((r.returnedPl + pl) / 1000) - Math.floor(r.returnedPl / 1000);
      reservoir.takeBack(r, pl, nl, transport.carryBack(t, nl), tick);
    }
  }
}

function isFlowing(world: World): boolean {
  const { levelPl, capacityPl } = world.reservoir;
  const { entries, flowing } = world.faults;
  for (let i = 0; i < flowing.length; i++) {
    const { flow } = entries[flowing[i]!]!;
    if (flow === null || flow.movedPl >= flow.limitPl) continue;
    if (flow.plPerTick > 0 ? levelPl > 0 : flow.plPerTick < 0 && levelPl < capacityPl) return true;
  }
  return false;
}

/** What has left the stretched catheter until `untilTick` moves on, and reaches the patient in `givenTick`. */
function carryUntil(world: World, untilTick: number, givenTick: number): void {
  if (world.faults.flowing.length > 0) flowUntil(world, untilTick);
  if (world.transport.trappedNl === 0) return;
  const reachedPg = transport.carry(world.transport, passedNl(world, untilTick), lostNl(world, untilTick));
  if (reachedPg > 0) patient.receive(world.patient, reachedPg, givenTick);
}

export function toneSounded(world: World, tick: number): void {
  world.battery.tones = world.battery.tones + 1;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    faultSpec(fault.kind).onTone?.(fault, tick);
  }
}

/** The pump was interrogated in `tick`, and its telemetry was open for so long. */
export function interrogated(world: World, ticks: number, tick: number): void {
  world.battery.telemetryTicks = world.battery.telemetryTicks + ticks;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    faultSpec(fault.kind).onInterrogation?.(fault, tick);
  }
}

export interface RefillOutcome {
  /** Somebody got into the reservoir; else nothing has changed. */
  readonly performed: boolean;
  readonly withdrawnNl: number;
  /** What the clinician has injected and will program: never more than the reservoir holds. */
  readonly injectedNl: number;
  /** What of it is truly in the reservoir. */
  readonly filledNl: number;
}

/**
 * Withdraw everything and fill, with the drug of the last fill unless another concentration is named. Nothing
 * happens while a fault keeps the refill from being performed.
 */
export function refill(
  world: World,
  volumeNl: number,
  tick: number,
  concentrationUgPerMl?: number,
): RefillOutcome {
  let performed = true;
  for (let i = 0; i < world.faults.active.length; i++) {
    const fault = activeFault(world.faults, i);
    if (faultSpec(fault.kind).preventsRefill !== true) continue;
    performed = false;
    markFired(fault, tick);
  }
  if (!performed) return { performed, withdrawnNl: 0, injectedNl: 0, filledNl: 0 };
  judgeLeak(world, tick);
  settle(world, tick);
  const drug = concentrationUgPerMl === undefined ? world.reservoir.drug : ugPerMl(concentrationUgPerMl);
  const capacityNl = Math.floor(world.reservoir.capacityPl / 1000);
  if (volumeNl > capacityNl) judgeCapacity(world, tick);
  const injectedNl = Math.min(volumeNl, capacityNl);
  const filledNl = laidOver(world.faults, world.faults.on.filledNl, injectedNl, tick, true);
  const withdrawnPl = reservoir.exchange(world.reservoir, filledNl * 1000, drug, tick);
  for (const fault of activeFaults(world)) faultSpec(fault.kind).onRefill?.(fault);
  return { performed, withdrawnNl: Math.floor(withdrawnPl / 1000), injectedNl, filledNl };
}

export interface NewPump {
  readonly reservoirCapacityNl: number;
  readonly fillNl: number;
  /** Of the true stroke volume of this one from the nominal. */
  readonly tolerancePpm: number;
  readonly concentrationUgPerMl: number;
  /** Its tubing was filled with the drug on the table, and is full of water otherwise. */
  readonly isPrimed: boolean;
}

/**
 * The pump is taken out and another one of the same kind connected to the catheter, which keeps what it holds. The
 * operation takes no time here. Counters and cell begin anew; the books of fluid and drug go on.
 */
export function replacePump(world: World, pump: NewPump, tick: number): void {
  settle(world, tick);
  for (const fault of activeFaults(world)) {
    const spec = faultSpec(fault.kind);
    if (PUMP_LAYERS.includes(spec.layer)) clearFault(world, fault.id, tick);
    else spec.onReplacement?.(fault);
  }
  for (const fault of world.faults.entries) fault.hasBent = false;
  const { concentrationUgPerMl } = pump;
  reservoir.replace(
    world.reservoir,
    pump.reservoirCapacityNl * 1000,
    pump.fillNl * 1000,
    ugPerMl(concentrationUgPerMl),
    tick,
  );
  catheter.open(world.catheter, tick);
  const tubingUgPerMl = pump.isPrimed ? concentrationUgPerMl : 0;
  transport.exchangePump(
    world.transport,
    passedNl(world, tick),
    lostNl(world, tick),
    TUBING_NL,
    tubingUgPerMl,
  );
  world.mechanism = createMechanism(world.mechanism.kind, pump.tolerancePpm);
  world.battery = battery.createBattery(world.tickMs, tick);
  world.clock = clock.createClock();
}

/**
 * Somebody injects the drug into the spinal fluid. It counts as given at once: against a half-life of 90 min a minute
 * is nothing.
 */
export function inject(world: World, pg: number, tick: number): void {
  settle(world, tick);
  patient.receive(world.patient, pg, tick);
  world.injectedPg = world.injectedPg + pg;
}

/** Whatever has taken capacity from the reservoir matters once less fits than is wanted, long over as it may be. */
function judgeCapacity(world: World, tick: number): void {
  for (const fault of world.faults.entries) if (fault.hasBent) markFired(fault, tick);
}

// ---------------------------------------------------------------- what the pump senses

/** Strokes that the feedback has seen turn, cumulative. */
export function confirmedStrokes(world: World, tick: number, look: Look): number | null {
  return laidOver(
    world.faults,
    world.faults.on.confirmedStrokes,
    world.mechanism.turnedStrokes,
    tick,
    look === 'consumed',
  );
}

export function outletPressurePa(world: World, tick: number, look: Look): number | null {
  const isUsed = look === 'consumed';
  if (isUsed) judgeResistance(world, world.catheter.compliancePlPerPa, tick);
  return laidOverReading(world.faults, 'outlet-pressure', cleanPressurePa(world, tick), tick, isUsed);
}

export function supplyMv(world: World, tick: number, load: 'resting' | 'loaded', look: Look): number | null {
  const isUsed = look === 'consumed';
  if (isUsed) judgeDrain(world, tick);
  const cleanMv = load === 'loaded' ? cleanLoadedMv(world, tick, isUsed) : cleanRestingMv(world, tick);
  return laidOverReading(world.faults, 'supply', cleanMv, tick, isUsed, load === 'loaded' ? 1 : 0);
}

export function temperatureMilliC(world: World, tick: number, look: Look): number | null {
  const isUsed = look === 'consumed';
  return laidOverReading(world.faults, 'temperature', bodyMilliC(world, tick, isUsed), tick, isUsed);
}

function bodyMilliC(world: World, tick: number, isUsed: boolean): number {
  return laidOver(
    world.faults,
    world.faults.on.bodyMilliC,
    environment.bodyMilliC(world.environment, tick),
    tick,
    isUsed,
  );
}

function cleanPressurePa(world: World, tick: number): number {
  return catheter.risePa(world.catheter, tick) + environment.ambientPa(world.environment, tick);
}

function cleanRestingMv(world: World, tick: number): number {
  const usedNc = battery.usedNc(world.battery, world.mechanism.commandedStrokes, tick);
  return battery.restingMv(usedNc) + environment.supplyNoiseMv(world.environment, 'resting', tick);
}

/** A film in the cell is no sensor fault: it is really there. */
function cleanLoadedMv(world: World, tick: number, isUsed: boolean): number {
  const usedNc = battery.usedNc(world.battery, world.mechanism.commandedStrokes, tick);
  const ohm = laidOver(
    world.faults,
    world.faults.on.resistanceOhm,
    battery.resistanceOhm(usedNc),
    tick,
    isUsed,
  );
  const noiseMv = environment.supplyNoiseMv(world.environment, 'loaded', tick);
  return Math.max(0, battery.loadedMv(usedNc, ohm) + noiseMv);
}

// ---------------------------------------------------------------- faults

/** Takes effect at `tick`, before it: this tick's readings and stroke are under it. */
export function applyFault(
  world: World,
  fault: { id: string; kind: string; options: FaultOptions },
  tick: number,
): void {
  const spec = faultSpec(fault.kind);
  const options = completeOptions(spec, fault.options, world.tickMs);
  const onset: Onset = {
    mechanism: world.mechanism.kind,
    stream: hash(world.seed, streamOf('fault'), streamOf(fault.id)),
    confirmedStrokes: confirmedStrokes(world, tick, 'peek') ?? world.mechanism.turnedStrokes,
    cleanReading(sensor) {
      if (sensor === 'outlet-pressure') return cleanPressurePa(world, tick);
      if (sensor === 'supply') return cleanRestingMv(world, tick);
      return bodyMilliC(world, tick, false);
    },
  };
  const memory = spec.remember?.(options, onset) ?? {};
  const entered = enterFault(world.faults, fault.id, spec, options, memory, tick);
  if (spec.freeFlow !== undefined) {
    const { plPerHour, limitPl } = spec.freeFlow(options, onset);
    const plPerTick = Math.floor(plPerHour / world.reservoir.ticksPerHour);
    entered.flow = { plPerTick, limitPl, anchorTick: tick, movedPl: 0 };
  }
  if (spec.lostCapacityPpm !== undefined) {
    entered.hasBent = bend(world.reservoir, spec.lostCapacityPpm(options), tick);
  }
  rebuildPlant(world, fault.kind, tick);
}

/** The reservoir caves in, as far as there is no fluid in the way. True when its capacity is smaller for it. */
function bend(r: reservoir.ReservoirState, lostPpm: number, tick: number): boolean {
  const beforePl = r.capacityPl;
  const bentPl = beforePl - Math.floor(beforePl / 1000000) * lostPpm;
  r.capacityPl = Math.min(beforePl, Math.max(bentPl, reservoir.volumePl(r, tick)));
  return r.capacityPl < beforePl;
}

export function clearFault(world: World, id: string, tick: number): void {
  settle(world, tick);
  judgeClock(world, tick);
  const fault = leaveFault(world.faults, id, tick);
  rebuildPlant(world, fault.kind, tick);
}

/** What the patient's clock shows in a tick of the pump's. */
export function patientTick(world: World, tick: number): number {
  return clock.patientTick(world.clock, tick);
}

/** More of the patient's time in a million of the pump's ticks, now. */
export function clockPpm(world: World): number {
  return world.clock.ppm;
}

/**
 * The first tick from `tick` on that begins another part of the patient's day, of so many ticks; never, while his clock
 * shows what the pump's shows.
 */
export function nextPartOfDay(world: World, tick: number, partTicks: number): number {
  return clock.isEqual(world.clock) ? Number.MAX_SAFE_INTEGER : clock.nextPart(world.clock, tick, partTicks);
}

/** At each full hour, before its tick: what faults do to the catheter may have changed with time. */
export function turnHour(world: World, tick: number): void {
  judgeClock(world, tick);
  for (let i = 0; i < world.faults.active.length; i++) {
    if (faultSpec(activeFault(world.faults, i).kind).changesHourly !== true) continue;
    rebuildCatheter(world, tick);
    return;
  }
}

export function markFaultFired(world: World, id: string, tick: number): void {
  markFired(findFault(world.faults, id), tick);
}

/** Those that are laid over the truth now, in the order applied. */
export function activeFaults(world: World): readonly ActiveFault[] {
  return world.faults.active.map((_, position) => activeFault(world.faults, position));
}

export function faultRecords(world: World): readonly FaultRecord[] {
  return recordsOf(world.faults);
}

/** After a change of faults, anchor anew what that kind touches. Others leave the fluid alone, to the last bit. */
function rebuildPlant(world: World, kind: string, tick: number): void {
  const { faults } = world;
  const spec = faultSpec(kind);
  if (spec.displacedPpm !== undefined) {
    settle(world, tick);
    world.transport.displacedPpm = laidOver(faults, faults.on.displacedPpm, 0, tick, false);
  }
  if (spec.pocketPpm !== undefined) {
    settle(world, tick);
    world.transport.pocketPpm = laidOver(faults, faults.on.pocketPpm, 0, tick, false);
    // A pocket that nothing holds closed any more empties at once.
    if (world.transport.pocketPpm === 0) {
      patient.receive(world.patient, transport.openPocket(world.transport), tick);
    }
  }
  if (spec.leakPlPerHour !== undefined) {
    reservoir.setLeak(world.reservoir, laidOver(faults, faults.on.leakPlPerHour, 0, tick, false), tick);
  }
  if (spec.drainUa !== undefined) {
    battery.setDrain(world.battery, laidOver(faults, faults.on.drainUa, 0, tick, false), tick);
  }
  if (spec.clockPpm !== undefined) {
    clock.setDeviation(world.clock, laidOver(faults, faults.on.clockPpm, 0, tick, false), tick);
  }
  if (spec.zoneTicks !== undefined) {
    world.clock.zoneTicks = laidOver(faults, faults.on.zoneTicks, 0, tick, false);
  }
  if (spec.lambdaQ30 !== undefined) rebuildCatheter(world, tick);
}

function rebuildCatheter(world: World, tick: number): void {
  const { faults } = world;
  settle(world, tick);
  const { clearLambdaQ30 } = world.catheter;
  const lambdaQ30 = laidOver(faults, faults.on.lambdaQ30, clearLambdaQ30, tick, false);
  catheter.change(world.catheter, lambdaQ30, laidOver(faults, faults.on.lostSharePpm, 0, tick, false), tick);
  for (const entry of faults.on.lambdaQ30.entries) {
    faults.entries[entry]!.memory['lambdaWithoutQ30'] = lambdaWithoutQ30(faults, entry, clearLambdaQ30, tick);
  }
}

/** What moves the patient's clock fires once that shows another second than the pump's. */
function judgeClock(world: World, tick: number): void {
  if (patientTick(world, tick) === tick) return;
  laidOver(world.faults, world.faults.on.clockPpm, 0, tick, true);
  laidOver(world.faults, world.faults.on.zoneTicks, 0, tick, true);
}

/** A leak fires once the volume that somebody uses is smaller for it. */
function judgeLeak(world: World, tick: number): void {
  if (reservoir.leakedSincePl(world.reservoir, tick) > 0)
    laidOver(world.faults, world.faults.on.leakPlPerHour, 0, tick, true);
}

/** A current that drains the cell fires once a voltage that the firmware reads is lower for it. */
function judgeDrain(world: World, tick: number): void {
  const drainedNc = battery.drainedNc(world.battery, tick);
  if (drainedNc === 0) return;
  const usedNc = battery.usedNc(world.battery, world.mechanism.commandedStrokes, tick);
  if (battery.restingMv(usedNc) !== battery.restingMv(usedNc - drainedNc)) {
    laidOver(world.faults, world.faults.on.drainUa, 0, tick, true);
  }
}

/**
 * A changed resistance fires once what is held differs from what the catheter without it would hold, in whole
 * `unitPl`: a stroke uses the volume to the picolitre, a reading only the pascals that it makes.
 */
function judgeResistance(world: World, unitPl: number, tick: number): void {
  const narrowing = world.faults.on.lambdaQ30.entries;
  for (let i = 0; i < narrowing.length; i++) {
    const fault = world.faults.entries[narrowing[i]!]!;
    if (fault.fired) continue;
    const lambdaQ30 = remembered(fault, 'lambdaWithoutQ30');
    const cleanPl = catheter.heldUnderPl(world.catheter, lambdaQ30, tick);
    const heldPl = catheter.heldPl(world.catheter, tick);
    if (Math.floor(cleanPl / unitPl) !== Math.floor(heldPl / unitPl)) markFired(fault, tick);
  }
}

// ---------------------------------------------------------------- truth, for judges and pictures only

export function trueReservoirPl(world: World, tick: number): number {
  return flowedAt(world, tick, reservoirPlOf);
}

/** Past the catheter tip since tick 0. */
export function trueDeliveredPl(world: World, tick: number): number {
  return flowedAt(world, tick, deliveredPlOf);
}

// The two that each stroke asks for name what they say, where `flowedAt` calls whatever it is given.

/** Out of the reservoir into the line since tick 0: what the pump gave, whatever was dissolved in it. */
export function trueDrawnPl(world: World, tick: number): number {
  return isFlowing(world) ? settledAt(world, tick, drawnPlOf) : drawnPlOf(world, tick);
}

/** Drug past the tip since tick 0, wherever it went from there. */
export function trueDeliveredPg(world: World, tick: number): number {
  return isFlowing(world) ? settledAt(world, tick, tipPgOf) : tipPgOf(world, tick);
}

/** Drug that truly came into the spinal fluid since tick 0. */
export function trueIntrathecalPg(world: World, tick: number): number {
  return settledAt(world, tick, intrathecalPgOf);
}

/** What the drop at the tip holds, thousandths of a ug/mL. */
export function trueTipNgPerMl(world: World, tick: number): number {
  return settledAt(world, tick, tipNgPerMlOf);
}

/** Illustrative. Signals and expectations read it and nothing else: no reading of the firmware comes from here. */
export function patientAt(world: World, tick: number) {
  return settledAt(world, tick, patientOf);
}

/**
 * What `say` tells once the world is settled at `tick`. Then all that moved by it is put back: to settle a copy would be
 * the same, but its objects would be others to the engine than those that each stroke is fast with.
 */
function settledAt<T>(world: World, tick: number, say: Say<T>): T {
  const { faults, reservoir: r, catheter: c, transport: t, patient: p } = world;
  const before = {
    faults: copyMoved(faults),
    reservoir: { ...r },
    catheter: { ...c },
    transport: transport.copyTransport(t),
    patient: patient.copyPatient(p),
  };
  settle(world, tick);
  const said = say(world, tick);
  putBackMoved(faults, before.faults);
  Object.assign(r, before.reservoir);
  Object.assign(c, before.catheter);
  transport.putBack(t, before.transport);
  patient.putBack(p, before.patient);
  return said;
}

/** What `say` tells of the world as it is, or where something flows by itself, once that has flowed until `tick`. */
function flowedAt<T>(world: World, tick: number, say: Say<T>): T {
  return isFlowing(world) ? settledAt(world, tick, say) : say(world, tick);
}

/** Told of a world that is settled at the tick. */
type Say<T> = (world: World, tick: number) => T;
const reservoirPlOf: Say<number> = ({ reservoir: r }, tick) => reservoir.volumePl(r, tick);
const deliveredPlOf: Say<number> = ({ catheter: c }, tick) => catheter.deliveredPl(c, tick);
const drawnPlOf: Say<number> = ({ reservoir: r }) => r.drawnPl;
const tipPgOf: Say<number> = (world, tick) =>
  transport.tipPgBy(world.transport, passedNl(world, tick), lostNl(world, tick));
const intrathecalPgOf: Say<number> = ({ transport: t, injectedPg }) => t.reachedPg + injectedPg;
const tipNgPerMlOf: Say<number> = ({ transport: t }) => tipNgPerMl(t.line);
const patientOf = ({ patient: p }: World, tick: number) => ({
  csfNgPerMl: patient.csfNgPerMl(p, tick),
  effectMilliPercent: patient.effectMilliPercent(p, tick),
  withdrawalStage: patient.withdrawalStage(p),
  overdoseStage: p.overdoseStage,
  ashworth: p.ashworth,
});

/** Held between pump and tip beyond what a relaxed catheter holds. */
export function trueTrappedPl(world: World, tick: number): number {
  return catheter.heldPl(world.catheter, tick);
}

/** Left the reservoir and never reached the tip. */
export function trueLostPl(world: World, tick: number): number {
  return flowedAt(world, tick, lostPl);
}

function lostPl({ reservoir: r, catheter: c }: World, tick: number): number {
  return r.leakedPl + reservoir.leakedSincePl(r, tick) + catheter.lostPl(c, tick);
}

/** Every picolitre and every picogram is somewhere. Throws with all the numbers: this is our own bug and never the pump's. */
export function assertConserved(world: World, tick: number): void {
  flowedAt(world, tick, assertBalanced);
}

function assertBalanced(world: World, tick: number): void {
  const { filledPl, withdrawnPl, drawnPl, returnedPl, drawnPg } = world.reservoir;
  const { enteredPl, slipPl } = world.catheter;
  const reservoirPl = reservoir.volumePl(world.reservoir, tick);
  const trappedPl = catheter.heldPl(world.catheter, tick);
  const deliveredPl = catheter.deliveredPl(world.catheter, tick);
  const lost = lostPl(world, tick);
  const isWhole =
    filledPl + returnedPl - withdrawnPl === reservoirPl + trappedPl + deliveredPl + lost &&
    drawnPl === enteredPl &&
    Math.min(reservoirPl, trappedPl, deliveredPl, lost) >= 0 &&
    trappedPl <= slipPl &&
    filledPl <= Number.MAX_SAFE_INTEGER;
  if (drawnPg !== world.transport.enteredPg || !transport.isDrugWhole(world.transport)) {
    throw new Error(
      `world: drug is not conserved in tick ${tick}: drawn ${drawnPg} pg, ${transport.bookOf(world.transport)}`,
    );
  }
  if (isWhole) return;
  throw new Error(
    `world: fluid is not conserved in tick ${tick}: filled ${filledPl} + returned ${returnedPl} - withdrawn ${withdrawnPl} pL against ` +
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
