/** A plot as SVG without a browser: lines and marks over one axis, for pages that need no script. */
import { html, type Markup, NOTHING } from './markup.ts';

export interface PlotSeries {
  readonly label: string;
  /** A class of the style sheet that gives `color`. */
  readonly role: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A mark at each point. */
  readonly hasMarks: boolean;
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Rates go over decades. */
  readonly isXLogarithmic: boolean;
  /** `fromZero` shows a quantity as large as it is. */
  readonly yAxis: 'logarithmic' | 'linear' | 'fromZero';
  readonly series: readonly PlotSeries[];
}

/** As wide as a page has room for, and not so wide that its words are too small on a narrow one. */
const WIDTH = 1000;
const HEIGHT = 300;
const LEFT = 74;
const RIGHT = 16;
const TOP = 28;
const BOTTOM = 46;
const MARKS = 6;
/** Of a step of the axis: nearer to the edge of the plot no curve comes. */
const CLEARANCE = 0.1;
/** Of the legend: a sample of the line, and a character at the size of the text. */
const SAMPLE = 24;
const CHARACTER = 6;

interface Axis {
  readonly place: (value: number) => number;
  readonly marks: readonly number[];
}

export function svgPlot(plot: Plot): Markup {
  const points = plot.series.flatMap((series) => series.points);
  if (points.length === 0) return NOTHING;
  const x = axis(
    points.map(([value]) => value),
    { isLogarithmic: plot.isXLogarithmic, from: LEFT, to: WIDTH - RIGHT, clearance: 0 },
  );
  const heights = points.map(([, value]) => value);
  if (plot.yAxis === 'fromZero') heights.push(0);
  const y = axis(heights, {
    isLogarithmic: plot.yAxis === 'logarithmic',
    from: HEIGHT - BOTTOM,
    to: TOP,
    clearance: CLEARANCE,
  });
  // As wide as the page: what is read in columns has to be narrower than a plot.
  return html`<figure style="max-width:none"><figcaption>${plot.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${plot.title}">
${x.marks.map(
  (
    mark,
  ) => html`<line class="grid" x1="${x.place(mark)}" x2="${x.place(mark)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>
<text x="${x.place(mark)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${numberText(mark)}</text>`,
)}
${y.marks.map(
  (
    mark,
  ) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.place(mark)}" y2="${y.place(mark)}"/>
<text x="${LEFT - 6}" y="${y.place(mark) + 4}" text-anchor="end">${numberText(mark)}</text>`,
)}
${plot.series.map(
  ({ role, points: of, hasMarks }) =>
    html`<polyline class="${role}" points="${of
      .map(([px, py]) => `${round(x.place(px))},${round(y.place(py))}`)
      .join(' ')}"/>${
      hasMarks
        ? of.map(
            ([px, py]) =>
              html`<circle class="${role}" cx="${round(x.place(px))}" cy="${round(y.place(py))}" r="3"/>`,
          )
        : NOTHING
    }`,
)}
<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${plot.xLabel}</text>
<text x="14" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})">${plot.yLabel}</text>
${legend(plot.series)}
</svg></figure>`;
}

/** Two curves may be one thing; one alone is named by its axis. */
function legend(series: readonly PlotSeries[]): Markup {
  const entries = new Map(series.map(({ label, role }) => [label, role]));
  if (entries.size < 2) return NOTHING;
  let left = LEFT;
  return html`${[...entries].map(([label, role]) => {
    const from = left;
    left += SAMPLE + 6 + label.length * CHARACTER + 24;
    return html`<polyline class="${role}" points="${from},14 ${from + SAMPLE},14"/>
<text x="${from + SAMPLE + 6}" y="18">${label}</text>
`;
  })}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function numberText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}

interface AxisPlan {
  readonly isLogarithmic: boolean;
  readonly from: number;
  readonly to: number;
  /** Steps that there are at least beyond what is shown; zero is a wall of its own and needs none. */
  readonly clearance: number;
}

function axis(values: readonly number[], { isLogarithmic, from, to, clearance }: AxisPlan): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (isLogarithmic) return logarithmic(low, high, from, to);
  const step = niceStep((high - low || Math.abs(high) || 1) / MARKS);
  const start = Math.floor(low / step - (low === 0 ? 0 : clearance)) * step;
  const end = Math.max(start + step, Math.ceil(high / step + (high === 0 ? 0 : clearance)) * step);
  const count = Math.round((end - start) / step);
  return {
    place: (value) => round(from + ((value - start) / (end - start)) * (to - from)),
    // Multiplied and not summed, so that a mark at zero is zero.
    marks: Array.from({ length: count + 1 }, (_, i) => start + i * step),
  };
}

function logarithmic(low: number, high: number, from: number, to: number): Axis {
  const start = Math.floor(Math.log10(low));
  const end = Math.max(start + 1, Math.ceil(Math.log10(high)));
  return {
    place: (value) => round(from + ((Math.log10(value) - start) / (end - start)) * (to - from)),
    marks: Array.from({ length: end - start + 1 }, (_, i) => 10 ** (start + i)),
  };
}

/** 1, 2 or 5 of some power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}
