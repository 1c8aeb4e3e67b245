/**
 * A result as text for people: a table of all scenarios, a count, and for each that did not pass what failed, where it
 * is written, what was seen instead, and as its last line the command that shows it again.
 */
import type { Judgement } from '../scenario/expect.ts';
import type { Result, RunResult, ScenarioResult } from '../scenario/result.ts';
import { VERDICTS } from '../scenario/result.ts';
import { formatInstant } from '../scenario/time.ts';
import { fold, foldLast } from './fold.ts';
import type { Paint } from './paint.ts';
import {
  type AlikeFaults,
  alikeFaults,
  alikeText,
  doseFailureText,
  grouped,
  NOTICE,
  lastPumpsStrokesText,
  refillText,
  simulatedText,
  strokesText,
  strokesTitle,
  toldInTime,
  verdictMark,
  verdictPaint,
} from './words.ts';

/** `wallText` is how long all of it took, in words. Lines are folded at `width`. */
export function textReport(
  result: Result,
  scenarioCount: number,
  wallText: string,
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const troubled = result.scenarios.filter((scenario) => scenario.verdict !== 'passed');
  return [
    ...table(result.scenarios, paint, width),
    ...(result.scenarios.length === 0 ? [] : ['']),
    countText(result, scenarioCount, wallText, paint),
    paint.dim(NOTICE),
    ...troubled.filter(isFirstOfReason).flatMap((scenario) => {
      const others = troubled.filter((other) => other !== scenario && isSameReason(scenario, other));
      return ['', ...troubleLines(scenario, paint, width, others.length)];
    }),
  ];
}

/** Scenarios that did not even begin for one and the same reason, as a port that is not there: told once for all. */
function isSameReason(one: ScenarioResult, other: ScenarioResult): boolean {
  return (
    one.verdict === 'infrastructure' &&
    other.verdict === one.verdict &&
    one.ticks === 0 &&
    other.ticks === 0 &&
    other.error === one.error
  );
}

function isFirstOfReason(scenario: ScenarioResult, place: number, all: readonly ScenarioResult[]): boolean {
  return !all.slice(0, place).some((before) => isSameReason(before, scenario));
}

const DETAIL_INDENT = ' '.repeat(6);

/** Names come last in their row, because they are long and of any length. */
function table(scenarios: readonly ScenarioResult[], paint: Paint, width: number): string[] {
  if (scenarios.length === 0) return [];
  const detail = (text: string): string[] => fold(DETAIL_INDENT + text, width, `${DETAIL_INDENT}  `);
  const strokesHead = strokesTitle(scenarios);
  const rows = scenarios.map((scenario) => ({
    scenario,
    verdict: `${verdictMark(scenario.verdict)} ${scenario.verdict}`,
    time: simulatedText(scenario),
    strokes: strokesText(scenario),
  }));
  const widest = (title: string, texts: readonly string[]): number =>
    Math.max(title.length, ...texts.map((text) => text.length));
  const verdictWidth = widest(
    '',
    rows.map((row) => row.verdict),
  );
  const timeWidth = widest(
    'simulated',
    rows.map((row) => row.time),
  );
  const strokesWidth = widest(
    strokesHead,
    rows.map((row) => row.strokes),
  );
  // Colours come last, because they have a length and no width.
  const figures = (time: string, strokes: string): string =>
    `  ${time.padStart(timeWidth)}  ${strokes.padStart(strokesWidth)}  `;
  return [
    paint.dim(`${' '.repeat(verdictWidth)}${figures('simulated', strokesHead)}scenario`),
    ...rows.flatMap(({ scenario, verdict, time, strokes }) => {
      const before = verdict.padEnd(verdictWidth) + figures(time, strokes);
      const [first = '', ...others] = foldLast(before, scenario.name, width, DETAIL_INDENT);
      return [
        verdictPaint(scenario.verdict, paint)(first.slice(0, verdictWidth)) + first.slice(verdictWidth),
        ...others,
        ...alikeFaults(scenario.faults).flatMap((faults) => detail(alikeText(faults))),
        ...pumpLines(scenario).flatMap(detail),
        ...refillLines(scenario).flatMap(detail),
        ...doseLines(scenario).flatMap(detail),
        ...lateLines(scenario).flatMap(detail).map(paint.yellow),
        ...lineLines(scenario).flatMap(detail).map(paint.dim),
      ];
    }),
  ];
}

