/**
 * From what stands on the command line to scenarios, or to all that is wrong with them. Everything is found, read and
 * checked before anything runs, so that the last file of a long night can't spoil the night.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { formatProblem, MAX_SCENARIO_BYTES, readScenario } from '../scenario/format.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { libraryFolder } from './package-root.ts';
import { reasonOf, UserError } from './user-error.ts';
import { VOCABULARY } from './vocabulary.ts';

/** A problem with a place, or with a file or folder as a whole. */
export interface InputProblem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
}

export interface Found {
  readonly files: readonly string[];
  readonly problems: readonly InputProblem[];
}

export interface ReadFile {
  readonly file: string;
  /** null where there are problems. */
  readonly scenario: Scenario | null;
  readonly problems: readonly InputProblem[];
}

const IS_SCENARIO_NAME = /\.ya?ml$/i;

function whole(file: string, message: string): InputProblem {
  return { file, line: null, column: null, path: '', message };
}

export function problemText({ line, column, ...problem }: InputProblem): string {
  return line === null || column === null
    ? `${problem.file}: ${problem.message}`
    : formatProblem({ ...problem, line, column });
}

/** Paths stay as the user gave them, because messages and the reproduce line repeat them. No paths: the library. */
export function findScenarioFiles(paths: readonly string[]): Found {
  const wanted = paths.length === 0 ? [fromHere(libraryFolder())] : paths;
  const files: string[] = [];
  const problems: InputProblem[] = [];
  for (const path of wanted) {
    try {
      if (!statSync(path).isDirectory()) files.push(path);
      else {
        const inside = filesIn(path);
        if (inside.length === 0) problems.push(whole(path, 'the folder holds no scenario (*.yaml, *.yml)'));
        files.push(...inside);
      }
    } catch (error) {
      problems.push(whole(path, reasonOf(error)));
    }
  }
  return { files: withoutRepeats(files), problems };
}

/** A path below `here` relative to it, any other as it is. */
export function fromHere(path: string, here: string = process.cwd()): string {
  const short = relative(here, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** Hidden folders and installed packages are somebody else's, and links to folders may lead in a circle. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return IS_SCENARIO_NAME.test(entry.name) ? [path] : [];
  });
}

/** A file named twice, or by its folder too, runs once. */
function withoutRepeats(files: readonly string[]): string[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    const real = realPath(file);
    if (seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // a link to nowhere; reading it says so
  }
}

export function readScenarioFile(file: string): ReadFile {
  let bytes: Uint8Array;
  try {
    const read = readSmallFile(file);
    if (typeof read === 'string') return { file, scenario: null, problems: [whole(file, read)] };
    bytes = read;
  } catch (error) {
    return { file, scenario: null, problems: [whole(file, reasonOf(error))] };
  }
  const outcome = readScenario(bytes, file, VOCABULARY, sha256);
  return 'problems' in outcome
    ? { file, scenario: null, problems: outcome.problems }
    : { file, scenario: outcome.scenario, problems: [] };
}

/** Looks at the size before reading: the wrong file may have gigabytes, and a device may never end. */
function readSmallFile(file: string): Uint8Array | string {
  if (!statSync(file).isFile()) return 'not a regular file; write the scenario into a file and name that';
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    if (size > MAX_SCENARIO_BYTES) {
      return `the file has ${size} bytes, more than the ${MAX_SCENARIO_BYTES} a scenario may have; is this the right file?`;
    }
    // One byte more than it should have, so that a file that grows meanwhile is seen to be too long.
    const buffer = new Uint8Array(MAX_SCENARIO_BYTES + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = readSync(handle, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All scenarios, or all problems of all files at once. */
export function readScenarios(paths: readonly string[]): Scenario[] {
  const found = findScenarioFiles(paths);
  const read = found.files.map(readScenarioFile);
  const problems = [...found.problems, ...read.flatMap((one) => one.problems)];
  if (problems.length > 0) {
    const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was run`;
    throw new UserError(...problems.map(problemText), count);
  }
  return read.flatMap(({ scenario }) => (scenario === null ? [] : [scenario]));
}
