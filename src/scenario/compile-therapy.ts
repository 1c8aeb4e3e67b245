/**
 * From rates as written to a therapy in one exact unit. The unit written decides what stays constant when the
 * concentration changes: ug keeps the dose, mL/h keeps the volume. A volume by the day is turned into its dose, since
 * most daily volumes are no whole number of nL an hour.
 */
import { RATE_MAX } from '../core/prescription-words.ts';
import { TICKS_PER_DAY, TICKS_PER_HALF_HOUR } from '../core/units.ts';
import type { DayPattern, RateUnit, Therapy } from '../core/therapy.ts';
import type { Path, Report } from './problem.ts';
import type { Rate } from './quantity.ts';
import type { TherapyWords } from './schema.ts';
import { formatDuration, WEEKDAYS } from './time.ts';

/** The fastest that the mechanism is specified for, in nL a day: 24 mL. Well under one stroke a tick. */
const FASTEST_NL_PER_DAY = 24_000_000n;
const HOURS_PER_DAY = 24;
const NL_PER_UL = 1000;
const EVERY_DAY = WEEKDAYS.map((_, weekday) => weekday);
/** nL x ug/mL in a tenth of a ug. */
const NL_UG_PER_ML_PER_TENTH_UG = 100_000n;

interface PlacedRate {
  readonly rate: Rate;
  readonly path: Path;
}

/** Null when something was reported. `path` is that of the therapy's map. */
export function compileTherapy(
  words: TherapyWords,
  concentration: number,
  path: Path,
  report: Report,
): Therapy | null {
  switch (words.mode) {
    case 'minimum':
    case 'stopped':
      return { mode: words.mode };
    case 'continuous': {
      const exact = exactRates([{ rate: words.dose, path: [...path, 'dose'] }], concentration, report);
      return exact === null ? null : { mode: 'continuous', unit: exact.unit, rate: exact.rates[0]! };
    }
    case 'hourly': {
      const placed = words.rates.map((rate, hour) => ({ rate, path: [...path, 'rates', hour] }));
      const exact = exactRates(placed, concentration, report);
      if (exact === null) return null;
      const steps = exact.rates.map((rate, hour) => ({ fromSlot: 2 * hour, rate }));
      return { mode: 'flex', unit: exact.unit, days: [{ weekdays: EVERY_DAY, steps }] };
    }
    case 'flex':
      return compileFlex(words, concentration, path, report);
    case 'periodic':
      return compilePeriodic(words, concentration, path, report);
  }
}

type PeriodicWords = Extract<TherapyWords, { mode: 'periodic' }>;

function compilePeriodic(
  { bolus, over, every, from, basal }: PeriodicWords,
  concentration: number,
  path: Path,
  report: Report,
): Therapy | null {
  // Nothing between the boluses is a rate like any other here.
  const exact =
    basal.amount === 0
      ? { unit: 'tenth-ug-per-day' as const, rates: [0] }
      : exactRates([{ rate: basal, path: [...path, 'basal'] }], concentration, report);
  if (TICKS_PER_DAY % every !== 0) {
    report(
      [...path, 'every'],
      `${formatDuration(every)} does not divide a day, so that no two days would be alike: write a part of it such as 4 h, 6 h or 8 h`,
    );
    return null;
  }
  if (over > every) {
    report([...path, 'over'], `is longer than every, ${formatDuration(every)}: write at most that`);
    return null;
  }
  if (exact === null) return null;
  const firstTicks = (from * TICKS_PER_HALF_HOUR) % every;
  const therapy: Therapy = {
    mode: 'periodic',
    unit: exact.unit,
    rate: exact.rates[0]!,
    bolus: { doseTenthUg: bolus, durationTicks: over, intervalTicks: every, firstTicks },
  };
  const complaint = bolusTooFast(therapy, concentration);
  if (complaint === null) return therapy;
  report([...path, 'over'], complaint);
  return null;
}

function basalPerDay({ unit, rate }: { unit: RateUnit; rate: number }, concentration: number): bigint {
  switch (unit) {
    case 'tenth-ug-per-day':
      return BigInt(rate) * NL_UG_PER_ML_PER_TENTH_UG;
    case 'tenth-ug-per-hour':
      return BigInt(HOURS_PER_DAY * rate) * NL_UG_PER_ML_PER_TENTH_UG;
    case 'nl-per-hour':
      return BigInt(HOURS_PER_DAY * rate * concentration);
    case 'ul-per-hour':
      return BigInt(HOURS_PER_DAY * NL_PER_UL * rate * concentration);
  }
}

