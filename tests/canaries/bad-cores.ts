/** Ten ways to break the core, each one small replacement in one file, and the check that must notice. */
import type { CheckName } from './checks.ts';

export interface BadCore {
  readonly name: string;
  /** Below `src/core/`. */
  readonly file: string;
  /** Found exactly once, or the canary is dead. */
  readonly replace: string;
  readonly by: string;
  readonly caughtBy: CheckName;
}

export const BAD_CORES: readonly BadCore[] = [
  {
    name: 'a missed latch',
    file: 'alarms/alarms.ts',
    replace: 'if (!policy.isLatching || alarm.isAcknowledged === 1) {',
    by: 'if (policy.isLatching || alarm.isAcknowledged === 1) {',
    caughtBy: 'a latched alarm stays until it is acknowledged',
  },
  {
    // At most one stroke, with a new anchor: the invariants of the dosing hold in every tick.
    name: 'a catch-up bolus',
    file: 'apply-commands.ts',
    replace: 'leaveStopCommanded(pump.mode);',
    by: 'leaveStopCommanded(pump.mode); pump.dosing.owed = 86400 * 500 * pump.build.strokeNl - 1;',
    caughtBy: 'missed strokes are never made up',
  },
  {
    name: 'a stall that never recovers',
    file: 'motor.ts',
    replace: 'if (gained > 0) motor.stallRun = 0;',
    by: 'if (gained > 0) motor.stallRun += 0;',
    caughtBy: 'a stall ends with the first confirmed stroke',
  },
  {
    name: 'a minimum rate that raises a lower program',
    file: 'schedule.ts',
    replace: 'return Math.min(programmed, minimumNumerator(prescription));',
    by: 'return minimumNumerator(prescription);',
    caughtBy: 'the minimum rate never raises a lower program',
  },
  {
    name: 'a wrong constant',
    file: 'config.ts',
    replace: 'export const STROKE_NC = 213000;',
    by: 'export const STROKE_NC = 231000;',
    caughtBy: 'core and world agree about the device',
  },
  {
    name: 'a wake one tick late',
    file: 'tick.ts',
    replace: 'earlier(toneTick, nextOcclusionTick(pump.occlusion))',
    by: 'earlier(toneTick + 1, nextOcclusionTick(pump.occlusion))',
    caughtBy: 'jumps and ticks give the same run',
  },
  {
    name: 'a remainder dropped at a change of slot',
    file: 'dosing.ts',
    replace: 'if (numerator !== dosing.shareNumerator || tick % TICKS_PER_HOUR === 0) {',
    by: 'if (numerator !== dosing.shareNumerator || tick % TICKS_PER_HOUR === 0) { if (numerator !== dosing.shareNumerator) dosing.owed = 0;',
    caughtBy: 'a change of slot keeps the remainder',
  },
  {
    name: 'an alarm that never repeats',
    file: 'alarms/alarms.ts',
    replace: 'alarm.toneTick = nowTick + policy.repeatTicks;',
    by: 'alarm.toneTick = NEVER;',
    caughtBy: 'an alarm sounds again after each repeat',
  },
  {
    name: 'a silence that never ends',
    file: 'alarms/alarms.ts',
    replace: 'Math.max(alarm.toneTick, nowTick + silenceTicks)',
    by: 'Math.max(alarm.toneTick, NEVER - silenceTicks)',
    caughtBy: 'silence ends',
  },
  {
    name: 'a digest that leaves out a field',
    file: 'digest.ts',
    replace: 'const value = node[key]!;',
    by: "const value = node[key]!; if (key === 'lastGoodTick') continue;",
    caughtBy: 'every field of the state is in the digest',
  },
];
