/** The page as text: what stands in it without its script, and what it carries for it. */
import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../../scripts/bundle-page.ts';
import { chartsOf } from '../../src/report/charts.ts';
import { htmlReport, type PageEntry, type PageParts } from '../../src/report/html.ts';
import { columnsOf, type PageScenario, SAMPLE_TICKS, STROKE_TICKS } from '../../src/report/page-data.ts';
import { checkXml } from './check-xml.ts';
import { pack, pageOf, recorded, type Recorded } from './recorded.ts';
import { EVENT_KINDS, type EventKind } from '../../src/core/events.ts';
import { lanesOf, paintOrder, type Tone } from '../../src/report/lanes.ts';
import { storyOf } from '../../src/report/story.ts';
import type { Recording } from '../../src/scenario/recorder.ts';
import { BROKEN, FAILED, resultOf, scenarioResult } from './sample.ts';

const BARE: PageParts = { script: 'draw()', style: 'p {}', pack };

function pageData(page: string): (PageScenario | null)[] {
  const match = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page);
  return JSON.parse(match?.[1] ?? 'null') as (PageScenario | null)[];
}

/** What is left when what has rules of its own is taken out. */
function markupOf(page: string): string {
  return page.replace('<!doctype html>\n', '').replace(/<(script|style)([^>]*)>.*?<\/\1>/gs, '<$1$2></$1>');
}

