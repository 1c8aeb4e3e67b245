/**
 * Tick by tick, for a host: every tick is executed, and in each one every question is asked whose answer time or dose can
 * change. The others, about orders, alarms, permission and memory, cannot have another answer than in the tick before,
 * unless that one said something: whatever a tick leaves for the next one to see, it says, but for a second repair in a
 * row, which is asked for. So after a tick that left nothing a tick in which nothing is due only adds to what is owed. The
 * first in which something is due is a whole `tick` again, and all until one has left nothing.
 *
 * Nothing is foreseen here: `nextWake` and the calms, which look ahead, are held to this run, and this run to one of whole
 * ticks (`tests/canaries/quiet-ticks.test.ts`, `tests/properties`). It rests on the promise that calms rest on. A board
 * runs `tick` alone.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { END_OF_SERVICE, SESSION_LEFT_OPEN, STOPPED_TOO_LONG } from './alarms/table.ts';
import type { Calm } from './calm.ts';
import { judgeEndOfService } from './detection/battery.ts';
import { isLookDue, isRestSampleDue } from './detection/occlusion.ts';
import { judgeSessionLeftOpen } from './detection/session-left-open.ts';
import { judgeStoppedTooLong } from './detection/stopped-too-long.ts';
import { VERDICT_PRESENT } from './detection/verdict.ts';
import { doseIdle, isStrokeDue } from './dosing.ts';
import { checkDose } from './invariants.ts';
import { MODE_PERIODIC, MODE_WORD } from './prescription-words.ts';
import type { PumpState } from './state.ts';
import { sessionTimeoutTick } from './telemetry/session.ts';
import { dueNumerator, tick } from './tick.ts';
import { TICKS_PER_HALF_HOUR } from './units.ts';

/** The alarm's row says what its detector says. */
function isAnswered(pump: PumpState, row: number, verdict: number): boolean {
  return (verdict === VERDICT_PRESENT ? 1 : 0) === pump.alarms.rows[row]!.isPresent;
}

/** No question about time or dose has another answer than in the tick before, when that one left nothing. */
function isNothingDue(pump: PumpState): boolean {
  const now = pump.nowTick;
  const dosing = pump.dosing;
  const occlusion = pump.occlusion;
  return (
    pump.inbox.length === 0 &&
    // Rates begin with half hours, duties with hours.
    now % TICKS_PER_HALF_HOUR !== 0 &&
    !isStrokeDue(dosing, dosing.shareNumerator) &&
    !isLookDue(occlusion, false, now) &&
    !isRestSampleDue(occlusion, now) &&
    now < pump.alarms.nextToneTick &&
    now < pump.bolus.endTick &&
    now < sessionTimeoutTick(pump.telemetry.session, pump.build.sessionTimeoutTicks) &&
    isAnswered(pump, END_OF_SERVICE, judgeEndOfService(pump)) &&
    isAnswered(pump, STOPPED_TOO_LONG, judgeStoppedTooLong(pump)) &&
    isAnswered(pump, SESSION_LEFT_OPEN, judgeSessionLeftOpen(pump)) &&
    // Only a periodic bolus begins and ends between half hours.
    (pump.prescription.words[MODE_WORD] !== MODE_PERIODIC || dueNumerator(pump) === dosing.shareNumerator)
  );
}

/** As `tick`, in a run that executes every one. */
export function runEachTick(pump: PumpState, calm: Calm, hal: PumpHal): void {
  if (calm.hasLeftNothing && isNothingDue(pump)) {
    doseIdle(pump.dosing, pump.dosing.shareNumerator, 1);
    checkDose(pump);
    pump.nowTick += 1;
    return;
  }
  const eventsBefore = pump.log.events;
  tick(pump, hal);
  // With its alarm up already a repair says nothing, and the condition is over in the next tick all the same.
  calm.hasLeftNothing = pump.log.events === eventsBefore && pump.prescription.isJustRepaired === 0;
}
