/** Files that people write, as bytes, and what is wrong with them: scenarios and the boards file. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { formatProblem } from '../scenario/problem.ts';
import { MAX_DOCUMENT_BYTES, tooLong } from '../scenario/yaml-source.ts';
import { reasonOf } from './user-error.ts';

/** A problem with a place, or with a file or folder as a whole. */
export interface InputProblem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
}

export function wholeFile(file: string, message: string): InputProblem {
  return { file, line: null, column: null, path: '', message };
}

export function problemText({ line, column, ...problem }: InputProblem): string {
  return line === null || column === null
    ? `${problem.file}: ${problem.message}`
    : formatProblem({ ...problem, line, column });
}

export function countProblems(problems: readonly InputProblem[]): string {
  return `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
}

/** `noun` is what the file should be, for messages. */
export function readInputFile(file: string, noun: string): Uint8Array | InputProblem {
  try {
    const read = readSmallFile(file, noun);
    return typeof read === 'string' ? wholeFile(file, read) : read;
  } catch (error) {
    return wholeFile(file, reasonOf(error));
  }
}

/** Looks at the size before reading: the wrong file may have gigabytes, and a device may never end. */
function readSmallFile(file: string, noun: string): Uint8Array | string {
  if (!statSync(file).isFile()) return `not a regular file; write the ${noun} into a file and name that`;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    if (size > MAX_DOCUMENT_BYTES) return tooLong(size, noun);
    // One byte more than it should have, so that a file that grows meanwhile is seen to be too long.
    const buffer = new Uint8Array(MAX_DOCUMENT_BYTES + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = readSync(handle, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}
