/**
 * The dose oracle: a second, independent accounting of what was prescribed against what truly reached the catheter
 * tip. It shares nothing with the firmware, so that a wrong constant there can't cancel out here.
 *
 * Written P(t) for the prescription and D(t) for the delivery of ticks 0 to t, t included: the same tick whose
 * share completes a stroke also delivers it, so a perfect pump has D <= P < D + one stroke after every tick. Nothing
 * is prescribed or delivered before tick 0, hence a window is (t - length, t] and the run begins at tick -1.
 *
 *  - Excess: the largest D - P - one stroke over any window of at most an hour. Such a window opens just before a
 *    delivery and closes with one; the best opening is kept by a queue of rising minima.
 *  - Over and under: beyond +-14.5 % and two strokes over exactly 24 h. Between deliveries entering and leaving the
 *    window and changes of rate at either end, both sides are linear, so the ends of each such piece are enough; the
 *    first offending tick inside a piece is found by bisection. Under waits for the first full 24 h, over does not.
 *    Most deliveries are so far from either that an hour is judged at once, by the most and the least that any
 *    window ending in it can hold.
 *  - Silent stop: 2 h and 8 strokes of prescription since the last delivery, and no alarm raised after it.
 *
 * Arithmetic: a prescription is a whole number of pg a day, so P is held as whole pg and a fraction counted in
 * 1/(ticks of a day) pg. Whole parts stay below 2^47 in seven years of 24 mL/day of 2,000 ug/mL and only differences
 * over 24 h are multiplied. One scaled integer for P was rejected: it must carry nL/h as well as ug/day, and would
 * pass 2^53 within a day of that rate.
 *
 * Everything is settled one tick late: calls for one tick may come in any order, and reading changes nothing.
 */

/** pg per tick, exactly. 0.1 ug/day is 100,000 over the ticks of a day, 0.1 ug/h 2,400,000, a nL/h of c ug/mL 24 x c. */
export interface PrescribedRate {
  readonly numerator: number;
  /** Any, as long as a day at this rate is a whole number of pg. */
  readonly denominator: number;
}

export type DoseFailureKind = 'over-delivery' | 'under-delivery' | 'silent-stop';

export interface DoseFailure {
  readonly kind: DoseFailureKind;
  /** First tick of this kind since tick 0. */
  readonly tick: number;
}

/** How far the 24 h window and the silence have been judged. Scalars only, so that a look ahead works on a copy. */
interface Watch {
  /** The window that ends with each tick up to this one is judged. */
  judgedTick: number;
  /** First delivery after that tick, and D before it. */
  nextIndex: number;
  headPg: number;
  /** First delivery that is still inside the window. */
  deliveryIndex: number;
  /** D at the tick before the window. */
  leftPg: number;
  /** Rate segment of the tick before the window. */
  segmentIndex: number;
  overTick: number;
  underTick: number;
  /** Silence up to this tick is judged. */
  heardTick: number;
  silentTick: number;
}

/** Plain data: typed arrays are rings of records, indexed by running counts. */
export interface Oracle {
  readonly ticksPerHour: number;
  readonly ticksPerDay: number;
  /** Somebody wants to know the excess: it is half of the work. */
  readonly isExcessKept: boolean;
  strokePg: number;
  latestTick: number;

  /** Rate segments of the last 24 h, SEGMENT_WORDS each. */
  segments: Float64Array;
  segmentCount: number;

  /** Deliveries of the last 24 h: tick, D after it. */
  deliveries: Float64Array;
  deliveryCount: number;
  deliveredPg: number;

  /** Openings of the last hour with rising D - P: tick, whole pg, fraction. */
  openings: Float64Array;
  openingFirst: number;
  openingCount: number;
  excessPg: number;
  /** The last delivery has not closed its windows yet, because its tick may still change. */
  isClosing: boolean;

  /** P at a tick of the last segment. */
  dueTick: number;
  dueWhole: number;
  dueFraction: number;

  lastDeliveryTick: number;
  /** P at that tick. */
  lastPrescribedWhole: number;
  lastPrescribedFraction: number;
  /** First alarm raised after it. */
  alarmTick: number;

  watch: Watch;
}

const NONE = -1;

