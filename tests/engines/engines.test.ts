import { describe, expect, it } from 'vitest';
import { driveCore } from './core-alone.ts';
import { driveAll, driveOne, FIXED_RUNS } from './driver.ts';
import { bundle, inNode, inQuickJs } from './run-bundle.ts';

const TIMEOUT = { timeout: 600_000 };

describe('the same bundle in two engines', () => {
  it(
    'core, world and target leave the same digests in V8 and in QuickJS as in this process',
    TIMEOUT,
    async () => {
      const { text, inputs } = await bundle('driveAll', 'driver.ts');
      console.log(`core, world and target: ${text.length} characters from ${inputs.length} files`);
      const here = (await driveAll()).split('\n');
      expect(here).toHaveLength(FIXED_RUNS.length);
      expect((await inNode(text)).split('\n')).toEqual(here);
      expect((await inQuickJs(text)).split('\n')).toEqual(here);
    },
  );

  it('the core alone, on a bench without a world, does too', TIMEOUT, async () => {
    const { text, inputs } = await bundle('driveCore', 'core-alone.ts');
    console.log(`core alone with its bench: ${text.length} characters from ${inputs.length} files`);
    // The words of a prescription are written by whoever programs a pump.
    expect(inputs.filter((file) => /^(sim|hal)[/]/.test(file))).toEqual(['hal/prescription-words.ts']);
    const here = driveCore();
    // Three days in which something happens; else equality would be cheap.
    expect(here).toMatch(/raise \d+/);
    expect(here).toMatch(/suspect \d+/);
    expect(await inNode(text)).toBe(here);
    expect(await inQuickJs(text)).toBe(here);
  });

  it(
    'an engine that computes otherwise is noticed: one bit in one constant of the bundle is enough',
    TIMEOUT,
    async () => {
      const { text } = await bundle('driveCore', 'core-alone.ts');
      const other = text.replace('16777619', '16777618');
      expect(other).not.toBe(text);
      expect(await inQuickJs(other)).not.toBe(driveCore());
    },
  );

  it('an exception in the bundle comes out as one', TIMEOUT, async () => {
    await expect(inQuickJs('throw new Error("boom")')).rejects.toThrow('boom');
    await expect(inQuickJs('1')).rejects.toThrow('never answered');
    await expect(inNode('1')).rejects.toThrow('never answered');
  });
});

describe('the list of runs', () => {
  it.each(FIXED_RUNS)('$name: something happens in it, and its faults fire', async (run) => {
    const line = await driveOne(run, 'jumps');
    expect(line).not.toContain('@never');
    expect(line).toContain(`hours ${Math.floor(run.untilTick / 3600)}/`);
  });

  it.each(['ticks', 'whole ticks'] as const)('leaves the same by %s', TIMEOUT, async (stepping) => {
    for (const run of FIXED_RUNS.filter(({ untilTick }) => untilTick <= 8 * 86_400)) {
      expect(await driveOne(run, stepping)).toBe(await driveOne(run, 'jumps'));
    }
  });
});
