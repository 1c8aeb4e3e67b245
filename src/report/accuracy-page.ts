/** Accuracy as a page that needs nothing else, not even a script. */
import { TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../core/units.ts';
import type { Accuracy, Extremes } from './accuracy.ts';
import {
  cycleText,
  OCCLUSION_HEAD,
  occlusionCells,
  percentText,
  rateText,
  WHY_CYCLES,
  WINDOW_HEAD,
  windowCells,
} from './accuracy-text.ts';
import { html, Markup } from './markup.ts';
import { type Plot, type PlotSeries, svgPlot } from './svg.ts';
import { NOTICE } from './words.ts';

export function accuracyPage(accuracy: Accuracy, style: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Accuracy: ${accuracy.scenario} - Thecal</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header><p class="product">Thecal</p><p class="notice">${NOTICE} In the manner of IEC 60601-2-24, and no test of it.</p></header>
<main>
<h1>Accuracy at ${rateText(accuracy)}</h1>
<p>The pump, drug and catheter of <b>${accuracy.scenario}</b> (${accuracy.file}), without what happens in it:
${cycleText(accuracy)}. Mean error over a day, after a day to settle: <b>${percentText(accuracy.meanErrorPercent)}</b>.</p>
<h2>Start-up</h2>
${startUp(accuracy)}
<h2>Trumpet</h2>
${trumpet(accuracy)}
<p>${WHY_CYCLES}</p>
${table(WINDOW_HEAD, accuracy.windows.map(windowCells))}
<h2>Occlusion</h2>
<p>At each rate the catheter is closed completely; at the alarm it is opened, and what comes out is caught.</p>
${occlusion(accuracy)}
${table(OCCLUSION_HEAD, accuracy.occlusions.map(occlusionCells))}
</main>
</body>
</html>
`.text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<table><thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}

const SAMPLE_MINUTES = 0.5;

function startUp({ startUpUlPerHour, startUpByCycle, rateUlPerHour }: Accuracy): Markup {
  const last = startUpUlPerHour.length * SAMPLE_MINUTES;
  return svgPlot({
    title: 'Flow at the tip in the first two hours',
    xLabel: 'minutes since the start',
    yLabel: 'uL/h',
    isXLogarithmic: false,
    yAxis: 'fromZero',
    series: [
      {
        label: 'set',
        role: 'programmed',
        hasMarks: false,
        points: [
          [0, rateUlPerHour],
          [last, rateUlPerHour],
        ],
      },
      {
        label: 'in each half minute',
        role: 'control',
        hasMarks: false,
        // A mean over half a minute is a step, not a point.
        points: startUpUlPerHour.flatMap((flow, i): [number, number][] => [
          [i * SAMPLE_MINUTES, flow],
          [(i + 1) * SAMPLE_MINUTES, flow],
        ]),
      },
      {
        label: 'in each dose cycle',
        role: 'true',
        hasMarks: false,
        points: startUpByCycle.map(({ endTick, ulPerHour }) => [endTick / TICKS_PER_MINUTE, ulPerHour]),
      },
    ],
  });
}

function trumpet({ windows, meanErrorPercent }: Accuracy): Markup {
  const minutes = (ticks: number): number => ticks / TICKS_PER_MINUTE;
  const curve = (
    label: string,
    role: string,
    extremes: readonly Extremes[],
    of: 'maxPercent' | 'minPercent',
  ): PlotSeries => ({
    label,
    role,
    hasMarks: true,
    points: extremes.map((one) => [minutes(one.windowTicks), one[of]]),
  });
  const standard = windows.flatMap((window) => (window.standard === null ? [] : [window.standard]));
  const cycles = [
    ...new Map(windows.map(({ wholeCycles }) => [wholeCycles.windowTicks, wholeCycles])).values(),
  ];
  const ends = [...standard, ...cycles].map(({ windowTicks }) => minutes(windowTicks));
  return svgPlot({
    title: 'Largest and smallest error in any window of a length',
    xLabel: 'length of the window, minutes',
    yLabel: 'error, %',
    isXLogarithmic: false,
    yAxis: 'linear',
    series: [
      {
        label: 'mean error',
        role: 'programmed',
        hasMarks: false,
        points: [
          [0, meanErrorPercent],
          [Math.max(...ends), meanErrorPercent],
        ],
      },
      curve("the standard's windows", 'control', standard, 'maxPercent'),
      curve("the standard's windows", 'control', standard, 'minPercent'),
      curve('whole dose cycles', 'true', cycles, 'maxPercent'),
      curve('whole dose cycles', 'true', cycles, 'minPercent'),
    ],
  });
}

function occlusion({ occlusions }: Accuracy): Markup {
  const noticed = occlusions.filter(({ alarmTicks }) => alarmTicks !== null);
  const plot = (title: string, yLabel: string, yAxis: Plot['yAxis'], points: [number, number][]): Markup =>
    svgPlot({
      title,
      xLabel: 'rate, uL/h',
      yLabel,
      isXLogarithmic: true,
      yAxis,
      series: [{ label: yLabel, role: 'true', hasMarks: true, points }],
    });
  return html`${plot(
    'Time from closing to the alarm',
    'hours',
    'logarithmic',
    noticed.map((row) => [row.rateUlPerHour, (row.alarmTicks ?? 0) / TICKS_PER_HOUR]),
  )}
${plot(
  'Volume released on opening',
  'uL',
  'fromZero',
  noticed.map((row) => [row.rateUlPerHour, row.releasedUl ?? 0]),
)}`;
}
