/** The vocabulary of the product, and a scenario to take apart: what every test of reading begins with. */
import { SIGNALS } from '../../hal/signals.ts';
import { FAULTS } from '../../sim/faults/index.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { formatProblem, readScenario } from '../../src/scenario/format.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Vocabulary } from '../../src/scenario/vocabulary.ts';

export const WORDS: Vocabulary = { faults: FAULTS, alarms: ALARMS.map((row) => row.name), signals: SIGNALS };

export function read(yaml: string | Uint8Array): ReturnType<typeof readScenario> {
  const bytes = typeof yaml === 'string' ? new TextEncoder().encode(yaml) : yaml;
  return readScenario(bytes, 's.yaml', WORDS, (all) => `hash of ${all.length} bytes`);
}

/** The scenario, or a failure that shows what was wrong with it. */
export function scenarioOf(yaml: string): Scenario {
  const result = read(yaml);
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.scenario;
}

/** Every problem as it is printed; none means that it was read. */
export function problemsOf(yaml: string | Uint8Array): string[] {
  const result = read(yaml);
  return 'problems' in result ? result.problems.map(formatProblem) : [];
}

/** The smallest scenario there is. Lines 1 to 6; what a test adds begins on line 7. */
export const SMALLEST = `version: 1
name: The smallest scenario
pump: { mechanism: peristaltic, reservoir: 40 mL, fill: 38 mL }
drug: { concentration: 500 ug/mL }
therapy: { mode: continuous, dose: 300 ug/day }
until: 4 d
`;

/** The smallest scenario with another therapy or concentration. */
export function withTherapy(therapy: string, concentration = '500 ug/mL'): string {
  return SMALLEST.replace(/therapy: .*/, `therapy: ${therapy}`).replace('500 ug/mL', concentration);
}
