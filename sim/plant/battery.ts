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

/** A curve, and the value it has from one charge to another: the cell moves on by a step in days, and each stroke asks. */
interface Curve {
  readonly points: readonly number[];
  fromNc: number;
  untilNc: number;
  value: number;
}

/** No part of any state: what is kept is the curve's own, whichever cell it was that asked. */
const resting: Curve = { points: RESTING_MV, fromNc: 0, untilNc: 0, value: 0 };
const resistance: Curve = { points: RESISTANCE_OHM, fromNc: 0, untilNc: 0, value: 0 };

/** 6 h of the idle current, a small part of most steps. */
const AHEAD_NC = 6 * 3600 * IDLE_NC_PER_SECOND;

function valueAt(curve: Curve, nC: number): number {
  if (curve.fromNc <= nC && nC < curve.untilNc) return curve.value;
  const value = between(curve.points, nC);
  const aheadNc = nC + AHEAD_NC;
  // Neither curve ever turns: what it is at both ends, it is between them.
  const isOneStep = between(curve.points, aheadNc) === value;
  curve.fromNc = nC;
  curve.untilNc = isOneStep ? aheadNc : nC + 1;
  curve.value = value;
  return value;
}

export function restingMv(nC: number): number {
  return valueAt(resting, nC);
}

export function resistanceOhm(nC: number): number {
  return valueAt(resistance, nC);
}

/** 1 ohm at 1 mA is 1 mV. A supply does not go below nothing, however thick the film. */
export function loadedMv(nC: number, ohm: number): number {
  return Math.max(0, restingMv(nC) - ohm * LOAD_MA);
}