function textOf(page: string): string {
  return markupOf(page)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the page', () => {
  let occlusion: Recorded;
  let page: string;

  beforeAll(async () => {
    occlusion = await recorded('sim/scenarios/catheter-occlusion.yaml');
    page = pageOf([occlusion], BARE);
  });

  it('says without its script what failed, when, what the pump knew, what the patient got, and how to see it', () => {
    const text = textOf(page);
    expect(text).toContain('What was made to fail catheter-occlusion (kink) from 2 d to 2 d 6 h');
    expect(text).toContain('catheter-occlusion noticed kink after 4 min 49 s , at 2 d 4 min 49 s');
    expect(text).toContain('1,125 ug of 1,200 ug prescribed (93.7 %)');
    expect(text).toContain(
      'Too little, from 2 d 3 h 32 min 23 s on (under-delivery, which this scenario expects)',
    );
    expect(page).toContain('Too little, from <a class="when" href="#0:185543">');
    expect(text).toContain('neither withdrawal nor overdose');
    expect(text).toContain('passed : 21 of 21 expectations met. Control, without faults: passed, 5 of 5.');
    expect(text).toContain('thecal run sim/scenarios/catheter-occlusion.yaml --seed 7');
    expect(text).toContain('2 d 4 min 49 s delivery stopped');
    expect(text).toContain('not a medical device');
    expect(text).toContain('illustrative');
    expect(text).toContain('Exact to the second: all 4,500 strokes');
  });

  it.each([
    [
      'replacement-keeps-the-catheter',
      '11 d 10 s another pump takes the place of this one, filled with 30 mL',
    ],
    ['screening-dose', '9 h dose on trial by syringe: 25 ug'],
    ['low-reservoir-at-day-60', 'refill: not performed'],
    ['titration-asks-again', '1 d 1 s program 130 ug/day of 500 ug/mL: accepted'],
    ['titration-asks-again', 'program 143 ug/day of 500 ug/mL: needs confirmation'],
    ['concentration-change-bridged', 'program 300 ug/day of 2,000 ug/mL, 485 uL bridged: accepted'],
    ['refilled-too-strong', 'refill programmed: 38 mL, filled with 2,000 ug/mL'],
    ['stop-forgotten', 'silence stopped-too-long: accepted'],
    ['bolus-too-fast', 'bolus of 10 ug over 1 min 13 s: bolus too fast'],
    ['priming-bolus', 'prime 430.5 uL: accepted'],
    ['single-bolus', '6 h 1 s bolus of 10 ug begins 6 h 10 min 1 s bolus ends, 10 ug given'],
    ['concentration-change-bridged', 'bridge begins: '],
    ['power-loss', 'restart, '],
  ])('tells of %s what no alarm says', async (name, told) => {
    expect(textOf(pageOf([await recorded(`sim/scenarios/${name}.yaml`)], BARE))).toContain(told);
  });

  it('tells once what `every` repeats, and ends what passes by itself', async () => {
    const resets = await recorded('sim/scenarios/reset-loop.yaml');
    const text = textOf(pageOf([resets], BARE));
    expect(text).toContain(
      'firmware-reset (reset.1 to reset.239), first at 1 min , last at 3 h 59 min firmware-reset (reset.240) at 4 h',
    );
    expect(text).toContain('restarted noticed each of reset.1 to reset.239 after 1 s , first at 1 min 1 s');
    expect(text).toMatch(/\d+ times until 3 h \d+ min: fault begins: reset \(firmware-reset\)/);
    const { main } = resets.recordings;
    if (main === null) throw new Error('nothing recorded');
    const faults = lanesOf(resets.result, main).filter(({ label }) => label.startsWith('fault'));
    expect(faults.map(({ label }) => label)).toEqual(['fault: reset']);
    const spans = faults[0]!.items.filter(({ tone }) => tone === 'fault').map(({ from, to }) => [from, to]);
    expect(spans).toEqual(Array.from({ length: 240 }, (_, i) => [60 * i + 60, 60 * i + 61]));
  });

  it('is well-formed, and asks nothing of any network', () => {
    expect(checkXml(markupOf(page))).toContain('section');
    expect(page).not.toMatch(/\b(src|href)="(?!#)/);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('carries the data whole: each stroke and each sample', () => {
    const [data] = pageData(page);
    if (data?.main === undefined || occlusion.recordings.main === null) throw new Error('no data');
    const columns = columnsOf(data.main, inflateRawSync(Buffer.from(data.main.data, 'base64')));
    const { main } = occlusion.recordings;
    expect([...(columns.get(STROKE_TICKS) ?? [])]).toEqual([...main.strokeTicks]);
    expect([...(columns.get(SAMPLE_TICKS) ?? [])]).toEqual([...main.sampleTicks]);
    for (const [name, values] of Object.entries(main.samples)) expect(columns.get(name)).toEqual(values);
    expect(data.lastTick).toBe(4 * 86_400);
  });

  it('has charts of belief and truth in their units, the control beside them', () => {
    const [data] = pageData(page);
    if (data?.control === null || data?.control === undefined) throw new Error('no control');
    const [main, control] = [data.main, data.control].map((run) =>
      columnsOf(run, inflateRawSync(Buffer.from(run.data, 'base64'))),
    );
    if (main === undefined || control === undefined) throw new Error('no columns');
    const charts = chartsOf(main, control);
    const final = (title: string, role: string): number | undefined =>
      charts
        .find((chart) => chart.title === title)
        ?.series.find((one) => one.role === role)
        ?.values.at(-1);
    expect(final('Dose since the start', 'programmed')).toBeCloseTo(1200, 1);
    expect(final('Dose since the start', 'believed')).toBe(1125);
    expect(final('Dose since the start', 'true')).toBe(1125);
    expect(final('Dose since the start', 'control')).toBeCloseTo(1200, 1);
    expect(final('More or less than programmed', 'true')).toBeCloseTo(-75, 1);
    expect(final('Delivery', 'true')).toBeCloseTo(300, 0);
    expect(final('Reservoir', 'believed')).toBe(38 - 4500 * 0.0005);
    expect(final('Reservoir', 'true')).toBe(38 - 4500 * 0.0005);
    expect(
      charts
        .filter(({ title }) => title.startsWith('Patient'))
        .every(({ note }) => note.includes('illustrative')),
    ).toBe(true);
    expect(charts.length).toBe(10);
  });

  it('has delivery by the day too, so that a program of the hours is a line over years', async () => {
    const { recordings } = await recorded('sim/scenarios/hourly-program.yaml');
    const { sampleTicks, strokeTicks, samples } = recordings.main ?? {};
    const columns = new Map([
      [SAMPLE_TICKS, Float64Array.from(sampleTicks ?? [])],
      [STROKE_TICKS, Float64Array.from(strokeTicks ?? [])],
      ...Object.entries(samples ?? {}),
    ]);
    const programmed = chartsOf(columns, null)[0]?.series.find(({ role }) => role === 'programmed');
    const span = (values: Float64Array | undefined): number => {
      const known = [...(values ?? [])].filter((value) => !Number.isNaN(value));
      return Math.max(...known) - Math.min(...known);
    };
    expect(span(programmed?.values)).toBeGreaterThan(50);
    // Hourly samples leave a little of the hour in which a day ends.
    expect(span(programmed?.byDay)).toBeLessThan(3);
  });

  it('has a lane for each fault and alarm, with what happened in it', () => {
    const [data] = pageData(page);
    const lanes = new Map(data?.main.lanes.map(({ label, items }) => [label, items]));
    const kink = 2 * 86_400;
    expect(lanes.get('fault: kink')).toMatchObject([
      { from: kink, to: kink + 21_600, tone: 'fault' },
      { from: kink + 289, to: kink + 289, text: 'noticed by catheter-occlusion' },
    ]);
    expect(lanes.get('alarm: catheter-occlusion')).toMatchObject([
      { from: kink + 289, to: kink + 21_891, tone: 'critical' },
      { from: kink + 21_891, to: kink + 25_200, tone: 'latched' },
      { from: kink + 25_200, tone: 'neutral' },
    ]);
    expect(lanes.get('delivery held back')).toMatchObject([
      { from: kink + 289, to: kink + 21_892, label: 'delivery stopped' },
    ]);
    expect(lanes.get('commands, refills')).toMatchObject([
      { from: kink + 25_200, text: 'acknowledge catheter-occlusion: accepted' },
    ]);
  });

  it('tells the first failure first, and jumps to each', async () => {
    const failed = await recorded('tests/cli/fixtures/mixed/fails.yaml');
    const text = textOf(pageOf([failed], BARE));
    expect(text).toContain(
      'First failure at 6 h 1 min : motor-stall raised within 1 min. Observed: never. (1 more below)',
    );
    expect(pageData(pageOf([failed], BARE))[0]?.failureTicks).toEqual([21_660, 86_400]);
  });

  it('lists several scenarios, also those of which nothing was recorded', () => {
    const entries: PageEntry[] = [
      occlusion,
      { result: BROKEN, why: '', recordings: null },
      { result: FAILED, why: '', recordings: { main: null, control: null } },
    ];
    const whole = pageOf(entries, BARE);
    expect(textOf(whole)).toContain('3 scenarios: 1 error, 1 failed, 1 passed');
    const listed = [...whole.matchAll(/<tr class="(.*?)" data-scenario="(\d)">/g)];
    expect(listed.map(([, look, scenario]) => [look, scenario])).toEqual([
      ['failure', '1'],
      ['failure', '2'],
      ['', '0'],
    ]);
    // The way to the next failure is open from what passed, too.
    expect(whole).toMatch(/id="scenario-0".*?data-do="next".*?id="scenario-1"/s);
    expect(textOf(whole)).toContain('The run broke: tick 7: remainder negative');
    expect(pageData(whole).map((data) => data === null)).toEqual([false, true, true]);
    expect(checkXml(markupOf(whole)).filter((tag) => tag === 'section').length).toBe(3);
  });

  it('compares like with like: what came by syringe was not prescribed to the pump', async () => {
    const screened = textOf(pageOf([await recorded('sim/scenarios/screening-dose.yaml')], BARE));
    expect(screened).toContain('0 ug of 0 ug prescribed, and 75 ug by syringe.');
  });

  it('says how bad it became for the patient, and leads there', async () => {
    const harmed = pageOf([await recorded('sim/scenarios/withdrawal-after-stall.yaml')], BARE);
    expect(harmed).toMatch(
      /at worst <b>withdrawal: seizure, organ failure<\/b>, from <a class="when" href="#0:\d+">.*?<\/a> on\./,
    );
  });

  it('counts the strokes of all pumps', async () => {
    const replaced = await recorded('sim/scenarios/replacement-keeps-the-catheter.yaml');
    const strokes = replaced.recordings.main?.strokeTicks.length;
    expect(replaced.result.strokesOfAllPumps).toBe(strokes);
    expect(textOf(pageOf([replaced], BARE))).toContain('14,999 strokes, 1,799 of them by the last pump');
    expect(occlusion.result).not.toHaveProperty('strokesOfAllPumps');
  });

  it('is ended by no text in it', () => {
    const hostile = '</script><script>alert(1)</script><!-- <b>&amp;\u0001';
    const result = { ...occlusion.result, name: hostile, reproduce: hostile };
    const faults = result.faults.map((fault) => ({ ...fault, id: hostile }));
    const whole = htmlReport(
      resultOf([{ ...result, faults }]),
      [{ ...occlusion, result: { ...result, faults }, why: hostile }],
      { ...BARE, script: 'const end = "</script>"' },
    );
    expect(whole.match(/<\/script>/g)?.length).toBe(2);
    expect(whole).not.toContain('<script>alert');
    expect(checkXml(markupOf(whole))).toContain('section');
    expect(pageData(whole)[0]?.main.lanes[0]?.label).toBe(`fault: ${hostile}`);
  });

  it('stays small: script, style and the data of four days', async () => {
    const { script, style } = await bundlePage();
    expect(script).toContain('Permission is hereby granted');
    expect(script.length + style.length).toBeLessThan(100_000);
    expect(page.length).toBeLessThan(60_000);
  });
});

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A recording of nothing but these events. */
function recordingOf(events: readonly (readonly [number, EventKind, number])[]): Recording {
  return {
    ticks: 86_401,
    strokeTicks: new Int32Array(),
    eventTicks: Int32Array.from(events, ([tick]) => tick),
    eventKinds: Int32Array.from(events, ([, kind]) => EVENT_KINDS.indexOf(kind)),
    eventArguments: Float64Array.from(events, ([, , argument]) => argument),
    done: [],
    sampleTicks: new Int32Array(),
    samples: {},
    gapTicks: 1,
  };
}

