/** What `calm.ts` takes for calm, and every way to take too much for it. */
import { describe, expect, it } from 'vitest';
import {
  ERI_LOADED_MV,
  NARROW_RISE_PA,
  PASSING_RISE_PA,
  RESET_OVER_LOADED_MV,
  SLIP_MIN_PA,
  SUSPECT_RISE_PA,
} from '../../src/core/config.ts';
import { bundleLab } from './bundle.ts';
import { calmComplaint, calmCore } from './calm-situations.ts';
import * as realLab from './lab.ts';
import { calmMutants, leafMutants } from './wake-mutants.ts';
import { wakeComplaint } from './wake-situations.ts';

describe('a calm', () => {
  it('leaves what ticks leave, and sleeps over nothing [SR-TIME-1]', () => {
    expect(calmComplaint(calmCore(realLab))).toBeNull();
    expect(wakeComplaint(calmCore(realLab))).toBeNull();
  });

  it('asks for one limit where a tick has several, and for the nearest of them', () => {
    expect(Math.min(SLIP_MIN_PA, PASSING_RISE_PA, NARROW_RISE_PA)).toBeGreaterThanOrEqual(SUSPECT_RISE_PA);
    expect(ERI_LOADED_MV).toBeGreaterThanOrEqual(RESET_OVER_LOADED_MV);
  });

  it.each([...calmMutants(), ...leafMutants()])('$name: is caught [SR-TIME-1]', async (mutant) => {
    const said = calmComplaint(calmCore(await bundleLab(mutant)));
    console.log(`${mutant.name}\n  caught by: ${said ?? 'nothing'}`);
    expect(said).not.toBeNull();
  });
});