/** Label accuracy of the device family, +-14.5 % (TGA-0357), as whole numbers over 200. */
const ACCURACY_WHOLE = 200;
const ACCURACY_OVER = 229;
const ACCURACY_UNDER = 171;
const ACCURACY_STROKES = 2;
const SILENT_HOURS = 2;
const SILENT_STROKES = 8;

const MAX_EXACT = 9007199254740991;
/** Most that may be prescribed or delivered within 24 h: 2^42 pg, 4.4 g. Times 229 it is below 2^50. */
const DAY_PG_MAX = 4398046511104;
const STROKE_PG_MAX = 1099511627776;
/** 2^31 ticks x 2^16 ticks an hour x 24 is below 2^52: the fraction of any tick's P is exact. */
const TICK_MAX = 2147483647;
const TICKS_PER_HOUR_MAX = 65536;

/** Words of a record: powers of two, so that no record's place needs a division. */
const SEGMENT_WORDS = 8;
const SINCE = 0;
const BASE_WHOLE = 1;
const BASE_FRACTION = 2;
const RATE_WHOLE = 3;
const RATE_FRACTION = 4;
const DELIVERY_WORDS = 2;
const OPENING_WORDS = 4;
const RING_RECORDS = 64;

export function createOracle(o: { ticksPerHour: number; strokePg: number; isExcessKept?: boolean }): Oracle {
  assert(isCount(o.ticksPerHour, TICKS_PER_HOUR_MAX) && o.ticksPerHour > 0, 'ticks per hour out of range');
  assert(isCount(o.strokePg, STROKE_PG_MAX) && o.strokePg > 0, 'stroke out of range');
  const ticksPerDay = 24 * o.ticksPerHour;
  const segments = new Float64Array(RING_RECORDS * SEGMENT_WORDS);
  // Rate 0 from so far back that the first window's tail rests on it.
  segments[SINCE] = -ticksPerDay;
  return {
    ticksPerHour: o.ticksPerHour,
    ticksPerDay,
    isExcessKept: o.isExcessKept !== false,
    strokePg: o.strokePg,
    latestTick: 0,
    segments,
    segmentCount: 1,
    deliveries: new Float64Array(RING_RECORDS * DELIVERY_WORDS),
    deliveryCount: 0,
    deliveredPg: 0,
    openings: new Float64Array(RING_RECORDS * OPENING_WORDS),
    openingFirst: 0,
    openingCount: 0,
    excessPg: 0,
    isClosing: false,
    dueTick: -1,
    dueWhole: 0,
    dueFraction: 0,
    lastDeliveryTick: -1,
    lastPrescribedWhole: 0,
    lastPrescribedFraction: 0,
    alarmTick: NONE,
    watch: {
      judgedTick: -1,
      nextIndex: 0,
      headPg: 0,
      deliveryIndex: 0,
      leftPg: 0,
      segmentIndex: 0,
      overTick: NONE,
      underTick: NONE,
      heardTick: -1,
      silentTick: NONE,
    },
  };
}

/** From this tick on, itself included, the rate applies: 0 when the clinician stops the pump. */
export function prescribe(oracle: Oracle, tick: number, rate: PrescribedRate): void {
  arrive(oracle, tick);
  const { ticksPerDay } = oracle;
  assert(
    isCount(rate.numerator, MAX_EXACT) && isCount(rate.denominator, TICK_MAX) && rate.denominator > 0,
    'rate is not a fraction of whole numbers',
  );
  const rateWhole = Math.floor(rate.numerator / rate.denominator);
  const rest = (rate.numerator - rateWhole * rate.denominator) * ticksPerDay;
  assert(rest <= MAX_EXACT, 'rate cannot be held exactly');
  const rateFraction = Math.floor(rest / rate.denominator);
  assert(rateFraction * rate.denominator === rest, 'a day at this rate is not a whole number of pg');
  assert((rateWhole + 1) * ticksPerDay <= DAY_PG_MAX, 'rate out of range');

  let head = segmentOffset(oracle, oracle.segmentCount - 1);
  if (
    oracle.segments[head + RATE_WHOLE] === rateWhole &&
    oracle.segments[head + RATE_FRACTION] === rateFraction
  )
    return;
  if (oracle.segments[head + SINCE] !== tick) {
    closeHour(oracle, tick);
    hearUntil(oracle, oracle.watch, tick - 1);
    judgeUntil(oracle, oracle.watch, tick - 1);
    // P is taken under the old rate before the new segment exists.
    const ticks = tick - oracle.segments[head + SINCE]!;
    const baseWhole = wholeAfter(oracle, head, ticks);
    const baseFraction = fractionAfter(oracle, head, ticks);
    assert(baseWhole <= MAX_EXACT, 'prescription passed 2^53');
    oracle.segments = withRoom(
      oracle.segments,
      SEGMENT_WORDS,
      oracle.watch.segmentIndex,
      oracle.segmentCount,
    );
    oracle.segmentCount += 1;
    head = segmentOffset(oracle, oracle.segmentCount - 1);
    oracle.segments[head + SINCE] = tick;
    oracle.segments[head + BASE_WHOLE] = baseWhole;
    oracle.segments[head + BASE_FRACTION] = baseFraction;
  }
  oracle.segments[head + RATE_WHOLE] = rateWhole;
  oracle.segments[head + RATE_FRACTION] = rateFraction;
  oracle.dueTick = tick - 1;
  oracle.dueWhole = oracle.segments[head + BASE_WHOLE]!;
  oracle.dueFraction = oracle.segments[head + BASE_FRACTION]!;
  if (oracle.lastDeliveryTick === tick) markDelivery(oracle, tick);
}

