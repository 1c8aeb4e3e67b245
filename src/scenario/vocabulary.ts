/**
 * The words that exist beyond the language itself: faults with their options, alarms, signals. Handed in, so that
 * reading a scenario depends neither on the world nor on the firmware's tables, and a test can read with words of
 * its own.
 */
import type { SignalSpec } from '../../hal/signals.ts';
import type { FaultLayer, OptionSpec } from '../../sim/faults/fault.ts';

export type { OptionSpec };

export interface FaultWords {
  readonly kind: string;
  readonly layer: FaultLayer;
  readonly options: readonly OptionSpec[];
}

export interface Vocabulary {
  readonly faults: readonly FaultWords[];
  /** In the order of the firmware's alarm table: a command names an alarm by its index. */
  readonly alarms: readonly string[];
  readonly signals: readonly SignalSpec[];
}
