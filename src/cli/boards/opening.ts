/** What a person at a terminal reads while a board is being opened, which takes some seconds. */
import type { BoardPlace } from './place.ts';

export function openingText({ name, port }: BoardPlace): string {
  return port.exec === undefined
    ? `looking for the board at ${name}`
    : `starting ${name}, putting the firmware on`;
}
