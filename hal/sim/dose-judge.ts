/**
 * The dose oracle of a simulated run, at both ends of the line, and the pump's log between them. Each of the three
 * answers another question:
 *
 *  - The tip: did the patient get what was prescribed? Drug past the catheter's tip, whatever kept it back or mixed it.
 *  - The outlet: did the pump push what was prescribed? Volume out of the pump, at the strength it was programmed for:
 *    a wrong drug, a hole or hours on the way are no error of its mechanism, and a right bridge is right here.
 *  - The log: does the pump tell what it pushed? Its ledger against the same volume, since the last fill.
 *
 * Plain data, as everything that a run depends on. All three look in the same ticks, however the run is stepped.
 */
import { TICKS_PER_HOUR } from '../../src/core/units.ts';
import type { DoseFailure, Oracle, PrescribedRate } from '../../sim/oracle.ts';
import {
  alarmRaised,
  createOracle,
  delivered,
  excessPg,
  failures,
  isBeyondAccuracy,
  prescribe,
  prescribedPg,
  strokeHolds,
} from '../../sim/oracle.ts';
import { trueDeliveredPg, trueDrawnPl, type World } from '../../sim/world.ts';

/** A stroke counts in its own tick if nothing holds it back: an open catheter has passed it on two ticks later. */
const PASSED_ON_TICKS = 2;
const PL_PER_NL = 1000;
const NEVER = -1;

export interface DoseJudge {
  readonly tip: Oracle;
  readonly outlet: Oracle;
  /** What the oracle was last told of the dose at the tip. */
  tipPg: number;
  /** Volume out of the pump at the last look, and as a dose: whole pg, and the rest in thousandths. */
  drawnPl: number;
  outletPg: number;
  outletRest: number;
  /** Log and outlet when the log was last begun anew, and the first look that found them apart. */
  logFromPg: number;
  outletFromPg: number;
  wrongLogTick: number;
}

export type Finding = Omit<DoseFailure, 'kind'> & {
  readonly kind: DoseFailure['kind'] | `outlet-${DoseFailure['kind']}` | 'wrong-log';
};

export function createDoseJudge(strokePg: number): DoseJudge {
  return {
    tip: createOracle({ ticksPerHour: TICKS_PER_HOUR, strokePg }),
    outlet: createOracle({ ticksPerHour: TICKS_PER_HOUR, strokePg, isExcessKept: false }),
    tipPg: 0,
    drawnPl: 0,
    outletPg: 0,
    outletRest: 0,
    logFromPg: 0,
    outletFromPg: 0,
    wrongLogTick: NEVER,
  };
}

export function prescribeDose(judge: DoseJudge, at: number, rate: PrescribedRate): void {
  prescribe(judge.tip, at, rate);
  prescribe(judge.outlet, at, rate);
}

/** A fill of another strength, or another pump. */
export function strokeMayHold(judge: DoseJudge, strokePg: number): void {
  strokeHolds(judge.tip, strokePg);
  strokeHolds(judge.outlet, strokePg);
}

/** A stop is not silent while somebody is called. */
export function announce(judge: DoseJudge, at: number): void {
  alarmRaised(judge.tip, at);
  alarmRaised(judge.outlet, at);
}

/** Nothing came out in this tick: only then does it matter who is called. */
export function isSilent(judge: DoseJudge, at: number): boolean {
  return judge.tip.lastDeliveryTick < at || judge.outlet.lastDeliveryTick < at;
}

/** From a fill on, and with a new pump, the log is compared anew. */
export function beginLog(judge: DoseJudge, loggedPg: number): void {
  judge.logFromPg = loggedPg;
  judge.outletFromPg = judge.outletPg;
}

/** After a tick. What left the pump is worth `ugPerMl`, for which it was programmed. */
export function look(judge: DoseJudge, world: World, at: number, ugPerMl: number): void {
  judge.tipPg = Math.max(judge.tipPg, trueDeliveredPg(world, at + PASSED_ON_TICKS));
  delivered(judge.tip, at, judge.tipPg);

  const drawnPl = trueDrawnPl(world, at);
  const parts = judge.outletRest + (drawnPl - judge.drawnPl) * ugPerMl;
  const pg = Math.floor(parts / PL_PER_NL);
  judge.drawnPl = drawnPl;
  judge.outletPg = judge.outletPg + pg;
  judge.outletRest = parts - pg * PL_PER_NL;
  delivered(judge.outlet, at, judge.outletPg);
}

/** After a look, what the pump tells to have pushed. */
export function compareLog(judge: DoseJudge, at: number, toldPg: number): void {
  if (judge.wrongLogTick !== NEVER) return;
  const loggedPg = toldPg - judge.logFromPg;
  const leftPg = judge.outletPg - judge.outletFromPg;
  if (isBeyondAccuracy(judge.outlet, leftPg, loggedPg)) judge.wrongLogTick = at;
}

/** Earliest first; of those of one tick the tip's before the pump's. */
export function findings(judge: DoseJudge, at: number): readonly Finding[] {
  const ofOutlet = failures(judge.outlet, at).map(
    ({ kind, tick }): Finding => ({ kind: `outlet-${kind}`, tick }),
  );
  const ofLog: Finding[] =
    judge.wrongLogTick === NEVER ? [] : [{ kind: 'wrong-log', tick: judge.wrongLogTick }];
  return [...failures(judge.tip, at), ...ofOutlet, ...ofLog].sort((a, b) => a.tick - b.tick);
}

/** Asked for since tick 0. */
export function prescribedUntilPg(judge: DoseJudge, at: number): number {
  return prescribedPg(judge.tip, at);
}

/** Of the worst hour at the tip. */
export function worstExcessPg(judge: DoseJudge): number {
  return excessPg(judge.tip);
}
