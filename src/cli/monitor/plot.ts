/** Curves as text, so high and so wide. */
import { plot } from 'asciichart';
import { formatDuration } from '../../scenario/time.ts';
import { atColumns, type Point } from './series.ts';

export interface PlotSpec {
  readonly title: string;
  readonly points: readonly Point[];
  /** The vertical axis goes from there to there at least. */
  readonly atLeast: readonly [number, number];
  readonly decimals: number;
}

/** Of the number at the axis, and with its blank and the axis. */
const LABEL_COLUMNS = 8;
const MARGIN_COLUMNS = 10;
/** What the package counts for these, which are two cells to it whatever is in them. */
const MARGIN_CELLS = 2;
/** Title and time axis, and one more that the package's curve has or has not, by how its ends are rounded. */
const OTHER_ROWS = 4;

/** Title, curve, time axis: `rows` lines of at most `columns` characters, from the first point on. */
export function plotLines(
  { title, points, atLeast: [low, high], decimals }: PlotSpec,
  nowTick: number,
  columns: number,
  rows: number,
): string[] {
  const firstTick = points[0]?.tick ?? nowTick;
  if (firstTick === nowTick) return [title, '', `${' '.repeat(MARGIN_COLUMNS)}nothing seen yet`];
  const width = Math.max(2, columns - MARGIN_COLUMNS);
  const values = atColumns(points, firstTick, nowTick, width);
  const curve = plot(values, {
    height: rows - OTHER_ROWS,
    offset: MARGIN_CELLS,
    min: low,
    max: high,
    format: (value) => value.toFixed(decimals).padStart(LABEL_COLUMNS),
  });
  const lines = [title, ...curve.split('\n')];
  while (lines.length < rows - 1) lines.push('');
  const past = `${formatDuration(nowTick - firstTick)} ago`;
  const axis = `${' '.repeat(MARGIN_COLUMNS)}${past}${'now'.padStart(Math.max(4, width - past.length))}`;
  return [...lines, axis].map((line) => line.trimEnd().slice(0, columns));
}

/** Blocks of lines next to each other, each so wide. */
export function sideBySide(blocks: readonly (readonly string[])[], columns: number): string[] {
  const rows = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: rows }, (_, row) =>
    blocks
      .map((block) => (block[row] ?? '').padEnd(columns))
      .join('')
      .trimEnd(),
  );
}
