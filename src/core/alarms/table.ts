/**
 * THE ALARM TABLE. One row an alarm: what raises it, how it sounds, and what the pump may still deliver while its
 * condition is present, with the reason. A stopped baclofen pump is itself a hazard, so "stop on fault" is never the
 * default: each row decides. Lists, docs and tests read this table. Order is the code in trace and digest: append.
 */
import {
  CRITICAL_REPEAT_TICKS,
  CRITICAL_SILENCE_TICKS,
  NON_CRITICAL_REPEAT_TICKS,
  NON_CRITICAL_SILENCE_TICKS,
} from '../config.ts';
import { judgeEndOfService, judgeLowBatteryReset, judgeReplacement } from '../detection/battery.ts';
import { judgeMemoryError, judgeMemoryRepaired } from '../detection/memory.ts';
import { judgeOcclusion } from '../detection/occlusion.ts';
import { judgeEmptyReservoir, judgeLowReservoir } from '../detection/reservoir.ts';
import { judgeRestarted } from '../detection/restart.ts';
import { judgeSessionLeftOpen } from '../detection/session-left-open.ts';
import { judgeStall } from '../detection/stall.ts';
import { judgeStoppedTooLong } from '../detection/stopped-too-long.ts';
import { computedReservoirNl } from '../ledger.ts';
import { FULL, MINIMUM_RATE, STOPPED } from '../permission.ts';
import { lowReservoirNl } from '../prescription.ts';
import type { PumpState } from '../state.ts';
import type { AlarmPolicy } from './alarms.ts';

export interface AlarmRow extends AlarmPolicy {
  readonly name: string;
  /** Permission while the condition is present: it follows the condition, not the latch. */
  readonly permission: number;
  readonly reason: string;
  readonly verdict: (pump: PumpState) => number;
}

/** Index of the row that extra doses wait for. */
export const LOW_RESERVOIR = 0;
/** Index of the row that an empty reservoir has to raise. */
export const EMPTY_RESERVOIR = 1;
/** Index of the row that detection and probes are about. */
export const CATHETER_OCCLUSION = 3;
/** Indices of the rows that time alone raises. */
export const END_OF_SERVICE = 5;
export const STOPPED_TOO_LONG = 7;
export const SESSION_LEFT_OPEN = 10;

/** Strokes that nobody could judge count as pushed here: with a feedback that is lost the reservoir empties all the same. */
function leastLeftNl(pump: PumpState): number {
  return computedReservoirNl(pump.ledger, pump.motor.confirmed + pump.motor.unjudged, pump.build.strokeNl);
}

export const ALARMS: readonly AlarmRow[] = [
  {
    name: 'low-reservoir',
    isCritical: false,
    isLatching: false,
    repeatTicks: NON_CRITICAL_REPEAT_TICKS,
    silenceTicks: NON_CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: 'days of drug are left; the refill is what is wanted',
    verdict: (pump) => judgeLowReservoir(leastLeftNl(pump), lowReservoirNl(pump.prescription)),
  },
  {
    name: 'empty-reservoir',
    isCritical: true,
    isLatching: false,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: MINIMUM_RATE,
    reason: 'stretches what is left and keeps the line open; running dry harms the mechanism',
    verdict: (pump) => judgeEmptyReservoir(leastLeftNl(pump)),
  },
  {
    name: 'motor-stall',
    isCritical: true,
    isLatching: true,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: 'each stroke is the test whether the motor turns again; stopping would only prolong the gap',
    verdict: judgeStall,
  },
  {
    name: 'catheter-occlusion',
    isCritical: true,
    isLatching: true,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: STOPPED,
    reason: 'nothing reaches the patient, and what is pushed in comes out at once on release; probes end it',
    verdict: judgeOcclusion,
  },
  {
    name: 'elective-replacement',
    isCritical: false,
    isLatching: true,
    repeatTicks: NON_CRITICAL_REPEAT_TICKS,
    silenceTicks: NON_CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: '90 days are left in which to replace the pump',
    verdict: judgeReplacement,
  },
  {
    name: 'end-of-service',
    isCritical: true,
    isLatching: true,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: STOPPED,
    reason: 'the battery no longer warrants a whole stroke; a known stop is better than an erratic dose',
    verdict: judgeEndOfService,
  },
  {
    name: 'low-battery-reset',
    isCritical: true,
    isLatching: true,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: MINIMUM_RATE,
    reason: 'the supply fails under the load of strokes; fewer of them keep the logic alive',
    verdict: judgeLowBatteryReset,
  },
  {
    name: 'stopped-too-long',
    isCritical: true,
    isLatching: false,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: 'it reports a stop and must not cause one; whatever stopped the pump still decides',
    verdict: judgeStoppedTooLong,
  },
  {
    name: 'memory-error',
    isCritical: true,
    isLatching: true,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: MINIMUM_RATE,
    reason: 'what was prescribed is lost; a very low rate avoids both overdose and a full stop',
    verdict: judgeMemoryError,
  },
  {
    name: 'memory-repaired',
    isCritical: false,
    isLatching: true,
    repeatTicks: NON_CRITICAL_REPEAT_TICKS,
    silenceTicks: NON_CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: 'one copy was mended from the other; therapy is as prescribed, somebody should know',
    verdict: judgeMemoryRepaired,
  },
  {
    name: 'session-left-open',
    isCritical: true,
    isLatching: false,
    repeatTicks: CRITICAL_REPEAT_TICKS,
    silenceTicks: CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason: 'the session itself holds the pump; the tone calls back whoever walks away from it',
    verdict: judgeSessionLeftOpen,
  },
  {
    name: 'restarted',
    isCritical: false,
    isLatching: true,
    repeatTicks: NON_CRITICAL_REPEAT_TICKS,
    silenceTicks: NON_CRITICAL_SILENCE_TICKS,
    permission: FULL,
    reason:
      'therapy goes on as prescribed; for how long there was none, and whether it comes again, is to be asked',
    verdict: judgeRestarted,
  },
];
