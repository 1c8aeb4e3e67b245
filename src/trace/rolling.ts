/**
 * The rolling digest over events, as the core folds it (`src/core/log.ts`), kept beside the core because that one begins
 * anew when the firmware restarts and a record of the run does not. A test holds the two together.
 */
import { mul32 } from '../core/units.ts';

const SEED_A = 0x243f6a88;
const SEED_B = 0x13198a2e;
const FACTOR = 0x01000193;

export class RollingDigest {
  private a = SEED_A;
  private b = SEED_B;

  get laneA(): number {
    return this.a >>> 0;
  }

  get laneB(): number {
    return this.b >>> 0;
  }

  event(tick: number, code: number, argument: number): void {
    this.fold(tick | 0);
    this.fold(code);
    this.fold(argument | 0);
  }

  private fold(word: number): void {
    const { b } = this;
    this.a = mul32(this.a ^ word, FACTOR);
    this.b = (((b << 5) | (b >>> 27)) + word) ^ this.a;
  }
}
