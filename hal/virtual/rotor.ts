/** HOST: a stepper motor and its gear: windings energised one way in, whole strokes out. */
import { STEPS_PER_STROKE } from '../espruino/board.ts';

/** Which windings hold the rotor at each quarter of its cycle, two at a time; the first winding is bit 3. */
const HOLDING_BITS = [12, 6, 3, 9];

export class Rotor {
  private quarter = 0;
  private steps = 0;

  /** True when this step ends a stroke. Windings let go, or energised where it stands or opposite, move nothing. */
  energise(bits: number): boolean {
    const to = HOLDING_BITS.indexOf(bits);
    const turn = to < 0 ? 0 : (to - this.quarter + HOLDING_BITS.length) % HOLDING_BITS.length;
    if (turn === 0 || turn === 2) return false;
    this.quarter = to;
    this.steps += turn === 1 ? 1 : -1;
    if (this.steps < STEPS_PER_STROKE) return false;
    this.steps = 0;
    return true;
  }
}
