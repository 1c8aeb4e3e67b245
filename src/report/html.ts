/**
 * A result as one page that needs nothing else: no network, no other file. All that is text stands in the page itself,
 * so it can be read, searched and printed without its script; the script draws the charts.
 */
import type { Recording, Recordings } from '../scenario/recorder.ts';
import type { Judgement } from '../scenario/expect.ts';
import {
  type DoseFailure,
  type Result,
  type RunResult,
  type ScenarioResult,
  type Verdict,
  VERDICTS,
} from '../scenario/result.ts';
import { formatDuration } from '../scenario/time.ts';
import { overPumps } from './derive.ts';
import { stageChanges } from './lanes.ts';
import { html, jsonForScript, Markup, NOTHING } from './markup.ts';
import { type Pack, pageScenario } from './page-data.ts';
import { type Column, type Moment, storyOf } from './story.ts';
import {
  type AlikeFaults,
  alikeFaults,
  doseText,
  endTick,
  grouped,
  idsText,
  lastPumpsStrokesText,
  NOTICE,
  noticeText,
  simulatedText,
  strokesText,
  toldInTime,
  verdictMark,
} from './words.ts';

/** What the page is made of beside the result. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly pack: Pack;
}

/** A scenario and what was recorded of it; null where nothing came to be recorded. */
export interface PageEntry {
  readonly result: ScenarioResult;
  /** Why there is this scenario, in its author's words. */
  readonly why: string;
  readonly recordings: Recordings | null;
}

export const ILLUSTRATIVE = 'illustrative: one compartment, no prediction for anybody';

export function htmlReport(result: Result, entries: readonly PageEntry[], parts: PageParts): string {
  const title = entries.length === 1 ? entries[0]!.result.name : `${entries.length} scenarios`;
  const data = entries.map(({ result: scenario, recordings }) => {
    const main = recordings?.main ?? null;
    return main === null ? null : pageScenario(scenario, main, recordings?.control ?? null, parts.pack);
  });
  const hasFailures = entries.some(({ result: { verdict } }) => verdict !== 'passed');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title} - Thecal</title>
