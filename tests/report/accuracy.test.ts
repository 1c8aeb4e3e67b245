import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { VOCABULARY } from '../../src/cli/vocabulary.ts';
import { type Accuracy, extremes, measureAccuracy } from '../../src/report/accuracy.ts';
import { accuracyPage } from '../../src/report/accuracy-page.ts';
import { accuracyText } from '../../src/report/accuracy-text.ts';
import { readScenario } from '../../src/scenario/format.ts';
import { checkXml } from './check-xml.ts';

const MINUTE = 60;

/** A scenario of the library, with some of its lines in other words. */
async function accuracyOf(
  file: string,
  replacements: Readonly<Record<string, string>> = {},
): Promise<Accuracy> {
  let text = readFileSync(join(PROJECT_ROOT, 'sim/scenarios', file), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
    text = text.replace(from, to);
  }
  const outcome = readScenario(new TextEncoder().encode(text), file, VOCABULARY, (bytes) =>
    createHash('sha256').update(bytes).digest('hex'),
  );
  if ('problems' in outcome) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  return await measureAccuracy(outcome.scenario, createSimTarget);
}

/** Errors of the standard's windows in whole per cent, as people quote them. */
function standardErrors({ windows }: Accuracy): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries(
    windows.flatMap(({ minutes, standard }) =>
      standard === null
        ? []
        : [[`${minutes}`, [Math.round(standard.minPercent), Math.round(standard.maxPercent)]]],
    ),
  );
}

describe('the trumpet curve', () => {
  it('has the largest and the smallest error over all windows, as the formula says [SR-CURVE-1]', () => {
    // Strokes of 5 at 3, 7, 11 ... : 5 in 4 ticks are a rate of 1.25.
    const volumes = Array.from({ length: 41 }, (_, tick) => 5 * Math.floor((tick + 1) / 4));
    expect(extremes(volumes, 1.25, 4, 1, 1)).toMatchObject({ maxPercent: 0, minPercent: 0 });
    // In 6 ticks 7.5 are due, and 5 or 10 come.
    const six = extremes(volumes, 1.25, 6, 1, null);
    expect(six.minPercent).toBeCloseTo(-33.33, 2);
    expect(six.maxPercent).toBeCloseTo(33.33, 2);
    // Begun at each fourth tick only, the window sees one phase of the cycle.
    expect(extremes(volumes, 1.25, 6, 4, null).maxPercent).toBeCloseTo(-33.33, 2);
  });

  it('of a perfect pump of 2.5 uL shots is terrible in the windows of the standard, and flat in whole cycles [SR-CURVE-1]', async () => {
    const accuracy = await accuracyOf('valve-accumulator.yaml');
    expect([accuracy.rateUlPerHour, accuracy.cycleTicks]).toEqual([25, 6 * MINUTE]);
    // 0.83 uL are due in 2 min and 2.08 in 5 min; none or 2.5 come.
    expect(standardErrors(accuracy)).toMatchObject({ 2: [-100, 200], 5: [-100, 20] });
    for (const { wholeCycles } of accuracy.windows) {
      expect([wholeCycles.minPercent, wholeCycles.maxPercent]).toEqual([
        expect.closeTo(0, 6),
        expect.closeTo(0, 6),
      ]);
    }
    expect(accuracy.meanErrorPercent).toBeCloseTo(0, 6);
    expect(accuracy.windows.at(-1)?.wholeCycles.cycles).toBe(10);
  });

  it('shows a pump that delivers too much as that, in whole cycles and in the mean [SR-CURVE-1]', async () => {
    const accuracy = await accuracyOf('tolerance-within-label.yaml');
    const label = accuracy.meanErrorPercent;
    expect(Math.abs(label)).toBeGreaterThan(5);
    for (const { wholeCycles } of accuracy.windows) expect(wholeCycles.maxPercent).toBeCloseTo(label, 3);
  });

  it('begins where the pump does: the first stroke comes after a whole cycle [SR-CURVE-1]', async () => {
    const { startUpUlPerHour, startUpByCycle } = await accuracyOf('catheter-occlusion.yaml');
    expect(startUpUlPerHour.length).toBe(240);
    // 0.5 uL in half a minute are 60 uL/h; stroke 1 falls in tick 71, stroke 2 in tick 143.
    expect(startUpUlPerHour.slice(0, 5)).toEqual([0, 0, 60, 0, 60]);
    expect(startUpByCycle.length).toBe(100);
    expect(startUpByCycle.every(({ ulPerHour }) => ulPerHour === 25)).toBe(true);
  });
});

