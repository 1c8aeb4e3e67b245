/**
 * A long cable beside a motor, a baud rate at the edge: one bit of a message arrives as another. Layer: line. The world
 * only keeps the record; a target with a line damages the messages at the host's end and reports how many. Each carries
 * a checksum that finds any single bit, so the firmware is never told anything else than was said.
 */
import type { FaultSpec } from './fault.ts';
import { MESSAGE_DIRECTION, messageChance } from './link-options.ts';

export const linkCorrupt: FaultSpec = {
  kind: 'link-corrupt',
  summary: 'one bit of messages between host and board arrives flipped',
  layer: 'line',
  revealedBy: [],
  options: [messageChance('damaged'), MESSAGE_DIRECTION],
};
