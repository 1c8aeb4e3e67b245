/**
 * A plug with a loose contact, a hub that drops what it cannot hold, a buffer that ran over: messages between host and
 * board are gone. Layer: line. The world only keeps the record; a target with a line loses the messages at the host's
 * end and reports how many. The firmware notices nothing: what got no reply is asked again.
 */
import type { FaultSpec } from './fault.ts';

export const linkLoss: FaultSpec = {
  kind: 'link-loss',
  summary: 'messages between host and board are lost',
  layer: 'line',
  revealedBy: [],
  options: [
    {
      name: 'chance',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 100000,
      meaning: 'share of the messages that are lost',
    },
    {
      name: 'direction',
      type: 'choice',
      choices: ['both', 'to-board', 'from-board'],
      default: 'both',
      meaning: 'requests, replies, or both',
    },
  ],
};
