/**
 * Catheter occlusion, from the outlet pressure.
 *
 * In words: a stroke into an open catheter leaves nothing behind, the pressure two seconds later is what it was; a
 * stroke into a closed one stays. So the question is not "how high?" but "does it stay?". A threshold alone, or a
 * slope, would take a change of posture or a cabin that descends for trapped fluid.
 *
 * - Sampled just before each stroke. A reading 1 kPa or more over the baseline makes the catheter *suspect*.
 * - While suspect, a second look two ticks after the stroke, or in the next stroke's tick before it, whichever is
 *   first. Three strokes in a row whose rise is still there, 300 Pa or more, are *present*; eight in a row that left
 *   nothing make that look the new baseline. Only these end a suspicion.
 * - The baseline is the first reading, and each lower reading before a stroke, at once.
 * - While present nothing is pushed: what is trapped must not become a bolus. Every 10 min the rest pressure is read.
 *   A fall by half the residual under the highest reading since asks for a *probe stroke*, at most one in 20 min; so
 *   do 6 h since the last probe, and the first acknowledge, if the reading is under 60 kPa. Only a probe ends the
 *   condition: confirmed by the feedback and not retained. An unconfirmed stroke proves nothing either way, else a
 *   stalled motor would "prove" a closed catheter open; such a probe is asked for again after 20 min.
 * - A narrow catheter is no closed one. A probe that is still there after two seconds but has drained at the next rest
 *   sample has passed; three of those in a row end the condition. And what ends three times in a day, be it a narrowing
 *   or a noisy sensor, is not worth a stop each time: for a week the detector is *coarse*, and suspects only a rise of
 *   10 kPa, doubled if it goes on, 30 kPa for a narrowing. A false alarm must never become withdrawal.
 * - Near the pressure at which the mechanism slips a stroke leaves nothing more behind: two readings there are
 *   *present* by themselves.
 * - A sensor that fails for 6 h cannot keep the pump stopped: blind, the detector gives up its verdict.
 *
 * Rejected: absolute thresholds (posture and altitude move more), the slope over eight strokes (a cabin's descent
 * is one). What it can't see: docs/fault-model.md.
 */
import {
  COARSE_RISE_MAX_PA,
  COARSE_TICKS,
  DRAINED_PROBES,
  NARROW_RISE_PA,
  NOT_RETAINED_STROKES,
  PASSING_OCCLUSIONS,
  PASSING_RISE_PA,
  PASSING_WINDOW_TICKS,
  PROBE_CEILING_PA,
  PROBE_SPACING_TICKS,
  PROBE_TIMEOUT_TICKS,
  REST_SAMPLE_TICKS,
  RETAINED_RISE_PA,
  RETAINED_STROKES,
  SECOND_LOOK_TICKS,
  SLIP_MAX_PA,
  SLIP_MIN_PA,
  SLIP_READINGS,
  SUSPECT_RISE_PA,
} from '../config.ts';
import { NEVER } from '../units.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT, VERDICT_SUSPECT } from './verdict.ts';

export interface OcclusionState {
  verdict: number;
  hasBaseline: number;
  baselinePa: number;
  /** Strokes in a row whose rise was retained, and that left nothing. */
  retainedRun: number;
  notRetainedRun: number;
  /** The stroke whose second look is outstanding; NEVER when none is. */
  lookTick: number;
  lookBeforePa: number;
  /** Confirmed strokes when it was commanded: more at the look means that it really happened. */
  lookConfirmed: number;
  isProbeLook: number;
  /** While present. */
  restTick: number;
  residualPa: number;
  highestPa: number;
  /** The last probe, or the stop if there was none yet; and the first tick at which one may be asked for. */
  lastProbeTick: number;
  probeAllowedTick: number;
  lastGoodTick: number;
  /** A probe is wanted: the last one could not be judged, or the clinician acknowledged. */
  isProbeOwed: number;
  /** The first acknowledge of this occlusion came with this tick; it has come. */
  isAcknowledgeLook: number;
  isAcknowledged: number;
  /** A probe was retained at its look and awaits its rest sample; probes in a row that had drained there. */
  isProbeRetained: number;
  drainedRun: number;
  /** Readings before strokes in a row at which the mechanism slips. */
  slipRun: number;
  /** Occlusions that ended since `passingSinceTick`; until when the detector is coarse, and from where it suspects. */
  passingCount: number;
  passingSinceTick: number;
  coarseUntilTick: number;
  coarseRisePa: number;
}

