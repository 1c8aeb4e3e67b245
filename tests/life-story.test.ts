/**
 * The life story on paper: every stretch of it by plain arithmetic, and the sums against the signals of the run. Doses
 * are in ug; a stroke of 0.5 uL is 0.25 ug at 500 ug/mL and 1 ug at 2,000.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSimTarget } from '../hal/sim/target.ts';
import { PROJECT_ROOT } from '../scripts/core-hash.ts';
import { LIBRARY } from '../scripts/library.ts';
import { revealedBy, VOCABULARY } from '../src/cli/vocabulary.ts';
import { readScenario } from '../src/scenario/format.ts';
import type { RunResult, ScenarioResult } from '../src/scenario/result.ts';
import { runScenario } from '../src/scenario/run.ts';

/** Four weeks of 100, 120, 144 and 170 ug a day: 7 x 534. */
const TITRATION_UG = 3738;
/** Day 28 to 160 at 200 ug a day, whether by one rate or by 6 x 5 + 16 x 10 + 2 x 5 in the hours. */
const WEAK_UG = 132 * 200;
/** The bridge, a day and three hours of 5 ug: the pump takes them for 215 ug, and strokes of 2,000 ug/mL leave for it. */
const BRIDGE_UG = 200 + 3 * 5;
const BRIDGE_STROKES = BRIDGE_UG * 4;
/** The rest of day 161, and day 162 to 2,190. */
const STRONG_UG = 185 + 2028 * 200;
/** Strokes fall each 6 min at ten in the morning, and the rotor is held for 40 min: 6. */
const SCAN_STROKES = 6;
/** Ten days of 200 ug were prescribed; 250 nL an hour are a stroke in two hours. */
const MISSED_UG = 10 * 200;
const MINIMUM_STROKES = 10 * 12;

/** 89 cm x 2.6 uL/cm + 199 uL = 430.4 uL from reservoir to tip, full of 500 ug/mL at first and of 2,000 in the end. */
const LINE_GAIN_UG = 0.4304 * (2000 - 500);

const PRESCRIBED_UG = TITRATION_UG + WEAK_UG + BRIDGE_UG + STRONG_UG;
const BELIEVED_UG = PRESCRIBED_UG - SCAN_STROKES - MISSED_UG + MINIMUM_STROKES;
/** Strokes of the bridge are four times what the pump takes them for, and the line keeps what it has gained. */
const trueUg = (believedUg: number): number => believedUg - BRIDGE_UG + BRIDGE_STROKES - LINE_GAIN_UG;

let result: ScenarioResult;
beforeAll(async () => {
  const path = join(PROJECT_ROOT, LIBRARY, 'life-story.yaml');
  const read = readScenario(readFileSync(path), path, VOCABULARY, () => '');
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  result = await runScenario(
    read.scenario,
    { createTarget: createSimTarget, isTickByTick: false, revealedBy },
    '',
  );
}, 600_000);

/** To one stroke of the stronger drug: the last one is under way. */
function expectDose(run: RunResult | null, signal: string, ug: number): void {
  const found = run?.signals[signal] ?? Number.NaN;
  expect(Math.abs(found - ug), `${signal}: ${found} of ${ug} ug`).toBeLessThanOrEqual(1.01);
}

describe('six years add up on paper', () => {
  it('in what was prescribed [SR-DOSE-1]', () => {
    expect(PRESCRIBED_UG).toBe(436_138);
    expectDose(result, 'true.prescribed-ug', PRESCRIBED_UG);
    expectDose(result.control, 'true.prescribed-ug', PRESCRIBED_UG);
  });

  it('in what the pump believes to have given, with a scan and a missed refill [SR-DOSE-1, SR-DOSE-2]', () => {
    expect(BELIEVED_UG).toBe(434_252);
    expectDose(result, 'computed.delivered-ug', BELIEVED_UG);
    expectDose(result.control, 'computed.delivered-ug', PRESCRIBED_UG);
  });

  it('in what truly came to the tip, whatever the line held [SR-DOSE-8]', () => {
    expectDose(result, 'true.delivered-ug', trueUg(BELIEVED_UG));
    expectDose(result.control, 'true.delivered-ug', trueUg(PRESCRIBED_UG));
  });

  it('in strokes: four a ug of the weak drug, one of the strong', () => {
    const asked = (TITRATION_UG + WEAK_UG) * 4 + BRIDGE_STROKES + STRONG_UG;
    const requested = (run: RunResult | null): number => run?.signals['requested-strokes'] ?? Number.NaN;
    expect(Math.abs(requested(result.control) - asked)).toBeLessThanOrEqual(1);
    const withFaults = asked - MISSED_UG + MINIMUM_STROKES;
    expect(Math.abs(requested(result) - withFaults)).toBeLessThanOrEqual(1);
  });
});
