/** The requirements with all that carries and shows them, and the gaps between the two. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { PERMISSIONS } from '../../src/core/permission.ts';
import { PROJECT_ROOT, projectPath, sourceFiles } from '../core-hash.ts';
import { LIBRARY, libraryFiles } from '../library.ts';
import { type Area, type Own, readOwn, readSources, type SafeState, type Source } from './data.ts';
import { invariantsIn, namesIn, type ShownBy, testsIn } from './evidence.ts';

const INVARIANTS_FILE = 'src/core/invariants.ts';

export interface ScenarioClaim {
  /** Of the file below the library's folder, without its ending. */
  readonly name: string;
  readonly ids: readonly string[];
}

export interface Matrix {
  readonly areas: readonly Area[];
  readonly safeStates: readonly SafeState[];
  readonly sources: readonly Source[];
  readonly tests: readonly ShownBy[];
  readonly scenarios: readonly ScenarioClaim[];
  readonly invariants: ReadonlyMap<string, string>;
  /** References of the data into the code that lead nowhere. */
  readonly deadCode: readonly string[];
}

export function gather(root: string = PROJECT_ROOT): Matrix {
  const folder = join(root, 'docs/requirements');
  const { areas, 'safe-states': safeStates } = readOwn(folder);
  const text = (path: string): string => readFileSync(join(root, path), 'utf8');
  const names = new Map<string, ReadonlySet<string>>();
  const isThere = (reference: string): boolean => {
    const [path = '', name = ''] = reference.split('#');
    if (!existsSync(join(root, path))) return false;
    const known = names.get(path) ?? namesIn(path, text(path));
    names.set(path, known);
    return known.has(name);
  };
  const code = areas.flatMap(({ requirements }) => requirements.flatMap((own) => own.code));
  return {
    areas,
    safeStates,
    sources: readSources(folder),
    tests: sourceFiles(join(root, 'tests'), root)
      .map((file) => projectPath(file, root))
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => testsIn(file, text(file))),
    scenarios: libraryFiles(root).map((file) => {
      const { requirements = [] } = parse(text(`${LIBRARY}/${file}`)) as { requirements?: string[] };
      return { name: file.slice(0, -'.yaml'.length), ids: requirements };
    }),
    invariants: existsSync(join(root, INVARIANTS_FILE))
      ? invariantsIn(INVARIANTS_FILE, text(INVARIANTS_FILE))
      : new Map<string, string>(),
    deadCode: [...new Set(code)].filter((reference) => !isThere(reference)),
  };
}

export function ownOf({ areas }: Matrix): Own[] {
  return areas.flatMap(({ requirements }) => requirements);
}

export function testsFor({ tests }: Matrix, id: string): ShownBy[] {
  return tests.filter(({ ids }) => ids.includes(id));
}

export function scenariosFor({ scenarios }: Matrix, id: string): ScenarioClaim[] {
  return scenarios.filter(({ ids }) => ids.includes(id));
}

function gapsOfOwn(matrix: Matrix, { id }: Own): string[] {
  return testsFor(matrix, id).length + scenariosFor(matrix, id).length > 0
    ? []
    : [`${id} has no test and no scenario: end the title of a test with [${id}], or name it in a scenario`];
}

function safeStateGaps({ safeStates }: Matrix): string[] {
  const gaps: string[] = [];
  for (const { name, permission } of ALARMS) {
    const [chosen, ...more] = safeStates.filter(({ alarm }) => alarm === name);
    if (chosen === undefined || more.length > 0) {
      gaps.push(
        `the alarm ${name} needs one safe state in own.yaml, and has ${more.length + (chosen ? 1 : 0)}`,
      );
    } else if (chosen['safe-state'] !== PERMISSIONS[permission]) {
      gaps.push(
        `the alarm ${name} leaves the pump at ${PERMISSIONS[permission]}, where own.yaml has chosen ${chosen['safe-state']}`,
      );
    }
  }
  const names = ALARMS.map(({ name }) => name);
  const unknown = safeStates.filter(({ alarm }) => !names.includes(alarm));
  return [
    ...gaps,
    ...unknown.map(({ alarm }) => `own.yaml has a safe state for ${alarm}, which is no alarm`),
  ];
}

/** Everything that is missing or wrong, each with what to do. */
export function problemsOf(matrix: Matrix): string[] {
  const own = ownOf(matrix);
  const foreign = matrix.sources.flatMap(({ requirements }) => requirements);
  const ownIds = new Set(own.map(({ id }) => id));
  const all = [...own, ...foreign].map(({ id }) => id);
  const known = new Set(all);
  const carried = new Set(own.flatMap(({ code }) => code));

  const unknownTo = (who: string, ids: readonly string[], among: ReadonlySet<string>): string[] =>
    ids
      .filter((id) => !among.has(id))
      .map((id) => `${who} names ${id}, which docs/requirements does not have`);
  return [
    ...all.filter((id, i) => all.indexOf(id) !== i).map((id) => `${id} is there twice`),
    ...matrix.deadCode.map((reference) => `${reference} is no longer there: correct it in own.yaml`),
    ...own.flatMap((each) => gapsOfOwn(matrix, each)),
    ...foreign.flatMap(({ id, by }) => unknownTo(id, by, ownIds)),
    ...matrix.tests.flatMap(({ file, title, ids }) => unknownTo(`"${title}" in ${file}`, ids, ownIds)),
    ...matrix.scenarios.flatMap(({ name, ids }) => unknownTo(`the scenario ${name}`, ids, known)),
    ...matrix.safeStates.flatMap(({ alarm, requirement }) =>
      unknownTo(`the safe state of ${alarm}`, [requirement], ownIds),
    ),
    ...safeStateGaps(matrix),
    ...[...matrix.invariants.keys()]
      .filter((number) => !carried.has(`${INVARIANTS_FILE}#${number}`))
      .map((number) => `${number} is for no requirement: name ${INVARIANTS_FILE}#${number} in own.yaml`),
  ];
}

/** The requirements that an invariant carries, in their order. */
export function carriedBy(matrix: Matrix, invariant: string): Own[] {
  return ownOf(matrix).filter(({ code }) => code.includes(`${INVARIANTS_FILE}#${invariant}`));
}