export function createOcclusion(): OcclusionState {
  return {
    verdict: VERDICT_CLEAR,
    hasBaseline: 0,
    baselinePa: 0,
    retainedRun: 0,
    notRetainedRun: 0,
    lookTick: NEVER,
    lookBeforePa: 0,
    lookConfirmed: 0,
    isProbeLook: 0,
    restTick: NEVER,
    residualPa: 0,
    highestPa: 0,
    lastProbeTick: 0,
    probeAllowedTick: 0,
    lastGoodTick: 0,
    isProbeOwed: 0,
    isAcknowledgeLook: 0,
    isAcknowledged: 0,
    isProbeRetained: 0,
    drainedRun: 0,
    slipRun: 0,
    passingCount: 0,
    passingSinceTick: 0,
    coarseUntilTick: 0,
    coarseRisePa: 0,
  };
}

export function judgeOcclusion(pump: { readonly occlusion: OcclusionState }): number {
  return pump.occlusion.verdict;
}

/** Readings due, known before SENSE. */
export function isLookDue(occlusion: OcclusionState, isStrokeDue: boolean, nowTick: number): boolean {
  return occlusion.lookTick !== NEVER && (isStrokeDue || nowTick >= occlusion.lookTick);
}

export function isRestSampleDue(occlusion: OcclusionState, nowTick: number): boolean {
  return nowTick >= occlusion.restTick || occlusion.isAcknowledgeLook === 1;
}

export function nextOcclusionTick(occlusion: OcclusionState): number {
  return Math.min(occlusion.lookTick, occlusion.restTick);
}

/** The clinician acknowledged: the first time, that is a reason to probe. */
export function noteAcknowledge(occlusion: OcclusionState): void {
  if (occlusion.verdict !== VERDICT_PRESENT || occlusion.isAcknowledged === 1) return;
  occlusion.isAcknowledged = 1;
  occlusion.isAcknowledgeLook = 1;
  occlusion.isProbeOwed = 1;
}

function enterSuspect(occlusion: OcclusionState): void {
  occlusion.verdict = VERDICT_SUSPECT;
  occlusion.retainedRun = 0;
  occlusion.notRetainedRun = 0;
}

/** What is trapped, as a pressure; never less than what raised the suspicion, or noise would pass for its release. */
function noteResidual(occlusion: OcclusionState, pressurePa: number): void {
  occlusion.residualPa = Math.max(SUSPECT_RISE_PA, pressurePa - occlusion.baselinePa);
  occlusion.highestPa = pressurePa;
}

/** `pressurePa` is the reading that proved it. */
export function enterPresent(occlusion: OcclusionState, pressurePa: number, nowTick: number): void {
  occlusion.verdict = VERDICT_PRESENT;
  noteResidual(occlusion, pressurePa);
  occlusion.lastProbeTick = nowTick;
  occlusion.probeAllowedTick = nowTick;
  occlusion.lastGoodTick = nowTick;
  occlusion.restTick = nowTick + REST_SAMPLE_TICKS;
  occlusion.isProbeOwed = 0;
  occlusion.isAcknowledged = 0;
  occlusion.isProbeRetained = 0;
  occlusion.drainedRun = 0;
}

