/**
 * What will be when, as a programmer reckons it from what the pump tells: all of it an estimate. The pump is taken to
 * deliver its programmed week from now on, whatever alarms and commands leave of it meanwhile.
 */
import {
  BATTERY_CAPACITY_NC,
  ERI_PERMILLE,
  ERI_TO_EOS_TICKS,
  IDLE_NC_PER_SECOND,
  LIFE_TICKS,
  STROKE_NC,
} from '../core/config.ts';
import { FULL } from '../core/permission.ts';
import {
  BOLUS_DOSE_WORD,
  BOLUS_INTERVAL_WORD,
  CONCENTRATION_WORD,
  LOW_RESERVOIR_WORD,
  MODE_PERIODIC,
  MODE_WORD,
} from '../core/prescription-words.ts';
import { numeratorAt } from '../core/schedule.ts';
import type { STATUS_WORDS } from '../core/telemetry/answers.ts';
import { TICKS_PER_DAY, TICKS_PER_HALF_HOUR, TICKS_PER_HOUR, TICKS_PER_SECOND } from '../core/units.ts';

export type Status = Readonly<Record<(typeof STATUS_WORDS)[number], number>>;

/** What the pump has told of itself. */
export interface Told {
  readonly strokeNl: number;
  /** Hour of the week at tick 0. */
  readonly startHour: number;
  /** The first tick of this pump, which may have taken the place of another. */
  readonly implantTick: number;
  readonly status: Status;
  readonly prescription: Int32Array;
  /** When its reservoir was filled last; null: not known, for the status does not say it. */
  readonly lastFillTick: number | null;
}

export interface Forecast {
  /** The low-reservoir alarm, or the end of what the drug keeps, whichever is first. */
  readonly refillTick: number;
  /** Null: not within a year, or the prescription is lost. */
  readonly lowReservoirTick: number | null;
  /** When the drug has been in the pump for six months; without a known fill, the latest that this can be. */
  readonly drugEndTick: number;
  /** When the battery will ask to be replaced, or did; at the latest when the pump's life ends. */
  readonly replacementTick: number;
  /** When service ends for want of charge, or of life; null while the battery does not ask to be replaced. */
  readonly serviceEndTick: number | null;
  /** Whole months until its replacement. */
  readonly batteryMonths: number;
}

/** [S] baclofen in a pump keeps six months (report of an approval, 2003); half a year in whole days. */
const DRUG_KEEPS_TICKS = 182 * TICKS_PER_DAY;
const TICKS_PER_MONTH = (365 * TICKS_PER_DAY) / 12;
const MODE_CONTINUOUS = 0;
/** The drug ends long before. */
const MOST_HALF_HOURS = 366 * 48;
const HALF_HOURS_PER_WEEK = 7 * 48;
const PG_PER_TENTH_UG = 100_000;

type Prescribed = Pick<Told, 'startHour' | 'status' | 'prescription'>;

/** What is prescribed for a tick, whatever the pump is allowed; the build's minimum when its prescription is lost. */
export function prescribedNlPerHour({ prescription, status, startHour }: Prescribed, tick: number): number {
  const state = { words: prescription, isReadable: status.isReadable, repairs: 0, isJustRepaired: 0 };
  return numeratorAt(state, FULL, tick, startHour) / (24 * prescription[CONCENTRATION_WORD]!);
}

/** What periodic boluses add to the rate, spread over the day. */
function bolusNlPerHour(prescription: Int32Array): number {
  const intervalTicks = prescription[BOLUS_INTERVAL_WORD]!;
  if (prescription[MODE_WORD] !== MODE_PERIODIC) return 0;
  const doseNl = (prescription[BOLUS_DOSE_WORD]! * PG_PER_TENTH_UG) / prescription[CONCENTRATION_WORD]!;
  return (doseNl * TICKS_PER_HOUR) / intervalTicks;
}

function nlInHalfHour(told: Prescribed, tick: number): number {
  const prescription = told.prescription.slice();
  // The rates alone.
  if (prescription[MODE_WORD] === MODE_PERIODIC) prescription[MODE_WORD] = MODE_CONTINUOUS;
  return (prescribedNlPerHour({ ...told, prescription }, tick) + bolusNlPerHour(told.prescription)) / 2;
}

/** Half hour by half hour of the programmed week. */
function lowReservoirTick(told: Prescribed): number | null {
  const { status, prescription } = told;
  if (status.isReadable === 0) return null;
  let leftNl = status.computedReservoirNl - prescription[LOW_RESERVOIR_WORD]!;
  for (let n = 0; n < MOST_HALF_HOURS; n++) {
    const tick = status.nowTick + n * TICKS_PER_HALF_HOUR;
    if (leftNl <= 0) return tick;
    leftNl -= nlInHalfHour(told, tick);
  }
  return null;
}

/** The mean over the programmed week. */
function strokesPerTick(told: Told): number {
  let nl = 0;
  for (let n = 0; n < HALF_HOURS_PER_WEEK; n++) nl += nlInHalfHour(told, n * TICKS_PER_HALF_HOUR);
  return nl / told.strokeNl / (HALF_HOURS_PER_WEEK * TICKS_PER_HALF_HOUR);
}

function lifeEndTick({ implantTick }: Told): number {
  return implantTick + LIFE_TICKS;
}

/** Charge at rest and for strokes; what tones and telemetry will take nobody knows. */
function replacementTick(told: Told): number {
  const { status } = told;
  if (status.replacementTick >= 0) return status.replacementTick;
  const leftNc = ((ERI_PERMILLE - status.computedBatteryPermille) * BATTERY_CAPACITY_NC) / 1000;
  const ncPerTick = IDLE_NC_PER_SECOND / TICKS_PER_SECOND + STROKE_NC * strokesPerTick(told);
  return Math.min(lifeEndTick(told), status.nowTick + Math.max(0, Math.floor(leftNc / ncPerTick)));
}

export function forecast(told: Told): Forecast {
  const { nowTick } = told.status;
  const low = lowReservoirTick(told);
  const drugEnd = (told.lastFillTick ?? nowTick) + DRUG_KEEPS_TICKS;
  const replacement = replacementTick(told);
  const isAskedFor = told.status.replacementTick >= 0;
  return {
    refillTick: Math.min(low ?? drugEnd, drugEnd),
    lowReservoirTick: low,
    drugEndTick: drugEnd,
    replacementTick: replacement,
    serviceEndTick: isAskedFor ? Math.min(lifeEndTick(told), replacement + ERI_TO_EOS_TICKS) : null,
    batteryMonths: Math.max(0, Math.floor((replacement - nowTick) / TICKS_PER_MONTH)),
  };
}
