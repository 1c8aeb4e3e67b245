/** The charts of one scenario: lanes of what happened over charts of what was measured, all over one axis of time. */
import uPlot from 'uplot';
import { type ChartSpec, chartsOf, type Columns, type Role, type SeriesSpec } from '../charts.ts';
import { decimate, extentOf, lowerBound } from '../decimate.ts';
import { inkOn } from '../ink.ts';
import { type Lane, paintOrder, type Tone } from '../lanes.ts';
import { type PageScenario, STROKE_TICKS } from '../page-data.ts';
import { TICKS_PER_DAY } from '../../core/units.ts';
import { formatDuration } from '../../scenario/time.ts';
import { timeMarks, type View } from '../view.ts';

export interface Listener {
  zoomTo(view: View): void;
  /** What is under the cursor, in words; where it is not on a chart, what the charts show. */
  cursorAt(text: string): void;
}

const CHART_HEIGHT = 132;
const LANE_HEIGHT = 19;
const X_AXIS_HEIGHT = 28;
const Y_AXIS_WIDTH = 58;
/** Room for half of the longest time at the axis. */
const RIGHT_MARGIN = 48;
const MARK_WIDTH = 3;
/** A span narrower than so many marks is drawn as one. */
const NARROW_MARKS = 2;
/** Strokes closer together than this are drawn as a band. */
const STROKE_GAP_PX = 3;
/** Of a day that is narrower the mean is drawn, where there is one. */
const NARROWEST_DAY_PX = 2;
const PIXELS_PER_TIME = 110;

const ROLE_COLOURS: Readonly<Record<Role, string>> = {
  programmed: '--programmed',
  believed: '--believed',
  true: '--true',
  control: '--control',
};

/** What lies below is wider, so that it is seen where both are the same. */
const LINE_WIDTHS: Readonly<Record<Role, number>> = { programmed: 5, control: 1.5, believed: 3, true: 1.5 };

const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  fault: '--fault',
  critical: '--critical',
  warning: '--warning',
  latched: '--latched',
  good: '--good',
  bad: '--bad',
  neutral: '--neutral',
};

interface Chart {
  readonly plot: uPlot;
  /** The series that are in the plot, in its order. */
  readonly series: readonly SeriesSpec[];
  /** The lowest and the highest of what its lines show in this view; null: nothing. */
  extent: readonly [number, number] | null;
  /** Of what the lines are drawn in this view, as `series`. */
  shown: readonly Float64Array[];
}

export class Figure {
  private readonly root: HTMLElement;
  private readonly data: PageScenario;
  private readonly specs: readonly ChartSpec[];
  private readonly strokes: Float64Array;
  private readonly listener: Listener;
  private lanes: uPlot | null = null;
  private charts: Chart[] = [];
  private view: View;
  private isControlShown = true;
  private markTick: number | null = null;

  constructor(
    root: HTMLElement,
    data: PageScenario,
    main: Columns,
    control: Columns | null,
    listener: Listener,
  ) {
    this.root = root;
    this.data = data;
    this.specs = chartsOf(main, control);
    this.strokes = main.get(STROKE_TICKS) ?? new Float64Array();
    this.listener = listener;
    this.view = { from: 0, to: data.lastTick };
  }

  show(view: View, isControlShown: boolean): void {
    if (this.lanes === null || isControlShown !== this.isControlShown) {
      this.isControlShown = isControlShown;
      this.build();
    }
    this.view = view;
    for (const chart of this.charts) this.fill(chart);
    this.lanes?.setScale('x', { min: view.from, max: view.to });
    if (this.cursorTick() === null) this.listener.cursorAt(this.shown());
  }

  /** Draw a line at this tick in every chart. */
  mark(tick: number): void {
    this.markTick = tick;
    this.lanes?.redraw();
    for (const { plot } of this.charts) plot.redraw();
  }

  /** Where no chart is to be seen as a whole, what has moved in them would go unseen. */
  scrollIntoSight(): void {
    const charts = [...this.root.querySelectorAll('.chart')].map((chart) => chart.getBoundingClientRect());
    if (charts.some(({ top, bottom }) => top >= 0 && bottom <= innerHeight)) return;
    this.root.querySelector('.lanes')?.scrollIntoView({ block: 'nearest' });
  }

  /** After a change of colours or of the width; drawn anew when it is shown again, for what is hidden has no width. */
  discard(): void {
    this.lanes?.destroy();
    for (const { plot } of this.charts) plot.destroy();
    this.root.replaceChildren();
    this.lanes = null;
    this.charts = [];
  }

