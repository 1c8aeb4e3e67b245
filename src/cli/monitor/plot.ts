/** Curves as text, so high and so wide. */
import { plot } from 'asciichart';
import { formatDuration } from '../../scenario/time.ts';
import { atColumns, type Point } from './series.ts';

export interface PlotSpec {
  readonly title: string;
  readonly points: readonly Point[];
  /** From there to there on the vertical axis at least. */
  readonly atLeast: readonly [number, number];
  readonly decimals: number;
}

/** Of the label, its blank and the axis. */
const MARGIN_COLUMNS = 10;
const LABEL_COLUMNS = 8;
/** The chart's name for where its axis stands. */
const OFFSET = 2;

/** Title, curve, time axis: `rows` lines of `columns` characters at most. */
export function plotLines(
  { title, points, atLeast: [low, high], decimals }: PlotSpec,
  [fromTick, toTick]: readonly [number, number],
  columns: number,
  rows: number,
): string[] {
  const width = Math.max(2, columns - MARGIN_COLUMNS);
  const values = atColumns(points, fromTick, toTick, width);
  const known = values.filter((value) => !Number.isNaN(value));
  const curve =
    known.length === 0
      ? ['', `${' '.repeat(LABEL_COLUMNS)}  nothing seen yet`]
      : plot(values, {
          height: rows - 3,
          offset: OFFSET,
          min: Math.min(low, ...known),
          max: Math.max(high, ...known),
          format: (value) => value.toFixed(decimals).padStart(LABEL_COLUMNS),
        }).split('\n');
  const past = `${formatDuration(toTick - fromTick)} ago`;
  const axis = `${' '.repeat(MARGIN_COLUMNS)}${past}${'now'.padStart(Math.max(4, width - past.length))}`;
  const lines = [title, ...curve.slice(0, rows - 2)];
  while (lines.length < rows - 1) lines.push('');
  return [...lines, axis].map((line) => line.trimEnd().slice(0, columns));
}

/** Blocks of lines next to each other. */
export function sideBySide(blocks: readonly (readonly string[])[], columns: number): string[] {
  const rows = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: rows }, (_, row) =>
    blocks
      .map((block) => (block[row] ?? '').padEnd(columns))
      .join('')
      .trimEnd(),
  );
}