/** Beside the basal rate the mechanism gives so much and no more. */
function bolusTooFast(therapy: Therapy & { mode: 'periodic' }, concentration: number): string | null {
  const { doseTenthUg, durationTicks, intervalTicks } = therapy.bolus;
  // nL a day times ug/mL.
  const left = BigInt(concentration) * FASTEST_NL_PER_DAY - basalPerDay(therapy, concentration);
  const asked = BigInt(doseTenthUg) * NL_UG_PER_ML_PER_TENTH_UG * BigInt(TICKS_PER_DAY);
  const shortest = left <= 0n ? null : Number((asked + left - 1n) / left);
  if (shortest !== null && durationTicks >= shortest) return null;
  const text = `${doseTenthUg / 10} ug over ${formatDuration(durationTicks)} is beyond the pump, whose fastest is 24 mL/day with the basal rate in it`;
  return shortest === null || shortest > intervalTicks
    ? `${text}: write a smaller bolus, or raise the concentration`
    : `${text}: write at least over: ${formatDuration(shortest)}`;
}

type FlexWords = Extract<TherapyWords, { mode: 'flex' }>;
type StepWords = NonNullable<FlexWords['steps']>[number];

/** One day pattern as written: `steps` alone is every day. */
interface PlacedDay {
  readonly weekdays: readonly number[];
  readonly steps: readonly StepWords[];
  /** Of the map that holds `steps`. */
  readonly path: Path;
}

function compileFlex(words: FlexWords, concentration: number, path: Path, report: Report): Therapy | null {
  const days = placedDays(words, path, report);
  if (days === null) return null;
  let isRight = true;
  for (const day of days) if (!checkSteps(day.steps, day.path, report)) isRight = false;
  if (!isRight) return null;
  const placed = days.flatMap((day) =>
    day.steps.map(({ rate }, index) => ({ rate, path: [...day.path, 'steps', index, 'rate'] })),
  );
  const exact = exactRates(placed, concentration, report);
  if (exact === null) return null;
  let next = 0;
  const patterns = days.map(
    ({ weekdays, steps }): DayPattern => ({
      weekdays,
      steps: steps.map(({ from }) => ({ fromSlot: from, rate: exact.rates[next++]! })),
    }),
  );
  return { mode: 'flex', unit: exact.unit, days: patterns };
}

function placedDays({ steps, days }: FlexWords, path: Path, report: Report): PlacedDay[] | null {
  if (steps !== undefined && days !== undefined) {
    report(
      [...path, 'days'],
      "can't stand beside steps, which are for every day: keep one of the two",
      'key',
    );
    return null;
  }
  if (steps !== undefined) return [{ weekdays: EVERY_DAY, steps, path }];
  if (days === undefined) {
    report(path, 'mode: flex needs steps for every day, or days with steps of their own');
    return null;
  }
  return checkWeekdays(days, path, report)
    ? days.map((day, index) => ({
        weekdays: day.days.map((name) => WEEKDAYS.indexOf(name)),
        steps: day.steps,
        path: [...path, 'days', index],
      }))
    : null;
}

/** Each weekday in one pattern. */
function checkWeekdays(days: NonNullable<FlexWords['days']>, path: Path, report: Report): boolean {
  const seen = new Set<string>();
  let isRight = true;
  days.forEach((day, index) => {
    day.days.forEach((name, place) => {
      if (seen.has(name)) {
        isRight = false;
        report(
          [...path, 'days', index, 'days', place],
          `${name} has its steps already: name each weekday once`,
        );
      }
      seen.add(name);
    });
  });
  const missing = WEEKDAYS.filter((name) => !seen.has(name));
  if (missing.length === 0) return isRight;
  report([...path, 'days'], `says nothing about ${missing.join(', ')}: every weekday needs its steps`);
  return false;
}

function checkSteps(steps: readonly { from: number }[], path: Path, report: Report): boolean {
  let isRight = true;
  const complain = (index: number, message: string): void => {
    isRight = false;
    report([...path, 'steps', index, 'from'], message);
  };
  steps.forEach(({ from }, index) => {
    const before = steps[index - 1];
    if (before === undefined) {
      if (from !== 0) complain(index, 'the day begins at "00:00": let the first step begin there');
    } else if (from <= before.from) {
      complain(
        index,
        'is not after the step before it: write the steps in the order of the day, each time once',
      );
    }
  });
  return isRight;
}

function exactRates(
  placed: readonly PlacedRate[],
  concentration: number,
  report: Report,
): { unit: RateUnit; rates: number[] } | null {
  const first = placed[0]!;
  const stranger = placed.find(({ rate }) => rate.family !== first.rate.family);
  if (stranger !== undefined) {
    report(
      stranger.path,
      `${stranger.rate.text} mixes with ${first.rate.text}: write all rates of a therapy as doses (ug/h, ug/day), or all as volumes (uL/h, mL/day)`,
    );
    return null;
  }
  let isRight = true;
  for (const { rate, path } of placed) {
    const complaint = tooFast(rate, concentration);
    if (complaint === null) continue;
    isRight = false;
    report(path, complaint);
  }
  if (placed.every(({ rate }) => rate.amount === 0)) {
    isRight = false;
    report(
      first.path,
      'a therapy of nothing but 0 is written mode: stopped; give a rate above 0 or write that',
    );
  }
  if (!isRight) return null;

  const isByTheDay = placed.some(({ rate }) => rate.per === 'day');
  let unit: RateUnit = isByTheDay ? 'tenth-ug-per-day' : 'tenth-ug-per-hour';
  if (first.rate.family === 'volume' && !isByTheDay) {
    unit = placed.some(({ rate }) => rate.amount > RATE_MAX) ? 'ul-per-hour' : 'nl-per-hour';
  }
  const rates: number[] = [];
  for (const { rate, path } of placed) {
    const exact = exactRate(rate, unit, concentration);
    if (typeof exact === 'number') rates.push(exact);
    else report(path, exact);
  }
  return rates.length === placed.length ? { unit, rates } : null;
}