<style>${new Markup(parts.style)}</style>
</head>
<body>
<header>
<p class="product">Thecal ${result.manifest.productVersion}</p>
<p class="notice">${NOTICE} What is marked * is ${ILLUSTRATIVE}.</p>
</header>
${entries.length > 1 ? index(result, entries) : NOTHING}
<main>${entries.map((entry, i) => section(entry, i, hasFailures))}</main>
<footer>${provenance(result)}</footer>
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${new Markup(parts.script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>
`;
  return page.text;
}

/** What did not pass comes first, so that nobody has to look for it; the page opens with the first of these rows. */
function index({ interrupted, summary }: Result, entries: readonly PageEntry[]): Markup {
  const ordered = entries
    .map(({ result }, i) => ({ result, i }))
    .sort((a, b) => byVerdict(a.result, b.result));
  const counts = VERDICTS.filter((verdict) => summary[verdict] > 0).map(
    (verdict) => `${grouped(summary[verdict])} ${verdict}`,
  );
  const rows = ordered.map(
    ({ result: { name, verdict, faults }, i }) => html`<tr class="${rowClass(verdict)}" data-scenario="${i}">
<td class="verdict ${verdict}">${verdictMark(verdict)} ${verdict}</td>
<td><a href="#${i}">${name}</a></td>
<td>${faults.map((fault) => html`<div>${fault.id}: ${fault.fired ? noticeText(fault) : 'never took effect'}</div>`)}</td>
</tr>`,
  );
  return html`<nav aria-label="scenarios">
<details open=""><summary>${grouped(entries.length)} scenarios: ${counts.join(', ')}${interrupted ? ' (interrupted: not all have run)' : ''}</summary>
<table class="index"><thead><tr><th>verdict</th><th>scenario</th><th>noticed</th></tr></thead>
<tbody>${rows}</tbody></table></details></nav>`;
}

/** `hasFailures` says it of the whole page: from here, too, one goes on to the next. */
function section({ result, why, recordings }: PageEntry, i: number, hasFailures: boolean): Markup {
  const main = recordings?.main ?? null;
  return html`<section class="scenario" id="scenario-${i}" data-scenario="${i}">
<h1><span class="verdict ${result.verdict}">${verdictMark(result.verdict)} ${result.verdict}</span> ${result.name}</h1>
${banner(result, i)}
<div class="cards">${cards(result, main, i)}</div>
${main === null ? html`<p>Nothing was recorded of this run.</p>` : figures(result, hasFailures, i)}
${main === null ? NOTHING : story(storyOf(result, main), i)}
${judgements(result, i)}
<h2>To see it again</h2>
<pre class="again">${result.reproduce}</pre>
${why === '' ? NOTHING : html`<h2>Why there is this scenario</h2><p class="why">${why}</p>`}
${main === null ? NOTHING : exactness(main)}
</section>`;
}

/** A time as a link that moves the charts there. */
function when(i: number, tick: number): Markup {
  return html`<a class="when" href="#${i}:${tick}">${formatDuration(tick)}</a>`;
}

function banner(result: ScenarioResult, i: number): Markup {
  const { error, control } = result;
  const failed = [...toldInTime(result), ...(control === null ? [] : toldInTime(control))];
  const broken = error ?? control?.error ?? null;
  if (broken !== null) return html`<p class="banner">The run broke: ${broken}</p>`;
  const first = failed[0];
  if (first === undefined) return NOTHING;
  const place = first.tick === null ? NOTHING : html` at ${when(i, first.tick)}`;
  const others = failed.length === 1 ? '' : ` (${failed.length - 1} more below)`;
  return html`<p class="banner"><b>First ${first.verdict === 'failed' ? 'failure' : 'doubt'}</b>${place}: ${first.text}.
Observed: ${first.observed ?? 'nothing'}.${others}</p>`;
}

function card(title: string, lines: readonly (string | Markup)[]): Markup {
  return html`<div class="card"><h2>${title}</h2>${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function cards(result: ScenarioResult, main: Recording | null, i: number): Markup[] {
  const { faults } = result;
  return [
    card(
      'What was made to fail',
      faults.length === 0
        ? ['Nothing was made to fail.']
        : alikeFaults(faults).map((alike) => faultLine(alike, i)),
    ),
    card('What the pump knew', knowledgeLines(result, i)),
    card('What the patient got', patientLines(result, main, i)),
    card('Verdict', verdictLines(result)),
  ];
}

function faultLine(faults: AlikeFaults, i: number): Markup {
  const { first, last } = faults;
  const { id, kind, appliedTick } = first;
  const name = id === kind ? html`<b>${kind}</b>` : html`<b>${kind}</b> (${idsText(faults)})`;
  if (first !== last)
    return html`${name}, first at ${when(i, appliedTick)}, last at ${when(i, last.appliedTick)}`;
  const end = endTick(first);
  if (end === appliedTick + 1) return html`${name} at ${when(i, appliedTick)}`;
  return html`${name} from ${when(i, appliedTick)} to ${end === null ? 'the end' : when(i, end)}`;
}

function noticedLine(faults: AlikeFaults, i: number): Markup {
  const { first, last } = faults;
  const { fired, noticedBy, noticedTick, appliedTick } = first;
  const which = first === last ? first.id : `each of ${idsText(faults)}`;
  if (!fired) return html`There was nothing to notice of ${which}, which never took effect.`;
  if (noticedBy === null || noticedTick === null) return html`<b>Nothing</b> noticed ${which}.`;
  const at = first === last ? 'at' : 'first at';
  return html`<b>${noticedBy}</b> noticed ${which} after <b>${formatDuration(noticedTick - appliedTick)}</b>, ${at} ${when(i, noticedTick)}.`;
}

function knowledgeLines({ faults, alarms }: RunResult, i: number): (string | Markup)[] {
  const inThePump = faults.filter(({ strikes }) => strikes === undefined);
  const noticed = alikeFaults(inThePump).map((alike) => noticedLine(alike, i));
  if (alarms.length === 0) return [...noticed, 'No alarm was raised.'];
  const first = alarms.filter(({ alarm }, at) => alarms.findIndex((one) => one.alarm === alarm) === at);
  const raised = first.map(({ alarm, raisedTick }) => html`${alarm} at ${when(i, raisedTick)}`);
  return [...noticed, html`First raised: ${raised.map((one, at) => html`${at === 0 ? '' : ', '}${one}`)}.`];
}

function patientLines(result: RunResult, main: Recording | null, i: number): (string | Markup)[] {
  const prescribed = result.signals['true.prescribed-ug'] ?? null;
  const delivered = result.signals['true.intrathecal-ug'] ?? null;
  const believed = result.signals['computed.delivered-ug'] ?? null;
  const dose =
    prescribed === null || delivered === null
      ? 'The true dose is not known on this target.'
      : doseMarkup(delivered, prescribed, main);
  const belief = believed === null ? [] : [beliefText(believed, main)];
  const oracle = result.doseFailures.map((failure) => harmText(failure, i));
  return [dose, ...belief, ...oracle, ...(main === null ? [] : [worstStages(main, i)])];
}

/** What came past the pump by syringe is in the spinal fluid too, and was never prescribed to the pump. */
function doseMarkup(deliveredUg: number, prescribedUg: number, main: Recording | null): Markup {
  const bySyringeUg = (main?.done ?? []).reduce(
    (sum, { stimulus }) => sum + (stimulus.kind === 'screening' ? stimulus.doseTenthUg / 10 : 0),
    0,
  );
  const byPumpUg = deliveredUg - bySyringeUg;
  const syringe = bySyringeUg === 0 ? '' : `, and ${doseText(bySyringeUg)} by syringe`;
  return html`<b>${doseText(byPumpUg)}</b> of ${doseText(prescribedUg)} prescribed${percentOf(byPumpUg, prescribedUg)}${syringe}.`;
}

/** Of several pumps the books of those before the last one are gone with them, but for the recording. */
function beliefText(believedUg: number, main: Recording | null): string {
  const all = main?.samples['computed.delivered-ug'];
  const allUg = all === undefined ? believedUg : (overPumps(all).at(-1) ?? 0) / NG_PER_UG;
  return allUg > believedUg
    ? `The pumps believe: ${doseText(allUg)}, the last of them ${doseText(believedUg)}.`
    : `The pump believes: ${doseText(believedUg)}.`;
}

const NG_PER_UG = 1000;

const HARMS: Readonly<Record<string, string>> = {
  'over-delivery': 'Too much',
  'under-delivery': 'Too little',
  'silent-stop': 'A stop that no critical alarm announced',
  'outlet-over-delivery': 'Too much out of the pump',
  'outlet-under-delivery': 'Too little out of the pump',
  'outlet-silent-stop': 'A pump that gave nothing, and no critical alarm announced it',
  'wrong-log': 'A log that says another dose than left the pump',
};

const HARM_VERDICTS: Readonly<Record<DoseFailure['verdict'], string>> = {
  failed: 'not allowed here',
  allowed: 'which this scenario expects',
};

/** What the dose oracle found, for somebody who does not know that there is one. */
function harmText({ kind, tick, verdict }: DoseFailure, i: number): Markup {
  return html`${HARMS[kind] ?? kind}, from ${when(i, tick)} on (${kind}, ${HARM_VERDICTS[verdict]}).`;
}

function percentOf(delivered: number, prescribed: number): string {
  return prescribed > 0 ? ` (${((100 * delivered) / prescribed).toFixed(1)} %)` : '';
}

function worstStages(main: Recording, i: number): Markup {
  const changes = stageChanges(main);
  const worst = ['withdrawal', 'overdose'].flatMap((name) => {
    const own = changes.filter(({ text, stage }) => stage > 0 && text.startsWith(`${name}:`));
    const worstStage = Math.max(...own.map(({ stage }) => stage));
    const first = own.find(({ stage }) => stage === worstStage);
    return first === undefined ? [] : [html`<b>${first.text}</b>, from ${when(i, first.tick)} on`];
  });
  return worst.length === 0
    ? html`Patient*: neither withdrawal nor overdose.`
    : html`Patient*: at worst ${worst.map((one, at) => html`${at === 0 ? '' : '; '}${one}`)}.`;
}

function allStrokesText(result: RunResult): string {
  const last =
    result.strokesOfAllPumps === undefined
      ? ''
      : `, ${lastPumpsStrokesText(result)} of them by the last pump`;
  return `${strokesText(result)} strokes${last}`;
}

function verdictLines(result: ScenarioResult): (string | Markup)[] {
  const counted = ({ expectations }: RunResult): string => {
    const passed = expectations.filter(({ verdict }) => verdict === 'passed').length;
    return `${passed} of ${expectations.length}`;
  };
  const { control } = result;
  return [
    html`<b>${result.verdict}</b>: ${counted(result)} expectations met.`,
    ...(control === null ? [] : [`Control, without faults: ${control.verdict}, ${counted(control)}.`]),
    `${simulatedText(result)} simulated, ${allStrokesText(result)}.`,
  ];
}

/** Filled by the script. Without one, all else on the page is there. */
function figures({ control }: ScenarioResult, hasFailures: boolean, i: number): Markup {
  const controlButton =
    control === null ? NOTHING : html`<button data-do="control" title="key c">control</button>`;
  return html`<div class="tools" role="toolbar" aria-label="charts">
<button data-do="in" title="key +">zoom in</button>
<button data-do="out" title="key -">zoom out</button>
<button data-do="left" title="arrow left" aria-label="earlier">◀</button>
<button data-do="right" title="arrow right" aria-label="later">▶</button>
<button data-do="whole" title="key 0">whole run</button>
${hasFailures ? html`<button data-do="next" title="key n">next failure</button>` : NOTHING}
${controlButton}
<button data-do="theme" title="key t">light or dark</button>
<span class="keys">drag to zoom; keys + - ← → 0${hasFailures ? ', n next failure, p previous' : ''}${control === null ? '' : ', c control'}, t theme</span>
<output class="at"></output>
</div>
<p class="tones"><i class="fault"></i>fault on <i class="critical"></i>critical, or delivery stopped
<i class="warning"></i>less urgent <i class="latched"></i>condition gone, not yet acknowledged
<i class="good mark"></i>noticed, or as expected <i class="bad mark"></i>not as expected <i class="neutral mark"></i>done by a person</p>
<div class="charts" id="charts-${i}"><noscript><p>The charts need JavaScript; all else on this page does not.</p></noscript></div>`;
}

const COLUMNS: readonly (readonly [Column, string])[] = [
  ['world', 'what happened'],
  ['pump', 'what the pump noticed and did'],
  ['patient', 'what the patient got*'],
  ['verdict', 'judged'],
];

function story(moments: readonly Moment[], i: number): Markup {
  if (moments.length === 0) return NOTHING;
  const used = COLUMNS.filter(([column]) => moments.some((one) => one.column === column));
  const rows = moments.map(
    (one) =>
      html`<tr class="${one.isFailure ? 'failure' : ''}"><td>${when(i, one.tick)}</td>${used.map(
        ([column]) => html`<td>${column === one.column ? one.text : ''}</td>`,
      )}</tr>`,
  );
  return html`<h2>What happened</h2>
<table class="story"><thead><tr><th>time</th>${used.map(([, title]) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`;
}

function judgements(result: ScenarioResult, i: number): Markup {
  const { control, file } = result;
  const table = (title: string, expectations: readonly Judgement[]): Markup =>
    expectations.length === 0
      ? NOTHING
      : html`<h2>${title}</h2>
<table class="expectations"><thead><tr><th>verdict</th><th>expected</th><th>observed</th><th>decided at</th><th>line</th></tr></thead>
<tbody>${[...expectations].sort(byVerdict).map((one) => judgementRow(one, file, i))}</tbody></table>`;
  return html`${table('Expected and observed', result.expectations)}
${control === null ? NOTHING : table('In the control, the same run without its faults', control.expectations)}`;
}

/** What did not pass comes first; the rest stays as it is written. */
function byVerdict(a: { readonly verdict: Verdict }, b: { readonly verdict: Verdict }): number {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
}

function rowClass(verdict: Verdict): string {
  return verdict === 'passed' ? '' : 'failure';
}

function judgementRow({ verdict, text, observed, tick, line }: Judgement, file: string, i: number): Markup {
  return html`<tr class="${rowClass(verdict)}">
<td class="verdict ${verdict}">${verdictMark(verdict)} ${verdict}</td><td>${text}</td><td>${observed ?? 'nothing'}</td>
<td>${tick === null ? '' : when(i, tick)}</td><td title="${file}:${line}">${line}</td></tr>`;
}

/** Nobody should take a sample for all there was. */
function exactness({ strokeTicks, sampleTicks, gapTicks }: Recording): Markup {
  const hourly =
    gapTicks >= 3600 ? 'each hour' : `at events at least ${formatDuration(gapTicks)} apart and each hour`;
  return html`<h2>What is exact</h2>
<p>Exact to the second: all ${grouped(strokeTicks.length)} strokes, every alarm, fault, command and change of permission, and
what was expected and observed. Sampled, ${grouped(sampleTicks.length)} times: the curves, ${hourly}, and closer for an hour around
whatever was done to the pump or noticed by it; between two samples a straight line is drawn. Nothing was left out of the
data for drawing: a curve is thinned anew for each view, to its first, last, lowest and highest value per pixel, and
delivery is drawn by the day where a day has less than two pixels.</p>`;
}

function provenance({ manifest }: Result): Markup {
  const { productVersion, coreHash, target, board, engine, stepping } = manifest;
  return html`<p>Thecal ${productVersion}, core ${coreHash.slice(0, 16)}, target ${target}${board === null ? '' : ` (${board})`},
${stepping}, ${engine}. ${NOTICE}</p>`;
}
