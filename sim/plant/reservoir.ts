/**
 * The fluid that is really there, in picolitres. Nothing in the pump measures it; the firmware only computes.
 *
 * A leak is lazy: `levelPl` is what strokes and refills left, and what leaked since an anchor is taken off when
 * somebody looks. Strokes don't move the anchor, so a leak rounds once and not once a stroke.
 *
 * What is dissolved is a pair, so much drug in so much volume: exact for any mixture, where a rounded concentration
 * would not be. The fluid is well mixed, so drawing some of it leaves the pair as it is.
 */

/**
 * Delivery fades before a reservoir is dry: patients felt it at a mean of 2.7 mL (RESID-2004). The shape is an
 * estimate: the stroke falls linearly from all of it at 3.5 mL to nothing at 1.4 mL.
 */
const FADE_FROM_NL = 3500000;
const FADE_TO_NL = 1400000;

/** A concentration: `pg` in each `nl`. */
export interface Drug {
  readonly pg: number;
  readonly nl: number;
}

export interface ReservoirState {
  capacityPl: number;
  readonly lowVolumeFade: boolean;
  readonly ticksPerHour: number;
  levelPl: number;
  filledPl: number;
  withdrawnPl: number;
  drawnPl: number;
  /** Spinal fluid that came in through the catheter. */
  returnedPl: number;
  drug: Drug;
  drawnPg: number;
  leakPlPerHour: number;
  leakAnchorTick: number;
  /** Lost to leaks up to the anchor. */
  leakedPl: number;
}

export function createReservoir(
  capacityNl: number,
  fillNl: number,
  fade: boolean,
  ticksPerHour: number,
  drug: Drug,
): ReservoirState {
  if (fillNl > capacityNl)
    throw new Error(`world: a fill of ${fillNl} nL into a reservoir of ${capacityNl} nL`);
  return {
    capacityPl: capacityNl * 1000,
    lowVolumeFade: fade,
    ticksPerHour,
    levelPl: fillNl * 1000,
    filledPl: fillNl * 1000,
    withdrawnPl: 0,
    drawnPl: 0,
    returnedPl: 0,
    drug,
    drawnPg: 0,
    leakPlPerHour: 0,
    leakAnchorTick: 0,
    leakedPl: 0,
  };
}

/** Leaked since the anchor: never more than there was. Whole hours apart, so that no product passes 2^53. */
export function leakedSincePl(r: ReservoirState, tick: number): number {
  if (r.leakPlPerHour === 0 || tick <= r.leakAnchorTick) return 0;
  const ticks = tick - r.leakAnchorTick;
  const hours = Math.floor(ticks / r.ticksPerHour);
  const rest = ticks - hours * r.ticksPerHour;
  return Math.min(r.levelPl, hours * r.leakPlPerHour + Math.floor((rest * r.leakPlPerHour) / r.ticksPerHour));
}

export function volumePl(r: ReservoirState, tick: number): number {
  return r.levelPl - leakedSincePl(r, tick);
}

/** Settle the leak so far and go on with another rate. */
export function setLeak(r: ReservoirState, plPerHour: number, tick: number): void {
  const leaked = leakedSincePl(r, tick);
  r.levelPl = r.levelPl - leaked;
  r.leakedPl = r.leakedPl + leaked;
  r.leakAnchorTick = tick;
  r.leakPlPerHour = plPerHour;
}

/** What a stroke can take of `strokePl`, from the volume before it. */
export function availablePl(r: ReservoirState, strokePl: number, tick: number): number {
  const thereIsPl = volumePl(r, tick);
  if (!r.lowVolumeFade || thereIsPl >= FADE_FROM_NL * 1000) return Math.min(strokePl, thereIsPl);
  // In nanolitres: with picolitres of both, a tripled stroke would pass 2^53.
  const aboveNl = Math.max(0, Math.floor(thereIsPl / 1000) - FADE_TO_NL);
  return Math.floor((strokePl * aboveNl) / (FADE_FROM_NL - FADE_TO_NL));
}

/** Drug in so many nL. Whole pg per nL apart: a reservoir of 60 mL times its drug would pass 2^53. */
export function drugPg(r: ReservoirState, nl: number): number {
  const { drug } = r;
  // As it was filled, and nothing came in since.
  if (drug.nl === 1) return drug.pg * nl;
  const wholePgPerNl = Math.floor(drug.pg / drug.nl);
  const restPg = drug.pg - wholePgPerNl * drug.nl;
  return wholePgPerNl * nl + Math.floor((restPg * nl) / drug.nl);
}

/**
 * Answers what was drawn since the last call in whole nanolitres, and the drug in it: all that is dissolved, or so many
 * millionths of it that still are the drug.
 */
export function draw(r: ReservoirState, pl: number, strengthPpm: number): { nl: number; pg: number } {
  const nl = Math.floor((r.drawnPl + pl) / 1000) - Math.floor(r.drawnPl / 1000);
  const pg = ofStrength(drugPg(r, nl), strengthPpm);
  r.levelPl = r.levelPl - pl;
  r.drawnPl = r.drawnPl + pl;
  r.drawnPg = r.drawnPg + pg;
  return { nl, pg };
}

/** Whole ug apart: all of a reservoir times a million would pass 2^53. */
function ofStrength(fullPg: number, strengthPpm: number): number {
  if (strengthPpm === 1000000) return fullPg;
  const wholeUg = Math.floor(fullPg / 1000000);
  return wholeUg * strengthPpm + Math.floor(((fullPg - wholeUg * 1000000) * strengthPpm) / 1000000);
}

/** Spinal fluid with what drug it brought along comes in and mixes; `nl` are its whole nanolitres. */
export function takeBack(r: ReservoirState, pl: number, nl: number, pg: number, tick: number): void {
  const levelNl = Math.floor(volumePl(r, tick) / 1000);
  if (levelNl + nl > 0) r.drug = { pg: drugPg(r, levelNl) + pg, nl: levelNl + nl };
  r.levelPl = r.levelPl + pl;
  r.returnedPl = r.returnedPl + pl;
}

/** That of a new pump, of the same kind. The books go on: what was left in the old one is withdrawn with it. */
export function replace(
  r: ReservoirState,
  capacityPl: number,
  fillPl: number,
  drug: Drug,
  tick: number,
): void {
  if (fillPl > capacityPl)
    throw new Error(`world: a fill of ${fillPl} pL into a reservoir of ${capacityPl} pL`);
  exchange(r, fillPl, drug, tick);
  r.capacityPl = capacityPl;
}

/** Withdraw all of it, then fill. Answers what came out. */
export function exchange(r: ReservoirState, fillPl: number, drug: Drug, tick: number): number {
  setLeak(r, r.leakPlPerHour, tick);
  const withdrawnPl = r.levelPl;
  r.withdrawnPl = r.withdrawnPl + withdrawnPl;
  r.filledPl = r.filledPl + fillPl;
  r.levelPl = fillPl;
  r.drug = drug;
  return withdrawnPl;
}