/** A fill of another strength: the larger stroke is what is allowed from here on, since windows reach back. */
export function strokeHolds(oracle: Oracle, strokePg: number): void {
  assert(isCount(strokePg, STROKE_PG_MAX) && strokePg > 0, 'stroke out of range');
  judgeUntil(oracle, oracle.watch, oracle.lastDeliveryTick - 1);
  oracle.strokePg = Math.max(oracle.strokePg, strokePg);
}

/** Everything that passed the tip since tick 0, as of this tick; what is new counts as one step at this tick. */
export function delivered(oracle: Oracle, tick: number, totalPg: number): void {
  arrive(oracle, tick);
  assert(isCount(totalPg, MAX_EXACT), 'delivered dose out of range');
  assert(totalPg >= oracle.deliveredPg, 'delivered dose fell');
  if (totalPg === oracle.deliveredPg) return;

  if (oracle.lastDeliveryTick === tick) {
    oracle.deliveries[deliveryOffset(oracle, oracle.deliveryCount - 1) + 1] = totalPg;
  } else {
    if (oracle.isExcessKept) {
      closeHour(oracle, tick);
      openHour(oracle, tick);
    }
    if (tick > soonestSilence(oracle)) hearUntil(oracle, oracle.watch, tick - 1);
    // Not at each: an hour can be judged at once, and moves a window by a 24th.
    if (tick - oracle.watch.judgedTick > oracle.ticksPerHour) judgeUntil(oracle, oracle.watch, tick - 1);
    oracle.deliveries = withRoom(
      oracle.deliveries,
      DELIVERY_WORDS,
      oracle.watch.deliveryIndex,
      oracle.deliveryCount,
    );
    oracle.deliveryCount += 1;
    const at = deliveryOffset(oracle, oracle.deliveryCount - 1);
    oracle.deliveries[at] = tick;
    oracle.deliveries[at + 1] = totalPg;
    oracle.isClosing = oracle.isExcessKept;
  }
  oracle.deliveredPg = totalPg;
  markDelivery(oracle, tick);
}

export function alarmRaised(oracle: Oracle, tick: number): void {
  arrive(oracle, tick);
  // A delivery of the same tick is the last one, whichever is told first; then this alarm isn't after it.
  if (oracle.alarmTick === NONE && oracle.lastDeliveryTick < tick) oracle.alarmTick = tick;
}

/** P(tick), rounded down. Looks back as far as the rates of the last 24 h are known. */
export function prescribedPg(oracle: Oracle, tick: number): number {
  let index = oracle.segmentCount - 1;
  while (tick < oracle.segments[segmentOffset(oracle, index) + SINCE]! - 1) {
    index -= 1;
    assert(index >= oracle.watch.segmentIndex, 'prescription of a tick too long ago');
  }
  const whole = wholeAt(oracle, index, tick);
  assert(whole <= MAX_EXACT, 'prescription passed 2^53');
  return whole;
}

export function excessPg(oracle: Oracle): number {
  assert(oracle.isExcessKept, 'no excess is kept');
  return oracle.isClosing ? Math.max(oracle.excessPg, hourExcessPg(oracle)) : oracle.excessPg;
}