describe('the story', () => {
  const boluses = Array.from(
    { length: 20 },
    (_, i) =>
      [
        [(6 * i + 1) * HOUR, 'bolus-begin', 100],
        [(6 * i + 2) * HOUR, 'bolus-end', 100],
      ] as const,
  ).flat();
  const textsOf = (events: typeof boluses, more: Partial<typeof FAILED> = {}): string[] =>
    storyOf(scenarioResult('passed', more), recordingOf(events)).map(({ text }) => text);

  it('counts what comes again and again, and says until when', () => {
    const [begins, ends] = ['bolus of 10 ug begins', 'bolus ends, 10 ug given'];
    expect(textsOf(boluses)).toEqual([
      ...[begins, ends, begins, ends],
      `17 times until 4 d 13 h: ${begins}`,
      `17 times until 4 d 14 h: ${ends}`,
      ...[begins, ends],
    ]);
  });

  it('counts nothing across what else happened, and tells all that stands beside it', () => {
    const alarms = [{ ...FAILED.alarms[0]!, raisedTick: 2 * DAY }];
    const texts = textsOf(boluses, { alarms });
    const at = texts.indexOf('alarm: motor-stall');
    expect(texts.slice(at - 3, at + 4)).toEqual([
      '5 times until 1 d 14 h: bolus ends, 10 ug given',
      'bolus of 10 ug begins',
      'bolus ends, 10 ug given',
      'alarm: motor-stall',
      'bolus of 10 ug begins',
      'bolus ends, 10 ug given',
      'bolus of 10 ug begins',
    ]);
  });

  it('tells each of what comes seldom', () => {
    const refills = Array.from({ length: 14 }, (_, i) => [i * 150 * DAY, 'refill', 13_600_000] as const);
    expect(storyOf(scenarioResult('passed'), recordingOf(refills)).map(({ text }) => text)).toEqual(
      refills.map(() => 'refill programmed: 13.6 mL'),
    );
  });
});

