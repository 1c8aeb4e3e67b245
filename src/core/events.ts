/** Everything the pump can say: the vocabulary of the trace. In the core an event is a code and one integer. */

/** Codes, for the core. They are the order of `EVENT_KINDS`: append, never reorder. */
export const STROKE = 0;
export const PROBE = 1;
export const SUSPECT = 2;
export const PRESENT = 3;
export const GONE = 4;
export const RAISE = 5;
export const CONDITION_GONE = 6;
export const ACKNOWLEDGE = 7;
export const CLEAR = 8;
export const TONE = 9;
export const PERMISSION = 10;
export const COMMAND = 11;
export const REFILL = 12;
export const HOUR = 13;
export const RESUME = 14;
export const RESTART = 15;
export const SESSION = 16;
export const BOLUS_BEGIN = 17;
export const BOLUS_END = 18;
export const BOLUS_SHORTEST = 19;
export const BRIDGE_BEGIN = 20;
export const BRIDGE_END = 21;
export const SOFT_LIMIT = 22;
export const PRIME_BEGIN = 23;
export const PRIME_END = 24;

/** Names, for hosts. */
export const EVENT_KINDS = [
  'stroke',
  'probe',
  'suspect',
  'present',
  'gone',
  'raise',
  'condition-gone',
  'acknowledge',
  'clear',
  'tone',
  'permission',
  'command',
  'refill',
  'hour',
  'resume',
  'restart',
  'session',
  'bolus-begin',
  'bolus-end',
  'bolus-shortest',
  'bridge-begin',
  'bridge-end',
  'soft-limit',
  'prime-begin',
  'prime-end',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** The name and meaning of each kind's one argument. For hosts; no part of the firmware reads it. */
export const EVENT_ARGUMENTS = {
  stroke: 'requested', // requested strokes so far, this one included
  probe: 'requested', // requested strokes so far, this one included
  suspect: 'over-baseline-pa',
  present: 'residual-pa',
  gone: 'rise-pa', // what the probe left behind
  raise: 'alarm', // alarm index
  'condition-gone': 'alarm', // the condition ended; the alarm may stay latched
  acknowledge: 'alarm',
  clear: 'alarm',
  tone: 'alarm',
  permission: 'permission', // 0 full, 1 minimum rate, 2 stopped
  command: 'command', // kind index * 16 + outcome index
  refill: 'programmed-nl',
  hour: 'confirmed', // confirmed strokes in the hour that closed
  resume: 'stopped-ticks',
  restart: 'unkept-ticks', // since the ledger was last saved: their strokes are in no book
  session: 'step', // of the update session: its place in SESSION_STEPS
  'bolus-begin': 'ordered-tenth-ug',
  'bolus-end': 'given-tenth-ug', // rounded down; all of it, or what a stop left
  'bridge-begin': 'strokes', // of the old drug that are still to be pushed
  'bridge-end': 'ug-per-ml', // of the new drug, which every stroke counts as from here on
  'prime-begin': 'strokes', // to be pushed
  'prime-end': 'strokes-left', // 0: all was pushed; else what a stop, a program or an alarm left
  'soft-limit': 'titration', // permille of the change * 16 + a bit for each rule met; the command behind it says what came of it
  'bolus-shortest': 'ticks', // that a bolus refused as too fast would take; 0: it can't be given at all
} as const satisfies Record<EventKind, string>;

/** An event as the host sees it: one kind, one integer. */
export type PumpEvent = {
  [K in EventKind]: { readonly tick: number; readonly kind: K; readonly argument: number };
}[EventKind];
