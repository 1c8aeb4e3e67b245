/**
 * The motor turns and its feedback gives no reading at all: a broken wire of the encoder. Layer: feedback. Nothing is
 * judged then, so no stroke is ever unconfirmed; the firmware must not take that for good news, nor for a stall after
 * the first failed reading. When the wire holds again, one reading settles every stroke since: the count is cumulative.
 */
import type { FaultSpec } from './fault.ts';

export const feedbackLost: FaultSpec = {
  kind: 'feedback-lost',
  summary: "the motor's confirmed count gives no reading while it turns",
  layer: 'feedback',
  revealedBy: ['motor-stall'],
  options: [],
  confirmedStrokes: () => null,
};
