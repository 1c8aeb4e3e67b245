/**
 * A run as a story in three columns: what happened to the pump and around it, what the pump noticed and did, and what
 * the patient got. Made for somebody who has not read the scenario.
 */
import type { Recording } from '../scenario/recorder.ts';
import type { RunResult } from '../scenario/result.ts';
import {
  commandText,
  commandsOf,
  eventsOf,
  OWN_KINDS,
  ownText,
  permissionText,
  stageChanges,
  untoldText,
} from './lanes.ts';
import { refillRemark } from './words.ts';

export type Column = 'world' | 'pump' | 'patient' | 'verdict';

export interface Moment {
  readonly tick: number;
  readonly column: Column;
  readonly text: string;
  readonly isFailure: boolean;
}

/** Of what repeats, so many are told, and the last. */
const TOLD_REPEATS = 3;

/** The moments in order of time. */
export function storyOf(run: RunResult, recording: Recording): Moment[] {
  const moments = [
    ...faultMoments(run),
    ...commandsOf(recording).map((event) => moment(event.tick, 'world', commandText(event))),
    ...recording.untold.map(({ tick, stimulus }) => moment(tick, 'world', untoldText(stimulus))),
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

function moment(tick: number, column: Column, text: string, isFailure = false): Moment {
  return { tick, column, text, isFailure };
}

function faultMoments({ faults }: RunResult): Moment[] {
  return faults.flatMap(({ id, kind, appliedTick, clearedTick, fired, firedTick, strikes }) => {
    const name = id === kind ? kind : `${id} (${kind})`;
    return [
      moment(appliedTick, 'world', `fault begins: ${name}`),
      ...(firedTick === null || firedTick === appliedTick
        ? []
        : [moment(firedTick, 'world', `${id} takes effect`)]),
      ...(fired || strikes === null
        ? []
        : [moment(appliedTick, 'verdict', `${name} never took effect`, true)]),
      ...(clearedTick === null ? [] : [moment(clearedTick, 'world', `fault ends: ${name}`)]),
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

/** What repeats is told a few times; the lanes and the data have all of it. */
function shortened(moments: readonly Moment[]): Moment[] {
  const key = ({ column, text }: Moment): string => `${column}:${text}`;
  const counts = new Map<string, number>();
  for (const one of moments) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return moments.flatMap((one) => {
    const count = counts.get(key(one)) ?? 0;
    const number = (seen.get(key(one)) ?? 0) + 1;
    seen.set(key(one), number);
    if (count <= TOLD_REPEATS + 1 || number <= TOLD_REPEATS || one.isFailure) return [one];
    return number === count ? [{ ...one, text: `${one.text} (the last of ${count})` }] : [];
  });
}
