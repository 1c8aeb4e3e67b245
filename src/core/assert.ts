/** Programmer errors. Hardware that misbehaves is a value and wrong input is refused: neither comes here. */

/** Ends the run as `error` on a host; on a board the caller of `tick` enters its fallback mode. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error('assertion: ' + message);
}

/** For checks of every tick: the board makes a message only where one is needed. */
export function fail(message: string): never {
  throw new Error('assertion: ' + message);
}
