/**
 * Pump outlet to catheter tip: a compliant tube (C) in front of a resistance (R). A stroke stretches the tube; the
 * stretch runs out through the resistance and halves every R*C*ln 2. A clear catheter is relaxed within two ticks;
 * a blocked one keeps the fluid, and that is the pressure an occlusion shows and the bolus it threatens.
 *
 * State is an anchor: `heldPl` at `anchorTick`. At any later tick it is that value times a power of two out of a
 * table, so reading is free and nothing is ever stepped. Only a stroke or a change of the catheter sets an anchor.
 * What came out is what went in less what is held: an identity, never a second integral that could drift apart.
 *
 * Volumes only: what is dissolved in them, and how long it takes to the tip, is `transport.ts`. Left out: gas.
 */
import { CUT_Q20, decayed, LN2, START_LIMIT } from '../decay.ts';

/**
 * 128*mu*L/(pi*d^4) for a bore of 0.53 mm and 0.7 mPa.s is 3.6e11 Pa.s/m3 for one metre (derived; the bore and
 * the viscosity are estimates). Times 1 pL/Pa = 1e-15 m3/Pa: 360 us of R*C per metre and pL/Pa.
 */
const RC_US_PER_METRE_PL_PER_PA = 360;
/** Above this over rest the mechanism slips and nothing more enters (an estimate). */
export const SLIP_PA = 100000;

/**
 * Bits of decay per tick are Q30 while the decay table takes Q20: at 97 % closed a Q20 lambda would be 12.7 for the
 * usual catheter of 89 cm and 0.3 uL/kPa, cut to 12 by 6 %, and at 99 % it would be nothing at all.
 */
const ONE_BIT_Q30 = 1073741824;
const Q30_PER_Q20 = 1024;

export interface CatheterState {
  readonly compliancePlPerPa: number;
  /** Bits of decay per tick with nothing wrong. */
  readonly clearLambdaQ30: number;
  readonly slipPl: number;
  lambdaQ30: number;
  heldPl: number;
  anchorTick: number;
  enteredPl: number;
  /** Share of what leaves that leaves through a hole, since outflow stood at `outflowAtSharePl`. */
  lostSharePpm: number;
  outflowAtSharePl: number;
  lostBeforePl: number;
}

export function createCatheter(lengthMm: number, compliancePlPerPa: number, tickMs: number): CatheterState {
  const slipPl = SLIP_PA * compliancePlPerPa;
  if (lengthMm < 1 || compliancePlPerPa < 1 || slipPl >= START_LIMIT) {
    throw new Error(
      `world: no catheter of ${lengthMm} mm and ${compliancePlPerPa} pL/Pa (at most 1,342 pL/Pa)`,
    );
  }
  const rcUs = (RC_US_PER_METRE_PL_PER_PA * compliancePlPerPa * lengthMm) / 1000;
  const clearLambdaQ30 = Math.floor((ONE_BIT_Q30 * tickMs * 1000) / (rcUs * LN2));
  return {
    compliancePlPerPa,
    clearLambdaQ30,
    slipPl,
    lambdaQ30: clearLambdaQ30,
    heldPl: 0,
    anchorTick: 0,
    enteredPl: 0,
    lostSharePpm: 0,
    outflowAtSharePl: 0,
    lostBeforePl: 0,
  };
}

/**
 * With so much of the diameter closed. Resistance goes with the fourth power of the diameter (Hagen and Poiseuille), and
 * lambda goes with its inverse.
 */
export function narrowedLambdaQ30(lambdaQ30: number, closedPpm: number): number {
  const openPpm = 1000000 - closedPpm;
  const openSquared = (openPpm * openPpm) / 1000000000000;
  return Math.floor(lambdaQ30 * openSquared * openSquared);
}

/** What is held at `tick` had the decay since the anchor been `lambdaQ30`. */
export function heldUnderPl(c: CatheterState, lambdaQ30: number, tick: number): number {
  // Asked about a tick before the anchor, as a late look may be: what the anchor found.
  if (c.heldPl === 0 || tick <= c.anchorTick) return c.heldPl;
  const xQ20 = (lambdaQ30 * (tick - c.anchorTick)) / Q30_PER_Q20;
  return xQ20 >= CUT_Q20 ? 0 : decayed(c.heldPl, Math.floor(xQ20));
}

export function heldPl(c: CatheterState, tick: number): number {
  return heldUnderPl(c, c.lambdaQ30, tick);
}

/** Pressure over rest. */
export function risePa(c: CatheterState, tick: number): number {
  return Math.floor(heldPl(c, tick) / c.compliancePlPerPa);
}

/** floor(pl * ppm / 1e6), exact for every pl: whole millions apart. */
function sharePl(pl: number, ppm: number): number {
  const millions = Math.floor(pl / 1000000);
  return millions * ppm + Math.floor(((pl - millions * 1000000) * ppm) / 1000000);
}

export function lostPl(c: CatheterState, tick: number): number {
  if (c.lostSharePpm === 0) return c.lostBeforePl;
  return c.lostBeforePl + sharePl(c.enteredPl - heldPl(c, tick) - c.outflowAtSharePl, c.lostSharePpm);
}

/** Past the tip since tick 0. */
export function deliveredPl(c: CatheterState, tick: number): number {
  return c.enteredPl - heldPl(c, tick) - lostPl(c, tick);
}

/** From here on `heldPl` is what is held at this tick. */
export function relax(c: CatheterState, tick: number): void {
  c.heldPl = heldPl(c, tick);
  c.anchorTick = tick;
}

/** At the anchor. */
export function push(c: CatheterState, pl: number): void {
  c.heldPl = c.heldPl + pl;
  c.enteredPl = c.enteredPl + pl;
}

/** A steady flow from outside the mechanism: what comes in goes out, and nothing more is held for it. */
export function pass(c: CatheterState, pl: number): void {
  c.enteredPl = c.enteredPl + pl;
}

/** The line is opened at the pump's side: what was held under pressure is lost there. */
export function open(c: CatheterState, tick: number): void {
  change(c, c.lambdaQ30, c.lostSharePpm, tick);
  c.lostBeforePl = c.lostBeforePl + c.heldPl;
  c.heldPl = 0;
  c.outflowAtSharePl = c.enteredPl;
}

/** The catheter itself changes at `tick`: what was held up to then relaxed under the old resistance. */
export function change(c: CatheterState, lambdaQ30: number, lostSharePpm: number, tick: number): void {
  c.lostBeforePl = lostPl(c, tick);
  relax(c, tick);
  c.outflowAtSharePl = c.enteredPl - c.heldPl;
  c.lambdaQ30 = lambdaQ30;
  c.lostSharePpm = lostSharePpm;
}
