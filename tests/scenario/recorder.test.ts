import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { readScenario } from '../../src/scenario/format.ts';
import { Recorder } from '../../src/scenario/recorder.ts';
import type { RunResult } from '../../src/scenario/result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { recorded } from '../report/recorded.ts';

const OCCLUSION = 'sim/scenarios/catheter-occlusion.yaml';
const HOUR = 3600;
const KINK_TICK = 2 * 24 * HOUR;

/** All but how many ticks were executed, which is what a recorder may change. */
function lasting(run: RunResult): Partial<RunResult> {
  return { ...run, executedTicks: 0 };
}

async function withoutRecorder(file: string) {
  const outcome = readScenario(readFileSync(join(PROJECT_ROOT, file)), file, VOCABULARY, (bytes) =>
    createHash('sha256').update(bytes).digest('hex'),
  );
  if ('problems' in outcome) throw new Error('bad scenario');
  const { scenario } = outcome;
  const options = { createTarget: createSimTarget, isTickByTick: false, revealedBy };
  return await runScenario(scenario, options, `thecal run ${file} --seed ${scenario.seed}`);
}

describe('a recording', () => {
  it('changes nothing of the run', async () => {
    const plain = await withoutRecorder(OCCLUSION);
    const { result } = await recorded(OCCLUSION);
    expect({ ...lasting(result), control: null }).toEqual({ ...lasting(plain), control: null });
    expect(lasting(result.control ?? result)).toEqual(lasting(plain.control ?? plain));
    // The control has as many looks again.
    expect(result.executedTicks - plain.executedTicks).toBeLessThan(60);
  });

  it('is the same in either stepping', async () => {
    const jumped = await recorded(OCCLUSION);
    const ticked = await recorded(OCCLUSION, true);
    expect(ticked.recordings).toEqual(jumped.recordings);
  });

  it('has every stroke, every event, and samples close to what happened', async () => {
    const { result, recordings } = await recorded(OCCLUSION);
    const main = recordings.main;
    if (main === null) throw new Error('nothing recorded');
    expect(main.strokeTicks.length).toBe(result.signals['requested-strokes']);
    expect([...main.strokeTicks.slice(0, 3)]).toEqual([71, 143, 215]);
    const samples = [...main.sampleTicks];
    expect(samples.every((tick, i) => i === 0 || tick > samples[i - 1]!)).toBe(true);
    for (const tick of [KINK_TICK - 1, KINK_TICK, KINK_TICK + 1, KINK_TICK + 289]) {
      expect(samples).toContain(tick);
    }
    const at = (signal: string, tick: number) => main.samples[signal]?.[samples.indexOf(tick)];
    expect(at('permission', KINK_TICK + 289)).toBe(2);
    expect(at('outlet-pressure-pa', KINK_TICK + 289)).toBe(7666);
    expect(at('true.delivered-ug', samples.at(-1) ?? 0)).toBe(1_125_000);
  });

  it('stays small over years: the hours, a stroke in each, and what is near a stimulus', () => {
    const years = 7 * 365 * 24 * HOUR;
    const recorder = new Recorder([KINK_TICK], years);
    recorder.watch(['permission'], () => 0);
    let samples = 0;
    for (let tick = 72; tick <= years; tick += 72) {
      recorder.event({ tick, kind: 'stroke', argument: tick / 72 });
      recorder.afterTick(tick, true);
    }
    const { sampleTicks, strokeTicks } = recorder.recording();
    samples = sampleTicks.length;
    expect(strokeTicks.length).toBe(years / 72);
    expect(samples).toBeLessThan((1.1 * years) / HOUR);
    const near = [...sampleTicks].filter((tick) => tick > KINK_TICK && tick <= KINK_TICK + HOUR);
    expect(near.length).toBeGreaterThanOrEqual(50);
  });

  it('bounds what is close to stimuli however many there are', () => {
    const ticks = 365 * 24 * HOUR;
    const stimuli = Array.from({ length: 8000 }, (_, i) => i * HOUR);
    const recorder = new Recorder(stimuli, ticks);
    for (let tick = 10; tick <= ticks; tick += 10) recorder.afterTick(tick, true);
    expect(recorder.recording().sampleTicks.length).toBeLessThan(130_000);
  });
});
