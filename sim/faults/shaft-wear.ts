/**
 * The shaft behind the rotor is worn through: the rotor turns, and is seen to turn, and the rollers stand (FDA-2007: a
 * stop with no warning; MDT-PERF: shaft wear in 59 % of the returned pumps with a worn drive). Layer: mechanism. Where
 * along the drive the real feedback sits is not published; that it watches the rotor is the reading under which the stop
 * comes without warning. The firmware can't notice: it counts rotor turns, and pressure before a stroke is at rest.
 */
import type { FaultSpec } from './fault.ts';

export const shaftWear: FaultSpec = {
  kind: 'shaft-wear',
  summary: 'the rotor turns and is confirmed, and nothing moves',
  layer: 'mechanism',
  revealedBy: [],
  options: [],
  strokePl: () => 0,
};
