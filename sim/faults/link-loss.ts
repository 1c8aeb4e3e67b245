/**
 * A plug with a loose contact, a hub that drops what it cannot hold, a buffer that ran over: messages between host and
 * board are gone. Layer: line. The world only keeps the record; a target with a line loses the messages at the host's
 * end and reports how many. The firmware notices nothing: what got no reply is asked again.
 */
import type { FaultSpec } from './fault.ts';
import { MESSAGE_DIRECTION, messageChance } from './link-options.ts';

export const linkLoss: FaultSpec = {
  kind: 'link-loss',
  summary: 'messages between host and board are lost',
  layer: 'line',
  revealedBy: [],
  options: [messageChance('lost'), MESSAGE_DIRECTION],
};
