/** The page as text: what stands in it without its script, and what it carries for it. */
import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../../scripts/bundle-page.ts';
import { chartsOf } from '../../src/report/charts.ts';
import { htmlReport, type PageEntry, type PageParts } from '../../src/report/html.ts';
import { columnsOf, type PageScenario, SAMPLE_TICKS, STROKE_TICKS } from '../../src/report/page-data.ts';
import { checkXml } from './check-xml.ts';
import { pack, pageOf, recorded, type Recorded } from './recorded.ts';
import { BROKEN, FAILED, resultOf } from './sample.ts';

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
    ['single-bolus', '6 h 1 s bolus of 10 ug begins 6 h 10 min 1 s bolus ends, 10 ug given'],
    ['concentration-change-bridged', 'bridge begins: '],
    ['power-loss', 'restart, '],
  ])('tells of %s what no alarm says', async (name, told) => {
    expect(textOf(pageOf([await recorded(`sim/scenarios/${name}.yaml`)], BARE))).toContain(told);
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
      { from: kink + 25_200, text: 'command acknowledge: accepted' },
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
    expect(textOf(whole)).toContain('3 scenarios');
    expect(textOf(whole)).toContain('The run broke: tick 7: remainder negative');
    expect(pageData(whole).map((data) => data === null)).toEqual([false, true, true]);
    expect(checkXml(markupOf(whole)).filter((tag) => tag === 'section').length).toBe(3);
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
