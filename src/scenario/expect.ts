/**
 * Judging expectations. A judge is told of events and looks and says at the end what it saw. Looks come at strokes and
 * other events, at hour ticks and at the ticks a judge asked for, which are the same in any stepping, so a verdict
 * never depends on how a run was stepped. What could not be observed is inconclusive, never passed.
 */
import { ALARMS } from '../core/alarms/table.ts';
import type { PumpEvent } from '../core/events.ts';
import type { Expectation } from './scenario.ts';
import { formatDuration } from './time.ts';

export type ExpectationVerdict = 'passed' | 'failed' | 'inconclusive';

export interface Judgement {
  readonly id: string;
  readonly line: number;
  readonly text: string;
  readonly verdict: ExpectationVerdict;
  /** The tick that decided; null when nothing did. */
  readonly tick: number | null;
  /** What was seen there, as text with its unit. */
  readonly observed: string | null;
}

export interface Judge {
  /** Ticks at which a look is needed even if nothing happens there. */
  readonly lookTicks: readonly number[];
  /** Needs a look at each event and hour. */
  readonly isContinuous: boolean;
  event?(event: PumpEvent): void;
  look?(tick: number): void;
  /** The run ended after this tick. */
  finish(untilTick: number): Judgement;
}

/** Reads a signal and shows it; null is "can't be known here". */
export interface SignalReader {
  read(signal: string): number | null;
  show(signal: string, value: number): string;
}

type AlarmExpectation = Expectation & { kind: 'alarm' };
type SignalExpectation = Expectation & { kind: 'signal' };

const EVENT_OF_WORD = {
  raised: 'raise',
  cleared: 'clear',
  'condition-gone': 'condition-gone',
  acknowledged: 'acknowledge',
} as const;

function said(
  e: Expectation,
  verdict: ExpectationVerdict,
  tick: number | null,
  observed: string | null,
): Judgement {
  return { id: e.id, line: e.line, text: e.text, verdict, tick, observed };
}

/** An alarm's word comes true within its window, and holds if asked to. */
function judgeAlarmAt(e: AlarmExpectation, fromTick: number): Judge {
  const alarm = ALARMS.findIndex((row) => row.name === e.alarm);
  const wanted = EVENT_OF_WORD[e.word ?? 'raised'];
  const undoing = wanted === 'raise' ? 'clear' : 'raise';
  const lastTick = fromTick + (e.withinTicks ?? 0);
  let hitTick: number | null = null;
  let undoneTick: number | null = null;
  let earlierTick: number | null = null;
  return {
    lookTicks: [],
    isContinuous: false,
    event(event) {
      if (event.argument !== alarm) return;
      if (event.kind === wanted) {
        if (event.tick < fromTick) earlierTick = event.tick;
        else if (event.tick <= lastTick && hitTick === null) hitTick = event.tick;
      } else if (event.kind === undoing && hitTick !== null && undoneTick === null) {
        undoneTick = event.tick;
      }
    },
    finish(untilTick) {
      if (hitTick === null) {
        if (untilTick < lastTick) return said(e, 'inconclusive', null, 'the run ended before the window did');
        return said(
          e,
          'failed',
          lastTick,
          earlierTick === null ? 'never' : `only before, at tick ${earlierTick}`,
        );
      }
      const holdUntil = hitTick + (e.heldForTicks ?? 0);
      if (undoneTick !== null && undoneTick < holdUntil) {
        return said(e, 'failed', undoneTick, `${e.word} at tick ${hitTick}, ended at tick ${undoneTick}`);
      }
      if (untilTick < holdUntil) return said(e, 'inconclusive', null, 'the run ended before the hold did');
      return said(e, 'passed', hitTick, `${formatDuration(hitTick - fromTick)} after`);
    },
  };
}

function judgeAlarmNever(e: AlarmExpectation): Judge {
  const alarm = ALARMS.findIndex((row) => row.name === e.alarm);
  let raisedTick: number | null = null;
  return {
    lookTicks: [],
    isContinuous: false,
    event(event) {
      if (event.kind === 'raise' && event.argument === alarm && raisedTick === null) raisedTick = event.tick;
    },
    finish: () =>
      raisedTick === null ? said(e, 'passed', null, 'never raised') : said(e, 'failed', raisedTick, 'raised'),
  };
}

