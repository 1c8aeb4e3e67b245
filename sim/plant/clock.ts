/**
 * The patient's clock beside the pump's. A run counts the seconds of the pump's own crystal, and everything in the
 * world goes by them; where the crystal is off, a little more or less time than that passes for the patient, and he
 * may be in another time zone. What is prescribed by the hour and the day is prescribed by his clock.
 *
 * Exact: a deviation is a whole number of the patient's seconds more in a million of the pump's.
 */
export interface ClockState {
  /** More of the patient's ticks in a million of the pump's; below 0 when the pump's clock is fast. */
  ppm: number;
  anchorTick: number;
  /** Millionths of a tick that the pump's clock had lost at the anchor. */
  lostParts: number;
  /** The patient's zone is so far ahead of that of the pump. */
  zoneTicks: number;
}

const PARTS = 1000000;

export function createClock(): ClockState {
  return { ppm: 0, anchorTick: 0, lostParts: 0, zoneTicks: 0 };
}

function lostParts(c: ClockState, tick: number): number {
  return c.lostParts + c.ppm * (tick - c.anchorTick);
}

/** What the patient's clock shows in a tick of the pump's. */
export function patientTick(c: ClockState, tick: number): number {
  return tick + Math.floor(lostParts(c, tick) / PARTS) + c.zoneTicks;
}

/** It shows what the pump's shows, and will go on doing so. */
export function isEqual(c: ClockState): boolean {
  return c.ppm === 0 && patientTick(c, c.anchorTick) === c.anchorTick;
}

export function setDeviation(c: ClockState, ppm: number, tick: number): void {
  c.lostParts = lostParts(c, tick);
  c.anchorTick = tick;
  c.ppm = ppm;
}

/** The first tick from `tick` on that begins another part of the patient's day, of so many ticks. */
export function nextPart(c: ClockState, tick: number, partTicks: number): number {
  const partOf = (at: number): number => Math.floor(patientTick(c, at) / partTicks);
  const before = partOf(tick - 1);
  // His clock gains at least a tick on two of the pump's, as far as deviations are allowed.
  let first = tick + 2 * partTicks;
  let low = tick - 1;
  while (first - low > 1) {
    const middle = low + Math.floor((first - low) / 2);
    if (partOf(middle) > before) first = middle;
    else low = middle;
  }
  return first;
}
