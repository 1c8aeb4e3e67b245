/**
 * What is left of many doses, each of which halves every `halfLifeTicks`: one integer for all of them, and any tick
 * can be asked for at once.
 *
 * The sum is kept in the scale of the half-life that the last deposit fell into: a deposit late in it counts for
 * more, by 2^(how far into it). Passing into a later half-life halves the sum, whole halvings only, and those compose
 * exactly. Scaling the sum itself down to every deposit looks simpler and was off by 1 % after seven years of
 * strokes: it rounds once for each of them.
 */
import { ONE_BIT_Q20, powerQ26 } from './decay.ts';

const ONE_Q26 = 67108864;
/** A sum is held in sixteenths, so that seven years of rounding down stay below one unit. */
const SIXTEENTHS = 16;
/** Split of a factor, so that both products of `scaled` stay below 2^53: for values below 2^44. */
const SPLIT = 262144;
const SPLIT_REST = ONE_Q26 / SPLIT;
const VALUE_LIMIT = 17592186044416;
/** After so many halvings nothing of a value below that limit is left. */
const NOTHING_AFTER = 44;

export interface ScaledSum {
  readonly halfLifeTicks: number;
  sum: number;
  /** Number of the half-life that it is scaled to the start of, from tick 0. */
  halfLife: number;
}

export function createScaledSum(halfLifeTicks: number, amountAtZero: number): ScaledSum {
  return { halfLifeTicks, sum: amountAtZero * SIXTEENTHS, halfLife: 0 };
}

/** floor(value * factorQ26 / 2^26), exact. */
function scaled(value: number, factorQ26: number): number {
  if (value >= VALUE_LIMIT)
    throw new Error(`world: an amount of ${value} sixteenths can't be scaled exactly`);
  const high = Math.floor(value / SPLIT);
  const low = Math.floor(((value - high * SPLIT) * factorQ26) / SPLIT);
  return Math.floor((high * factorQ26 + low) / SPLIT_REST);
}

function halved(sum: number, times: number): number {
  if (times >= NOTHING_AFTER) return 0;
  let left = sum;
  for (let i = 0; i < times; i++) left = Math.floor(left / 2);
  return left;
}

/** The half-life that `tick` falls into: mostly that of the last deposit, and never an earlier one. */
function halfLifeAt(s: ScaledSum, tick: number): number {
  return tick < (s.halfLife + 1) * s.halfLifeTicks ? s.halfLife : Math.floor(tick / s.halfLifeTicks);
}

/** How far `tick` is into its half-life, in Q20 of one. */
function fractionQ20(s: ScaledSum, tick: number, halfLife: number): number {
  return Math.floor(((tick - halfLife * s.halfLifeTicks) * ONE_BIT_Q20) / s.halfLifeTicks);
}

/** One from before the half-life of the last deposit counts from the start of that. */
export function deposit(s: ScaledSum, amount: number, tick: number): void {
  const halfLife = halfLifeAt(s, tick);
  const fraction = Math.max(0, fractionQ20(s, tick, halfLife));
  // 2^x out of a table of 2^-x: twice what is left after the rest of the half-life.
  const growthQ26 = fraction === 0 ? ONE_Q26 : 2 * powerQ26(ONE_BIT_Q20 - fraction);
  s.sum = halved(s.sum, halfLife - s.halfLife) + scaled(amount * SIXTEENTHS, growthQ26);
  s.halfLife = halfLife;
}

export function amountAt(s: ScaledSum, tick: number): number {
  const halfLife = halfLifeAt(s, tick);
  const sum = halved(s.sum, halfLife - s.halfLife);
  const fraction = Math.max(0, fractionQ20(s, tick, halfLife));
  return Math.floor(scaled(sum, powerQ26(fraction)) / SIXTEENTHS);
}