function pumpLines(scenario: ScenarioResult): string[] {
  return scenario.strokesOfAllPumps === undefined
    ? []
    : [`strokes: ${lastPumpsStrokesText(scenario)} of them by the last pump`];
}

function refillLines({ refills }: ScenarioResult): string[] {
  return refills.flatMap((refill) => refillText(refill) ?? []);
}

/** What harmed is shown though it was allowed; what the control allows says nothing new. */
function doseLines({ doseFailures, control }: ScenarioResult): string[] {
  const inControl = control?.doseFailures.filter(({ verdict }) => verdict !== 'allowed') ?? [];
  return [
    ...doseFailures.map(doseFailureText),
    ...inControl.map((failure) => `in the control, ${doseFailureText(failure)}`),
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

/** The last line is never folded: it is there to be copied. `others` have come to the same end for the same reason. */
function troubleLines(scenario: ScenarioResult, paint: Paint, width: number, others: number): string[] {
  const { control } = scenario;
  const said = (text: string): string[] => fold(`  ${text}`, width, '    ');
  return [
    ...titleLines(scenario, paint, width),
    ...runLines(scenario, scenario, paint, width),
    ...(control === null || control.verdict === 'passed'
      ? []
      : ['  in the control, the same run without its faults:', ...runLines(scenario, control, paint, width)]),
    ...alikeFaults(scenario.faults).flatMap((faults) => said(`${alikeText(faults)}${evidenceTicks(faults)}`)),
    ...(scenario.verdict === 'error' ? said(OUR_BUG) : []),
    ...(others === 0 ? [] : said(`and ${others} more for the same reason`)),
    '  again:',
    scenario.reproduce,
  ];
}

function titleLines({ verdict, name }: ScenarioResult, paint: Paint, width: number): string[] {
  const mark = `${verdictMark(verdict)} ${verdict}`;
  const [first = '', ...others] = foldLast(`${mark}  `, name, width, '    ');
  return [
    verdictPaint(verdict, paint)(mark) + paint.bold(first.slice(mark.length)),
    ...others.map(paint.bold),
  ];
}

/** Of several the first and the last one's. */
function evidenceTicks({ first, last }: AlikeFaults): string {
  const span = (one: number, other: number): string =>
    formatInstant(one) + (one === other ? '' : ` to ${formatInstant(other)}`);
  const noticed =
    first.noticedTick === null || last.noticedTick === null
      ? ''
      : `, noticed at ${span(first.noticedTick, last.noticedTick)}`;
  return ` [applied at ${span(first.appliedTick, last.appliedTick)}${noticed}]`;
}

function runLines({ file }: ScenarioResult, run: RunResult, paint: Paint, width: number): string[] {
  const { error, expectations } = run;
  const isBroken = error !== null;
  // Why the run broke is the news; that it came to no judgement of the rest follows from it.
  const told = toldInTime(run).filter(({ verdict }) => verdict === 'failed' || !isBroken);
  const failed = told.filter(({ verdict }) => verdict === 'failed');
  // In the file it stands elsewhere, and it is the one to look at.
  const isReordered = failed.some((one) => one.line < failed[0]!.line && one.tick !== failed[0]!.tick);
  const unjudged = isBroken ? expectations.filter(({ verdict }) => verdict === 'inconclusive').length : 0;
  return [
    ...(isBroken ? error.split('\n').flatMap((line) => fold(`  ${line}`, width, '    ')) : []).map(paint.red),
    ...told
      .flatMap((judgement) => judgementLines(file, judgement, isReordered && judgement === failed[0]))
      .flatMap((line) => fold(line, width, '      ')),
    ...(unjudged === 0
      ? []
      : [
          `  the run ended there: ${unjudged} ${unjudged === 1 ? 'expectation was' : 'expectations were'} not judged`,
        ]),
  ];
}

function judgementLines(
  file: string,
  { line, text, verdict, observed, tick }: Judgement,
  isFirstToFail: boolean,
): string[] {
  const when =
    tick === null ? '' : `, at ${formatInstant(tick)}${isFirstToFail ? ', the first to fail' : ''}`;
  const what = verdict === 'inconclusive' ? 'inconclusive' : 'observed';
  return [`  ${file}:${line}: ${text}`, `    ${what}: ${observed ?? 'nothing'}${when}`];
}