/** The kinds of failure that began at or before this tick, earliest first. */
export function failures(oracle: Oracle, tick: number): readonly DoseFailure[] {
  const watch = { ...oracle.watch };
  hearUntil(oracle, watch, tick);
  judgeUntil(oracle, watch, tick);
  const found: DoseFailure[] = [];
  if (watch.overTick !== NONE && watch.overTick <= tick)
    found.push({ kind: 'over-delivery', tick: watch.overTick });
  if (watch.underTick !== NONE && watch.underTick <= tick)
    found.push({ kind: 'under-delivery', tick: watch.underTick });
  if (watch.silentTick !== NONE && watch.silentTick <= tick)
    found.push({ kind: 'silent-stop', tick: watch.silentTick });
  return found.sort((a, b) => a.tick - b.tick);
}

function arrive(oracle: Oracle, tick: number): void {
  assert(isCount(tick, TICK_MAX), 'tick out of range');
  assert(tick >= oracle.latestTick, 'told of an earlier tick than before');
  oracle.latestTick = tick;
}

// ---- the sliding hour ----

/** A window may open just before this tick's delivery: keep D - P of the tick before. */
function openHour(oracle: Oracle, tick: number): void {
  goOnTo(oracle, tick - 1);
  let whole = oracle.deliveredPg - oracle.dueWhole;
  let fraction = 0;
  if (oracle.dueFraction > 0) {
    whole -= 1;
    fraction = oracle.ticksPerDay - oracle.dueFraction;
  }
  while (
    oracle.openingFirst < oracle.openingCount &&
    oracle.openings[openingOffset(oracle, oracle.openingFirst)]! <= tick - oracle.ticksPerHour
  ) {
    oracle.openingFirst += 1;
  }
  while (oracle.openingFirst < oracle.openingCount) {
    const back = openingOffset(oracle, oracle.openingCount - 1);
    const backWhole = oracle.openings[back + 1]!;
    if (backWhole < whole || (backWhole === whole && oracle.openings[back + 2]! < fraction)) break;
    oracle.openingCount -= 1;
  }
  oracle.openings = withRoom(oracle.openings, OPENING_WORDS, oracle.openingFirst, oracle.openingCount);
  oracle.openingCount += 1;
  const at = openingOffset(oracle, oracle.openingCount - 1);
  oracle.openings[at] = tick;
  oracle.openings[at + 1] = whole;
  oracle.openings[at + 2] = fraction;
}

/** Once a later tick is reached, the last delivery's tick is final and closes its windows. */
function closeHour(oracle: Oracle, tick: number): void {
  if (!oracle.isClosing || oracle.lastDeliveryTick >= tick) return;
  const excess = hourExcessPg(oracle);
  if (excess > oracle.excessPg) oracle.excessPg = excess;
  oracle.isClosing = false;
}

/** Of the windows that close with the last delivery, rounded down. */
function hourExcessPg(oracle: Oracle): number {
  const best = openingOffset(oracle, oracle.openingFirst);
  const fractions = oracle.lastPrescribedFraction + oracle.openings[best + 2]!;
  return (
    oracle.deliveredPg -
    oracle.lastPrescribedWhole -
    oracle.openings[best + 1]! -
    oracle.strokePg -
    (fractions > 0 ? 1 : 0) -
    (fractions > oracle.ticksPerDay ? 1 : 0)
  );
}

/** The last delivery is this tick's: from here silence is counted, and here the hour closes. */
function markDelivery(oracle: Oracle, tick: number): void {
  goOnTo(oracle, tick);
  oracle.lastDeliveryTick = tick;
  oracle.lastPrescribedWhole = oracle.dueWhole;
  oracle.lastPrescribedFraction = oracle.dueFraction;
  oracle.alarmTick = NONE;
}

// ---- 24 h and silence ----

/** Judge the silence up to and including `untilTick`, through which rate and delivered dose stay what they are. */
function hearUntil(oracle: Oracle, watch: Watch, untilTick: number): void {
  if (watch.heardTick >= untilTick) return;
  if (watch.silentTick === NONE) watch.silentTick = findSilence(oracle, watch.heardTick, untilTick);
  watch.heardTick = untilTick;
}

