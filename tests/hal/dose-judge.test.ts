/** Where a wrong dose went wrong: at the tip, at the outlet, or in what the pump tells of it. */
import { describe, expect, it } from 'vitest';
import {
  compareLog,
  createDoseJudge,
  findings,
  look,
  prescribeDose,
  strokeMayHold,
} from '../../hal/sim/dose-judge.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import type { Stimulus, TargetSetup } from '../../hal/target.ts';
import { createOracle, isBeyondAccuracy } from '../../sim/oracle.ts';
import { stroke } from '../../sim/world.ts';
import { QUIET, worldOf } from '../sim/build.ts';

const DAY = 86_400;

const SETUP: TargetSetup = {
  seed: 1,
  startHour: 0,
  mechanism: 'peristaltic',
  reservoirNl: 20_000_000,
  fillNl: 18_000_000,
  lowReservoirNl: 2_000_000,
  lowVolumeFade: false,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  catheterLengthMm: 890,
  compliancePlPerPa: 300,
  environment: QUIET,
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
  isTickByTick: false,
  hasOracle: true,
};

async function kindsAfter(days: number, stimuli: readonly Stimulus[], setup = SETUP): Promise<string[]> {
  const target = new SimTarget(setup);
  for (const stimulus of stimuli) target.stimulate(0, stimulus);
  await target.advance(days * DAY, { event() {}, stateDigest() {}, afterTick() {} });
  return target.doseFailures().map(({ kind }) => kind);
}

const fault = (kind: string, options: Record<string, number | string> = {}): Stimulus => ({
  kind: 'fault',
  id: 'f',
  fault: kind,
  options,
});

describe('a dose is judged at the tip, at the outlet and against the log [SR-TRUTH-2]', () => {
  it('finds nothing wrong with a healthy pump at either deviation that the label allows', async () => {
    expect(await kindsAfter(3, [])).toEqual([]);
    expect(await kindsAfter(3, [], { ...SETUP, tolerancePpm: 140_000 })).toEqual([]);
    expect(await kindsAfter(3, [], { ...SETUP, tolerancePpm: -140_000 })).toEqual([]);
  });

  it('says of a hole in the catheter that only the tip lacks', async () => {
    expect(await kindsAfter(3, [fault('catheter-cut')])).toEqual(['silent-stop', 'under-delivery']);
  });

  it('says of a drug of half the strength that the pump did what it was told', async () => {
    const refill: Stimulus = { kind: 'refill', volumeNl: 18_000_000, concentrationUgPerMl: 250 };
    expect(await kindsAfter(4, [refill])).toEqual(['under-delivery']);
  });

  it('says of a pump that gives half as much again that its log is wrong too, and it is first', async () => {
    const kinds = await kindsAfter(2, [fault('over-infusion')]);
    expect(kinds[0]).toBe('wrong-log');
    expect(kinds.sort()).toEqual(['outlet-over-delivery', 'over-delivery', 'wrong-log']);
  });

  it('says of a motor that stalls that the log knows', async () => {
    expect(await kindsAfter(2, [fault('motor-stall')])).toEqual(['under-delivery', 'outlet-under-delivery']);
  });

  it('says of feedback that is stuck that the dose is right and the log is not', async () => {
    expect(await kindsAfter(2, [fault('feedback-stuck')])).toEqual(['wrong-log']);
  });
});

describe('the log', () => {
  const PG = 250_000;

  it.each([
    // 100 strokes said: from 83.5 to 116.5 of them are within 14.5 % and two strokes.
    [116, 100, false],
    [117, 100, true],
    [84, 100, false],
    [83, 100, true],
    // Nothing said: two strokes.
    [2, 0, false],
    [3, 0, true],
  ])('of %i strokes against %i said is wrong: %s', (given, said, isWrong) => {
    const oracle = createOracle({ ticksPerHour: 3600, strokePg: PG });
    expect(isBeyondAccuracy(oracle, given * PG, said * PG)).toBe(isWrong);
  });

  it('is not asked while the pump has no power', () => {
    const world = worldOf();
    const judge = createDoseJudge(PG);
    prescribeDose(judge, 0, { numerator: 300_000_000, denominator: DAY });
    for (let k = 1; k <= 5; k++) {
      stroke(world, 72 * k - 1);
      look(judge, world, 72 * k - 1, 500);
    }
    expect(findings(judge, 360)).toEqual([]);
    look(judge, world, 360, 500);
    compareLog(judge, 360, 0);
    expect(findings(judge, 360)).toEqual([{ kind: 'wrong-log', tick: 360 }]);
  });

  it('may be off by two strokes of the stronger drug once there was one', () => {
    const world = worldOf();
    const judge = createDoseJudge(PG);
    strokeMayHold(judge, 4 * PG);
    for (let k = 1; k <= 8; k++) stroke(world, 72 * k - 1);
    look(judge, world, 576, 500);
    compareLog(judge, 576, 0);
    expect(findings(judge, 576).map(({ kind }) => kind)).not.toContain('wrong-log');
  });
});
