import { describe, expect, it } from 'vitest';
import { plotLines, sideBySide } from '../../../src/cli/monitor/plot.ts';
import { atColumns, type Sample, strokeRate, withSample } from '../../../src/cli/monitor/series.ts';

function samplesOf(ticks: Iterable<number>, strokesAt: (tick: number) => number): readonly Sample[] {
  let samples: readonly Sample[] = [];
  for (const tick of ticks) {
    samples = withSample(samples, {
      tick,
      requestedStrokes: strokesAt(tick),
      reservoirNl: 0,
      batteryPermille: 0,
    });
  }
  return samples;
}

function* every(step: number, untilTick: number): Generator<number> {
  for (let tick = 0; tick <= untilTick; tick += step) yield tick;
}

const rateAt = (samples: readonly Sample[], tick: number): number =>
  strokeRate(samples).findLast((point) => point.tick <= tick)?.value ?? Number.NaN;

describe('the rate of strokes', () => {
  it('is the spacing of strokes, wherever looks fall between them', () => {
    // One in 72 s is 50 an hour; a look in 20 s finds each up to 20 s late.
    const samples = samplesOf(every(20, 7200), (tick) => Math.floor(tick / 72));
    for (const tick of [1000, 3000, 7200]) expect(Math.abs(rateAt(samples, tick) - 50)).toBeLessThan(2);
    expect(strokeRate(samples)[0]?.tick).toBe(160);
  });

  it('falls as a stroke is late, and is right with the second stroke after a pause', () => {
    const samples = samplesOf(
      every(12, 20_000),
      (tick) => Math.floor(Math.min(tick, 7200) / 72) + Math.floor(Math.max(0, tick - 14_400) / 72),
    );
    expect(rateAt(samples, 7200)).toBe(50);
    expect(rateAt(samples, 7200 + 3600)).toBe(1);
    expect(rateAt(samples, 14_400 + 150)).toBe(50);
  });

  it('is unknown before the second stroke was seen', () => {
    expect(strokeRate(samplesOf(every(2, 100), (tick) => Math.floor(tick / 72)))).toEqual([]);
  });
});

describe('looks', () => {
  it('begin anew with another pump, and one in the same tick is not kept twice', () => {
    const old = samplesOf([0, 10, 10], () => 5);
    expect(old.map(({ tick }) => tick)).toEqual([0, 10]);
    const another = { tick: 3, requestedStrokes: 0, reservoirNl: 0, batteryPermille: 0 };
    expect(withSample(old, another)).toEqual([another]);
  });

  it('are bounded, and a long time is kept from its first on', () => {
    const samples = samplesOf(every(1, 10_000), (tick) => Math.floor(tick / 72));
    expect(samples.length).toBeLessThanOrEqual(2000);
    expect([samples[0]?.tick, samples.at(-1)?.tick]).toEqual([0, 10_000]);
    const gaps = samples.map(({ tick }, index) => tick - (samples[index - 1]?.tick ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30);
    expect(rateAt(samples, 1000)).toBeCloseTo(50, -1);
  });
});

describe('a plot', () => {
  const points = [
    { tick: 0, value: 50 },
    { tick: 1800, value: 0 },
  ];

  it('holds each value until the next', () => {
    expect(atColumns(points, 0, 3600, 4)).toEqual([50, 0, 0, 0]);
  });

  it('has title, curve and time axis within its rows and columns', () => {
    const lines = plotLines({ title: 'strokes', points, atLeast: [0, 50], decimals: 0 }, 3600, 40, 8);
    expect(lines.length).toBe(8);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines[0]).toBe('strokes');
    expect(lines[1]).toMatch(/^ {6}50[┼┤]─+╮$/);
    expect(lines[5]).toMatch(/^ {7}0[┼┤] +╰─+$/);
    expect(lines[7]).toMatch(/^ {10}1 h ago +now$/);
  });

  it('of nothing says so, and of a level that stands still is a line', () => {
    const none = { title: 't', points: [], atLeast: [0, 1], decimals: 0 } as const;
    expect(plotLines(none, 100, 40, 8).join()).toContain('nothing seen yet');
    const level = { ...none, points: [{ tick: 0, value: 38 }], atLeast: [37.9, 38] } as const;
    expect(plotLines(level, 100, 40, 8)[1]).toContain('38┼──');
  });

  it('stands beside others', () => {
    expect(sideBySide([['a', 'b'], ['c']], 4)).toEqual(['a   c', 'b']);
  });
});