describe('occlusions by rate', () => {
  it('are noticed with the fourth stroke at every rate, and what is trapped comes out [SR-OCC-9]', async () => {
    const { occlusions } = await accuracyOf('catheter-occlusion.yaml');
    expect(occlusions.map(({ rateUlPerHour }) => rateUlPerHour)).toEqual([
      2, 4, 6.25, 12.5, 25, 50, 100, 250, 1000,
    ]);
    for (const row of occlusions) {
      expect(row).toMatchObject({ alarmStrokes: 4, releasedUl: 2, releasedUg: 1, pressureKpa: 7.666 });
    }
    // As the scenario works it out on paper: 289 s.
    expect(occlusions.find(({ rateUlPerHour }) => rateUlPerHour === 25)?.alarmTicks).toBe(289);
  });
});

describe('the report on accuracy', () => {
  it('is a table for people and a page that needs nothing else', async () => {
    const accuracy = await accuracyOf('catheter-occlusion.yaml');
    const text = accuracyText(accuracy).join('\n');
    expect(text).toContain('25 uL/h: a stroke of 0.5 uL each 1 min 12 s');
    expect(text).toMatch(/2 min +-40\.0 % to \+20\.0 % +2 cycles, 2 min 24 s +0\.0 % to 0\.0 %/);
    expect(text).toMatch(/25 uL\/h +4 min 49 s +4 +7\.7 kPa +2\.0 uL +1\.00 ug/);
    expect(text).toContain('BISSIG');
    const page = accuracyPage(accuracy, '');
    const tags = checkXml(page.replace('<!doctype html>\n', ''));
    expect(tags.filter((tag) => tag === 'svg').length).toBe(4);
    expect(page).not.toContain('NaN');
    expect(page).toContain('no test of it');
  });

  it('draws each curve clear of the edges, and a sample of it beside its name', async () => {
    const page = accuracyPage(await accuracyOf('catheter-occlusion.yaml'), '');
    const [plot = ''] = page.slice(page.indexOf('Largest and smallest error')).split('</figure>');
    for (const role of ['programmed', 'control', 'true']) {
      expect(plot).toMatch(new RegExp(`<polyline class="${role}" points="\\d+,14 \\d+,14"/>\\s<text`));
    }
    const gridHeights = [...plot.matchAll(/class="grid" .* y1="([\d.]+)" y2="\1"/g)].map(([, y]) =>
      Number(y),
    );
    const curves = [...plot.matchAll(/<circle .* cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(Math.min(...curves)).toBeGreaterThan(Math.min(...gridHeights));
    expect(Math.max(...curves)).toBeLessThan(Math.max(...gridHeights));
  });

  it('says when the rate is a mean', async () => {
    const accuracy = await accuracyOf('hourly-program.yaml');
    expect(accuracy.isMeanRate).toBe(true);
    expect(accuracyText(accuracy)[1]).toContain('the mean of its first day');
  });

  it('refuses what has no flow, and what its reservoir cannot hold', async () => {
    const steady = { 'mode: continuous, dose: 300 ug/day': 'mode: stopped' };
    await expect(accuracyOf('catheter-occlusion.yaml', steady)).rejects.toThrow(
      'there is no flow to measure',
    );
    const fast = { 'dose: 300 ug/day': 'dose: 400 ug/h' };
    await expect(accuracyOf('catheter-occlusion.yaml', fast)).rejects.toThrow(
      'they take 39 mL at this rate, and of the 38 mL in the reservoir 1 mL has to stay',
    );
    // All that is in it would do, but for what a pump leaves.
    const last = { 'dose: 300 ug/day': 'dose: 395 ug/h' };
    await expect(accuracyOf('catheter-occlusion.yaml', last)).rejects.toThrow('they take 38 mL at this rate');
  });
});
