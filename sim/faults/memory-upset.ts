/**
 * A particle or a weak cell flips one bit of the pump's memory (GILL-DIS names memory errors, critical and not).
 * Layer: target. The world only keeps the record; whoever holds the memory flips the bit and reports it fired.
 * The firmware can notice by its check over the record; it can't notice a flip in a value it writes anew anyway.
 */
import type { FaultSpec } from './fault.ts';

export const memoryUpset: FaultSpec = {
  kind: 'memory-upset',
  summary: 'one bit of a stored copy or the working one of the prescription flips',
  layer: 'target',
  revealedBy: ['memory-error', 'memory-repaired'],
  options: [
    {
      name: 'where',
      type: 'choice',
      choices: ['working', 'stored', 'second'],
      default: 'working',
      meaning: 'in the copy the pump works from, or in the first or second of those it keeps',
    },
    {
      name: 'word',
      type: 'count',
      min: 0,
      max: 349,
      default: 0,
      meaning: 'which word of it, counted from 0',
    },
    { name: 'bit', type: 'count', min: 0, max: 31, default: 4, meaning: 'which bit of the word, 0 = lowest' },
  ],
  passesAfterTicks: () => 1,
};
