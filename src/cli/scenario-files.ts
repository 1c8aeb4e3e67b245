/**
 * From what stands on the command line to scenarios, or to all that is wrong with them. Everything is found, read and
 * checked before anything runs, so that the last file of a long night can't spoil the night.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { readScenario } from '../scenario/format.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { sha256Hex } from './hashing.ts';
import { countProblems, type InputProblem, problemText, readInputFile, wholeFile } from './input-files.ts';
import { libraryFolder } from './package-root.ts';
import { reasonOf, UserError } from './user-error.ts';
import { VOCABULARY } from './vocabulary.ts';

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
/** A boards file often lies beside the scenarios. */
const IS_BOARDS_NAME = /\.boards\.ya?ml$/i;

/** Paths stay as the user gave them, because messages and the reproduce line repeat them. No paths: the library. */
export function findScenarioFiles(paths: readonly string[]): Found {
  const wanted = paths.length === 0 ? [fromHere(libraryFolder())] : paths;
  const files: string[] = [];
  const problems: InputProblem[] = [];
  for (const path of wanted) {
    // Of a variable that a script has not set.
    if (path === '') {
      problems.push(wholeFile('""', 'an empty path names no file or folder'));
      continue;
    }
    try {
      if (!statSync(path).isDirectory()) files.push(path);
      else {
        const inside = filesIn(path);
        if (inside.length === 0)
          problems.push(wholeFile(path, 'the folder holds no scenario (*.yaml, *.yml)'));
        files.push(...inside);
      }
    } catch (error) {
      problems.push(wholeFile(path, reasonOf(error)));
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
    return IS_SCENARIO_NAME.test(entry.name) && !IS_BOARDS_NAME.test(entry.name) ? [path] : [];
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
  const bytes = readInputFile(file, 'scenario');
  if ('message' in bytes) return { file, scenario: null, problems: [bytes] };
  const outcome = readScenario(bytes, file, VOCABULARY, sha256Hex);
  return 'problems' in outcome
    ? { file, scenario: null, problems: outcome.problems }
    : { file, scenario: outcome.scenario, problems: [] };
}

/** All scenarios, or all problems of all files at once. */
export function readScenarios(paths: readonly string[]): Scenario[] {
  const found = findScenarioFiles(paths);
  const read = found.files.map(readScenarioFile);
  const problems = [...found.problems, ...read.flatMap((one) => one.problems)];
  if (problems.length > 0) {
    throw new UserError(...problems.map(problemText), `${countProblems(problems)}; nothing was run`);
  }
  return read.flatMap(({ scenario }) => (scenario === null ? [] : [scenario]));
}
