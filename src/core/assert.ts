/** Programmer errors. Hardware that misbehaves is a value and wrong input is refused: neither comes here. */

/** Ends the run as `error` on a host; on a board the caller of `tick` enters its fallback mode. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error('assertion: ' + message);
}
