/**
 * The patient: ILLUSTRATIVE. It shows what a missed or an excessive dose means and when; it predicts nobody. The
 * firmware never sees any of it. Measured levels do not even follow the dose (ALBRIGHT 2007, 43 patients).
 *
 *  - Level: drug in the spinal fluid, one compartment with the label's half-life and clearance.
 *  - Effect: what the drug does lags behind what is there. A second compartment with four times the half-life gives
 *    (A6h - A1.5h) / 3, in pg and equal to the amount in steady state. A bolus peaks after 4.0 h, as on the label.
 *  - Need: one needs more of the drug for the same effect than another. The effect is told as on a patient who needs
 *    50 ug, the label's first dose on trial; who needs 75 ug has two thirds of it.
 *  - Used to: the effect that the patient has grown used to, following it with a half-life of a week.
 *  - Stages: how far the effect is below or above that. Somebody looks every five minutes, and only then does a
 *    stage change: so nothing depends on who reads it when, and dwell times are whole looks.
 */
import { LN2 } from '../decay.ts';
import { amountAt, createScaledSum, deposit, type ScaledSum } from '../scaled-sum.ts';

/** Half-life and clearance of the label (LABEL, means). */
const CSF_HALF_LIFE_S = 5400;
const CSF_CLEARANCE_NL_PER_HOUR = 30000000;
/** Four times the half-life of the level: the label's peak of a bolus after 4 h (LABEL) comes out of it. */
const EFFECT_HALF_LIFE_S = 21600;
const HALF_LIVES_APART = EFFECT_HALF_LIFE_S / CSF_HALF_LIFE_S;
const CSF_NL = Math.floor((CSF_CLEARANCE_NL_PER_HOUR * CSF_HALF_LIFE_S) / (3600 * LN2));

const LOOK_S = 300;
const USED_TO_HALF_LIFE_S = 604800;
/** Looks in which what is missing to the effect shrinks to 1/e. */
const USED_TO_LOOKS = Math.floor(USED_TO_HALF_LIFE_S / LOOK_S / LN2 + 0.5);
/** An overdose teaches nobody at its own pace: the effect counts up to twice the accustomed and this, 50 ug/day. */
const USED_TO_MARGIN_PG = 4500000;
/** Amounts below a picogram, so that following slowly does not stand still. */
const PARTS = 1024;
/** The dose on trial that brings the muscles to rest of a patient as the figures below have him. */
export const USUAL_NEEDS_TENTH_UG = 500;
/** Who has never had the drug bears the effect of 100 ug/day as his own. */
const NAIVE_PG = 9000000;
/** Who is used to less than 25 ug/day has no withdrawal. */
const DEPENDENT_PG = 2250000;

/** Of the accustomed effect, per mille. Withdrawal: set below, cleared above; and how long below before it shows. */
const WITHDRAWAL_SET: readonly number[] = [500, 250, 100];
const WITHDRAWAL_CLEAR: readonly number[] = [600, 350, 200];
const WITHDRAWAL_DWELL_S: readonly number[] = [0, 43200, 93600];
/** Overdose: set above, cleared below. */
const OVERDOSE_SET: readonly number[] = [2000, 4000, 8000];
const OVERDOSE_CLEAR: readonly number[] = [1800, 3000, 6000];
/** Ashworth 1 and up: reached below, left above. */
const ASHWORTH_SET: readonly number[] = [1500, 700, 450, 200];
const ASHWORTH_CLEAR: readonly number[] = [1600, 800, 550, 300];

const NOT = -1;

export interface PatientState {
  readonly tickMs: number;
  /** Between two looks. */
  readonly lookTicks: number;
  /** The dose on trial that brings his muscles to rest. */
  readonly needsTenthUg: number;
  readonly csf: ScaledSum;
  readonly late: ScaledSum;
  usedToParts: number;
  lookedTick: number;
  /** Of each withdrawal stage, the tick since which the effect is too low for it, or -1. */
  readonly withdrawalSince: number[];
  overdoseStage: number;
  ashworth: number;
}

/** In the steady state of a daily dose; 0 for somebody who never had the drug. */
export function createPatient(usedToPgPerDay: number, needsTenthUg: number, tickMs: number): PatientState {
  const steadyPg = Math.floor((usedToPgPerDay * CSF_HALF_LIFE_S) / (86400 * LN2));
  const patient: PatientState = {
    tickMs,
    lookTicks: ticksOf(LOOK_S, tickMs),
    needsTenthUg,
    csf: createScaledSum(ticksOf(CSF_HALF_LIFE_S, tickMs), steadyPg),
    late: createScaledSum(ticksOf(EFFECT_HALF_LIFE_S, tickMs), steadyPg * HALF_LIVES_APART),
    usedToParts: byNeedPg(steadyPg, needsTenthUg) * PARTS,
    lookedTick: 0,
    withdrawalSince: WITHDRAWAL_SET.map(() => NOT),
    overdoseStage: 0,
    ashworth: 0,
  };
  patient.ashworth = ladder(
    0,
    ASHWORTH_SET,
    ASHWORTH_CLEAR,
    -1,
    ratioPermille(patient, effectPg(patient, 0)),
  );
  return patient;
}

