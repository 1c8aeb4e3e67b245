/**
 * The doses on trial that the label has before there is a pump (LABEL): 50, then 75, then 100 ug, a day apart; 25 ug
 * first for a very small child. Each is injected into the spinal fluid over at least a minute.
 */
import type { Therapy } from '../core/therapy.ts';
import type { Path, Report } from './problem.ts';
import { formatQuantity, KINDS } from './quantity.ts';
import { formatDuration } from './time.ts';

const STEPS_NG = [25_000, 50_000, 75_000, 100_000];
/** The first dose is one of so many first steps. */
const FIRST_STEPS = 2;
const APART_TICKS = 86_400;

/** The last one given. */
export interface Screening {
  readonly tick: number;
  readonly doseNg: number;
}

const show = (ng: number): string => formatQuantity(ng, KINDS.dose);

function complaintOf(next: Screening, before: Screening | null): string | null {
  const step = STEPS_NG.indexOf(next.doseNg);
  if (step < 0) {
    return `${show(next.doseNg)} is no dose on trial: the label has 50, 75 and 100 ug, and 25 ug first for a very small child`;
  }
  if (before === null) {
    return step < FIRST_STEPS
      ? null
      : `${show(next.doseNg)} can't be the first dose on trial: the label begins with 50 ug, or 25 ug for a very small child`;
  }
  const wanted = STEPS_NG[STEPS_NG.indexOf(before.doseNg) + 1];
  if (wanted === undefined) {
    return `nothing comes after ${show(before.doseNg)}: on the label, who does not respond to it is not given a pump`;
  }
  if (next.doseNg !== wanted) {
    return `${show(next.doseNg)} does not follow ${show(before.doseNg)}: the label's next step is ${show(wanted)}`;
  }
  if (next.tick - before.tick >= APART_TICKS) return null;
  return `comes ${formatDuration(next.tick - before.tick)} after the dose before it, and the label asks for 24 h: give it later`;
}

/** `therapy` is what the pump was last told; null: that was wrong, and is reported elsewhere. */
export function checkScreening(
  next: Screening,
  before: Screening | null,
  therapy: Therapy | null,
  path: Path,
  report: Report,
): void {
  if (therapy !== null && therapy.mode !== 'stopped') {
    report(
      path,
      'a dose on trial comes before there is a pump: let the therapy be { mode: stopped } until it is implanted',
    );
  }
  const complaint = complaintOf(next, before);
  if (complaint !== null) report([...path, 'dose'], complaint);
}
