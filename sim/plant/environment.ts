/**
 * The body and its surroundings, as the sensors feel them: each disturbance a pure function of the tick. They come
 * one to a slot of fixed length, at an offset hashed from the slot's number, so any tick is read in constant time
 * and nothing is remembered. All figures are estimates; each part is off unless the scenario asks for it.
 */
import { below, hash, streamOf, triangular } from '../prng.ts';

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

const POSTURE_LEVEL = streamOf('posture level');
const POSTURE_OFFSET = streamOf('posture offset');
const COUGH = streamOf('cough');
const FLIGHT = streamOf('flight');
const PRESSURE_NOISE = streamOf('outlet-pressure noise');
const RESTING_NOISE = streamOf('resting supply noise');
const LOADED_NOISE = streamOf('loaded supply noise');
const TEMPERATURE_NOISE = streamOf('temperature noise');

export interface EnvironmentOptions {
  readonly noise: boolean;
  readonly posture: boolean;
  readonly cough: boolean;
  readonly flights: boolean;
  readonly temperatureMilliC: number;
}

export interface EnvironmentState extends EnvironmentOptions {
  readonly seed: number;
  readonly tickMs: number;
}

export function createEnvironment(o: EnvironmentOptions, seed: number, tickMs: number): EnvironmentState {
  return {
    noise: o.noise,
    posture: o.posture,
    cough: o.cough,
    flights: o.flights,
    temperatureMilliC: o.temperatureMilliC,
    seed,
    tickMs,
  };
}

function ticksOf(e: EnvironmentState, seconds: number): number {
  return Math.max(1, Math.floor((seconds * 1000) / e.tickMs));
}

function postureLevelPa(e: EnvironmentState, slot: number): number {
  return slot < 0 ? 0 : (below(3, hash(e.seed, POSTURE_LEVEL, slot)) - 1) * POSTURE_PA;
}

/** Lying, sitting, standing: one change in each slot; until it, the level of the slot before. */
export function posturePa(e: EnvironmentState, tick: number): number {
  const slotTicks = ticksOf(e, POSTURE_SLOT_S);
  const slot = Math.floor(tick / slotTicks);
  const changeAt = below(slotTicks, hash(e.seed, POSTURE_OFFSET, slot));
  return postureLevelPa(e, tick - slot * slotTicks >= changeAt ? slot : slot - 1);
}

/** One cough in each slot, wholly inside it. */
export function coughPa(e: EnvironmentState, tick: number): number {
  const slotTicks = ticksOf(e, COUGH_SLOT_S);
  const coughTicks = ticksOf(e, COUGH_S);
  const slot = Math.floor(tick / slotTicks);
  const since = tick - slot * slotTicks - below(slotTicks - coughTicks + 1, hash(e.seed, COUGH, slot));
  return since >= 0 && since < coughTicks ? COUGH_PA : 0;
}

/** One flight in each slot, wholly inside it: down to cabin pressure, cruise, and back. */
export function flightPa(e: EnvironmentState, tick: number): number {
  const slotTicks = ticksOf(e, FLIGHT_SLOT_S);
  const climbTicks = ticksOf(e, CLIMB_S);
  const flightTicks = climbTicks * 2 + ticksOf(e, CRUISE_S);
  const slot = Math.floor(tick / slotTicks);
  const since = tick - slot * slotTicks - below(slotTicks - flightTicks + 1, hash(e.seed, FLIGHT, slot));
  if (since < 0 || since >= flightTicks) return 0;
  const climbed = Math.min(since, flightTicks - since, climbTicks);
  return 0 - Math.floor((CABIN_DROP_PA * climbed) / climbTicks);
}

/** Everything at the outlet that is not the catheter's own stretch. */
export function ambientPa(e: EnvironmentState, tick: number): number {
  let pa = REST_PA;
  if (e.posture) pa = pa + posturePa(e, tick);
  if (e.cough) pa = pa + coughPa(e, tick);
  if (e.flights) pa = pa + flightPa(e, tick);
  if (e.noise) pa = pa + triangular(NOISE_PA, hash(e.seed, PRESSURE_NOISE, tick));
  return pa;
}

export function supplyNoiseMv(e: EnvironmentState, load: 'resting' | 'loaded', tick: number): number {
  if (!e.noise) return 0;
  return triangular(NOISE_MV, hash(e.seed, load === 'loaded' ? LOADED_NOISE : RESTING_NOISE, tick));
}

export function bodyMilliC(e: EnvironmentState, tick: number): number {
  if (!e.noise) return e.temperatureMilliC;
  return e.temperatureMilliC + triangular(NOISE_MILLI_C, hash(e.seed, TEMPERATURE_NOISE, tick));
}
