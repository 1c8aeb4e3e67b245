import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { averagingTicks, overPumps, peaksAndRest, ratePerDay } from '../../src/report/derive.ts';
import { contrast, inkOn } from '../../src/report/ink.ts';
import {
  around,
  clamped,
  nextFailure,
  panned,
  parsePlace,
  timeMarks,
  zoomed,
} from '../../src/report/view.ts';

const DAY = 86_400;

describe('the view of a run', () => {
  it('stays inside the run', () => {
    expect(clamped({ from: -50, to: 50 }, 1000)).toEqual({ from: 0, to: 100 });
    expect(clamped({ from: 950, to: 1050 }, 1000)).toEqual({ from: 900, to: 1000 });
    expect(clamped({ from: 0, to: Number.POSITIVE_INFINITY }, 1000)).toEqual({ from: 0, to: 1000 });
    expect(clamped({ from: 5, to: 6 }, 10)).toEqual({ from: 0, to: 10 });
  });

  it('zooms about what is looked at, and to seconds and no closer', () => {
    expect(zoomed({ from: 0, to: 1000 }, 0.5, 800, 1000)).toEqual({ from: 400, to: 900 });
    const close = zoomed({ from: 100, to: 124 }, 0.5, 112, 1000);
    expect(close.to - close.from).toBe(20);
  });

  it('pans by a share of itself and stops at the ends', () => {
    expect(panned({ from: 100, to: 200 }, 0.25, 1000)).toEqual({ from: 125, to: 225 });
    expect(panned({ from: 10, to: 110 }, -0.25, 1000)).toEqual({ from: 0, to: 100 });
  });

  it('shows what came before a moment and more of what came after', () => {
    expect(around(10_000, 100_000)).toEqual({ from: 8800, to: 12_400 });
  });

  it.each([
    [{ from: 0, to: 7 * 365 * DAY }, 10, 365 * DAY],
    [{ from: 0, to: 4 * DAY }, 10, DAY / 2],
    [{ from: 1000, to: 1060 }, 8, 10],
  ])('has marks at whole units of time: %o', (view, most, step) => {
    const marks = timeMarks(view, most);
    expect(marks.length).toBeLessThanOrEqual(most + 1);
    expect(marks.every((mark) => mark % step === 0)).toBe(true);
    expect(marks[1]! - marks[0]!).toBe(step);
  });

  it('reads a place in a link and nothing else', () => {
    expect(parsePlace('#3:7200')).toEqual({ scenario: 3, tick: 7200 });
    expect(parsePlace('#0')).toEqual({ scenario: 0, tick: null });
    expect(parsePlace('#x')).toBe(null);
    expect(parsePlace('')).toBe(null);
  });
});

describe('series worked out for the charts', () => {
  it('of several pumps is the sum of what each has counted', () => {
    expect([...overPumps(Float64Array.of(0, 5, 9, 0, 2, 0, 0, 1))]).toEqual([0, 5, 9, 9, 11, 11, 11, 12]);
    // A restart may know less than before, and is the same pump.
    expect([...overPumps(Float64Array.of(0, 5, 4, 6))]).toEqual([0, 5, 4, 6]);
  });

  it('have the rate of the window before', () => {
    const ticks = [0, 3600, 7200, 10_800];
    // 12.5 ug in an hour are 300 in a day; nothing in the second hour.
    expect([...ratePerDay(ticks, [0, 12.5, 12.5, 25], 3600)]).toEqual([Number.NaN, 300, 0, 300]);
    expect(ratePerDay(ticks, [0, 12.5, 12.5, 25], 7200)[2]).toBe(150);
  });

  it('average over so many strokes that none of them shows', () => {
    expect(averagingTicks(1200, DAY)).toBe(3600);
    expect(averagingTicks(48, DAY)).toBe(10 * 3600);
    expect(averagingTicks(0, DAY)).toBe(3600);
  });

  it('show a pressure at strokes and at rest, and not on its way down', () => {
    const { ticks, values } = peaksAndRest(
      Float64Array.of(0, 100, 130, 172, 3600),
      Float64Array.of(1, 7, 3, 8, 1),
      Float64Array.of(100, 172),
    );
    expect([...ticks]).toEqual([0, 100, 172, 3600]);
    expect([...values]).toEqual([1, 7, 8, 1]);
  });
});

describe('the next failure', () => {
  // Listed: 2, which failed twice; 0, of which nothing was recorded; 1 and 3, which passed.
  const order = [2, 0, 1, 3];
  const failures = [
    { scenario: 2, tick: 60 },
    { scenario: 2, tick: 900 },
    { scenario: 0, tick: null },
  ];
  it.each<[number, number | null, 1 | -1, (typeof failures)[number]]>([
    [2, null, 1, { scenario: 2, tick: 60 }],
    [2, 60, 1, { scenario: 2, tick: 900 }],
    [2, 100, 1, { scenario: 2, tick: 900 }],
    [2, 900, 1, { scenario: 0, tick: null }],
    [0, null, 1, { scenario: 2, tick: 60 }],
    [3, 7, 1, { scenario: 2, tick: 60 }],
    [3, 7, -1, { scenario: 0, tick: null }],
    [0, null, -1, { scenario: 2, tick: 900 }],
    [2, 900, -1, { scenario: 2, tick: 60 }],
    [2, 60, -1, { scenario: 0, tick: null }],
  ])('from %d:%s by %d', (scenario, tick, direction, place) => {
    expect(nextFailure(failures, order, { scenario, tick }, direction)).toEqual(place);
  });

  it('is nowhere on a page where all passed', () => {
    expect(nextFailure([], [0], { scenario: 0, tick: null }, 1)).toBeNull();
  });
});

describe('the colours of a page', () => {
  const css = readFileSync(join(PROJECT_ROOT, 'src/report/page/page.css'), 'utf8');
  const [light = '', dark = ''] = [...css.matchAll(/:root[^{]*\{(.*?)\}/gs)].map(([, body]) => body ?? '');
  const colour = (theme: string, name: string): string =>
    new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme)?.[1] ?? `no ${name}`;
  const themes = [
    ['light', light],
    ['dark', dark],
  ] as const;

  it.each(themes)('are told from the paper, %s', (_, theme) => {
    const paper = colour(theme, 'paper');
    const drawn = ['programmed', 'believed', 'true', 'control', 'fault', 'critical', 'warning', 'latched'];
    const faint = drawn.filter((name) => !(contrast(colour(theme, name), paper) >= 3));
    expect(faint).toEqual([]);
  });

  it.each(themes)('are read where they are words, and words in spans too, %s', (_, theme) => {
    const words = ['text', 'quiet', 'good', 'bad', 'doubt', 'believed'];
    const faint = ['paper', 'panel'].flatMap((ground) =>
      words.filter((name) => !(contrast(colour(theme, name), colour(theme, ground)) >= 4.5)),
    );
    expect(faint).toEqual([]);
    for (const span of ['fault', 'critical', 'warning', 'latched', 'bad']) {
      expect(contrast(inkOn(colour(theme, span)), colour(theme, span))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('have the contrast that WCAG 2 works out', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
