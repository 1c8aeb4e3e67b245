/** What the faults that strike messages have in common: how many, and on which way. */
import type { OptionSpec } from './fault.ts';

export function messageChance(whatHappens: string): OptionSpec {
  return {
    name: 'chance',
    type: 'percent',
    min: 0,
    max: 1000000,
    default: 100000,
    meaning: `share of the messages that are ${whatHappens}`,
  };
}

export const MESSAGE_DIRECTION: OptionSpec = {
  name: 'direction',
  type: 'choice',
  choices: ['both', 'to-board', 'from-board'],
  default: 'both',
  meaning: 'requests, replies, or both',
};
