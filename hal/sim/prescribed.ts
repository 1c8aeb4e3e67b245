/**
 * What the therapy as commanded asks for, worked out a second time: exact picograms per tick as a fraction, from the
 * prescription a clinician entered and not from anything the firmware computed. For the dose oracle.
 */
import type { DayPattern, Therapy } from '../../src/core/therapy.ts';
import { TICKS_PER_DAY } from '../../src/core/units.ts';

export interface PrescribedRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** Pump time: the hour of the week at tick 0. */
export interface PumpClock {
  readonly startHour: number;
  readonly ticksPerHour: number;
}

type RatedTherapy = Exclude<Therapy, { mode: 'minimum' | 'stopped' }>;

/** The device's minimum rate as its data sheet would state it: 6 uL a day. An estimate. */
const MINIMUM_NL_PER_HOUR = 250;
const PG_PER_TENTH_UG = 100000;
const HALF_HOURS_PER_WEEK = 336;
const NOTHING: PrescribedRate = { numerator: 0, denominator: 1 };

/** The rate of a day's steps at a half hour of it. */
function rateOfDay({ steps }: DayPattern, halfHour: number): number {
  return steps.reduce((rate, step) => (step.fromSlot <= halfHour ? step.rate : rate), 0);
}

function rateAt(therapy: RatedTherapy, tick: number, clock: PumpClock): number {
  if (therapy.mode !== 'flex') return therapy.rate;
  const halfHours = Math.floor((2 * (clock.startHour * clock.ticksPerHour + tick)) / clock.ticksPerHour);
  // Farther west it may still be last week.
  const ofWeek = ((halfHours % HALF_HOURS_PER_WEEK) + HALF_HOURS_PER_WEEK) % HALF_HOURS_PER_WEEK;
  const weekday = Math.floor(ofWeek / 48);
  const day = therapy.days.find(({ weekdays }) => weekdays.includes(weekday));
  return day === undefined ? 0 : rateOfDay(day, ofWeek % 48);
}

/** Of the rates, boluses left out. */
export function prescribedRate(
  therapy: Therapy,
  tick: number,
  concentrationUgPerMl: number,
  clock: PumpClock,
): PrescribedRate {
  const { ticksPerHour } = clock;
  if (therapy.mode === 'stopped') return NOTHING;
  if (therapy.mode === 'minimum') {
    return { numerator: MINIMUM_NL_PER_HOUR * concentrationUgPerMl, denominator: ticksPerHour };
  }
  const rate = rateAt(therapy, tick, clock);
  switch (therapy.unit) {
    case 'tenth-ug-per-day':
      return { numerator: 100000 * rate, denominator: 24 * ticksPerHour };
    case 'tenth-ug-per-hour':
      return { numerator: 100000 * rate, denominator: ticksPerHour };
    case 'nl-per-hour':
      return { numerator: concentrationUgPerMl * rate, denominator: ticksPerHour };
    case 'ul-per-hour':
      return { numerator: 1000 * concentrationUgPerMl * rate, denominator: ticksPerHour };
  }
}

/**
 * The same where so many millionths more time passes for the patient than for the pump, in each of whose ticks more is
 * prescribed then. Rounded down to a pg a day.
 */
export function byPatientsClock(rate: PrescribedRate, ppm: number): PrescribedRate {
  if (ppm === 0) return rate;
  const pgPerDay = rate.numerator * (TICKS_PER_DAY / rate.denominator);
  const wholeUg = Math.floor(pgPerDay / 1000000);
  const rest = pgPerDay - wholeUg * 1000000;
  return {
    numerator: pgPerDay + wholeUg * ppm + Math.floor((rest * ppm) / 1000000),
    denominator: TICKS_PER_DAY,
  };
}

/** Of a day, the mean of a week, boluses included; rounded down. */
export function prescribedPgPerDay(therapy: Therapy, concentrationUgPerMl: number): number {
  // A half hour as one tick: the denominator is 48 or 2.
  const clock: PumpClock = { startHour: 0, ticksPerHour: 2 };
  let fortyEighths = 0;
  for (let halfHour = 0; halfHour < HALF_HOURS_PER_WEEK; halfHour++) {
    const { numerator, denominator } = prescribedRate(therapy, halfHour, concentrationUgPerMl, clock);
    fortyEighths += numerator * (48 / denominator);
  }
  const rates = Math.floor(fortyEighths / (48 * 7));
  if (therapy.mode !== 'periodic') return rates;
  const { doseTenthUg, intervalTicks } = therapy.bolus;
  return rates + (PG_PER_TENTH_UG * doseTenthUg * TICKS_PER_DAY) / intervalTicks;
}

/** A dose over a time, as it is ordered beside the rates. */
export interface PrescribedDose {
  readonly fromTick: number;
  readonly untilTick: number;
  /** In each tick, and besides in the first: what the parts leave. In pg by the ticks of a day. */
  readonly share: number;
  readonly rest: number;
}

export function prescribedDose(doseTenthUg: number, fromTick: number, ticks: number): PrescribedDose {
  const whole = BigInt(PG_PER_TENTH_UG * doseTenthUg) * BigInt(TICKS_PER_DAY);
  return {
    fromTick,
    untilTick: fromTick + ticks,
    share: Number(whole / BigInt(ticks)),
    rest: Number(whole % BigInt(ticks)),
  };
}

/** The periodic bolus that began last; null: the therapy has none. */
export function periodicDose(therapy: Therapy, tick: number, clock: PumpClock): PrescribedDose | null {
  if (therapy.mode !== 'periodic') return null;
  const { doseTenthUg, durationTicks, intervalTicks, firstTicks } = therapy.bolus;
  const timeOfDay = (clock.startHour * clock.ticksPerHour + tick) % (24 * clock.ticksPerHour);
  const begun = Math.floor((timeOfDay - firstTicks) / intervalTicks);
  return prescribedDose(doseTenthUg, tick - timeOfDay + firstTicks + begun * intervalTicks, durationTicks);
}

/** The first tick from `tick` on in which another part of the periodic boluses is due than in the tick before. */
export function nextPeriodicTurn(therapy: Therapy, tick: number, clock: PumpClock): number {
  const dose = periodicDose(therapy, tick, clock);
  if (dose === null || therapy.mode !== 'periodic') return Number.MAX_SAFE_INTEGER;
  return Math.min(nextDoseTick(dose, tick), dose.fromTick + therapy.bolus.intervalTicks);
}

/** The first tick from `tick` on in which another part of it is due than in the tick before. */
export function nextDoseTick(dose: PrescribedDose | null, tick: number): number {
  const turns = dose === null ? [] : [dose.fromTick, dose.fromTick + 1, dose.untilTick];
  return turns.find((turn) => turn >= tick) ?? Number.MAX_SAFE_INTEGER;
}

export function withDose(rate: PrescribedRate, dose: PrescribedDose | null, tick: number): PrescribedRate {
  if (dose === null || tick < dose.fromTick || tick >= dose.untilTick) return rate;
  const basal = rate.numerator * (TICKS_PER_DAY / rate.denominator);
  const share = dose.share + (tick === dose.fromTick ? dose.rest : 0);
  return { numerator: basal + share, denominator: TICKS_PER_DAY };
}
