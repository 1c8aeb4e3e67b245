/**
 * The motor turns and its feedback does not say so: the count stands still. Layer: feedback. To the firmware this
 * is a stall, and it can't know better; the patient gets the full dose meanwhile, and the computed reservoir falls
 * behind the true one. Freed again, the count jumps to what was turned all along.
 */
import { remembered, type FaultSpec } from './fault.ts';

export const feedbackStuck: FaultSpec = {
  kind: 'feedback-stuck',
  summary: "the motor's confirmed count stands still while it turns",
  layer: 'feedback',
  revealedBy: ['motor-stall'],
  options: [],
  remember: (_options, onset) => ({ count: onset.confirmedStrokes }),
  confirmedStrokes: (count, fault) => (count === null ? null : remembered(fault, 'count')),
};
