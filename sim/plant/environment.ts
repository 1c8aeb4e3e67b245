/**
 * The body and its surroundings, as the sensors feel them: each disturbance a pure function of the tick. They come
 * one to a slot of fixed length, at an offset hashed from the slot's number, so any tick is read in constant time
 * and no state is kept. All figures are estimates; each part is off unless the scenario asks for it.
 */
import { below, drawn, keyOf, streamOf, triangular } from '../prng.ts';

/** Pressure of the spinal fluid at the outlet of a relaxed catheter, lying still. */
const REST_PA = 1000;

const POSTURE_SLOT_S = 4320;
const POSTURE_PA = 3000;

const COUGH_SLOT_S = 1728;
const COUGH_S = 2;
const COUGH_PA = 10000;

/** 36.5 days; a cabin falls by 25 kPa in 25 min, cruises for 3 h and comes back in 25 min. */
const FLIGHT_SLOT_S = 3153600;
const CLIMB_S = 1500;
const CRUISE_S = 10800;
const CABIN_DROP_PA = 25000;

const NOISE_PA = 100;
const NOISE_MV = 3;
const NOISE_MILLI_C = 50;

export interface EnvironmentOptions {
  readonly noise: boolean;
  readonly posture: boolean;
  readonly cough: boolean;
  readonly flights: boolean;
  readonly temperatureMilliC: number;
}

/** All of it is fixed: durations in ticks, and of each disturbance the key of its own random stream. */
export interface EnvironmentState extends EnvironmentOptions {
  readonly postureSlotTicks: number;
  readonly coughSlotTicks: number;
  readonly coughTicks: number;
  readonly flightSlotTicks: number;
  readonly flightTicks: number;
  readonly climbTicks: number;
  readonly postureLevelKey: number;
  readonly postureOffsetKey: number;
  readonly coughKey: number;
  readonly flightKey: number;
  readonly pressureNoiseKey: number;
  readonly restingNoiseKey: number;
  readonly loadedNoiseKey: number;
  readonly temperatureNoiseKey: number;
}

export function createEnvironment(o: EnvironmentOptions, seed: number, tickMs: number): EnvironmentState {
  const ticksOf = (seconds: number): number => Math.max(1, Math.floor((seconds * 1000) / tickMs));
  const keyFor = (name: string): number => keyOf(seed, streamOf(name));
  const climbTicks = ticksOf(CLIMB_S);
  return {
    noise: o.noise,
    posture: o.posture,
    cough: o.cough,
    flights: o.flights,
    temperatureMilliC: o.temperatureMilliC,
    postureSlotTicks: ticksOf(POSTURE_SLOT_S),
    coughSlotTicks: ticksOf(COUGH_SLOT_S),
    coughTicks: ticksOf(COUGH_S),
    flightSlotTicks: ticksOf(FLIGHT_SLOT_S),
    flightTicks: climbTicks * 2 + ticksOf(CRUISE_S),
    climbTicks,
    postureLevelKey: keyFor('posture level'),
    postureOffsetKey: keyFor('posture offset'),
    coughKey: keyFor('cough'),
    flightKey: keyFor('flight'),
    pressureNoiseKey: keyFor('outlet-pressure noise'),
    restingNoiseKey: keyFor('resting supply noise'),
    loadedNoiseKey: keyFor('loaded supply noise'),
    temperatureNoiseKey: keyFor('temperature noise'),
  };
}

function postureLevelPa(e: EnvironmentState, slot: number): number {
  return slot < 0 ? 0 : (below(3, drawn(e.postureLevelKey, slot)) - 1) * POSTURE_PA;
}

/** First tick of what happens in a slot: wholly inside it, so long as it lasts. */
function beginTick(slot: number, slotTicks: number, lastsTicks: number, key: number): number {
  return slot * slotTicks + below(slotTicks - lastsTicks + 1, drawn(key, slot));
}

