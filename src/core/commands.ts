/** Everything the pump can be told. Queued by the host, taken at the start of the next tick in arrival order. */

export type Command =
  | { readonly kind: 'stop' }
  | { readonly kind: 'resume' }
  /**
   * A whole prescription, as `prescription-words.ts` has it. A threshold of 0 leaves the one in force. Soft limits that
   * it meets are confirmed, or it is not taken and the limits are named.
   */
  | { readonly kind: 'program'; readonly words: Int32Array; readonly isConfirmed: boolean }
  | { readonly kind: 'low-reservoir'; readonly thresholdNl: number }
  /** The clinician filled the reservoir and programs the volume: belief follows, truth is the world's. */
  | { readonly kind: 'refill'; readonly volumeNl: number }
  /** `alarm` is the row's index in the alarm table. */
  | { readonly kind: 'silence'; readonly alarm: number }
  | { readonly kind: 'acknowledge'; readonly alarm: number }
  | { readonly kind: 'interrogate' }
  /** A dose on top of the basal rate, shared out evenly over so many ticks from this one on. */
  | { readonly kind: 'bolus'; readonly doseTenthUg: number; readonly ticks: number }
  /** A volume of drug into tubing and catheter, as fast as the pump is specified for, before the therapy goes on. */
  | { readonly kind: 'prime'; readonly volumeNl: number }
  /** What came over the wand: a frame, or what is left of one. */
  | { readonly kind: 'frame'; readonly bytes: ArrayLike<number> };

/** A command that is carried out as it stands, which a frame is not. */
export type Order = Exclude<Command, { readonly kind: 'frame' }>;

/**
 * Order is the code in trace and digest: append, never reorder. An event carries kind * 16 + outcome; of a frame it is
 * the command in it that is told.
 */
export const COMMAND_KINDS = [
  'stop',
  'resume',
  'program',
  'low-reservoir',
  'refill',
  'silence',
  'acknowledge',
  'interrogate',
  'frame',
  'bolus',
  'prime',
] as const;

/** Codes of the outcomes, for the core; the order of `COMMAND_OUTCOMES`. */
export const ACCEPTED = 0;
export const RATE_OUT_OF_RANGE = 1;
export const RATE_BEYOND_MECHANISM = 2;
export const CONCENTRATION_OUT_OF_RANGE = 3;
export const VOLUME_OUT_OF_RANGE = 4;
export const NO_SUCH_ALARM = 5;
export const PRESCRIPTION_UNREADABLE = 6;
export const SESSION_OPEN = 7;
export const PRESCRIPTION_OUT_OF_RANGE = 8;
export const BOLUS_OUT_OF_RANGE = 9;
export const BOLUS_TOO_FAST = 10;
export const BOLUS_RUNNING = 11;
export const RESERVOIR_LOW = 12;
export const NOT_DELIVERING = 13;
export const NEEDS_CONFIRMATION = 14;
/** Another concentration, and nothing is said of the drug that is still in the line. */
export const BRIDGE_UNSAID = 15;

/** Why a command was refused whole; the first means it was accepted. Append, never reorder. */
export const COMMAND_OUTCOMES = [
  'accepted',
  'rate-out-of-range',
  'rate-beyond-mechanism',
  'concentration-out-of-range',
  'volume-out-of-range',
  'no-such-alarm',
  'prescription-unreadable',
  'session-open',
  'prescription-out-of-range',
  'bolus-out-of-range',
  'bolus-too-fast',
  'bolus-running',
  'reservoir-low',
  'not-delivering',
  'needs-confirmation',
  'bridge-unsaid',
] as const;