/** Whether a value meets the test. `above` and `below` are strict, `between` is inclusive. */
export function meets(test: SignalExpectation['test'], value: number): boolean {
  switch (test.word) {
    case 'above':
      return value > test.bound;
    case 'below':
      return value < test.bound;
    case 'between':
      return value >= test.low && value <= test.high;
    case 'equals':
      return Math.abs(value - test.value) <= test.tolerance;
  }
}

/** A signal's test comes true at its tick, or within a window from it, and holds if asked to. */
function judgeSignalAt(e: SignalExpectation, fromTick: number, signals: SignalReader): Judge {
  const lastTick = fromTick + (e.withinTicks ?? 0);
  const holdTicks = e.heldForTicks ?? 0;
  let hitTick: number | null = null;
  let brokenTick: number | null = null;
  let shown: string | null = null;
  let isBlind = false;
  return {
    lookTicks:
      holdTicks === 0
        ? [fromTick, lastTick]
        : [fromTick, lastTick, fromTick + holdTicks, lastTick + holdTicks],
    isContinuous: e.withinTicks !== null || holdTicks > 0,
    look(tick) {
      const isOpen = hitTick === null ? tick <= lastTick : tick <= hitTick + holdTicks;
      if (tick < fromTick || !isOpen || brokenTick !== null) return;
      const value = signals.read(e.signal);
      if (value === null) {
        isBlind = true;
        return;
      }
      const isMet = meets(e.test, value);
      if (hitTick === null) {
        shown = signals.show(e.signal, value);
        if (isMet) hitTick = tick;
      } else if (!isMet) {
        brokenTick = tick;
        shown = signals.show(e.signal, value);
      }
    },
    finish(untilTick) {
      if (isBlind) return said(e, 'inconclusive', null, 'this target cannot know it');
      if (hitTick === null) {
        if (untilTick < lastTick) return said(e, 'inconclusive', null, 'the run ended before the window did');
        return said(e, 'failed', lastTick, shown);
      }
      if (brokenTick !== null) return said(e, 'failed', brokenTick, shown);
      if (untilTick < hitTick + holdTicks)
        return said(e, 'inconclusive', null, 'the run ended before the hold did');
      return said(e, 'passed', hitTick, shown);
    },
  };
}

/** `always` (`isWanted`) and `never`: the first look that says otherwise decides. */
function judgeSignalThroughout(e: SignalExpectation, isWanted: boolean, signals: SignalReader): Judge {
  let brokenTick: number | null = null;
  let shown: string | null = null;
  let looks = 0;
  return {
    lookTicks: [],
    isContinuous: true,
    look(tick) {
      if (brokenTick !== null) return;
      const value = signals.read(e.signal);
      if (value === null) return;
      looks += 1;
      if (meets(e.test, value) === isWanted) return;
      brokenTick = tick;
      shown = signals.show(e.signal, value);
    },
    finish() {
      if (brokenTick !== null) return said(e, 'failed', brokenTick, shown);
      if (looks === 0) return said(e, 'inconclusive', null, 'this target cannot know it');
      return said(e, 'passed', null, `at all ${looks} looks`);
    },
  };
}

export type Section = 'timeline' | 'always' | 'never' | 'finally';

/** The judge of one expectation. `tick` is its entry's tick, or the last tick for `finally`. */
export function createJudge(e: Expectation, section: Section, tick: number, signals: SignalReader): Judge {
  if (e.kind === 'alarm') {
    return section === 'never' ? judgeAlarmNever(e) : judgeAlarmAt(e, section === 'finally' ? 0 : tick);
  }
  switch (section) {
    case 'timeline':
    case 'finally':
      return judgeSignalAt(e, tick, signals);
    case 'always':
      return judgeSignalThroughout(e, true, signals);
    case 'never':
      return judgeSignalThroughout(e, false, signals);
  }
}
