/**
 * The doses on trial that the label has before there is a pump (LABEL): 50, then 75, then 100 ug, a day apart; 25 ug
 * first for a very small child. Each is injected into the spinal fluid over at least a minute.
 */
import type { Therapy } from '../core/therapy.ts';
import type { Path, Report } from './problem.ts';
import { formatQuantity, KINDS } from './quantity.ts';
import { formatDuration } from './time.ts';

const STEPS_TENTH_UG = [250, 500, 750, 1000];
/** The first dose is one of so many first steps. */
const FIRST_STEPS = 2;
const APART_TICKS = 86_400;

/** The last one given. */
export interface Screening {
  readonly tick: number;
  readonly doseTenthUg: number;
}

const show = (tenthUg: number): string => formatQuantity(tenthUg, KINDS.dose);

function complaintOf(next: Screening, before: Screening | null): string | null {
  const step = STEPS_TENTH_UG.indexOf(next.doseTenthUg);
  if (step < 0) {
    return `${show(next.doseTenthUg)} is no dose on trial: the label has 50, 75 and 100 ug, and 25 ug first for a very small child`;
  }
  if (before === null) {
    return step < FIRST_STEPS
      ? null
      : `${show(next.doseTenthUg)} can't be the first dose on trial: the label begins with 50 ug, or 25 ug for a very small child`;
  }
  const wanted = STEPS_TENTH_UG[STEPS_TENTH_UG.indexOf(before.doseTenthUg) + 1];
  if (wanted === undefined) {
    return `nothing comes after ${show(before.doseTenthUg)}: on the label, who does not respond to it is not given a pump`;
  }
  if (next.doseTenthUg !== wanted) {
    return `${show(next.doseTenthUg)} does not follow ${show(before.doseTenthUg)}: the label's next step is ${show(wanted)}`;
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
