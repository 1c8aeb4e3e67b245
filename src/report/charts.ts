/** Which charts a run has, and the series in them, in the units that people read. No drawing here. */
import { averagingTicks, difference, overPumps, peaksAndRest, ratePerDay } from './derive.ts';
import { SAMPLE_TICKS, STROKE_TICKS } from './page-data.ts';
import { TICKS_PER_DAY } from '../core/units.ts';
import { formatDuration } from '../scenario/time.ts';

/** The same role has the same colour in every chart. */
export type Role = 'programmed' | 'believed' | 'true' | 'control';

export interface SeriesSpec {
  readonly label: string;
  readonly role: Role;
  readonly ticks: Float64Array;
  readonly values: Float64Array;
  /** By whole days, for a view in which a day is too narrow to show its hours, which would fill a band. */
  readonly byDay?: Float64Array;
}

export interface ChartSpec {
  readonly title: string;
  readonly unit: string;
  readonly note: string;
  /** The axis begins at zero, or a small change would look like a large one. */
  readonly isFromZero: boolean;
  /** The axis never spans less, or noise would look like an event. In the chart's unit. */
  readonly leastSpan: number;
  readonly series: readonly SeriesSpec[];
}

export type Columns = ReadonlyMap<string, Float64Array>;

/** The pump's own count, which ends with the pump. */
const BELIEVED_DOSE = 'computed.delivered-ug';
/** Doses come in ng, volumes in nL, the battery in thousandths of a per cent, concentrations in ng/mL. */
const PER_UG = 1000;
const PER_ML = 1_000_000;
const PER_KPA = 1000;
const PER_VOLT = 1000;
const PER_PERCENT = 1000;
const DAYS_OF_LONG_RUN = 365;

