import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { namesIn, testsIn } from '../../scripts/requirements/evidence.ts';
import { gather, type Matrix, ownOf, problemsOf } from '../../scripts/requirements/matrix.ts';
import { pageOf } from '../../scripts/requirements/page.ts';

const matrix = gather();
const page = readFileSync(join(PROJECT_ROOT, 'docs/requirements.md'), 'utf8');

describe('the matrix of requirements', () => {
  it('has no gap, no unknown id and no dead reference [SR-TRACE-1]', () => {
    expect(problemsOf(matrix)).toEqual([]);
  });

  it('is what docs/requirements.md shows, else npm run requirements', () => {
    expect(pageOf(matrix)).toBe(page);
  });

  it('has a gap for each requirement that is built, once nothing shows it any more [SR-TRACE-1]', () => {
    const built = ownOf(matrix);
    expect(built.length).toBeGreaterThan(50);
    for (const { id } of built) {
      const without: Matrix = {
        ...matrix,
        tests: matrix.tests.filter(({ ids }) => !ids.includes(id)),
        scenarios: matrix.scenarios.filter(({ ids }) => !ids.includes(id)),
      };
      expect(problemsOf(without).join('\n')).toContain(`${id} has no test and no scenario`);
    }
  });

  it.each([...new Set(matrix.tests.map(({ file }) => file))])(
    'no longer agrees with the page when %s is deleted [SR-TRACE-1]',
    (file) => {
      const without = { ...matrix, tests: matrix.tests.filter((test) => test.file !== file) };
      expect(pageOf(without)).not.toBe(page);
    },
  );

  it('no longer agrees with the page when a scenario is deleted', () => {
    for (const { name } of matrix.scenarios) {
      const without = { ...matrix, scenarios: matrix.scenarios.filter((scenario) => scenario.name !== name) };
      expect(pageOf(without) === page, name).toBe(false);
    }
  });
});

describe('what is wrong', () => {
  const own = ownOf(matrix)[0]?.id ?? '';
  const source = matrix.sources[0]!;
  const shown = (ids: string[]) => ({ file: 'tests/a.test.ts', title: 'does it', ids });
  const foreign = { id: 'X', text: 'a text', applies: 'applicable', by: ['SR-NO-1'] } as const;

  it.each<[string, Partial<Matrix>, string]>([
    [
      'an id in a test',
      { tests: [...matrix.tests, shown(['SR-NO-1'])] },
      '"does it" in tests/a.test.ts names SR-NO-1',
    ],
    [
      'an id in a scenario',
      { scenarios: [...matrix.scenarios, { name: 'kink', ids: ['R0 Open PCA'] }] },
      'the scenario kink names R0 Open PCA',
    ],
    [
      'an id by which a source is met',
      { sources: [{ ...source, requirements: [{ ...foreign, by: ['SR-NO-1'] }] }, ...matrix.sources] },
      'X names SR-NO-1',
    ],
    ['an id given twice', { areas: [...matrix.areas, matrix.areas[0]!] }, `${own} is there twice`],
    ['an alarm without a safe state', { safeStates: matrix.safeStates.slice(1) }, 'needs one safe state'],
    [
      'a safe state other than the firmware’s',
      { safeStates: matrix.safeStates.map((each) => ({ ...each, 'safe-state': 'stopped' as const })) },
      'leaves the pump at full, where own.yaml has chosen stopped',
    ],
    [
      'an invariant for nothing',
      { invariants: new Map([...matrix.invariants, ['INV-99', 'something']]) },
      'INV-99 is for no requirement',
    ],
  ])('is told: %s', (_what, change, message) => {
    const problems = problemsOf({ ...matrix, ...change });
    expect(problems.filter((problem) => problem.includes(message))).not.toEqual([]);
  });
});