/** What an effect would be on a patient of the usual need. */
function byNeedPg(pg: number, needsTenthUg: number): number {
  if (needsTenthUg === USUAL_NEEDS_TENTH_UG) return pg;
  return Math.floor((pg * USUAL_NEEDS_TENTH_UG) / needsTenthUg);
}

function ticksOf(seconds: number, tickMs: number): number {
  return Math.floor((seconds * 1000) / tickMs);
}

/** So much drug came into the spinal fluid at `tick`. */
export function receive(p: PatientState, pg: number, tick: number): void {
  deposit(p.csf, pg, tick);
  deposit(p.late, pg, tick);
}

/** The first look after the last one, if it is due by `tick`; else -1. */
export function nextLook(p: PatientState, tick: number): number {
  const next = p.lookedTick + p.lookTicks;
  return next <= tick ? next : NOT;
}

/** Look at `tick`, which `nextLook` named; all that came into the spinal fluid before it is known. */
export function look(p: PatientState, tick: number): void {
  p.lookedTick = tick;
  const effect = effectPg(p, tick);
  const learnedParts = Math.min(effect * PARTS, 2 * p.usedToParts + USED_TO_MARGIN_PG * PARTS);
  p.usedToParts = p.usedToParts + Math.floor((learnedParts - p.usedToParts) / USED_TO_LOOKS);

  noteWithdrawal(p, effect, tick);
  const ratio = ratioPermille(p, effect);
  p.overdoseStage = ladder(p.overdoseStage, OVERDOSE_SET, OVERDOSE_CLEAR, 1, ratio);
  p.ashworth = ladder(p.ashworth, ASHWORTH_SET, ASHWORTH_CLEAR, -1, ratio);
}

function noteWithdrawal(p: PatientState, effect: number, tick: number): void {
  const usedTo = usedToPg(p);
  // Who is not in the first stage is in none.
  if (p.withdrawalSince[0] === NOT && effect * 1000 >= usedTo * WITHDRAWAL_SET[0]!) return;
  for (let i = 0; i < WITHDRAWAL_SET.length; i++) {
    const since = p.withdrawalSince[i]!;
    const limit = since === NOT ? WITHDRAWAL_SET[i]! : WITHDRAWAL_CLEAR[i]!;
    const isTooLow = usedTo >= DEPENDENT_PG && effect * 1000 < usedTo * limit;
    if (!isTooLow) p.withdrawalSince[i] = NOT;
    else if (since === NOT) p.withdrawalSince[i] = tick;
  }
}

/** One rung is stood on while the ratio is beyond its set value, and kept until it is back over its clear value. */
function ladder(
  rung: number,
  set: readonly number[],
  clear: readonly number[],
  direction: 1 | -1,
  ratio: number,
): number {
  let next = rung;
  while (next < set.length && (ratio - set[next]!) * direction > 0) next++;
  while (next > 0 && (ratio - clear[next - 1]!) * direction < 0) next--;
  return next;
}

function effectPg(p: PatientState, tick: number): number {
  const difference = amountAt(p.late, tick) - amountAt(p.csf, tick);
  return byNeedPg(Math.max(0, Math.floor(difference / (HALF_LIVES_APART - 1))), p.needsTenthUg);
}

function usedToPg(p: PatientState): number {
  return Math.floor(p.usedToParts / PARTS);
}

/** Of what the patient bears, per mille: at most some thousand times, so the product stays exact. */
function ratioPermille(p: PatientState, effect: number): number {
  return Math.floor((effect * 1000) / Math.max(NAIVE_PG, usedToPg(p)));
}

// ---------------------------------------------------------------- what can be read

/** ng/mL, thousandths of a ug/mL. */
export function csfNgPerMl(p: PatientState, tick: number): number {
  return Math.floor((amountAt(p.csf, tick) * 1000) / CSF_NL);
}

/** Thousandths of a per cent of the accustomed effect. */
export function effectMilliPercent(p: PatientState, tick: number): number {
  return ratioPermille(p, effectPg(p, tick)) * 100;
}

/** 0 none, 1 itch and rebound spasticity, 2 fever and confusion, 3 seizure and organ failure. */
export function withdrawalStage(p: PatientState): number {
  let stage = 0;
  for (let i = 0; i < p.withdrawalSince.length; i++) {
    const since = p.withdrawalSince[i]!;
    const dwellTicks = ticksOf(WITHDRAWAL_DWELL_S[i]!, p.tickMs);
    if (since !== NOT && p.lookedTick - since >= dwellTicks) stage = i + 1;
  }
  return stage;
}

export function copyPatient(p: PatientState): PatientState {
  return { ...p, csf: { ...p.csf }, late: { ...p.late }, withdrawalSince: p.withdrawalSince.slice() };
}

/** All of it is again as it was when it was copied. */
export function putBack(p: PatientState, before: PatientState): void {
  const { csf, late } = p;
  Object.assign(csf, before.csf);
  Object.assign(late, before.late);
  Object.assign(p, before, { csf, late });
}