/** Judge the window of every tick up to and including `untilTick`, through which the rate stays what it is. */
function judgeUntil(oracle: Oracle, watch: Watch, untilTick: number): void {
  if (watch.judgedTick >= untilTick || judgeAtOnce(oracle, watch, untilTick)) return;
  while (watch.nextIndex < oracle.deliveryCount) {
    const at = deliveryOffset(oracle, watch.nextIndex);
    const tick = oracle.deliveries[at]!;
    if (tick > untilTick) break;
    judgePieces(oracle, watch, tick - 1);
    watch.headPg = oracle.deliveries[at + 1]!;
    watch.nextIndex += 1;
  }
  judgePieces(oracle, watch, untilTick);
}

/**
 * P and D never fall, so no window that ends from the tick after the last one judged to `untilTick` holds more than
 * all from the earliest beginning to the latest end, and none less than from the latest to the earliest. True when
 * that much is within what is allowed, and all of them are judged by it; else nothing is.
 */
function judgeAtOnce(oracle: Oracle, watch: Watch, untilTick: number): boolean {
  const { segments, deliveries, ticksPerDay, deliveryCount, segmentCount } = oracle;
  let { nextIndex, headPg, deliveryIndex, leftPg, segmentIndex } = watch;
  if (oracle.lastDeliveryTick <= untilTick) {
    nextIndex = deliveryCount;
    headPg = oracle.deliveredPg;
  }
  for (; nextIndex < deliveryCount; nextIndex += 1) {
    const at = deliveryOffset(oracle, nextIndex);
    if (deliveries[at]! > untilTick) break;
    headPg = deliveries[at + 1]!;
  }
  for (; deliveryIndex < nextIndex; deliveryIndex += 1) {
    const at = deliveryOffset(oracle, deliveryIndex);
    if (deliveries[at]! + ticksPerDay > untilTick) break;
    leftPg = deliveries[at + 1]!;
  }
  while (
    segmentIndex + 1 < segmentCount &&
    segments[segmentOffset(oracle, segmentIndex + 1) + SINCE]! + ticksPerDay <= untilTick
  ) {
    segmentIndex += 1;
  }
  const fromTick = watch.judgedTick + 1;
  const head = segmentCount - 1;
  const headWhole = wholeAt(oracle, head, untilTick);
  const mostPg = headPg - watch.leftPg;
  const leastPg = watch.headPg - leftPg;
  // P is rounded down: one of the two may be a pg more.
  const mostDuePg = headWhole - wholeAt(oracle, watch.segmentIndex, fromTick - ticksPerDay) + 1;
  const leastDuePg =
    wholeAt(oracle, head, fromTick) - wholeAt(oracle, segmentIndex, untilTick - ticksPerDay) - 1;
  const allowed = ACCURACY_WHOLE * ACCURACY_STROKES * oracle.strokePg;
  const isWithin =
    headWhole <= MAX_EXACT &&
    Math.max(mostDuePg, mostPg) <= DAY_PG_MAX &&
    (watch.overTick !== NONE || ACCURACY_WHOLE * mostPg - allowed <= ACCURACY_OVER * leastDuePg) &&
    (watch.underTick !== NONE ||
      untilTick < ticksPerDay - 1 ||
      ACCURACY_WHOLE * leastPg + allowed >= ACCURACY_UNDER * mostDuePg);
  if (!isWithin) return false;
  watch.judgedTick = untilTick;
  watch.nextIndex = nextIndex;
  watch.headPg = headPg;
  watch.deliveryIndex = deliveryIndex;
  watch.leftPg = leftPg;
  watch.segmentIndex = segmentIndex;
  return true;
}