describe('a test', () => {
  it('is called as its groups and itself', () => {
    const text = "describe('the pump', () => { it.each(ROWS)('stops at $name [SR-A-1]', () => {}); });";
    expect(testsIn('a.test.ts', text).map(({ title }) => title)).toEqual(['the pump > stops at $name']);
  });

  const ids = (text: string): string[][] => testsIn('a.test.ts', text).map((test) => [...test.ids]);

  it('shows what stands in brackets at the end of its title, or of its group’s', () => {
    expect(ids("it('does it [SR-A-1]', () => {});")).toEqual([['SR-A-1']]);
    expect(ids("it.each([1])('does %i [SR-A-1, SR-A-2]', () => {});")).toEqual([['SR-A-1', 'SR-A-2']]);
    expect(ids('it(`${n} of them [SR-A-1]`, { timeout: 1 }, () => {});')).toEqual([['SR-A-1']]);
    expect(
      ids("describe('all [SR-A-1]', () => { it('one [SR-A-2]', () => {}); it('two', () => {}); });"),
    ).toEqual([['SR-A-1', 'SR-A-2'], ['SR-A-1']]);
  });

  it('shows nothing when it is in a comment, left out, or a group without tests', () => {
    expect(ids("// it('does it [SR-A-1]', () => {});")).toEqual([]);
    expect(ids("it.skip('does it [SR-A-1]', () => {}); it.todo('is to [SR-A-1]');")).toEqual([]);
    expect(ids("describe.skip('all [SR-A-1]', () => { it('one', () => {}); });")).toEqual([]);
    expect(ids("describe('all [SR-A-1]', () => {});")).toEqual([]);
  });
});

describe('a name in the code', () => {
  it('is a declaration, a method, a row of a table or an invariant, and nothing in a comment', () => {
    const text = `
      // gone()
      export const LIMIT = 1;
      function judge() { fail('INV-3 no more than asked for'); }
      class Target { advance() {} }
      const ROWS = [{ name: 'motor-stall' }];`;
    expect([...namesIn('a.ts', text)].sort()).toEqual(
      ['INV-3', 'LIMIT', 'ROWS', 'Target', 'advance', 'judge', 'motor-stall'].sort(),
    );
  });
});

describe('a tree', () => {
  let root = '';

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  const own = (requirement: string): string =>
    `areas: [{ area: Dose, requirements: [${requirement}] }]\nsafe-states: []\n`;
  const BUILT = '{ id: SR-A-1, text: it doses as prescribed, from: us, code: [src/a.ts#dose] }';
  /** Its alarms have no safe states: that is not what these tests are about. */
  const problems = (): string[] =>
    problemsOf(gather(root)).filter((problem) => !problem.includes('safe state'));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'thecal-requirements-'));
    write('docs/requirements/own.yaml', own(BUILT));
    write('src/a.ts', 'export function dose() {}\n');
    write('tests/a.test.ts', "it('doses [SR-A-1]', () => {});\n");
    write('sim/scenarios/b.yaml', 'requirements: [SR-A-1]\n');
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('without its test and its scenario has a gap, and with one of them none [SR-TRACE-1]', () => {
    expect(problems()).toEqual([]);
    rmSync(join(root, 'tests/a.test.ts'));
    expect(problems()).toEqual([]);
    rmSync(join(root, 'sim/scenarios/b.yaml'));
    expect(problems()).toEqual([
      'SR-A-1 has no test and no scenario: end the title of a test with [SR-A-1], or name it in a scenario',
    ]);
  });

  it('without the name or the file of its code has a dead reference [SR-TRACE-1]', () => {
    write('src/a.ts', '// dose\nexport function doze() {}\n');
    expect(problems()).toEqual(['src/a.ts#dose is no longer there: correct it in own.yaml']);
    rmSync(join(root, 'src/a.ts'));
    expect(problems()).toEqual(['src/a.ts#dose is no longer there: correct it in own.yaml']);
  });

  it.each([
    ['one without code', '{ id: SR-A-1, text: it doses as prescribed, from: us }', 'requirements[0].code'],
    ['an id of another form', BUILT.replace('SR-A-1', 'SR-1'), 'an id of ours is SR-'],
  ])('refuses %s of ours', (_what, requirement, message) => {
    write('docs/requirements/own.yaml', own(requirement));
    expect(() => gather(root)).toThrow(message);
  });

  it.each([
    ['applies: not-applicable', 'say under reason'],
    ['applies: adapted, by: [SR-A-1]', 'say under reason'],
    ['applies: applicable', 'names under by'],
    ['applies: not-applicable, reason: there is no door, by: [SR-A-1]', 'names none'],
  ])('refuses of a source: %s', (rest, message) => {
    const text = `title: Some\nsource: somewhere else\nrequirements: [{ id: R1, text: it does something, ${rest} }]\n`;
    write('docs/requirements/some.yaml', text);
    expect(() => gather(root)).toThrow(message);
  });

  it('that is a copy of this one gives this page', () => {
    for (const part of ['docs/requirements', 'src', 'hal', 'sim', 'scripts', 'tests'])
      cpSync(join(PROJECT_ROOT, part), join(root, 'copy', part), { recursive: true });
    expect(pageOf(gather(join(root, 'copy')))).toBe(page);
  });
});