describe('what lies in one place of a lane', () => {
  const item = (tone: Tone, from: number, to: number) => ({ tone, from, to, text: tone });
  const painted = (items: readonly ReturnType<typeof item>[], narrowTicks: number): string[] =>
    paintOrder(items, narrowTicks).map(({ tone }) => tone);

  it('is painted with what failed on top', () => {
    const expectations = (['failed', 'inconclusive', 'passed'] as const).map((verdict) => ({
      ...FAILED.expectations[0]!,
      verdict,
      tick: 3600,
    }));
    const lanes = lanesOf(scenarioResult('failed', { expectations }), recordingOf([]));
    const { items = [] } = lanes.find(({ label }) => label === 'expectations') ?? {};
    expect(paintOrder(items, 100).map(({ tone }) => tone)).toEqual(['good', 'warning', 'bad']);
  });

  it('is marked where the span is wide enough to be seen below the mark, and is the span itself where not', () => {
    const alarm = [item('critical', 0, 300), item('latched', 300, 500), item('neutral', 400, 400)];
    expect(painted(alarm, 50)).toEqual(['critical', 'latched', 'neutral']);
    expect(painted(alarm, 5000)).toEqual(['latched', 'neutral', 'critical']);
    const fault = [item('fault', 0, 300), item('good', 100, 100)];
    expect(painted(fault, 50)).toEqual(['fault', 'good']);
    expect(painted(fault, 5000)).toEqual(['good', 'fault']);
  });
});
