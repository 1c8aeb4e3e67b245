/**
 * A result as text for people: a table of all scenarios, a count, and for each that did not pass what failed, where it
 * is written, what was seen instead, and as its last line the command that shows it again.
 */
import type { Judgement } from '../scenario/expect.ts';
import type { Result, RunResult, ScenarioResult } from '../scenario/result.ts';
import { VERDICTS } from '../scenario/result.ts';
import type { Paint } from './paint.ts';
import {
  faultText,
  grouped,
  instantText,
  NOTICE,
  simulatedText,
  strokesText,
  verdictMark,
  verdictPaint,
} from './words.ts';

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

const DETAIL_INDENT = ' '.repeat(6);

/** Names come last in their row, because they are long and of any length. */
function table(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  if (scenarios.length === 0) return [];
  const rows = scenarios.map((scenario) => ({
    scenario,
    verdict: `${verdictMark(scenario.verdict)} ${scenario.verdict}`,
    time: simulatedText(scenario),
    strokes: strokesText(scenario),
  }));
  const width = (title: string, texts: readonly string[]): number =>
    Math.max(title.length, ...texts.map((text) => text.length));
  const verdictWidth = width(
    '',
    rows.map((row) => row.verdict),
  );
  const timeWidth = width(
    'simulated',
    rows.map((row) => row.time),
  );
  const strokesWidth = width(
    'strokes',
    rows.map((row) => row.strokes),
  );
  const cells = (verdict: string, time: string, strokes: string, name: string): string =>
    `${verdict}  ${time.padStart(timeWidth)}  ${strokes.padStart(strokesWidth)}  ${name}`;
  return [
    paint.dim(cells(' '.repeat(verdictWidth), 'simulated', 'strokes', 'scenario')),
    ...rows.flatMap(({ scenario, verdict, time, strokes }) => [
      cells(
        verdictPaint(scenario.verdict, paint)(verdict.padEnd(verdictWidth)),
        time,
        strokes,
        scenario.name,
      ),
      ...scenario.faults.map((fault) => DETAIL_INDENT + faultText(fault)),
      ...lateLines(scenario).map((line) => DETAIL_INDENT + paint.yellow(line)),
      ...lineLines(scenario).map((line) => DETAIL_INDENT + paint.dim(line)),
    ]),
  ];
}

/** What a run over a line took, and what went wrong there without harm. */
function lineLines({ line }: ScenarioResult): string[] {
  if (line === undefined) return [];
  const troubles = (
    [
      [line.retries, 'sent again'],
      [line.lost, 'without a reply'],
      [line.broken, 'replies damaged'],
      [line.refused, 'requests damaged'],
      [line.stale, 'replies out of order'],
      [line.reopened, 'port opened anew'],
      [line.reboots, 'board set up anew'],
    ] as const
  ).flatMap(([times, what]) => (times === 0 ? [] : [`${what}: ${times}`]));
  const perWake = (line.exchangeMs / Math.max(1, line.wakes)).toFixed(2);
  const kilobytes = Math.ceil((line.bytesOut + line.bytesIn) / 1000);
  return [
    `line: ${grouped(line.wakes)} wakes in ${grouped(line.exchanges)} exchanges, ${perWake} ms a wake, ${grouped(kilobytes)} kB`,
    ...(troubles.length === 0 ? [] : [`line: ${troubles.join(', ')}`]),
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
    .map((verdict) => verdictPaint(verdict, paint)(`${summary[verdict]} ${verdict}`));
  const what = `${grouped(scenarios.length)}${interrupted ? ` of ${grouped(scenarioCount)}` : ''} ${scenarioCount === 1 ? 'scenario' : 'scenarios'}`;
  const note = interrupted ? paint.yellow('interrupted: ') : '';
  return `${note}${paint.bold(what)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}, in ${wallText}`;
}

const OUR_BUG =
  'this is a bug of Thecal and not of the pump; please report it with the scenario and the last line below';

function troubleLines(scenario: ScenarioResult, paint: Paint): string[] {
  const { control } = scenario;
  return [
    `${verdictPaint(scenario.verdict, paint)(`${verdictMark(scenario.verdict)} ${scenario.verdict}`)}  ${paint.bold(scenario.name)}`,
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
  const when = tick === null ? '' : `, at ${instantText(tick)}`;
  const what = verdict === 'inconclusive' ? 'inconclusive' : 'observed';
  return [`  ${file}:${line}: ${text}`, `    ${what}: ${observed ?? 'nothing'}${when}`];
}
