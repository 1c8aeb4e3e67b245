/**
 * A run as a story in three columns: what happened to the pump and around it, what the pump noticed and did, and what
 * the patient got. Made for somebody who has not read the scenario.
 */
import { TICKS_PER_DAY } from '../core/units.ts';
import type { Recording } from '../scenario/recorder.ts';
import type { RunResult } from '../scenario/result.ts';
import { formatDuration } from '../scenario/time.ts';
import { eventsOf, humanActs, OWN_KINDS, ownText, permissionText, stageChanges } from './lanes.ts';
import { endTick, entryOf, refillRemark } from './words.ts';

export type Column = 'world' | 'pump' | 'patient' | 'verdict';

export interface Moment {
  readonly tick: number;
  readonly column: Column;
  readonly text: string;
  readonly isFailure: boolean;
  /** Moments alike may be counted instead of told. */
  readonly alike: string;
}

/** The moments in order of time. */
export function storyOf(run: RunResult, recording: Recording): Moment[] {
  const moments = [
    ...faultMoments(run),
    ...humanActs(recording).map(({ tick, text }) => moment(tick, 'world', text)),
    ...refillMoments(run),
    ...alarmMoments(run),
    ...ownMoments(recording),
    ...permissionMoments(recording),
    ...stageChanges(recording).map(({ tick, text }) => moment(tick, 'patient', text)),
    ...run.doseFailures.map((failure) =>
      moment(
        failure.tick,
        'patient',
        `${failure.kind} found by the dose oracle`,
        failure.verdict === 'failed',
      ),
    ),
    ...failureMoments(run),
  ];
  return shortened(moments.sort((a, b) => a.tick - b.tick));
}

function moment(tick: number, column: Column, text: string, isFailure = false, alike = text): Moment {
  return { tick, column, text, isFailure, alike };
}

function faultMoments({ faults }: RunResult): Moment[] {
  return faults.flatMap((fault) => {
    const { id, kind, appliedTick, fired, firedTick, strikes } = fault;
    const end = endTick(fault);
    const name = id === kind ? kind : `${id} (${kind})`;
    const happened = (tick: number, text: string): Moment =>
      moment(tick, 'world', text, false, text.replace(id, entryOf(fault)));
    return [
      happened(appliedTick, `fault begins: ${name}`),
      ...(firedTick === null || firedTick === appliedTick ? [] : [happened(firedTick, `${id} takes effect`)]),
      ...(fired || strikes === null
        ? []
        : [moment(appliedTick, 'verdict', `${name} never took effect`, true)]),
      ...(end === null || end === appliedTick + 1 ? [] : [happened(end, `fault ends: ${name}`)]),
    ];
  });
}

/** One that went as it should is told by the pump. */
function refillMoments({ refills }: RunResult): Moment[] {
  return refills.flatMap((refill) => {
    const remark = refillRemark(refill);
    return remark === null ? [] : [moment(refill.tick, 'world', `refill: ${remark}`)];
  });
}

/** What the pump did by itself, or went on doing after it was told to. */
function ownMoments(recording: Recording): Moment[] {
  return eventsOf(recording, OWN_KINDS).map((event) => moment(event.tick, 'pump', ownText(event)));
}

function alarmMoments({ alarms }: RunResult): Moment[] {
  return alarms.flatMap(({ alarm, raisedTick, conditionGoneTick, acknowledgedTick, clearedTick }) => [
    moment(raisedTick, 'pump', `alarm: ${alarm}`),
    ...(conditionGoneTick === null ? [] : [moment(conditionGoneTick, 'pump', `${alarm}: condition gone`)]),
    ...(acknowledgedTick === null ? [] : [moment(acknowledgedTick, 'pump', `${alarm}: acknowledged`)]),
    // What clears by itself does so with its condition, and that has been said.
    ...(clearedTick === null || clearedTick === conditionGoneTick || clearedTick === acknowledgedTick
      ? []
      : [moment(clearedTick, 'pump', `${alarm}: cleared`)]),
  ]);
}

function permissionMoments(recording: Recording): Moment[] {
  return eventsOf(recording, ['permission']).map(({ tick, argument }) =>
    moment(tick, 'pump', permissionText(argument)),
  );
}

function failureMoments({ expectations, error, ticks }: RunResult): Moment[] {
  return [
    ...expectations.flatMap(({ tick, text, verdict, observed }) =>
      verdict === 'passed'
        ? []
        : [
            moment(
              tick ?? Math.max(0, ticks - 1),
              'verdict',
              `${verdict}: ${text}; observed ${observed ?? 'nothing'}`,
              true,
            ),
          ],
    ),
    ...(error === null ? [] : [moment(Math.max(0, ticks - 1), 'verdict', error, true)]),
  ];
}

/** Of what repeats so many are told before the rest is counted, and the last. */
const TOLD_FIRST = 2;
const TOLD_LAST = 1;
/** One more row would tell it all. */
const LEAST_COUNTED = 2;
/** What comes at longer intervals, as refills and steps of a titration do, is told each time. */
const CLOSE_TICKS = TICKS_PER_DAY;
/** So many moments at most come again and again as one: a bolus begins, ends. */
const LONGEST_ROUND = 6;

/**
 * Where the same comes again and again with nothing else between, the middle of it is counted and not told; the lanes and
 * the data have all of it. What stands beside anything else, be it a fault, an alarm or a stage, stays.
 */
function shortened(moments: readonly Moment[]): Moment[] {
  const told: Moment[] = [];
  for (let at = 0; at < moments.length; ) {
    const length = roundLength(moments, at);
    if (length === null) {
      told.push(moments[at]!);
      at += 1;
      continue;
    }
    const end = at + length * roundsFrom(moments, at, length);
    const begin = at + TOLD_FIRST * length;
    const last = end - TOLD_LAST * length;
    const counted = moments.slice(begin, begin + length).map((one, i) => {
      const span = `${(last - begin) / length} times until ${formatDuration(moments[last - length + i]!.tick)}`;
      return { ...one, text: `${span}: ${one.alike}` };
    });
    told.push(...moments.slice(at, begin), ...counted, ...moments.slice(last, end));
    at = end;
  }
  return told;
}

/** Of how many moments the round is that begins here and comes often enough to be counted; null: there is none. */
function roundLength(moments: readonly Moment[], at: number): number | null {
  for (let length = 1; length <= LONGEST_ROUND; length += 1) {
    if (roundsFrom(moments, at, length) >= TOLD_FIRST + TOLD_LAST + LEAST_COUNTED) return length;
  }
  return null;
}

/** How often the `length` moments from `at` on come, one round after the other. */
function roundsFrom(moments: readonly Moment[], at: number, length: number): number {
  const isNext = (i: number): boolean => {
    const [one, before, alike] = [moments[i], moments[i - 1], moments[i - length]];
    return (
      one !== undefined &&
      before !== undefined &&
      alike !== undefined &&
      one.tick - before.tick <= CLOSE_TICKS &&
      one.column === alike.column &&
      one.alike === alike.alike &&
      !one.isFailure
    );
  };
  let end = at + length;
  while (isNext(end)) end += 1;
  return Math.floor((end - at) / length);
}
