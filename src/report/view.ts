/** The span of time that is looked at, and how it moves. */

export interface View {
  readonly from: number;
  readonly to: number;
}

/** Closer than this there is nothing to see between two ticks. */
const NARROWEST_TICKS = 20;
/** Around a moment that was asked for. */
const BEFORE_TICKS = 1200;
const AFTER_TICKS = 2400;

/** Kept inside the run, of the same width where that is possible. */
export function clamped({ from, to }: View, lastTick: number): View {
  const width = Math.min(Math.max(to - from, Math.min(NARROWEST_TICKS, lastTick)), lastTick);
  const start = Math.min(Math.max(0, from), lastTick - width);
  return { from: start, to: start + width };
}

/** `factor` below 1 comes closer; what is at `centre` stays where it is. */
export function zoomed({ from, to }: View, factor: number, centre: number, lastTick: number): View {
  return clamped({ from: centre - (centre - from) * factor, to: centre + (to - centre) * factor }, lastTick);
}

/** By a share of the view's width: below 0 is earlier. */
export function panned({ from, to }: View, share: number, lastTick: number): View {
  const by = (to - from) * share;
  return clamped({ from: from + by, to: to + by }, lastTick);
}

export function around(tick: number, lastTick: number): View {
  return clamped({ from: tick - BEFORE_TICKS, to: tick + AFTER_TICKS }, lastTick);
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const COARSEST_STEP = 10 * YEAR;
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 30, 73].map((n) => n * DAY),
  ...[0.5, 1, 2, 5].map((n) => n * YEAR),
];

/** Where the axis has its marks: whole units of time, the finest that leaves `most` or fewer of them. */
export function timeMarks({ from, to }: View, most: number): number[] {
  const step = STEPS.find((ticks) => (to - from) / ticks <= most) ?? COARSEST_STEP;
  const marks: number[] = [];
  for (let mark = Math.ceil(from / step) * step; mark <= to; mark += step) marks.push(mark);
  return marks;
}

/** What a click or a link asks for: `#3:7200` is tick 7200 of scenario 3. */
export interface Place {
  readonly scenario: number;
  readonly tick: number | null;
}

/**
 * The place among `failures` that follows `from`, or comes before it, and past the last of them the first. `order` has
 * the scenarios as the page lists them, and the failures are in that order. Without a tick one is before all of a scenario.
 */
export function nextFailure(
  failures: readonly Place[],
  order: readonly number[],
  from: Place,
  direction: 1 | -1,
): Place | null {
  const isBeyond = ({ scenario, tick }: Place): boolean => {
    const scenarios = order.indexOf(scenario) - order.indexOf(from.scenario);
    return direction * (scenarios === 0 ? (tick ?? -1) - (from.tick ?? -1) : scenarios) > 0;
  };
  return direction === 1
    ? (failures.find(isBeyond) ?? failures[0] ?? null)
    : (failures.findLast(isBeyond) ?? failures.at(-1) ?? null);
}

export function parsePlace(hash: string): Place | null {
  const match = /^#(\d+)(?::(\d+))?$/.exec(hash);
  if (match === null) return null;
  return { scenario: Number(match[1]), tick: match[2] === undefined ? null : Number(match[2]) };
}
