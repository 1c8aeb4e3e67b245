/**
 * 2^-x in integers, the same bits on every engine. `Math.exp` and `Math.pow` differ between engines in their last
 * bit, and multiplying a little each tick can't be skipped; a table can be asked for any distance at once.
 *
 * x is a Q20 integer (2^20 = one halving). Its whole part is a division by a power of two; of the fraction, the
 * upper 8 bits and the next 8 index two tables in Q26, and the last 4 are linear (the square of such a step,
 * 5e-11, is far below a table's last bit). A start value below 2^27 keeps every product below 2^53, so exact.
 */

export const ONE_BIT_Q20 = 1048576;
/** After so many halvings nothing of a start value below 2^27 is left. */
export const CUT_BITS = 27;
export const CUT_Q20 = CUT_BITS * ONE_BIT_Q20;
export const START_LIMIT = 134217728;

export const LN2 = 0.6931471805599453;
const ONE_Q26 = 67108864;
/** ln 2 of a Q20 step, in Q40: what one of the last 4 bits takes away. */
const TAIL_STEP_Q40 = Math.floor(LN2 * ONE_BIT_Q20 + 0.5);
const ONE_Q40 = ONE_Q26 * 16384;

/** e^-y for 0 <= y < 1 by its series: 24 terms, the last one below 1e-23. */
function expMinus(y: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 24; k++) {
    term = (term * -y) / k;
    sum = sum + term;
  }
  return sum;
}

/** 2^-(i * step) for i = 0 to 255, rounded to Q26. */
function tableOf(stepsPerBit: number): readonly number[] {
  const table: number[] = [];
  for (let i = 0; i < 256; i++) table.push(Math.floor(expMinus((i * LN2) / stepsPerBit) * ONE_Q26 + 0.5));
  return table;
}

const UPPER = tableOf(256);
const LOWER = tableOf(65536);

/** 2^(26 + k) for k = 0 to 26: the divisor after k whole halvings. */
const DIVISORS: readonly number[] = (() => {
  const powers: number[] = [];
  for (let k = 0, power = ONE_Q26; k < CUT_BITS; k++, power = power * 2) powers.push(power);
  return powers;
})();

/** 2^-(fraction / 2^20) in Q26, fraction 0 to 2^20 - 1. Strictly decreasing from step to step. */
export function powerQ26(fractionQ20: number): number {
  const product = UPPER[fractionQ20 >>> 12]! * LOWER[(fractionQ20 >>> 4) & 255]!;
  const power = Math.floor(product / ONE_Q26 + 0.5);
  const tail = fractionQ20 & 15;
  return tail === 0 ? power : power - Math.floor((power * tail * TAIL_STEP_Q40) / ONE_Q40 + 0.5);
}

/** floor(start * 2^-x), start an integer in 0 to 2^27 - 1. */
export function decayed(start: number, xQ20: number): number {
  // Compared before it is used: x may have passed 2^53, but never on the near side of the cut.
  if (start === 0 || xQ20 >= CUT_Q20) return 0;
  if (xQ20 === 0) return start;
  return Math.floor((start * powerQ26(xQ20 & (ONE_BIT_Q20 - 1))) / DIVISORS[xQ20 >>> 20]!);
}
