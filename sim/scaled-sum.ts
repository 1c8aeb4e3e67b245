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

/** floor(value * factorQ26 / 2^26 / parts), exact; `parts` is a power of two. */
function scaled(value: number, factorQ26: number, parts: number): number {
  const product = value * factorQ26;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / (ONE_Q26 * parts));
  if (value >= VALUE_LIMIT)
    throw new Error(`world: an amount of ${value} sixteenths can't be scaled exactly`);
  const high = Math.floor(value / SPLIT);
  const low = Math.floor(((value - high * SPLIT) * factorQ26) / SPLIT);
  return Math.floor((high * factorQ26 + low) / (SPLIT_REST * parts));
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

/** How far `tick` is into its half-life; one from before the half-life of the last deposit is at the start of that. */
function ticksInto(s: ScaledSum, tick: number, halfLife: number): number {
  return Math.max(0, tick - halfLife * s.halfLifeTicks);
}

/** Of each tick of a half-life, once it was asked for; 0 before. */
interface Powers {
  readonly halfLifeTicks: number;
  /** What is left of an amount since the start of the half-life, Q26. */
  readonly leftQ26: Int32Array;
  /** How much more the same amount in this tick is worth than one at the start, Q26. */
  readonly growthQ26: Int32Array;
}

/** The same whoever asks, and no part of any state. There are as many as half-lives: two to a length of a tick. */
const allPowers: Powers[] = [];

function powersOf(halfLifeTicks: number): Powers {
  for (let i = 0; i < allPowers.length; i++) {
    if (allPowers[i]!.halfLifeTicks === halfLifeTicks) return allPowers[i]!;
  }
  const leftQ26 = new Int32Array(halfLifeTicks);
  const growthQ26 = new Int32Array(halfLifeTicks);
  allPowers.push({ halfLifeTicks, leftQ26, growthQ26 });
  return allPowers[allPowers.length - 1]!;
}

function leftQ26(halfLifeTicks: number, ticks: number): number {
  const powers = powersOf(halfLifeTicks).leftQ26;
  if (powers[ticks] === 0) powers[ticks] = powerQ26(Math.floor((ticks * ONE_BIT_Q20) / halfLifeTicks));
  return powers[ticks]!;
}

function growthQ26(halfLifeTicks: number, ticks: number): number {
  const powers = powersOf(halfLifeTicks).growthQ26;
  if (powers[ticks] === 0) {
    const fraction = Math.floor((ticks * ONE_BIT_Q20) / halfLifeTicks);
    // 2^x out of a table of 2^-x: twice what is left after the rest of the half-life.
    powers[ticks] = fraction === 0 ? ONE_Q26 : 2 * powerQ26(ONE_BIT_Q20 - fraction);
  }
  return powers[ticks]!;
}

export function deposit(s: ScaledSum, amount: number, tick: number): void {
  const halfLife = halfLifeAt(s, tick);
  const growth = growthQ26(s.halfLifeTicks, ticksInto(s, tick, halfLife));
  s.sum = halved(s.sum, halfLife - s.halfLife) + scaled(amount * SIXTEENTHS, growth, 1);
  s.halfLife = halfLife;
}

export function amountAt(s: ScaledSum, tick: number): number {
  const halfLife = halfLifeAt(s, tick);
  const sum = halved(s.sum, halfLife - s.halfLife);
  return scaled(sum, leftQ26(s.halfLifeTicks, ticksInto(s, tick, halfLife)), SIXTEENTHS);
}