export function chartsOf(recorded: Columns, control: Columns | null): ChartSpec[] {
  const counted = recorded.get(BELIEVED_DOSE);
  const main = counted === undefined ? recorded : new Map([...recorded, [BELIEVED_DOSE, overPumps(counted)]]);
  const averaged = averagingTicks(main.get(STROKE_TICKS)?.length ?? 0, lastTick(main));
  const isLong = lastTick(main) >= DAYS_OF_LONG_RUN * TICKS_PER_DAY;
  const rateOver =
    (ticks: number) =>
    (columns: Columns, name: string): Float64Array | null => {
      const cumulative = columns.get(name);
      return cumulative === undefined ? null : ratePerDay(ticksOf(columns), cumulative, ticks);
    };
  const behind = (columns: Columns, name: string): Float64Array | null => {
    const [dose, prescribed] = [columns.get(name), columns.get('true.prescribed-ug')];
    return dose === undefined || prescribed === undefined ? null : difference(dose, prescribed);
  };
  const plain = (columns: Columns, name: string): Float64Array | null => columns.get(name) ?? null;
  // In this order they are drawn: what is true lies on top.
  const doses = (
    scale: number,
    of: (columns: Columns, name: string) => Float64Array | null,
  ): SeriesSpec[] => [
    ...series('programmed', 'programmed', main, of(main, 'true.prescribed-ug'), scale),
    ...(control === null
      ? []
      : series('control, truth', 'control', control, of(control, 'true.delivered-ug'), scale)),
    ...series('pump believes', 'believed', main, of(main, BELIEVED_DOSE), scale),
    ...series('truth, at the tip', 'true', main, of(main, 'true.delivered-ug'), scale),
  ];
  const truth = (name: string, scale: number, label = 'truth'): SeriesSpec[] => [
    ...(control === null ? [] : series('control', 'control', control, plain(control, name), scale)),
    ...series(label, 'true', main, plain(main, name), scale),
  ];
  const charts: ChartSpec[] = [
    {
      title: 'Delivery',
      unit: 'ug/day',
      note: `average of the ${formatDuration(averaged)} before${isLong ? '; of a day where a year or more is in view' : ''}`,
      isFromZero: true,
      leastSpan: 1,
      series: withDays(doses(PER_UG, rateOver(averaged)), doses(PER_UG, rateOver(TICKS_PER_DAY))),
    },
    {
      title: 'More or less than programmed',
      unit: 'ug',
      note: 'since the start; below zero is missed',
      isFromZero: true,
      leastSpan: 1,
      series: doses(PER_UG, behind).filter(({ role }) => role !== 'programmed'),
    },
    {
      title: 'Dose since the start',
      unit: 'ug',
      note: '',
      isFromZero: false,
      leastSpan: 1,
      series: doses(PER_UG, plain),
    },
    {
      title: 'Outlet pressure',
      unit: 'kPa',
      note: 'what the sensor would read: the peak of a stroke, or at rest',
      isFromZero: true,
      leastSpan: 2,
      series: [
        ...(control === null ? [] : pressure('control', 'control', control)),
        ...pressure('reading', 'true', main),
      ],
    },
    {
      title: 'Reservoir',
      unit: 'mL',
      note: '',
      isFromZero: false,
      leastSpan: 0.1,
      series: [
        ...series('pump believes', 'believed', main, plain(main, 'computed.reservoir-ul'), PER_ML),
        ...truth('true.reservoir-ul', PER_ML),
      ],
    },
    {
      title: 'Battery used',
      unit: '%',
      note: '',
      isFromZero: true,
      leastSpan: 1,
      series: series(
        'pump believes',
        'believed',
        main,
        plain(main, 'computed.battery-used-percent'),
        PER_PERCENT,
      ),
    },
    {
      title: 'Supply at rest',
      unit: 'V',
      note: 'what the sensor would read',
      isFromZero: false,
      leastSpan: 0.05,
      series: truth('supply-mv', PER_VOLT, 'reading'),
    },
    {
      title: 'Concentration at the tip',
      unit: 'ug/mL',
      note: '',
      isFromZero: true,
      leastSpan: 1,
      series: truth('true.tip-concentration-ug-per-ml', PER_UG),
    },
    {
      title: 'Patient*: spinal fluid',
      unit: 'ug/mL',
      note: '* illustrative, no medical device',
      isFromZero: true,
      leastSpan: 0.01,
      series: truth('patient.csf-ug-per-ml', PER_UG, 'level'),
    },
    {
      title: 'Patient*: effect',
      unit: '%',
      note: '* illustrative, no medical device; 100 is what the patient is used to',
      isFromZero: true,
      leastSpan: 10,
      series: truth('patient.effect-percent', PER_PERCENT, 'effect'),
    },
  ];
  return charts.filter((chart) => chart.series.some(({ role }) => role !== 'control'));
}

/** A run of less than a day has none. */
function withDays(series: readonly SeriesSpec[], daily: readonly SeriesSpec[]): SeriesSpec[] {
  return series.map((one) => {
    const byDay = daily.find(({ label }) => label === one.label)?.values;
    return byDay === undefined ? one : { ...one, byDay };
  });
}

function ticksOf(columns: Columns): Float64Array {
  return columns.get(SAMPLE_TICKS) ?? new Float64Array();
}

function lastTick(columns: Columns): number {
  return ticksOf(columns).at(-1) ?? 0;
}

function pressure(label: string, role: Role, columns: Columns): SeriesSpec[] {
  const strokes = columns.get(STROKE_TICKS) ?? new Float64Array();
  return series(label, role, columns, columns.get('outlet-pressure-pa') ?? null, PER_KPA).map((one) => ({
    ...one,
    ...peaksAndRest(one.ticks, one.values, strokes),
  }));
}

/** None where nothing is known: a target without a world knows no truth. */
function series(
  label: string,
  role: Role,
  columns: Columns,
  values: Float64Array | null,
  scale: number,
): SeriesSpec[] {
  if (values === null || values.every((value) => Number.isNaN(value))) return [];
  return [{ label, role, ticks: ticksOf(columns), values: values.map((value) => value / scale) }];
}