/** In this unit, or why it can't be. */
function exactRate(rate: Rate, unit: RateUnit, concentration: number): number | string {
  let amount = rate.amount;
  if (unit === 'ul-per-hour') {
    if (amount % NL_PER_UL !== 0) return notWholeUl(rate);
    amount /= NL_PER_UL;
  } else if (rate.family === 'volume' && unit === 'tenth-ug-per-day') {
    const tenths = perDay(rate) * BigInt(concentration);
    if (tenths % NL_UG_PER_ML_PER_TENTH_UG !== 0n) return notWhole(rate, tenths, concentration);
    amount = Number(tenths / NL_UG_PER_ML_PER_TENTH_UG);
  } else if (unit === 'tenth-ug-per-day' && rate.per === 'hour') {
    amount *= HOURS_PER_DAY;
  }
  return amount > RATE_MAX ? tooLarge(rate, unit) : amount;
}

function notWholeUl(rate: Rate): string {
  const below = Math.floor(rate.amount / NL_PER_UL);
  return `${rate.text} stands in a therapy of more than ${RATE_MAX / NL_PER_UL} uL/h, which the pump holds in whole uL/h: write ${below} uL/h or ${below + 1} uL/h`;
}

/** What the pump holds of a rate is 16 bits; no therapy comes near. */
function tooLarge(rate: Rate, unit: RateUnit): string {
  const most =
    unit === 'tenth-ug-per-day'
      ? `${RATE_MAX / 10} ug/day by the day: write at most that, or all rates by the hour (${rate.family === 'dose' ? 'ug/h' : 'uL/h'})`
      : `${RATE_MAX / 10} ug/h: write at most that, or raise the concentration`;
  return `${rate.text} is more than a prescription holds, ${most}`;
}

function perDay(rate: Rate): bigint {
  return BigInt(rate.amount) * (rate.per === 'hour' ? BigInt(HOURS_PER_DAY) : 1n);
}

function notWhole(rate: Rate, tenths: bigint, concentration: number): string {
  const below = Number(tenths / NL_UG_PER_ML_PER_TENTH_UG);
  const doses = `${below / 10} ug/day or ${(below + 1) / 10} ug/day`;
  const nlPerDay = perDay(rate);
  const volume =
    nlPerDay % BigInt(HOURS_PER_DAY) === 0n
      ? `, or as a volume ${nlPerDay / BigInt(HOURS_PER_DAY)} nL/h`
      : '';
  return `${rate.text} of ${concentration} ug/mL is not a whole number of tenths of a ug a day, the finest dose the pump holds: write ${doses}${volume}`;
}

function tooFast(rate: Rate, concentration: number): string | null {
  const limit =
    rate.family === 'volume'
      ? FASTEST_NL_PER_DAY
      : (FASTEST_NL_PER_DAY * BigInt(concentration)) / NL_UG_PER_ML_PER_TENTH_UG;
  if (perDay(rate) <= limit) return null;
  if (rate.family === 'volume')
    return `${rate.text} is beyond the pump: its fastest is 24 mL/day, which is 1000 uL/h; write at most that`;
  const most = rate.per === 'hour' ? `${concentration} ug/h` : `${24 * concentration} ug/day`;
  return `${rate.text} of ${concentration} ug/mL is beyond the pump, whose fastest is 24 mL/day: write at most ${most}, or raise the concentration`;
}

/** A therapy that is still in force when the concentration is programmed; null when the pump can follow. */
export function tooFastAt(therapy: Therapy, concentration: number): string | null {
  if (therapy.mode === 'minimum' || therapy.mode === 'stopped') return null;
  if (therapy.mode === 'periodic') {
    const complaint = bolusTooFast(therapy, concentration);
    if (complaint !== null) return complaint;
  }
  if (therapy.unit === 'nl-per-hour' || therapy.unit === 'ul-per-hour') return null;
  const highest =
    therapy.mode === 'flex'
      ? Math.max(...therapy.days.flatMap(({ steps }) => steps.map(({ rate }) => rate)))
      : therapy.rate;
  const per = therapy.unit === 'tenth-ug-per-day' ? 'day' : 'hour';
  const text = `${highest / 10} ug/${per === 'day' ? 'day' : 'h'}`;
  return tooFast({ family: 'dose', per, amount: highest, text }, concentration);
}
