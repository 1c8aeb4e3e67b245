/**
 * Evidence of a fault: did it fire, what noticed it, when, and how much drug went in meanwhile.
 *
 * "Noticed" is the first alarm that can reveal the fault, raised while its window is open and not raised in the control
 * by then: an alarm that comes with or without the fault notices nothing. The window runs from applied
 * to noticed, or to the tick before it was cleared, or to the end. Dose is noted at each tick that may turn out to close
 * a window.
 */
import type { FaultRecord, RefillRecord } from '../../hal/target.ts';
import type { AlarmEntry } from './alarm-book.ts';
import type { FaultEvidence, RefillEvidence } from './result.ts';

/** A discrepancy beyond this is to be investigated. [S] ASRA ePoster 2017: outside the specification, or over 2 mL. */
const INVESTIGATE_NL = 2_000_000;

export interface Dose {
  readonly prescribedNg: number | null;
  readonly deliveredNg: number | null;
  readonly intrathecalNg: number | null;
}

/** The dose as of a tick, noted while the run went by it. */
export type DoseNotes = ReadonlyMap<number, Dose>;

function since(start: number | null | undefined, end: number | null | undefined): number | null {
  return start === null || start === undefined || end === null || end === undefined
    ? null
    : (end - start) / 1000;
}

/** A clear takes effect before its tick, and a pocket that opens gives back in it what was missing until then. */
export function lastTickUnder({ clearedTick }: Pick<FaultRecord, 'clearedTick'>, untilTick: number): number {
  return clearedTick === null ? untilTick : clearedTick - 1;
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
  const isInControlToo = (entry: AlarmEntry): boolean =>
    controlAlarms.some(
      (other) => other.alarm === entry.alarm && isInWindow(other) && other.raisedTick <= entry.raisedTick,
    );
  const notice = alarms.find((entry) => isInWindow(entry) && !isInControlToo(entry)) ?? null;
  const start = doses.get(fault.appliedTick);
  const end = doses.get(notice?.raisedTick ?? lastTickUnder(fault, untilTick));
  return {
    ...fault,
    noticedBy: notice?.alarm ?? null,
    noticedTick: notice?.raisedTick ?? null,
    prescribedUg: since(start?.prescribedNg, end?.prescribedNg),
    trueDeliveredUg: since(start?.deliveredNg, end?.deliveredNg),
    trueIntrathecalUg: since(start?.intrathecalNg, end?.intrathecalNg),
  };
}

export function refillEvidence(refill: RefillRecord): RefillEvidence {
  const { tick, performed, computedNl, withdrawnNl, injectedNl, filledNl } = refill;
  return {
    tick,
    performed,
    computedUl: computedNl / 1000,
    withdrawnUl: withdrawnNl / 1000,
    injectedUl: injectedNl / 1000,
    filledUl: filledNl / 1000,
    isToInvestigate: performed && Math.abs(withdrawnNl - computedNl) > INVESTIGATE_NL,
  };
}