/** The same piece by piece, each of which ends where something enters or leaves; through all of them D stays at its head. */
function judgePieces(oracle: Oracle, watch: Watch, untilTick: number): void {
  const { ticksPerDay } = oracle;
  const firstFullTick = ticksPerDay - 1;
  while (watch.judgedTick < untilTick) {
    const from = watch.judgedTick + 1;
    let to = untilTick;
    while (watch.deliveryIndex < oracle.deliveryCount) {
      const at = deliveryOffset(oracle, watch.deliveryIndex);
      const leavesTick = oracle.deliveries[at]! + ticksPerDay;
      if (leavesTick > from) {
        if (leavesTick <= to) to = leavesTick - 1;
        break;
      }
      watch.leftPg = oracle.deliveries[at + 1]!;
      watch.deliveryIndex += 1;
    }
    while (watch.segmentIndex + 1 < oracle.segmentCount) {
      const leavesTick =
        oracle.segments[segmentOffset(oracle, watch.segmentIndex + 1) + SINCE]! + ticksPerDay;
      if (leavesTick > from) {
        if (leavesTick <= to) to = leavesTick - 1;
        break;
      }
      watch.segmentIndex += 1;
    }
    if (from < firstFullTick && to >= firstFullTick) to = firstFullTick - 1;

    const atFrom = accuracyAt(oracle, watch, from);
    const atTo = to === from ? atFrom : accuracyAt(oracle, watch, to);
    if (watch.overTick === NONE && (atFrom === 1 || atTo === 1)) {
      watch.overTick = atFrom === 1 ? from : firstTickOf(oracle, watch, 1, from, to);
    }
    if (from >= firstFullTick && watch.underTick === NONE && (atFrom === -1 || atTo === -1)) {
      watch.underTick = atFrom === -1 ? from : firstTickOf(oracle, watch, -1, from, to);
    }
    watch.judgedTick = to;
  }
}

/** 1 when the 24 h that end with this tick hold too much, -1 when too little. */
function accuracyAt(oracle: Oracle, watch: Watch, tick: number): -1 | 0 | 1 {
  const { segments, ticksPerDay } = oracle;
  const head = segmentOffset(oracle, oracle.segmentCount - 1);
  const headTicks = tick - segments[head + SINCE]! + 1;
  const headPart = segments[head + BASE_FRACTION]! + segments[head + RATE_FRACTION]! * headTicks;
  const headCarry = Math.floor(headPart / ticksPerDay);
  const headWhole = segments[head + BASE_WHOLE]! + segments[head + RATE_WHOLE]! * headTicks + headCarry;
  const tail = segmentOffset(oracle, watch.segmentIndex);
  const tailTicks = tick - ticksPerDay - segments[tail + SINCE]! + 1;
  const tailPart = segments[tail + BASE_FRACTION]! + segments[tail + RATE_FRACTION]! * tailTicks;
  const tailCarry = Math.floor(tailPart / ticksPerDay);
  let whole =
    headWhole - (segments[tail + BASE_WHOLE]! + segments[tail + RATE_WHOLE]! * tailTicks + tailCarry);
  let fraction = headPart - tailPart - (headCarry - tailCarry) * ticksPerDay;
  if (fraction < 0) {
    whole -= 1;
    fraction += ticksPerDay;
  }
  const got = watch.headPg - watch.leftPg;
  assert(headWhole <= MAX_EXACT, 'prescription passed 2^53');
  assert(whole <= DAY_PG_MAX && got <= DAY_PG_MAX, 'more than 2^42 pg in 24 h');

  // A whole number exceeds a fraction when it exceeds it rounded down; and is below it when below it rounded up.
  const allowed = ACCURACY_WHOLE * ACCURACY_STROKES * oracle.strokePg;
  const scaled = ACCURACY_WHOLE * got;
  if (scaled - allowed - ACCURACY_OVER * whole > Math.floor((ACCURACY_OVER * fraction) / ticksPerDay))
    return 1;
  if (scaled + allowed - ACCURACY_UNDER * whole < Math.ceil((ACCURACY_UNDER * fraction) / ticksPerDay))
    return -1;
  return 0;
}

/** More than the label's share of it and two strokes from what is said of a dose, either way. */
export function isBeyondAccuracy(oracle: Oracle, pg: number, saidPg: number): boolean {
  const scaled =
    (ACCURACY_OVER - ACCURACY_WHOLE) * saidPg + ACCURACY_WHOLE * ACCURACY_STROKES * oracle.strokePg;
  assert(scaled <= MAX_EXACT, 'dose since a fill out of range');
  return ACCURACY_WHOLE * Math.abs(pg - saidPg) > scaled;
}

/** In a piece where P is linear and D still: `from` isn't of this kind, `to` is. */
function firstTickOf(oracle: Oracle, watch: Watch, kind: -1 | 1, from: number, to: number): number {
  let before = from;
  let first = to;
  while (first - before > 1) {
    const middle = before + Math.floor((first - before) / 2);
    if (accuracyAt(oracle, watch, middle) === kind) first = middle;
    else before = middle;
  }
  return first;
}

/** Before this tick no silence is long enough. */
function soonestSilence(oracle: Oracle): number {
  return oracle.lastDeliveryTick + SILENT_HOURS * oracle.ticksPerHour;
}

