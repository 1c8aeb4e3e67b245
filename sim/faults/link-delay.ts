/**
 * A hub, a radio bridge or a busy computer keeps messages back. Layer: line. The world only keeps the record; a target
 * with a line holds the messages at the host's end and reports how many. By the wall clock, since simulated time stands
 * still while the host waits. Held for longer than the host has patience, a message is sent again and comes twice.
 */
import type { FaultSpec } from './fault.ts';
import { MESSAGE_DIRECTION, messageChance } from './link-options.ts';

export const linkDelay: FaultSpec = {
  kind: 'link-delay',
  summary: 'messages between host and board come late',
  layer: 'line',
  revealedBy: [],
  options: [
    messageChance('held'),
    {
      name: 'held-ms',
      type: 'count',
      min: 1,
      max: 10000,
      default: 200,
      meaning: 'how long each is held, in milliseconds of the wall clock',
    },
    MESSAGE_DIRECTION,
  ],
};
