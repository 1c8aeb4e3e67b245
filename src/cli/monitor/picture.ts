/** A pump as its telemetry tells of it, and what follows from that for whoever looks. */
import { ALARMS } from '../../core/alarms/table.ts';
import { ERI_TO_EOS_TICKS } from '../../core/config.ts';
import type { PumpEvent } from '../../core/events.ts';
import { FULL, PERMISSIONS, STOPPED } from '../../core/permission.ts';
import {
  BOLUS_DOSE_WORD,
  BOLUS_INTERVAL_WORD,
  CONCENTRATION_WORD,
  LOW_RESERVOIR_WORD,
  MODE_WORD,
} from '../../core/prescription-words.ts';
import { numeratorAt } from '../../core/schedule.ts';
import type { STATUS_WORDS } from '../../core/telemetry/answers.ts';
import { THERAPY_MODES } from '../../../hal/prescription-words.ts';
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../../core/units.ts';
import { WEEKDAYS } from '../../scenario/time.ts';
import type { Sample } from './series.ts';

export type Status = Readonly<Record<(typeof STATUS_WORDS)[number], number>>;

export interface Picture {
  /** The port, or the program in its place. */
  readonly place: string;
  readonly strokeNl: number;
  readonly reservoirNl: number;
  readonly startHour: number;
  readonly status: Status;
  /** A bit for each alarm whose condition is present. */
  readonly presentAlarms: number;
  readonly prescription: Int32Array;
  /** What was heard since the monitor began, oldest first. */
  readonly events: readonly PumpEvent[];
  readonly samples: readonly Sample[];
}

export interface AlarmNow {
  readonly alarm: string;
  readonly isCritical: boolean;
  readonly isPresent: boolean;
  readonly isAcknowledged: boolean;
  /** Of its place in the table. */
  readonly index: number;
}

/** Critical ones first, else in the order of the table. */
export function alarmsOf({ status, presentAlarms }: Picture): readonly AlarmNow[] {
  const now = ALARMS.flatMap(({ name, isCritical }, index) => {
    const bit = 1 << index;
    if ((status.activeAlarms & bit) === 0) return [];
    const isAcknowledged = (status.acknowledgedAlarms & bit) !== 0;
    return [{ alarm: name, isCritical, isPresent: (presentAlarms & bit) !== 0, isAcknowledged, index }];
  });
  return [...now.filter(({ isCritical }) => isCritical), ...now.filter(({ isCritical }) => !isCritical)];
}

/** The rate that is prescribed for a tick, whatever the pump is allowed; null when its prescription is lost. */
export function prescribedNlPerHour({ prescription, status, startHour }: Picture, tick: number): number {
  const state = { words: prescription, isReadable: status.isReadable, repairs: 0, isJustRepaired: 0 };
  return numeratorAt(state, FULL, tick, startHour) / (24 * prescription[CONCENTRATION_WORD]!);
}

export function ugPerDay({ prescription }: Picture, nlPerHour: number): number {
  return (nlPerHour * 24 * prescription[CONCENTRATION_WORD]!) / 1_000_000;
}

export function modeOf({ prescription }: Pick<Picture, 'prescription'>): string {
  return THERAPY_MODES[prescription[MODE_WORD]!] ?? 'unknown';
}

export function permissionOf({ status }: Picture): string {
  if (status.isStopCommanded === 1) return 'stopped by a command';
  if (status.isSessionOpen === 1) return 'held by an update session';
  if (status.permission === STOPPED) return 'stopped';
  return PERMISSIONS[status.permission] === 'minimumRate' ? 'minimum rate' : 'full';
}

/** What periodic boluses add to the rate, spread over the day. */
function bolusNlPerHour({ prescription }: Picture): number {
  if (modeOf({ prescription }) !== 'periodic') return 0;
  const doseNl = (prescription[BOLUS_DOSE_WORD]! * 100_000) / prescription[CONCENTRATION_WORD]!;
  return (doseNl * TICKS_PER_HOUR) / prescription[BOLUS_INTERVAL_WORD]!;
}

/** Nobody plans further ahead: the drug keeps for half a year. */
const MOST_HOURS = 366 * 24;

/** When the reservoir will stand at its low mark, hour by hour of the prescription; null: not within a year. */
export function refillTick(picture: Picture): number | null {
  const { status, prescription } = picture;
  let nl = status.computedReservoirNl - prescription[LOW_RESERVOIR_WORD]!;
  for (let hour = 0; hour < MOST_HOURS; hour++) {
    if (nl <= 0) return status.nowTick + hour * TICKS_PER_HOUR;
    nl -= prescribedNlPerHour(picture, status.nowTick + hour * TICKS_PER_HOUR) + bolusNlPerHour(picture);
  }
  return null;
}

/** When service ends for want of charge; null while the battery does not ask to be replaced. */
export function serviceEndTick({ status }: Picture): number | null {
  return status.replacementTick < 0 ? null : status.replacementTick + ERI_TO_EOS_TICKS;
}

/** `Thursday 04:12:30, day 3`: by the pump's own clock, the day it began in being day 1. */
export function clockText({ startHour }: Pick<Picture, 'startHour'>, tick: number): string {
  const seconds = startHour * TICKS_PER_HOUR + tick;
  const day = Math.floor(seconds / TICKS_PER_DAY) - Math.floor((startHour * TICKS_PER_HOUR) / TICKS_PER_DAY);
  const weekday = WEEKDAYS[Math.floor(seconds / TICKS_PER_DAY) % WEEKDAYS.length]!;
  return `${weekday[0]!.toUpperCase()}${weekday.slice(1)} ${timeOfDay(seconds)}, day ${day + 1}`;
}

function timeOfDay(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two((seconds / TICKS_PER_HOUR) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
