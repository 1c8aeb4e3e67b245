/**
 * The alarm machine: raise, repeat, silence, acknowledge, clear, over whatever rows the table has.
 *
 * A condition that appears raises its alarm, and again when it returns while the alarm is still latched: a new raise,
 * unacknowledged. A tone sounds in the tick of the raise and at each repeat until the alarm is acknowledged or cleared;
 * silence only puts the next tone off. A latching alarm stays until the condition is gone *and* it was acknowledged;
 * the others leave with their condition.
 */
import type { PumpHal } from '../../../hal/hal.ts';
import { VERDICT_PRESENT } from '../detection/verdict.ts';
import { ACKNOWLEDGE, CLEAR, CONDITION_GONE, RAISE, TONE } from '../events.ts';
import type { LogState } from '../log.ts';
import { say } from '../log.ts';
import { NEVER } from '../units.ts';

/** What the machine needs to know of a row. */
export interface AlarmPolicy {
  readonly isCritical: boolean;
  readonly isLatching: boolean;
  readonly repeatTicks: number;
  readonly silenceTicks: number;
}

export interface AlarmState {
  /** 1 from raise to clear. */
  isActive: number;
  /** 1 while the condition is present. */
  isPresent: number;
  isAcknowledged: number;
  /** How often it was raised, ever. */
  raises: number;
  /** NEVER when no tone is due. */
  toneTick: number;
}

export interface AlarmsState {
  readonly rows: AlarmState[];
  /** The earliest tone of all rows, so that a quiet tick has one comparison to make. */
  nextToneTick: number;
}

export function createAlarms(rowCount: number): AlarmsState {
  const rows: AlarmState[] = [];
  for (let i = 0; i < rowCount; i++) {
    rows.push({ isActive: 0, isPresent: 0, isAcknowledged: 0, raises: 0, toneTick: NEVER });
  }
  return { rows, nextToneTick: NEVER };
}

/** A bit for each alarm: those that are active, those whose condition is present, those acknowledged. */
export interface AlarmBits {
  active: number;
  present: number;
  acknowledged: number;
}

export function alarmBits(alarms: AlarmsState): AlarmBits {
  const bits = { active: 0, present: 0, acknowledged: 0 };
  for (let i = 0; i < alarms.rows.length; i++) {
    const alarm = alarms.rows[i]!;
    bits.active |= alarm.isActive << i;
    bits.present |= alarm.isPresent << i;
    bits.acknowledged |= alarm.isAcknowledged << i;
  }
  return bits;
}

function findNextTone(alarms: AlarmsState): void {
  let next = NEVER;
  for (let i = 0; i < alarms.rows.length; i++) next = Math.min(next, alarms.rows[i]!.toneTick);
  alarms.nextToneTick = next;
}

function enterRaised(alarm: AlarmState, nowTick: number): void {
  alarm.isActive = 1;
  alarm.isPresent = 1;
  alarm.isAcknowledged = 0;
  alarm.raises += 1;
  alarm.toneTick = nowTick;
}

function enterCleared(alarm: AlarmState): void {
  alarm.isActive = 0;
  alarm.isAcknowledged = 0;
  alarm.toneTick = NEVER;
}

/**
 * After a restart: an alarm that was latched still is, and sounds again. One that was acknowledged held on by its condition
 * alone: whether that is still there the next tick judges anew, and if it is, it is raised anew.
 */
export function restoreLatched(alarms: AlarmsState, index: number): void {
  const alarm = alarms.rows[index]!;
  alarm.isActive = 1;
  alarm.toneTick = 0;
  findNextTone(alarms);
}

/** Judge one row's verdict. Returns true when the row changed. */
export function judgeAlarm(
  alarms: AlarmsState,
  index: number,
  policy: AlarmPolicy,
  verdict: number,
  log: LogState,
  hal: PumpHal,
  nowTick: number,
): boolean {
  const alarm = alarms.rows[index]!;
  const isPresent = verdict === VERDICT_PRESENT;
  if (isPresent === (alarm.isPresent === 1)) return false;
  if (isPresent) {
    enterRaised(alarm, nowTick);
    say(log, hal, nowTick, RAISE, index);
  } else {
    alarm.isPresent = 0;
    say(log, hal, nowTick, CONDITION_GONE, index);
    if (!policy.isLatching || alarm.isAcknowledged === 1) {
      enterCleared(alarm);
      say(log, hal, nowTick, CLEAR, index);
    }
  }
  findNextTone(alarms);
  return true;
}

/** Sound the tones that are due. Returns how many. */
export function soundTones(
  alarms: AlarmsState,
  policies: readonly AlarmPolicy[],
  log: LogState,
  hal: PumpHal,
  nowTick: number,
): number {
  if (nowTick < alarms.nextToneTick) return 0;
  let tones = 0;
  for (let i = 0; i < alarms.rows.length; i++) {
    const alarm = alarms.rows[i]!;
    if (alarm.toneTick > nowTick) continue;
    const policy = policies[i]!;
    hal.annunciator.play(policy.isCritical ? 2 : 1);
    say(log, hal, nowTick, TONE, i);
    alarm.toneTick = nowTick + policy.repeatTicks;
    tones += 1;
  }
  findNextTone(alarms);
  return tones;
}

/** With the condition gone, acknowledging clears in this tick. Acknowledging what is not active does nothing. */
export function acknowledgeAlarm(
  alarms: AlarmsState,
  index: number,
  log: LogState,
  hal: PumpHal,
  nowTick: number,
): void {
  const alarm = alarms.rows[index]!;
  if (alarm.isActive === 0 || alarm.isAcknowledged === 1) return;
  alarm.isAcknowledged = 1;
  alarm.toneTick = NEVER;
  say(log, hal, nowTick, ACKNOWLEDGE, index);
  if (alarm.isPresent === 0) {
    enterCleared(alarm);
    say(log, hal, nowTick, CLEAR, index);
  }
  findNextTone(alarms);
}

/** Put the next tone off. An acknowledged or inactive alarm has none. */
export function silenceAlarm(
  alarms: AlarmsState,
  index: number,
  silenceTicks: number,
  nowTick: number,
): void {
  const alarm = alarms.rows[index]!;
  if (alarm.toneTick === NEVER) return;
  alarm.toneTick = Math.max(alarm.toneTick, nowTick + silenceTicks);
  findNextTone(alarms);
}
