/**
 * The cell. Charge drawn is counters times costs, so it is exact in any order and needs no stepping; voltage and
 * internal resistance are piecewise linear in the share that is used.
 *
 * Every value here is an estimate, chosen so that elective replacement falls 5 to 7 years out by rate, which is
 * all that is published (MDT-UK, MDT-REPL). A stroke costs the same in both mechanisms, and turned or stalled.
 */

const CAPACITY_NC = 2400000000000;
const IDLE_NC_PER_SECOND = 9240;
const STROKE_NC = 213000;
const TONE_NC = 3000000;
/** 100 uA while a session is open. */
const TELEMETRY_NC_PER_SECOND = 100000;

const POINTS = 10;
const PER_POINT_NC = CAPACITY_NC / POINTS;
const RESTING_MV: readonly number[] = [3050, 2960, 2920, 2890, 2870, 2850, 2830, 2810, 2780, 2740, 2400];
const RESISTANCE_OHM: readonly number[] = [60, 60, 62, 65, 70, 80, 95, 120, 165, 260, 700];
/** The motor winding as a load, energised without turning. */
const LOAD_MA = 1;

export interface BatteryState {
  readonly tickMs: number;
  /** It was whole then. */
  readonly birthTick: number;
  tones: number;
  telemetryTicks: number;
  /** A current beside what the pump itself takes, since the anchor; and what it took before. */
  drainUa: number;
  drainAnchorTick: number;
  drainedNc: number;
}

export function createBattery(tickMs: number, birthTick: number): BatteryState {
  return {
    tickMs,
    birthTick,
    tones: 0,
    telemetryTicks: 0,
    drainUa: 0,
    drainAnchorTick: birthTick,
    drainedNc: 0,
  };
}

/** What the drain has taken so far. A uA is 1,000 nC a second. */
export function drainedNc(b: BatteryState, tick: number): number {
  return b.drainedNc + b.drainUa * (tick - b.drainAnchorTick) * b.tickMs;
}

export function setDrain(b: BatteryState, uA: number, tick: number): void {
  b.drainedNc = drainedNc(b, tick);
  b.drainAnchorTick = tick;
  b.drainUa = uA;
}

export function usedNc(b: BatteryState, commandedStrokes: number, tick: number): number {
  const continuousNc =
    Math.floor((IDLE_NC_PER_SECOND * (tick - b.birthTick) * b.tickMs) / 1000) +
    (TELEMETRY_NC_PER_SECOND / 1000) * b.telemetryTicks * b.tickMs;
  return continuousNc + STROKE_NC * commandedStrokes + TONE_NC * b.tones + drainedNc(b, tick);
}

function between(points: readonly number[], nC: number): number {
  const k = Math.floor(nC / PER_POINT_NC);
  if (k >= POINTS) return points[POINTS]!;
  // Thousands of nC, so that the product stays far from 2^53.
  const alongUc = Math.floor((nC - k * PER_POINT_NC) / 1000);
  return points[k]! + Math.floor(((points[k + 1]! - points[k]!) * alongUc) / (PER_POINT_NC / 1000));
}

export function restingMv(nC: number): number {
  return between(RESTING_MV, nC);
}

export function resistanceOhm(nC: number): number {
  return between(RESISTANCE_OHM, nC);
}

/** 1 ohm at 1 mA is 1 mV. A supply does not go below nothing, however thick the film. */
export function loadedMv(nC: number, ohm: number): number {
  return Math.max(0, restingMv(nC) - ohm * LOAD_MA);
}
