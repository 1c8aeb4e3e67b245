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

/** What the syringe gave is in no pump's books. */
const TRIAL_UG = 50;
/** Six weeks from noon of day 1, each of one dose a day. */
const TITRATION_UG = 7 * (50 + 60 + 72 + 86 + 100 + 120);
/** Noon of day 43 to day 120 at 144 ug a day, whether by one rate or by 6 x 3.6 + 16 x 7.2 + 2 x 3.6 in the hours. */
const WEAK_UG = 76.5 * 144;
/** The bridge: 432 uL of 500 ug/mL at the mean of the week. Strokes of 2,000 leave the pump for what is booked as 500. */
const BRIDGE_UG = 0.432 * 500;
const BRIDGE_STROKES = BRIDGE_UG * 4;
/** Ten hours of day 121, from noon, at 7.2 and two at 3.6, days 122 to 2,159, and day 2,160 until eight in the morning. */
const STRONG_UG = 10 * 7.2 + 2 * 3.6 + 2038 * 144 + (6 * 3.6 + 2 * 7.2);
/** The rotor is held for 40 min from ten in the morning, with a stroke each 8 min 20 s: 5, 13, 21, 30 and 38 min later. */
const SCAN_STROKES = 5;
/** Ten days of 144 ug were prescribed; 250 nL an hour are a stroke in two hours, and the refill comes just before the last. */
const MISSED_UG = 10 * 144;
const MINIMUM_STROKES = 10 * 12 - 1;
/** The rest of day 2,160, and 29 days more. */
const NEW_PUMP_UG = 14 * 7.2 + 2 * 3.6 + 29 * 144;

/** 89 cm x 2.6 uL/cm + 199 uL = 430.4 uL from reservoir to tip: empty at first, primed, and full of 2,000 ug/mL in the end. */
const PRIME_STROKES = 861;
const LINE_GAIN_UG = 0.4304 * 2000 - PRIME_STROKES * 0.25;

const OLD_PUMP_UG = TITRATION_UG + WEAK_UG + BRIDGE_UG + STRONG_UG;
const PRESCRIBED_UG = OLD_PUMP_UG + NEW_PUMP_UG;
/** What the faults cost the old pump. */
const SHORTFALL_UG = SCAN_STROKES + MISSED_UG - MINIMUM_STROKES;
/** Strokes of the bridge are four times what the pump takes them for, and the line keeps what it has gained. */
const trueUg = (bookedUg: number): number => bookedUg - BRIDGE_UG + BRIDGE_STROKES - LINE_GAIN_UG;

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

/** Signals of the old pump can be read only while it is there. */
function lastOfOld(id: string): number {
  return Number.parseFloat(result.expectations.find((each) => each.id === id)?.observed ?? '');
}

describe('six years add up on paper', () => {
  it('in what was prescribed [SR-DOSE-1]', () => {
    expect(PRESCRIBED_UG).toBeCloseTo(312_519.2, 6);
    expectDose(result, 'true.prescribed-ug', PRESCRIBED_UG);
    expectDose(result.control, 'true.prescribed-ug', PRESCRIBED_UG);
  });

  it('in what the old pump believes to have given, with a scan and a missed refill [SR-DOSE-1, SR-DOSE-2]', () => {
    expect(OLD_PUMP_UG - SHORTFALL_UG).toBeCloseTo(306_909.2, 6);
    expect(Math.abs(lastOfOld('last-of-old') - (OLD_PUMP_UG - SHORTFALL_UG))).toBeLessThanOrEqual(1.01);
  });

  it('in what the new pump believes, which begins at nothing [SR-DOSE-1, SR-REPLACE-1]', () => {
    expect(NEW_PUMP_UG).toBeCloseTo(4284, 6);
    expectDose(result, 'computed.delivered-ug', NEW_PUMP_UG);
    expectDose(result.control, 'computed.delivered-ug', NEW_PUMP_UG);
  });

  it('in what truly came to the tip, of both pumps and whatever the line held [SR-DOSE-8, SR-REPLACE-1]', () => {
    expectDose(result, 'true.delivered-ug', trueUg(PRESCRIBED_UG - SHORTFALL_UG));
    expectDose(result.control, 'true.delivered-ug', trueUg(PRESCRIBED_UG));
  });

  it('in what the patient was given, the dose on trial too [SR-SCREEN-1]', () => {
    expectDose(result, 'true.intrathecal-ug', TRIAL_UG + trueUg(PRESCRIBED_UG - SHORTFALL_UG));
    expectDose(result.control, 'true.intrathecal-ug', TRIAL_UG + trueUg(PRESCRIBED_UG));
  });

  it('in strokes, counted by each pump for itself: four a ug of the weak drug, one of the strong', () => {
    const ofOld =
      PRIME_STROKES + (TITRATION_UG + WEAK_UG) * 4 + BRIDGE_STROKES + STRONG_UG - MISSED_UG + MINIMUM_STROKES;
    expect(Math.abs(lastOfOld('strokes-of-old') - ofOld)).toBeLessThanOrEqual(1.01);
    for (const run of [result, result.control]) {
      const ofNew = run?.signals['requested-strokes'] ?? Number.NaN;
      expect(Math.abs(ofNew - NEW_PUMP_UG)).toBeLessThanOrEqual(1.01);
    }
  });
});
