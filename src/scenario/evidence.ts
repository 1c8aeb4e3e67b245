/**
 * Evidence of a fault: did it fire, what noticed it, when, and how much drug went in meanwhile.
 *
 * "Noticed" is the first alarm that can reveal the fault, raised while its window is open and not raised in the control
 * within the same window: an alarm that comes with or without the fault notices nothing. The window runs from applied
 * to noticed, or cleared, or the end. Dose is noted at each tick that may turn out to close a window.
 */
import type { FaultRecord } from '../../hal/target.ts';
import type { AlarmEntry } from './alarm-book.ts';
import type { FaultEvidence } from './result.ts';

export interface Dose {
  readonly prescribedNg: number | null;
  readonly deliveredNg: number | null;
}

/** The dose as of a tick, noted while the run went by it. */
export type DoseNotes = ReadonlyMap<number, Dose>;

function since(start: number | null | undefined, end: number | null | undefined): number | null {
  return start === null || start === undefined || end === null || end === undefined
    ? null
    : (end - start) / 1000;
}

export function weigh(
  fault: FaultRecord,
  revealedBy: readonly string[],
  alarms: readonly AlarmEntry[],
  controlAlarms: readonly AlarmEntry[],
  doses: DoseNotes,
  untilTick: number,
): FaultEvidence {
  const lastTick = fault.clearedTick ?? untilTick;
  const isInWindow = (entry: AlarmEntry): boolean =>
    entry.raisedTick >= fault.appliedTick && entry.raisedTick <= lastTick && revealedBy.includes(entry.alarm);
  const inControl = new Set(controlAlarms.filter(isInWindow).map((entry) => entry.alarm));
  const notice = alarms.find((entry) => isInWindow(entry) && !inControl.has(entry.alarm)) ?? null;
  const start = doses.get(fault.appliedTick);
  const end = doses.get(notice?.raisedTick ?? lastTick);
  return {
    ...fault,
    noticedBy: notice?.alarm ?? null,
    noticedTick: notice?.raisedTick ?? null,
    prescribedUg: since(start?.prescribedNg, end?.prescribedNg),
    trueDeliveredUg: since(start?.deliveredNg, end?.deliveredNg),
  };
}