  cursorTick(): number | null {
    const plot = this.lanes;
    const left = plot?.cursor.left ?? -1;
    return plot === null || left < 0 ? null : plot.posToVal(left, 'x');
  }

  private build(): void {
    this.discard();
    this.lanes = this.buildLanes();
    this.charts = this.specs.map((spec) => this.buildChart(spec));
  }

  /** A row with a place for words on the left and one for a plot. */
  private row(kind: string): { gutter: HTMLElement; place: HTMLElement } {
    const row = document.createElement('div');
    row.className = `chart ${kind}`;
    const gutter = document.createElement('div');
    gutter.className = 'gutter';
    const place = document.createElement('div');
    place.className = 'plot';
    row.append(gutter, place);
    this.root.append(row);
    return { gutter, place };
  }

  private options(place: HTMLElement, height: number): uPlot.Options {
    const text = colour('--text');
    const grid = { stroke: colour('--grid'), width: 1 };
    return {
      width: place.clientWidth,
      height,
      padding: [6, RIGHT_MARGIN, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        sync: {
          key: this.root.id,
          setSeries: false,
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
      },
      scales: { x: { time: false, range: () => [this.view.from, this.view.to] } },
      series: [{}],
      axes: [
        {
          stroke: text,
          grid,
          ticks: grid,
          size: X_AXIS_HEIGHT,
          splits: () => timeMarks(this.view, Math.max(2, place.clientWidth / PIXELS_PER_TIME)),
          values: (_, marks) => marks.map((mark) => shortTime(mark)),
        },
        { stroke: text, grid, ticks: grid, size: Y_AXIS_WIDTH, space: 28, values: yMarks },
      ],
      hooks: {
        drawClear: [(plot) => this.drawBackground(plot)],
        draw: [(plot) => this.drawMark(plot)],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  private buildChart(spec: ChartSpec): Chart {
    const { gutter, place } = this.row('curve');
    const series = spec.series.filter(({ role }) => this.isControlShown || role !== 'control');
    gutter.append(
      element('h3', spec.title),
      element('small', [spec.unit, spec.note].filter(Boolean).join(', ')),
    );
    const readings = series.map(({ label, role }) => {
      const line = element('div', '');
      line.className = `key ${role}`;
      const value = element('b', '');
      line.append(element('i', ''), element('span', label), value);
      gutter.append(line);
      return value;
    });
    const options = this.options(place, CHART_HEIGHT);
    const plot = new uPlot(
      {
        ...options,
        scales: { ...options.scales, y: { range: () => yRange(chart.extent, spec) } },
        series: [
          {},
          ...series.map(({ label, role }) => ({
            label,
            stroke: colour(ROLE_COLOURS[role]),
            width: LINE_WIDTHS[role],
            ...(role === 'control' ? { dash: [5, 4] } : {}),
            points: { show: false },
          })),
        ],
        hooks: {
          ...options.hooks,
          setCursor: [
            (one) => {
              const left = one.cursor.left ?? -1;
              const tick = left < 0 ? null : one.posToVal(left, 'x');
              series.forEach((each, i) => {
                readings[i]!.textContent = tick === null ? '' : reading(each.ticks, chart.shown[i]!, tick);
              });
            },
          ],
        },
      },
      [[], ...series.map(() => [])],
      place,
    );
    const chart: Chart = { plot, series, extent: null, shown: series.map(({ values }) => values) };
    return chart;
  }

  /** Thin the data for this view: few enough to draw, and the same picture. */
  private fill(chart: Chart): void {
    const { plot, series } = chart;
    const { from, to } = this.view;
    const buckets = Math.max(100, Math.floor(plot.bbox.width));
    const isByDay = (NARROWEST_DAY_PX * (to - from)) / buckets > TICKS_PER_DAY;
    chart.shown = series.map(({ values, byDay }) => (isByDay ? (byDay ?? values) : values));
    const lines = series.map(({ ticks }, i) => decimate(ticks, chart.shown[i]!, from, to, buckets));
    chart.extent = extentOf(lines, from, to);
    const tables = lines.map(({ x, y }): uPlot.AlignedData => [x as number[], y as (number | null)[]]);
    // Series of two runs have ticks of their own: joined, each keeps its points, and lines go over those of the other.
    plot.batch(() => {
      plot.setData(tables.length === 0 ? [[]] : uPlot.join(tables), false);
      plot.setScale('x', { min: from, max: to });
    });
  }

  private buildLanes(): uPlot {
    const { gutter, place } = this.row('lanes');
    const { lanes } = this.data.main;
    gutter.style.setProperty('--lane-height', `${LANE_HEIGHT}px`);
    for (const label of [...lanes.map((lane) => lane.label), 'strokes commanded']) {
      const name = element('div', label);
      name.className = 'lane';
      gutter.append(name);
    }
    const rows = lanes.length + 1;
    const options = this.options(place, rows * LANE_HEIGHT + X_AXIS_HEIGHT + 6);
    const [xAxis = {}, yAxis = {}] = options.axes ?? [];
    return new uPlot(
      {
        ...options,
        scales: { ...options.scales, y: { range: () => [0, rows] } },
        axes: [xAxis, { ...yAxis, splits: () => [], values: () => [] }],
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        hooks: {
          ...options.hooks,
          draw: [
            (plot) => {
              lanes.forEach((lane, i) => this.drawLane(plot, lane, i));
              this.drawStrokes(plot, lanes.length);
              this.drawMark(plot);
            },
          ],
          setCursor: [(plot) => this.listener.cursorAt(this.underCursor(plot))],
        },
      },
      [
        [0, this.data.lastTick],
        [null, null],
      ],
      place,
    );
  }

  private underCursor(plot: uPlot): string {
    const { left = -1, top = -1 } = plot.cursor;
    if (left < 0) return this.shown();
    const tick = plot.posToVal(left, 'x');
    const reach = Math.abs(plot.posToVal(left + MARK_WIDTH + 1, 'x') - tick);
    const lane = this.data.main.lanes[Math.floor((top * devicePixelRatio) / this.laneHeight())];
    const items = lane?.items.filter(({ from, to }) => from - reach <= tick && to + reach >= tick) ?? [];
    const item = paintOrder(items, this.narrowTicks(plot)).at(-1);
    const time = formatDuration(Math.max(0, Math.round(tick)));
    return item === undefined ? time : `${time}: ${item.text}`;
  }

  private shown(): string {
    return `${formatDuration(Math.round(this.view.from))} to ${formatDuration(Math.round(this.view.to))}`;
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const view = { from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') };
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.listener.zoomTo(view);
  }

  private laneHeight(): number {
    return LANE_HEIGHT * devicePixelRatio;
  }

  private drawLane(plot: uPlot, { items }: Lane, row: number): void {
    const { ctx, bbox } = plot;
    const top = bbox.top + row * this.laneHeight();
    const height = this.laneHeight();
    const pad = height * 0.18;
    inside(plot, () => {
      ctx.fillStyle = colour('--grid');
      ctx.fillRect(bbox.left, top + height - 1, bbox.width, 1);
      const markWidth = MARK_WIDTH * devicePixelRatio;
      const seen = items.filter(({ from, to }) => to >= this.view.from && from <= this.view.to);
      for (const { from, to, tone, label = '' } of paintOrder(seen, this.narrowTicks(plot))) {
        const left = plot.valToPos(from, 'x', true);
        const width = plot.valToPos(to, 'x', true) - left;
        ctx.fillStyle = colour(TONE_COLOURS[tone]);
        if (width < NARROW_MARKS * markWidth) {
          // As high as a mark and in the place of one, so that no mark of the same moment looks out from below it.
          ctx.fillRect(left - markWidth / 2, top + 1, width + markWidth, height - 3);
        } else {
          ctx.fillRect(left, top + pad, width, height - 2 * pad);
          const begin = Math.max(left, bbox.left);
          this.labelSpan(
            plot,
            label,
            inkOn(colour(TONE_COLOURS[tone])),
            begin,
            left + width,
            top + height / 2,
          );
        }
      }
    });
  }

  /** What is shorter is drawn narrower than two marks. */
  private narrowTicks(plot: uPlot): number {
    return plot.posToVal(NARROW_MARKS * MARK_WIDTH, 'x') - plot.posToVal(0, 'x');
  }

  private labelSpan(
    { ctx, bbox }: uPlot,
    label: string,
    ink: string,
    left: number,
    right: number,
    middle: number,
  ): void {
    const pad = 5 * devicePixelRatio;
    ctx.font = `600 ${11 * devicePixelRatio}px sans-serif`;
    if (ctx.measureText(label).width + 2 * pad > Math.min(right, bbox.left + bbox.width) - left) return;
    ctx.fillStyle = ink;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    ctx.fillText(label, left + pad, middle);
  }

  /** Every stroke a tick mark where there is room for it, else how dense they are. */
  private drawStrokes(plot: uPlot, row: number): void {
    const { ctx, bbox } = plot;
    const { strokes, view } = this;
    const top = bbox.top + row * this.laneHeight() + 2;
    const height = this.laneHeight() - 5;
    const begin = lowerBound(strokes, view.from);
    const end = lowerBound(strokes, view.to + 1);
    inside(plot, () => {
      ctx.fillStyle = colour('--true');
      const gap = STROKE_GAP_PX * devicePixelRatio;
      if ((end - begin) * gap < bbox.width) {
        for (let i = begin; i < end; i += 1) {
          ctx.fillRect(plot.valToPos(strokes[i]!, 'x', true) - 0.5, top, devicePixelRatio, height);
        }
        return;
      }
      // As high as there are strokes, against the fullest of these columns.
      const counts = new Array<number>(Math.ceil(bbox.width / gap)).fill(0);
      const perColumn = (view.to - view.from) / counts.length;
      const starts = counts.map((_, i) => lowerBound(strokes, view.from + i * perColumn));
      counts.forEach((_, i) => {
        counts[i] = (starts[i + 1] ?? end) - starts[i]!;
      });
      const most = counts.reduce((a, b) => Math.max(a, b), 1);
      counts.forEach((count, i) => {
        const high = (height * count) / most;
        ctx.fillRect(bbox.left + i * gap, top + height - high, gap, high);
      });
    });
  }

  /** Where a fault is on, so that every chart shows it. */
  private drawBackground(plot: uPlot): void {
    const { ctx, bbox } = plot;
    inside(plot, () => {
      ctx.fillStyle = colour('--fault-band');
      for (const { label, items } of this.data.main.lanes) {
        if (!label.startsWith('fault:')) continue;
        for (const { from, to } of items) {
          if (from === to) continue;
          const left = plot.valToPos(from, 'x', true);
          ctx.fillRect(left, bbox.top, Math.max(1, plot.valToPos(to, 'x', true) - left), bbox.height);
        }
      }
    });
  }

  private drawMark(plot: uPlot): void {
    const { ctx, bbox } = plot;
    inside(plot, () => {
      const line = (tick: number, name: string): void => {
        ctx.fillStyle = colour(name);
        ctx.fillRect(
          plot.valToPos(tick, 'x', true) - devicePixelRatio,
          bbox.top,
          2 * devicePixelRatio,
          bbox.height,
        );
      };
      if (this.markTick !== null) line(this.markTick, '--quiet');
      const [firstFailure] = this.data.failureTicks;
      if (firstFailure !== undefined) line(firstFailure, '--bad');
    });
  }
}

/** Draw within the plot's frame only. */
function inside({ ctx, bbox }: uPlot, draw: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

function element(tag: string, text: string): HTMLElement {
  const one = document.createElement(tag);
  one.textContent = text;
  return one;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The value last known at this tick. */
function reading(ticks: Float64Array, values: Float64Array, tick: number): string {
  const value = values[lowerBound(ticks, tick + 1) - 1];
  if (value === undefined || Number.isNaN(value)) return '-';
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits, useGrouping: true });
}

/** Some room above and below, and never less than the chart's least span. */
function yRange(extent: Chart['extent'], { isFromZero, leastSpan }: ChartSpec): [number, number] {
  if (extent === null) return [0, leastSpan];
  const [low, high] = extent;
  const [bottom, top] = isFromZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  const room = Math.max((top - bottom) * 0.08, (leastSpan - (top - bottom)) / 2);
  return [isFromZero && bottom === 0 ? 0 : bottom - room, top + room];
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
const LONG_NUMBER = 100_000;

/** Long numbers have no room beside an axis. */
function yMarks(_: uPlot, marks: number[]): string[] {
  const isLong = marks.some((mark) => Math.abs(mark) >= LONG_NUMBER);
  return marks.map((mark) => (isLong ? COMPACT.format(mark) : mark.toLocaleString('en')));
}

/** The two finest units: marks have little room, and the line above the charts says where all of them are. */
function shortTime(tick: number): string {
  return formatDuration(tick).split(' ').slice(-4).join(' ');
}