/** Back to clear with a new baseline. Of the probes nothing is kept. */
function enterClear(occlusion: OcclusionState, baselinePa: number): void {
  occlusion.verdict = VERDICT_CLEAR;
  occlusion.baselinePa = baselinePa;
  occlusion.retainedRun = 0;
  occlusion.notRetainedRun = 0;
  occlusion.slipRun = 0;
  occlusion.restTick = NEVER;
  occlusion.isProbeOwed = 0;
}

/** Suspect only from here for a while; twice as far when it happens again meanwhile. */
function enterCoarse(occlusion: OcclusionState, risePa: number, nowTick: number): void {
  const lastPa = nowTick < occlusion.coarseUntilTick ? occlusion.coarseRisePa : 0;
  occlusion.coarseRisePa = Math.min(COARSE_RISE_MAX_PA, Math.max(risePa, 2 * lastPa));
  occlusion.coarseUntilTick = nowTick + COARSE_TICKS;
  occlusion.passingCount = 0;
}

/** An occlusion ended. What keeps ending is not worth a stop each time. */
function enterGone(occlusion: OcclusionState, baselinePa: number, nowTick: number): void {
  enterClear(occlusion, baselinePa);
  if (occlusion.passingCount === 0 || nowTick - occlusion.passingSinceTick > PASSING_WINDOW_TICKS) {
    occlusion.passingCount = 0;
    occlusion.passingSinceTick = nowTick;
  }
  occlusion.passingCount += 1;
  if (occlusion.passingCount >= PASSING_OCCLUSIONS) enterCoarse(occlusion, PASSING_RISE_PA, nowTick);
}

function judgeStrokeLook(
  occlusion: OcclusionState,
  pressurePa: number,
  isRetained: boolean,
  nowTick: number,
): void {
  if (isRetained) {
    occlusion.retainedRun += 1;
    occlusion.notRetainedRun = 0;
    if (occlusion.retainedRun >= RETAINED_STROKES) enterPresent(occlusion, pressurePa, nowTick);
  } else {
    occlusion.retainedRun = 0;
    occlusion.notRetainedRun += 1;
    if (occlusion.notRetainedRun >= NOT_RETAINED_STROKES) enterClear(occlusion, pressurePa);
  }
}

function judgeProbeLook(
  occlusion: OcclusionState,
  pressurePa: number,
  isRetained: boolean,
  nowTick: number,
): void {
  if (isRetained) {
    noteResidual(occlusion, pressurePa);
    occlusion.isProbeRetained = 1;
  } else {
    enterGone(occlusion, pressurePa, nowTick);
  }
}

/** The first rest sample after a retained probe: has it drained by half? True when that ends the condition. */
function hasDrained(occlusion: OcclusionState, pressurePa: number): boolean {
  if (occlusion.isProbeRetained === 0) return false;
  occlusion.isProbeRetained = 0;
  const risePa = occlusion.highestPa - occlusion.lookBeforePa;
  occlusion.drainedRun = 2 * (occlusion.highestPa - pressurePa) >= risePa ? occlusion.drainedRun + 1 : 0;
  return occlusion.drainedRun >= DRAINED_PROBES;
}

/** The second look at a stroke or probe. */
function stepLook(
  occlusion: OcclusionState,
  pressurePa: number | null,
  confirmed: number,
  nowTick: number,
): void {
  const isProbe = occlusion.isProbeLook === 1;
  occlusion.lookTick = NEVER;
  occlusion.isProbeLook = 0;
  if (pressurePa === null || confirmed <= occlusion.lookConfirmed) {
    if (isProbe) occlusion.isProbeOwed = 1;
    return;
  }
  const isRetained = pressurePa - occlusion.lookBeforePa >= RETAINED_RISE_PA;
  if (isProbe) judgeProbeLook(occlusion, pressurePa, isRetained, nowTick);
  else judgeStrokeLook(occlusion, pressurePa, isRetained, nowTick);
}

