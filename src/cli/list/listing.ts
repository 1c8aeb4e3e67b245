/** The lists of `thecal list`, and what each is: rows for programs, lines for people. */
import type { Paint } from '../../report/paint.ts';

export const LIST_NAMES = [
  'scenarios',
  'faults',
  'alarms',
  'signals',
  'commands',
  'targets',
  'ports',
  'boards',
] as const;
export type ListName = (typeof LIST_NAMES)[number];

export interface Listing {
  /** Plain objects, one a row, for `--json`. */
  readonly rows: readonly object[];
  readonly lines: (paint: Paint) => readonly string[];
}

export type Lister = () => Listing | Promise<Listing>;

/** Columns as wide as their widest cell; the last one runs on. */
export function columns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): readonly string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === titles.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [paint.dim(line(titles)), ...rows.map(line)];
}

export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