/** Lying, sitting, standing: one change in each slot; until it, the level of the slot before. */
export function posturePa(e: EnvironmentState, tick: number): number {
  const slot = Math.floor(tick / e.postureSlotTicks);
  const isChanged = tick >= beginTick(slot, e.postureSlotTicks, 1, e.postureOffsetKey);
  return postureLevelPa(e, isChanged ? slot : slot - 1);
}

/** One cough in each slot. */
export function coughPa(e: EnvironmentState, tick: number): number {
  const slot = Math.floor(tick / e.coughSlotTicks);
  const since = tick - beginTick(slot, e.coughSlotTicks, e.coughTicks, e.coughKey);
  return since >= 0 && since < e.coughTicks ? COUGH_PA : 0;
}

/** One flight in each slot: down to cabin pressure, cruise, and back. */
export function flightPa(e: EnvironmentState, tick: number): number {
  const { flightTicks, climbTicks } = e;
  const slot = Math.floor(tick / e.flightSlotTicks);
  const since = tick - beginTick(slot, e.flightSlotTicks, flightTicks, e.flightKey);
  if (since < 0 || since >= flightTicks) return 0;
  const climbed = Math.min(since, flightTicks - since, climbTicks);
  return 0 - Math.floor((CABIN_DROP_PA * climbed) / climbTicks);
}

/** The first tick after `tick` in which such a thing may be felt otherwise: any, while it lasts. */
function nextChange(tick: number, slotTicks: number, lastsTicks: number, key: number): number {
  const slot = Math.floor(tick / slotTicks);
  const begins = beginTick(slot, slotTicks, lastsTicks, key);
  if (tick < begins) return begins;
  return tick < begins + lastsTicks ? tick + 1 : beginTick(slot + 1, slotTicks, lastsTicks, key);
}

/**
 * From `fromTick` to before `untilTick`, all that comes in slots adds `pa`: for hours often, and each stroke asks. Only
 * the stretch that was asked for last is kept, no part of any state, and it is told of the very same surroundings only,
 * which never change.
 */
interface Stretch {
  of: EnvironmentState | null;
  fromTick: number;
  untilTick: number;
  pa: number;
}

const stretch: Stretch = { of: null, fromTick: 0, untilTick: 0, pa: 0 };

function inSlotsPa(e: EnvironmentState, tick: number): number {
  if (stretch.of === e && stretch.fromTick <= tick && tick < stretch.untilTick) return stretch.pa;
  let pa = 0;
  let untilTick = Number.MAX_SAFE_INTEGER;
  if (e.posture) {
    pa = posturePa(e, tick);
    untilTick = nextChange(tick, e.postureSlotTicks, 1, e.postureOffsetKey);
  }
  if (e.cough) {
    pa = pa + coughPa(e, tick);
    untilTick = Math.min(untilTick, nextChange(tick, e.coughSlotTicks, e.coughTicks, e.coughKey));
  }
  if (e.flights) {
    pa = pa + flightPa(e, tick);
    untilTick = Math.min(untilTick, nextChange(tick, e.flightSlotTicks, e.flightTicks, e.flightKey));
  }
  stretch.of = e;
  stretch.fromTick = tick;
  stretch.untilTick = untilTick;
  stretch.pa = pa;
  return pa;
}

/** Everything at the outlet that is not the catheter's own stretch. */
export function ambientPa(e: EnvironmentState, tick: number): number {
  const pa = REST_PA + inSlotsPa(e, tick);
  return e.noise ? pa + triangular(NOISE_PA, drawn(e.pressureNoiseKey, tick)) : pa;
}

export function supplyNoiseMv(e: EnvironmentState, load: 'resting' | 'loaded', tick: number): number {
  if (!e.noise) return 0;
  return triangular(NOISE_MV, drawn(load === 'loaded' ? e.loadedNoiseKey : e.restingNoiseKey, tick));
}

export function bodyMilliC(e: EnvironmentState, tick: number): number {
  if (!e.noise) return e.temperatureMilliC;
  return e.temperatureMilliC + triangular(NOISE_MILLI_C, drawn(e.temperatureNoiseKey, tick));
}
