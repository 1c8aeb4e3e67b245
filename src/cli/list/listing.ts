/** The lists of `thecal list`, and what each is: rows for programs, lines for people. */
import { foldLast } from '../../report/fold.ts';
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
  /** Folded at `width`. */
  readonly lines: (paint: Paint, width: number) => readonly string[];
  /** What `--json` prints where it is more than the rows. */
  readonly json?: object;
  /** What the machine lacks; there are no rows then, and the exit code says so. */
  readonly problem?: string;
}

/** As on the command line. */
export interface ListOptions {
  readonly json?: boolean;
  readonly ask?: boolean;
  readonly boards?: string;
}

export type Lister = (options: ListOptions) => Listing | Promise<Listing>;

/** Columns as wide as their widest cell; the last one runs on, and is folded where it has to be. */
export function columns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number,
): readonly string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = (cells: readonly string[]): string[] => {
    const before = cells.slice(0, -1).map((cell, column) => `${cell.padEnd(widths[column] ?? 0)}  `);
    return foldLast(before.join(''), cells.at(-1) ?? '', width, '    ').map((line) => line.trimEnd());
  };
  return [...lines(titles).map(paint.dim), ...rows.flatMap(lines)];
}

export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
