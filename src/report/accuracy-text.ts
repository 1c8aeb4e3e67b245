/** Accuracy as text for a terminal. */
import { formatDuration } from '../scenario/time.ts';
import type { Accuracy, Extremes, OcclusionRow, Window } from './accuracy.ts';
import { NOTICE } from './words.ts';

export const WHY_CYCLES =
  'A window that is no whole number of dose cycles holds one stroke more or less by chance, and shows the window and not the pump (BISSIG).';

export function rateText({ rateUlPerHour, isMeanRate }: Accuracy): string {
  return `${rateUlPerHour} uL/h${isMeanRate ? ', the mean of its first day' : ''}`;
}

export function cycleText({ strokeUl, cycleTicks }: Accuracy): string {
  const cycle = Number.isInteger(cycleTicks) ? formatDuration(cycleTicks) : `${cycleTicks.toFixed(1)} s`;
  return `a stroke of ${strokeUl} uL each ${cycle}`;
}

export function percentText(percent: number): string {
  const rounded = percent.toFixed(1);
  return `${percent > 0 && rounded !== '0.0' ? '+' : ''}${rounded === '-0.0' ? '0.0' : rounded} %`;
}

export function extremesText({ minPercent, maxPercent }: Extremes): string {
  return `${percentText(minPercent)} to ${percentText(maxPercent)}`;
}

export function cyclesText({ cycles, windowTicks }: Extremes): string {
  return `${cycles ?? '-'} ${cycles === 1 ? 'cycle' : 'cycles'}, ${formatDuration(windowTicks)}`;
}

export const WINDOW_HEAD = ['window', 'error in it', 'whole cycles', 'error in them'] as const;

export function windowCells({ minutes, standard, wholeCycles }: Window): string[] {
  return [
    minutes === null ? '-' : `${minutes} min`,
    standard === null ? '-' : extremesText(standard),
    cyclesText(wholeCycles),
    extremesText(wholeCycles),
  ];
}

export const OCCLUSION_HEAD = ['rate', 'alarm after', 'strokes', 'pressure', 'released', 'of drug'] as const;

export function occlusionCells(row: OcclusionRow): string[] {
  const { rateUlPerHour, alarmTicks, alarmStrokes, pressureKpa, releasedUl, releasedUg } = row;
  const rate = `${rateUlPerHour} uL/h`;
  if (alarmTicks === null) return [rate, 'not noticed', '-', '-', '-', '-'];
  return [
    rate,
    formatDuration(alarmTicks),
    String(alarmStrokes),
    `${pressureKpa?.toFixed(1)} kPa`,
    `${releasedUl?.toFixed(1)} uL`,
    `${releasedUg?.toFixed(2)} ug`,
  ];
}

export function accuracyText(accuracy: Accuracy): string[] {
  const flow = accuracy.startUpUlPerHour;
  const hourly = [0, 1].map((hour) => {
    const half = flow.slice((hour * flow.length) / 2, ((hour + 1) * flow.length) / 2);
    return half.reduce((sum, one) => sum + one, 0) / half.length;
  });
  return [
    accuracy.scenario,
    `${rateText(accuracy)}: ${cycleText(accuracy)}`,
    '',
    `Start-up, first and second hour: ${hourly.map((mean) => `${mean.toFixed(2)} uL/h`).join(', ')}`,
    `Mean error over a day, after a day to settle: ${percentText(accuracy.meanErrorPercent)}`,
    '',
    'Trumpet: the largest errors in any window of a length',
    ...table([WINDOW_HEAD, ...accuracy.windows.map(windowCells)]),
    `  ${WHY_CYCLES}`,
    '',
    'Occlusion: the catheter is closed, and opened at the alarm',
    ...table([OCCLUSION_HEAD, ...accuracy.occlusions.map(occlusionCells)]),
    '',
    `In the manner of IEC 60601-2-24, and no test of it. ${NOTICE}`,
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
