/**
 * BOARD: the pump on its own. The board's timer looks every second which tick it is, and executes the firmware when
 * something is due in it, as every other host does; the ticks in between are idled over.
 *
 * What came too late is caught up in time and not in drug: for the ticks that were missed the pump counts as stopped,
 * by its own stop and resume, so that belief, alarms and log say what happened: nothing was delivered.
 */
import { queueCommand } from '../../src/core/pump.ts';
import type { PumpState } from '../../src/core/state.ts';
import { idle, nextWake, tick } from '../../src/core/tick.ts';
import { TICK_MS, TICKS_PER_HOUR } from '../../src/core/units.ts';
import type { PumpHal } from '../hal.ts';

/** A timer is never quite on time; a tick this late is still executed as it is. */
const LATE_TICKS = 1;
/** At most so much is caught up at once. A longer gap is no stall: somebody set the clock, as an IDE does that connects. */
const CATCH_UP_TICKS = TICKS_PER_HOUR;

export interface FreeRun {
  readonly pump: PumpState;
  readonly hal: PumpHal;
  /** Milliseconds of the board's clock at tick 0; moves when the clock is set. */
  anchorMs: number;
  /** The tick it was when last looked. */
  lastTick: number;
  /** When something is next due. */
  wakeTick: number;
  stalls: number;
  missedTicks: number;
  /** Jumps of the clock, either way, that were taken for what they are. */
  clockJumps: number;
  /** Inside a tick. Still so at the next look: that tick was broken off, by Ctrl-C, which no `catch` sees. */
  isBusy: boolean;
  /** Why the firmware stopped: nothing is delivered any more, and the watchdog starves. */
  failure: string;
}

export function createFreeRun(pump: PumpState, hal: PumpHal, nowMs: number): FreeRun {
  return {
    pump: pump,
    hal: hal,
    anchorMs: nowMs - pump.nowTick * TICK_MS,
    lastTick: pump.nowTick,
    wakeTick: pump.nowTick,
    stalls: 0,
    missedTicks: 0,
    clockJumps: 0,
    isBusy: false,
    failure: '',
  };
}

/** Every wake up to and including `toTick`, which is executed whether or not anything is due in it. */
function runTo(run: FreeRun, toTick: number): void {
  const pump = run.pump;
  while (pump.nowTick <= toTick) {
    const wake = Math.min(nextWake(pump), toTick);
    if (wake > pump.nowTick) idle(pump, wake - pump.nowTick);
    tick(pump, run.hal);
  }
}

/** Quiet ticks up to this one: a command is for now, and not for when the pump last had something to do. */
function idleTo(run: FreeRun, toTick: number): void {
  const pump = run.pump;
  const waiting = pump.inbox.splice(0, pump.inbox.length);
  const wake = Math.min(nextWake(pump), toTick);
  if (wake > pump.nowTick) idle(pump, wake - pump.nowTick);
  for (let i = 0; i < waiting.length; i++) queueCommand(pump, waiting[i]!);
}

/** The ticks from the wake that was missed up to `toTick` pass without delivery. */
function passStopped(run: FreeRun, toTick: number): void {
  const pump = run.pump;
  run.stalls += 1;
  run.missedTicks += toTick - run.wakeTick;
  idleTo(run, run.wakeTick);
  // What was commanded meanwhile is for now and not for then, and our resume must not end a stop among it.
  const waiting = pump.inbox.splice(0, pump.inbox.length);
  // A stop that a clinician gave stays.
  const isOurs = pump.mode.isStopCommanded === 0;
  if (isOurs) queueCommand(pump, { kind: 'stop' });
  runTo(run, toTick - 1);
  if (isOurs) queueCommand(pump, { kind: 'resume' });
  for (let i = 0; i < waiting.length; i++) queueCommand(pump, waiting[i]!);
}

/** Which tick it is, with jumps of the clock taken out. */
function tickAt(run: FreeRun, nowMs: number): number {
  const now = Math.floor((nowMs - run.anchorMs) / TICK_MS);
  const gap = now - run.lastTick;
  if (gap >= 0 && gap <= CATCH_UP_TICKS) return now;
  run.clockJumps += 1;
  // However far it was set: a look comes about a tick after the last one.
  const counted = run.lastTick + 1;
  run.anchorMs = nowMs - counted * TICK_MS;
  return counted;
}

/** Nothing is delivered any more, with two tones that say so, and the watchdog starves. */
export function fail(run: FreeRun, why: string): void {
  run.failure = why;
  run.hal.annunciator.play(2);
}

/** Called by the board's timer, about once a tick; it does not matter how exactly. */
export function lookAtClock(run: FreeRun, nowMs: number): void {
  if (run.failure !== '') return;
  if (run.isBusy) {
    fail(run, 'a tick was broken off');
    return;
  }
  const now = tickAt(run, nowMs);
  run.lastTick = now;
  run.isBusy = true;
  try {
    // A command is due at once, whatever was foreseen.
    if (run.pump.inbox.length > 0) run.wakeTick = Math.min(run.wakeTick, now);
    if (now >= run.wakeTick && now >= run.pump.nowTick) {
      if (now - run.wakeTick > LATE_TICKS) passStopped(run, now);
      if (run.pump.inbox.length > 0) idleTo(run, now);
      runTo(run, now);
      run.wakeTick = nextWake(run.pump);
    }
    run.hal.watchdog.kick();
  } catch (error) {
    fail(run, (error as Error).message);
  }
  run.isBusy = false;
}