/** A reading at rest while present. True when it asks for a probe stroke in this tick. */
function stepRest(occlusion: OcclusionState, pressurePa: number | null, nowTick: number): boolean {
  occlusion.isAcknowledgeLook = 0;
  if (nowTick >= occlusion.restTick) occlusion.restTick = nowTick + REST_SAMPLE_TICKS;
  if (pressurePa === null) {
    if (nowTick - occlusion.lastGoodTick >= PROBE_TIMEOUT_TICKS) {
      enterClear(occlusion, occlusion.baselinePa);
    }
    return false;
  }
  occlusion.lastGoodTick = nowTick;
  if (hasDrained(occlusion, pressurePa)) {
    enterGone(occlusion, pressurePa, nowTick);
    enterCoarse(occlusion, NARROW_RISE_PA, nowTick);
    return false;
  }
  occlusion.highestPa = Math.max(occlusion.highestPa, pressurePa);
  const hasFallen = 2 * (occlusion.highestPa - pressurePa) >= occlusion.residualPa;
  const isTimeUp = nowTick - occlusion.lastProbeTick >= PROBE_TIMEOUT_TICKS;
  const isWanted = isTimeUp || occlusion.isProbeOwed === 1;
  return nowTick >= occlusion.probeAllowedTick && (hasFallen || (isWanted && pressurePa < PROBE_CEILING_PA));
}

function stepBeforeStroke(occlusion: OcclusionState, pressurePa: number, nowTick: number): void {
  if (occlusion.hasBaseline === 0 || pressurePa < occlusion.baselinePa) {
    occlusion.hasBaseline = 1;
    occlusion.baselinePa = pressurePa;
  }
  const risePa = pressurePa - occlusion.baselinePa;
  occlusion.slipRun = risePa >= SLIP_MIN_PA && risePa <= SLIP_MAX_PA ? occlusion.slipRun + 1 : 0;
  const suspectPa = nowTick < occlusion.coarseUntilTick ? occlusion.coarseRisePa : SUSPECT_RISE_PA;
  if (occlusion.slipRun >= SLIP_READINGS) enterPresent(occlusion, pressurePa, nowTick);
  else if (occlusion.verdict === VERDICT_CLEAR && risePa >= suspectPa) enterSuspect(occlusion);
}

/**
 * One executed tick. `isLook` and `isRest` are the readings due as asked above; the pressure is the same reading for
 * all three questions. True when a probe stroke is asked for in this tick.
 */
export function stepOcclusion(
  occlusion: OcclusionState,
  pressurePa: number | null,
  confirmed: number,
  isStrokeDue: boolean,
  isLook: boolean,
  isRest: boolean,
  nowTick: number,
): boolean {
  if (isLook) stepLook(occlusion, pressurePa, confirmed, nowTick);
  if (isRest && occlusion.verdict === VERDICT_PRESENT) return stepRest(occlusion, pressurePa, nowTick);
  occlusion.isAcknowledgeLook = 0;
  if (isStrokeDue && occlusion.verdict !== VERDICT_PRESENT && pressurePa !== null) {
    stepBeforeStroke(occlusion, pressurePa, nowTick);
  }
  return false;
}

/** A stroke or probe was commanded in this tick; while it matters, a second look follows. */
export function noteStroke(
  occlusion: OcclusionState,
  isProbe: boolean,
  pressurePa: number | null,
  confirmed: number,
  nowTick: number,
): void {
  if (isProbe) {
    occlusion.lastProbeTick = nowTick;
    occlusion.probeAllowedTick = nowTick + PROBE_SPACING_TICKS;
    occlusion.isProbeOwed = 0;
  } else if (occlusion.verdict !== VERDICT_SUSPECT) {
    return;
  }
  if (pressurePa === null) return;
  // A probe's reading is one before a stroke, too: with fluid trapped the true baseline is even lower.
  occlusion.baselinePa = Math.min(occlusion.baselinePa, pressurePa);
  occlusion.lookTick = nowTick + SECOND_LOOK_TICKS;
  occlusion.lookBeforePa = pressurePa;
  occlusion.lookConfirmed = confirmed;
  occlusion.isProbeLook = isProbe ? 1 : 0;
}
