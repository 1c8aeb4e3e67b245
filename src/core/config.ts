/**
 * What the firmware believes about its own device. The world states its own figures, so that a wrong one here
 * shows; a test asserts that the two agree. Tags: [S] sourced, [D] derived, [E] estimate of ours.
 */
import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from './units.ts';

/** Volume of one stroke of each mechanism. [E]; the valve family's shot is [S] weakly: a research app's default. */
export const PERISTALTIC_STROKE_NL = 500;
export const VALVE_ACCUMULATOR_STROKE_NL = 2500;

/** Minimum rate: 6 uL a day. [E], no published figure could be opened. */
export const MINIMUM_RATE_NL_PER_HOUR = 250;

/**
 * The fastest that the mechanism is specified for, and the rate of a prime: 24 mL a day, the top of the family's
 * programmable range. [E]
 */
export const FASTEST_NL_PER_DAY = 24000000;

/** More than tubing and catheter ever hold: no bridge and no prime is longer. [E] */
export const LINE_MAX_NL = 1000000;

/** How far the label lets a day's dose rise within 24 h, by the code of the patient's group; 0: no rule. [S] label */
export const INCREASE_PERCENT = [0, 30, 15, 15];
/** The most that the label lowers it by, when there are side effects. [S] label */
export const DECREASE_PERCENT = 20;
/** A soft limit that was asked about is confirmed within this. [S] Open PCA EC24: after three idle minutes it asks again */
export const CONFIRM_TICKS = 3 * TICKS_PER_MINUTE;

/** Low-reservoir threshold as delivered; programmable. [S] Neurosurgery 2004;55:390 names 2 mL as recommended. */
export const LOW_RESERVOIR_DEFAULT_NL = 2000000;
/** Empty by computation. [E], by analogy with an implanted insulin pump's 1 mL mark. */
export const EMPTY_RESERVOIR_NL = 1000000;

/** Unconfirmed strokes in a row that make a stall. [E] */
export const STALL_STROKES = 3;
/** Strokes that no look could judge: a feedback that never answers is a stall too. [E] */
export const UNJUDGED_STROKES = 8;

/** [S] critical alarm after 48 h stopped: Gillette Children's, ITB discharge page. */
export const STOPPED_TOO_LONG_TICKS = 2 * TICKS_PER_DAY;

/** Usable charge of the battery, and what takes it. [E], fitted to the sourced life of 5 to 7 years. */
export const BATTERY_CAPACITY_NC = 2400000000000;
export const IDLE_NC_PER_SECOND = 9240;
export const STROKE_NC = 213000;
export const TONE_NC = 3000000;
export const TELEMETRY_NC_PER_SECOND = 100000;
/** Length of one interrogation. [E] */
export const INTERROGATION_TICKS = TICKS_PER_MINUTE / 2;
/** Length of one frame and its reply over the wand. [E] */
export const FRAME_TICKS = TICKS_PER_SECOND;
/** An update session in which nobody was heard for so long is left open: the pump calls. [E] */
export const SESSION_LEFT_OPEN_TICKS = 2 * TICKS_PER_MINUTE;
/** Elective replacement: this share of the capacity drawn ... [E] */
export const ERI_PERMILLE = 885;
/** ... or a supply this low, loaded or resting, so many readings in a row. [E] */
export const ERI_LOADED_MV = 2500;
export const ERI_RESTING_MV = 2600;
export const LOW_SUPPLY_READINGS = 3;
/** Under load the logic would lose its supply below this, and is safe again above that. [E] */
export const RESET_LOADED_MV = 2200;
export const RESET_OVER_LOADED_MV = 2300;
/** A cell outside body temperature sags without being spent: such an hour's voltages prove nothing. [E] */
export const BODY_MIN_MILLI_C = 32000;
export const BODY_MAX_MILLI_C = 42000;
/** [S] a pump of this kind stops 90 days after the replacement indicator (maker's UK replacement page). */
export const ERI_TO_EOS_TICKS = 90 * TICKS_PER_DAY;
/** [S] hard automatic end of service at 7 years (same page). */
export const LIFE_TICKS = 2555 * TICKS_PER_DAY;

/** Catheter occlusion; see `detection/occlusion.ts` for what each does. All [E], proved by the occlusion grid. */
export const SUSPECT_RISE_PA = 1000;
export const RETAINED_RISE_PA = 300;
export const SECOND_LOOK_TICKS = 2;
export const RETAINED_STROKES = 3;
export const NOT_RETAINED_STROKES = 8;
export const REST_SAMPLE_TICKS = 10 * TICKS_PER_MINUTE;
export const PROBE_SPACING_TICKS = 20 * TICKS_PER_MINUTE;
export const PROBE_TIMEOUT_TICKS = 6 * TICKS_PER_HOUR;
export const PROBE_CEILING_PA = 60000;
/** Probes in a row that drained away within a rest sample: the catheter is narrow, not closed. */
export const DRAINED_PROBES = 3;
/**
 * Occlusions that ended within so long make the detector coarse for a while: it then suspects only from the first of
 * these, doubled each time it happens again, up to the last. A narrow catheter has the second at once.
 */
export const PASSING_OCCLUSIONS = 3;
export const PASSING_WINDOW_TICKS = TICKS_PER_DAY;
export const COARSE_TICKS = 7 * TICKS_PER_DAY;
export const PASSING_RISE_PA = 10000;
export const NARROW_RISE_PA = 30000;
export const COARSE_RISE_MAX_PA = 60000;
/** Two readings in a row in this band over the baseline: the mechanism slips, whatever a stroke leaves behind. */
export const SLIP_MIN_PA = 90000;
export const SLIP_MAX_PA = 115000;
export const SLIP_READINGS = 2;

/** Alarm tones. [S] non-critical about hourly (maker's pump-management page). [E] critical every 10 min. */
export const CRITICAL_REPEAT_TICKS = 10 * TICKS_PER_MINUTE;
export const NON_CRITICAL_REPEAT_TICKS = TICKS_PER_HOUR;
/** Silence: how long a silenced alarm keeps quiet. [E] */
export const CRITICAL_SILENCE_TICKS = TICKS_PER_HOUR;
export const NON_CRITICAL_SILENCE_TICKS = TICKS_PER_DAY;
