/**
 * A result as text for people: a table of all scenarios, a count, and for each that did not pass what failed, where it
 * is written, what was seen instead, and as its last line the command that shows it again.
 */
import type { Judgement } from '../scenario/expect.ts';
import type { Result, RunResult, ScenarioResult, Verdict } from '../scenario/result.ts';
import { VERDICTS } from '../scenario/result.ts';
import { formatDuration } from '../scenario/time.ts';
import type { Paint } from './paint.ts';
import { faultText, grouped, instantText, NOTICE, strokesText, verdictText } from './words.ts';

/** `wallText` is how long all of it took, in words. */
export function textReport(result: Result, scenarioCount: number, wallText: string, paint: Paint): string[] {
  const troubled = result.scenarios.filter((scenario) => scenario.verdict !== 'passed');
  return [
    ...table(result.scenarios, paint),
    ...(result.scenarios.length === 0 ? [] : ['']),
    countText(result, scenarioCount, wallText, paint),
    paint.dim(NOTICE),
    ...troubled.flatMap((scenario) => ['', ...troubleLines(scenario, paint)]),
  ];
}

const VERDICT_WIDTH = 'x infrastructure'.length;
const MAX_NAME_WIDTH = 72;

function table(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  if (scenarios.length === 0) return [];
  const rows = scenarios.map((scenario) => ({
    scenario,
    mark: verdictText(scenario.verdict, paint),
    markWidth: scenario.verdict.length + 2,
    time: formatDuration(scenario.ticks),
    strokes: strokesText(scenario),
  }));
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const markWidth = Math.min(VERDICT_WIDTH, Math.max(...rows.map((row) => row.markWidth)));
  const nameWidth = Math.min(MAX_NAME_WIDTH, width(['scenario', ...scenarios.map(({ name }) => name)]));
  const timeWidth = width(['simulated', ...rows.map((row) => row.time)]);
  const strokesWidth = width(['strokes', ...rows.map((row) => row.strokes)]);
  const head = `${' '.repeat(markWidth)}  ${'scenario'.padEnd(nameWidth)}  ${'simulated'.padStart(timeWidth)}  ${'strokes'.padStart(strokesWidth)}`;
  return [
    paint.dim(head),
    ...rows.flatMap(({ scenario, mark, markWidth: used, time, strokes }) => [
      `${mark}${' '.repeat(markWidth - used)}  ${scenario.name.padEnd(nameWidth)}  ${time.padStart(timeWidth)}  ${strokes.padStart(strokesWidth)}`,
      ...scenario.faults.map((fault) => `${' '.repeat(markWidth + 4)}${faultText(fault)}`),
      ...lateLines(scenario).map((line) => `${' '.repeat(markWidth + 4)}${paint.yellow(line)}`),
    ]),
  ];
}

function lateLines({ late }: ScenarioResult): string[] {
  if (late === undefined || late.count === 0) return [];
  return [
    `late ${late.count === 1 ? 'once' : `${late.count} times`}, by ${(late.largestLagMs / 1000).toFixed(1)} s at most`,
  ];
}

function countText(
  { summary, scenarios, interrupted }: Result,
  scenarioCount: number,
  wallText: string,
  paint: Paint,
): string {
  const counts = [...VERDICTS]
    .reverse()
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => countOf(verdict, summary[verdict], paint));
  const what = `${grouped(scenarios.length)}${interrupted ? ` of ${grouped(scenarioCount)}` : ''} ${scenarioCount === 1 ? 'scenario' : 'scenarios'}`;
  const note = interrupted ? paint.yellow('interrupted: ') : '';
  return `${note}${paint.bold(what)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}, in ${wallText}`;
}

function countOf(verdict: Verdict, count: number, paint: Paint): string {
  const text = `${count} ${verdict}`;
  if (verdict === 'passed') return paint.green(text);
  return verdict === 'failed' || verdict === 'error' ? paint.red(text) : paint.yellow(text);
}

const OUR_BUG =
  'this is a bug of Thecal and not of the pump; please report it with the scenario and the last line below';

function troubleLines(scenario: ScenarioResult, paint: Paint): string[] {
  const { control } = scenario;
  return [
    `${verdictText(scenario.verdict, paint)}  ${paint.bold(scenario.name)}`,
    ...runLines(scenario, scenario, paint),
    ...(control === null || control.verdict === 'passed'
      ? []
      : ['  in the control, the same run without its faults:', ...runLines(scenario, control, paint)]),
    ...scenario.faults.map(
      (fault) => `  ${faultText(fault)}${evidenceTicks(fault.appliedTick, fault.noticedTick)}`,
    ),
    ...(scenario.verdict === 'error' ? [`  ${OUR_BUG}`] : []),
    '  again:',
    scenario.reproduce,
  ];
}

function evidenceTicks(appliedTick: number, noticedTick: number | null): string {
  return ` [applied at ${instantText(appliedTick)}${noticedTick === null ? '' : `, noticed at ${instantText(noticedTick)}`}]`;
}

function runLines({ file }: ScenarioResult, run: RunResult, paint: Paint): string[] {
  return [
    ...(run.error === null ? [] : [`  ${paint.red(run.error)}`]),
    ...run.expectations
      .filter((judgement) => judgement.verdict !== 'passed')
      .flatMap((judgement) => judgementLines(file, judgement)),
  ];
}

function judgementLines(file: string, { line, text, verdict, observed, tick }: Judgement): string[] {
  const seen = observed ?? 'nothing';
  const when = tick === null ? '' : ` at ${instantText(tick)}`;
  return [`  ${file}:${line}: ${text}`, `    ${verdict}: observed ${seen}${when}`];
}
