/** What is wrong with a file, where, and what to do. All problems of a file are collected before any is shown. */
import { printable } from './nearest.ts';

export interface Problem {
  readonly file: string;
  /** 1-based, as editors count. */
  readonly line: number;
  readonly column: number;
  /** Keys and indexes joined by dots, such as `timeline.0.at`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];

/** A problem whose place is still a path. `key`: point at the key itself and not at its value. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
}

/** How the parts of the reader say that something is wrong. */
export type Report = (path: Path, message: string, at?: 'key' | 'value') => void;

/** `file:line:column path: message`, which editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return problem.path === ''
    ? `${place}: ${problem.message}`
    : `${place} ${problem.path}: ${problem.message}`;
}

/** Findings at their lines and columns, in the order of the file. */
export function placed(
  findings: readonly Finding[],
  locate: (path: Path, at: Finding['at']) => { readonly line: number; readonly column: number },
  file: string,
): Problem[] {
  return findings
    .map(({ path, at, message }) => ({
      file,
      ...locate(path, at),
      path: printable(path.join('.')),
      message,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}
