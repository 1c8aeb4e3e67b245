/** A pump as its telemetry tells of it, and what follows from that for whoever looks. */
import { THERAPY_MODES } from '../../../hal/prescription-words.ts';
import { ALARMS } from '../../core/alarms/table.ts';
import type { PumpEvent } from '../../core/events.ts';
import { PERMISSIONS, STOPPED } from '../../core/permission.ts';
import { CONCENTRATION_WORD, MODE_WORD } from '../../core/prescription-words.ts';
import type { Told } from '../../programmer/forecast.ts';
import type { Sample } from './series.ts';

export interface Picture extends Told {
  /** The port, or the program in its place. */
  readonly place: string;
  readonly reservoirNl: number;
  /** A bit for each alarm whose condition is present. */
  readonly presentAlarms: number;
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
