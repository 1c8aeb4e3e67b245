import { describe, expect, it } from 'vitest';
import { BAD_CORES } from './bad-cores.ts';
import { bundleLab, patched } from './bundle.ts';
import { CHECK_NAMES, CHECKS, type CheckName, type Lab } from './checks.ts';
import * as realLab from './lab.ts';

/** What the check said against this core, or null when it passed. */
async function complaint(name: CheckName, lab: Lab): Promise<string | null> {
  try {
    await CHECKS[name](lab);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the real core', () => {
  it.each(CHECK_NAMES)('%s', async (name) => {
    await CHECKS[name](realLab);
  });

  it('passes every check as a bundle without a replacement too, so that a canary dies of its fault alone', async () => {
    const lab = await bundleLab(null, 'as written');
    for (const name of CHECK_NAMES) expect(await complaint(name, lab), name).toBeNull();
  });
});

describe('a core with one known fault', () => {
  it.each(BAD_CORES)('$name: is noticed by "$caughtBy" [SR-SW-5]', async (bad) => {
    const lab = await bundleLab(bad, 'as written');
    const noticed: CheckName[] = [];
    let said: string | null = null;
    for (const name of CHECK_NAMES) {
      const message = await complaint(name, lab);
      if (message !== null) noticed.push(name);
      if (name === bad.caughtBy) said = message;
    }
    const others = noticed.filter((name) => name !== bad.caughtBy);
    console.log(
      `${bad.name}\n  caught by: ${bad.caughtBy}\n  it said:   ${said ?? 'nothing'}\n  also:      ${others.join('; ') || 'no other check'}`,
    );
    expect(noticed).toContain(bad.caughtBy);
  });

  it('needs each check: no two of the ten are left to the same one', () => {
    expect(new Set(BAD_CORES.map((bad) => bad.caughtBy)).size).toBe(BAD_CORES.length);
    expect([...BAD_CORES.map((bad) => bad.caughtBy)].sort()).toEqual([...CHECK_NAMES].sort());
  });

  it('is refused when its replacement fits nowhere or twice', () => {
    const patch = { file: 'x.ts', replace: 'a', by: 'b' };
    expect(() => patched('nothing here', { ...patch, replace: 'zzz' })).toThrow('0 times');
    expect(() => patched('banana', patch)).toThrow('3 times');
    expect(patched('cat', patch)).toBe('cbt');
  });
});
