/**
 * The motor and what it turns. The unit of motion is the stroke; its feedback counts strokes that turned, whatever
 * they moved: it watches the motor and not the fluid, as in the real device (TGA-1458: nothing senses flow).
 *
 * The nominal volumes are the world's own statement. The firmware states its own; a test compares the two.
 */

export type Mechanism = 'peristaltic' | 'valve-accumulator';

/** Peristaltic: an estimate. Valve-accumulator: one shot of 2.5 uL (JULLIAN, a default constant, weak). */
export const NOMINAL_STROKE_NL: Readonly<Record<Mechanism, number>> = {
  peristaltic: 500,
  'valve-accumulator': 2500,
};

export interface MechanismState {
  readonly kind: Mechanism;
  /** What a turned stroke displaces with a full reservoir and no fault: nominal with the pump's own tolerance. */
  strokePl: number;
  /** Strokes commanded, turned or not; the motor drew its current either way. */
  commandedStrokes: number;
  turnedStrokes: number;
  /** The last tick whose stroke was carried out, -1 before the first: at most one a tick. */
  lastStrokeTick: number;
}

export function createMechanism(mechanism: Mechanism, tolerancePpm: number): MechanismState {
  return {
    kind: mechanism,
    strokePl: Math.floor((NOMINAL_STROKE_NL[mechanism] * (1000000 + tolerancePpm)) / 1000),
    commandedStrokes: 0,
    turnedStrokes: 0,
    lastStrokeTick: -1,
  };
}
