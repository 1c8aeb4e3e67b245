/** The words that scenarios may use, from the tables of firmware and world. */
import { SIGNALS } from '../../hal/signals.ts';
import { FAULTS } from '../../sim/faults/index.ts';
import { ALARMS } from '../core/alarms/table.ts';
import type { Vocabulary } from '../scenario/vocabulary.ts';

export const VOCABULARY: Vocabulary = {
  faults: FAULTS,
  alarms: ALARMS.map((alarm) => alarm.name),
  signals: SIGNALS,
};

/** Alarms that can reveal a fault of this kind. */
export function revealedBy(faultKind: string): readonly string[] {
  return FAULTS.find((fault) => fault.kind === faultKind)?.revealedBy ?? [];
}
