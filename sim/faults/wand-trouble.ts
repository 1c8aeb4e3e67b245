/**
 * The wand slipped, or a machine beside it disturbs: what programmer and pump say to each other is lost, damaged, comes
 * twice or late (HK-1515 tells of bit errors that a programmer of another implant did not notice). Layer: target. The
 * world only keeps the record; whoever carries the frames strikes them and reports it fired. The firmware notices by
 * the check and the number of a frame; what the programmer gets no reply to, it asks again.
 */
import type { FaultSpec } from './fault.ts';

export const wandTrouble: FaultSpec = {
  kind: 'wand-trouble',
  summary: 'frames between programmer and pump are lost, damaged, doubled or late',
  layer: 'target',
  revealedBy: [],
  options: [
    {
      name: 'strikes',
      type: 'choice',
      choices: [
        'request-lost',
        'reply-lost',
        'request-damaged',
        'reply-damaged',
        'request-doubled',
        'request-late',
      ],
      default: 'request-lost',
      meaning: 'what becomes of a frame',
    },
    {
      name: 'first',
      type: 'count',
      min: 1,
      default: 1,
      meaning: 'the first try of a request that is struck, counted from when the fault comes',
    },
    {
      name: 'spacing',
      type: 'count',
      min: 0,
      default: 0,
      meaning: 'from there on each so many-th try; 0 is that one alone',
    },
  ],
  remember: () => ({ tries: 0 }),
};