/** First tick after `judgedTick` and up to `untilTick` at which the silence is a failure. Nobody misses a dose of 0. */
function findSilence(oracle: Oracle, judgedTick: number, untilTick: number): number {
  const end = oracle.alarmTick === NONE ? untilTick : Math.min(untilTick, oracle.alarmTick - 1);
  const soonest = soonestSilence(oracle);
  if (end <= judgedTick || end < soonest) return NONE;
  const head = segmentOffset(oracle, oracle.segmentCount - 1);
  if (oracle.segments[head + RATE_WHOLE] === 0 && oracle.segments[head + RATE_FRACTION] === 0) return NONE;
  if (!isStrokesMissed(oracle, head, end)) return NONE;
  let before = Math.max(judgedTick, soonest - 1);
  let first = end;
  while (first - before > 1) {
    const middle = before + Math.floor((first - before) / 2);
    if (isStrokesMissed(oracle, head, middle)) first = middle;
    else before = middle;
  }
  return first;
}

function isStrokesMissed(oracle: Oracle, head: number, tick: number): boolean {
  const ticks = tick - oracle.segments[head + SINCE]! + 1;
  const borrow = fractionAfter(oracle, head, ticks) < oracle.lastPrescribedFraction ? 1 : 0;
  return (
    wholeAfter(oracle, head, ticks) - oracle.lastPrescribedWhole - borrow >= SILENT_STROKES * oracle.strokePg
  );
}

// ---- P within a segment, after so many of its ticks ----

/** Take P from the tick of the last segment where it was taken last on to this one. */
function goOnTo(oracle: Oracle, tick: number): void {
  const { segments, ticksPerDay } = oracle;
  const head = segmentOffset(oracle, oracle.segmentCount - 1);
  const ticks = tick - oracle.dueTick;
  const part = oracle.dueFraction + segments[head + RATE_FRACTION]! * ticks;
  const carry = part < ticksPerDay ? 0 : Math.floor(part / ticksPerDay);
  oracle.dueTick = tick;
  oracle.dueWhole += segments[head + RATE_WHOLE]! * ticks + carry;
  oracle.dueFraction = part - carry * ticksPerDay;
}

/** P(tick), rounded down. */
function wholeAt(oracle: Oracle, segmentIndex: number, tick: number): number {
  const at = segmentOffset(oracle, segmentIndex);
  return wholeAfter(oracle, at, tick - oracle.segments[at + SINCE]! + 1);
}

function wholeAfter(oracle: Oracle, at: number, ticks: number): number {
  const { segments } = oracle;
  const part = segments[at + BASE_FRACTION]! + segments[at + RATE_FRACTION]! * ticks;
  return (
    segments[at + BASE_WHOLE]! + segments[at + RATE_WHOLE]! * ticks + Math.floor(part / oracle.ticksPerDay)
  );
}

function fractionAfter(oracle: Oracle, at: number, ticks: number): number {
  const part = oracle.segments[at + BASE_FRACTION]! + oracle.segments[at + RATE_FRACTION]! * ticks;
  return part - Math.floor(part / oracle.ticksPerDay) * oracle.ticksPerDay;
}

// ---- rings: record `index` rests at index modulo the capacity, a power of two ----

function segmentOffset(oracle: Oracle, index: number): number {
  return (index * SEGMENT_WORDS) & (oracle.segments.length - 1);
}

function deliveryOffset(oracle: Oracle, index: number): number {
  return (index * DELIVERY_WORDS) & (oracle.deliveries.length - 1);
}

function openingOffset(oracle: Oracle, index: number): number {
  return (index * OPENING_WORDS) & (oracle.openings.length - 1);
}

/** The ring itself while a record fits beside first to end, else one of twice the size with the same records. */
function withRoom(ring: Float64Array, words: number, first: number, end: number): Float64Array {
  if ((end - first) * words < ring.length) return ring;
  const larger = new Float64Array(2 * ring.length);
  for (let index = first; index < end; index += 1) {
    const from = (index * words) & (ring.length - 1);
    const to = (index * words) & (larger.length - 1);
    for (let word = 0; word < words; word += 1) larger[to + word] = ring[from + word]!;
  }
  return larger;
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function assert(condition: boolean, message: string): void {
  if (!condition) throw new Error(`dose oracle: ${message}`);
}
