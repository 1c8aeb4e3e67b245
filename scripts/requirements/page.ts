/** docs/requirements.md: the matrix as a person reads it, from the requirements to what shows them and back. */
import { ALARMS } from '../../src/core/alarms/table.ts';
import { LIBRARY } from '../library.ts';
import type { Foreign, Own } from './data.ts';
import { carriedBy, type Matrix, ownOf, type ScenarioClaim, scenariosFor, testsFor } from './matrix.ts';

const NOTHING = '–';

function escaped(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('[', '\\[')
    .replaceAll(']', '\\]');
}

function cell(entries: readonly string[]): string {
  return entries.length === 0 ? NOTHING : entries.join('<br>');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function link(text: string, path: string): string {
  return `[${escaped(text)}](../${path})`;
}

function codeLink(reference: string): string {
  const [path = '', name = ''] = reference.split('#');
  return link(name, path);
}

function testLink({ file, title }: { readonly file: string; readonly title: string }): string {
  return `${link(file.slice('tests/'.length, -'.test.ts'.length), file)}: ${escaped(title)}`;
}

function scenarioLink({ name }: ScenarioClaim): string {
  return link(name, `${LIBRARY}/${name}.yaml`);
}

function ownRow(matrix: Matrix, { id, text, from, code }: Own): string[] {
  return [
    `**${id}**`,
    escaped(text),
    escaped(from),
    cell(code.map(codeLink)),
    cell(testsFor(matrix, id).map(testLink)),
    cell(scenariosFor(matrix, id).map(scenarioLink)),
  ];
}

function foreignRow(matrix: Matrix, foreign: Foreign): string[] {
  const { id, text, applies, reason, by } = foreign;
  return [
    `**${escaped(id)}**`,
    escaped(text),
    applies === 'not-applicable' ? 'not applicable' : applies,
    reason === undefined ? NOTHING : escaped(reason),
    by.length === 0 ? NOTHING : by.join(', '),
    cell(scenariosFor(matrix, id).map(scenarioLink)),
  ];
}

function counts(matrix: Matrix): string {
  const rows = matrix.sources.map(({ title, requirements }) => {
    const by = (applies: Foreign['applies']): number =>
      requirements.filter((each) => each.applies === applies).length;
    return [title, requirements.length, by('applicable'), by('adapted'), by('not-applicable')].map(String);
  });
  return table(['source', 'items', 'applicable', 'adapted', 'not applicable'], rows);
}

function safeStates(matrix: Matrix): string {
  const rows = matrix.safeStates.map(
    ({ alarm, requirement, 'safe-state': safeState, 'others-ask': asked }) => [
      `\`${alarm}\``,
      `**${safeState === 'minimumRate' ? 'minimum rate' : safeState}**`,
      escaped(ALARMS.find(({ name }) => name === alarm)?.reason ?? NOTHING),
      escaped(asked),
      requirement,
    ],
  );
  return table(['alarm', 'safe state', 'because', 'what others ask for', 'requirement'], rows);
}

function invariants(matrix: Matrix): string {
  const rows = [...matrix.invariants].map(([number, statement]) => {
    const own = carriedBy(matrix, number);
    const met = matrix.sources
      .flatMap(({ requirements }) => requirements)
      .filter(({ by }) => own.some(({ id }) => by.includes(id)))
      .map(({ id }) => escaped(id));
    return [number, escaped(statement), own.map(({ id }) => id).join(', '), cell(met)];
  });
  return table(['invariant', 'after every executed tick', 'for', 'and so part of'], rows);
}

function backwards(matrix: Matrix): string {
  const byTest = [...new Set(matrix.tests.map(({ file }) => file))].sort().map((file) => {
    const shown = matrix.tests.filter((each) => each.file === file);
    return [link(file, file), cell(shown.map(({ title, ids }) => `${escaped(title)}: ${ids.join(', ')}`))];
  });
  const byScenario = matrix.scenarios.map((each) => [scenarioLink(each), each.ids.map(escaped).join(', ')]);
  const references = [...new Set(ownOf(matrix).flatMap(({ code }) => code))].sort();
  const files = [...new Set(references.map((reference) => reference.split('#')[0] ?? ''))];
  const byCode = files.map((file) => [
    link(file, file),
    cell(
      references
        .filter((reference) => reference.startsWith(`${file}#`))
        .map((reference) => {
          const ids = ownOf(matrix).filter(({ code }) => code.includes(reference));
          return `${reference.slice(file.length + 1)}: ${ids.map(({ id }) => id).join(', ')}`;
        }),
    ),
  ]);
  return [
    '### From the tests',
    table(['file', 'tests and what they show'], byTest),
    '### From the scenarios',
    table(['scenario', 'requirements'], byScenario),
    '### From the code',
    table(['file', 'names and what they carry'], byCode),
  ].join('\n\n');
}

export function pageOf(matrix: Matrix): string {
  const own = ownOf(matrix);
  const parts = [
    '# Requirements',
    'Generated by `npm run requirements` from the data in `docs/requirements`, the titles of the tests, the scenarios and the code; do not edit. `tests/house/requirements.test.ts` fails on a gap, on an id that does not exist and when this page is stale. How it works and why: [decision 17](decisions/0017-requirements-are-data-and-tests-name-them.md).',
    `Our own requirements are ${own.length}, each with the code that carries it and with a test or a scenario that shows it. The others are what the sources ask for, in our words, whether it applies, and which of ours meet it. Nothing here is a claim of conformity: Thecal is a test and teaching tool, and the paid standards could not be read.`,
    counts(matrix),
    '## Safe state, alarm by alarm',
    'A stopped baclofen pump brings withdrawal within days, so a stop is chosen where delivery is worse, and nowhere else. The table of the firmware must agree with the choice.',
    safeStates(matrix),
    '## Always-on invariants',
    'Asserted by the firmware after every executed tick, on every target, the board included; of a stroke, its second look or a tone in a [calm](decisions/0035-a-calm-is-asked-once.md) INV-1 to INV-3 alone, the others with its next hour; and INV-1 to INV-3 of a [quiet tick](decisions/0036-a-quiet-tick-asks-what-time-can-answer.md) in a run that executes every one. Conservation of fluid and the dose oracle (SR-TRUTH-1, SR-TRUTH-2) run beside it in the world, and the properties of GPCA that the firmware does not assert by itself are asserted at each tick of random runs (`tests/properties/gpca.test.ts`).',
    invariants(matrix),
    '## Our requirements',
    ...matrix.areas.flatMap(({ area, requirements }) => [
      `### ${area}`,
      table(
        ['id', 'requirement', 'from', 'code', 'tests', 'scenarios'],
        requirements.map((each) => ownRow(matrix, each)),
      ),
    ]),
    '## What the sources ask for',
    ...matrix.sources.flatMap(({ title, source, requirements }) => [
      `### ${title}`,
      escaped(source),
      table(
        ['id', 'in our words', 'applies', 'why so', 'met by', 'scenarios'],
        requirements.map((each) => foreignRow(matrix, each)),
      ),
    ]),
    '## Backwards',
    backwards(matrix),
  ];
  return `${parts.join('\n\n')}\n`;
}
