/** Each message of a short session is lost, doubled, damaged, late or the board's last, in turn and at both ends. */
import { describe, expect, it } from 'vitest';
import type { LineTotals } from '../../hal/target-options.ts';
import type { TargetDigest } from '../../hal/target.ts';
import { SETUP } from '../canaries/checks.ts';
import { type BenchPlan, openBench, shortRun, simDigest } from './bench.ts';

async function runWith(
  plan: BenchPlan,
): Promise<{ digest: TargetDigest; line: LineTotals; messages: number }> {
  const bench = await openBench(plan);
  try {
    const digest = await shortRun(await bench.createTarget(SETUP));
    const line = bench.line();
    if (line === null) throw new Error('a bench has a line');
    return { digest, line, messages: bench.messages() };
  } finally {
    await bench.close();
  }
}

/** Waiting for time-outs is most of it, so several at once. */
async function eachOf(count: number, act: (number: number) => Promise<void>): Promise<void> {
  let next = 1;
  const one = async (): Promise<void> => {
    while (next <= count) await act(next++);
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

describe('a line that misbehaves once', async () => {
  const expected = await simDigest();
  const calm = await runWith({});

  it('is equal to the simulation when it does not', () => {
    expect(calm.digest).toEqual(expected);
    expect(calm.line).toMatchObject({ retries: 0, lost: 0, broken: 0, refused: 0, stale: 0, reboots: 0 });
    expect(calm.messages).toBeGreaterThan(20);
  });

  for (const end of ['atBoard', 'atHost'] as const) {
    for (const trouble of ['lose', 'double', 'flip', 'late', 'rebootAt'] as const) {
      // A host that loses its power has no session to go on with.
      if (end === 'atHost' && trouble === 'rebootAt') continue;
      it(`${end}: ${trouble}, each message in turn, ends in the same digest`, {
        timeout: 240_000,
      }, async () => {
        let noticed = 0;
        await eachOf(calm.messages, async (message) => {
          const { digest, line } = await runWith({ [end]: { [trouble]: [message] } });
          expect(digest, `message ${message}`).toEqual(expected);
          if (line.retries + line.stale + line.reboots > 0) noticed += 1;
          // It is executed once: what is asked again is not done again, unless the board began anew.
          if (line.reboots === 0) expect(line.wakes, `message ${message}`).toBe(calm.line.wakes);
        });
        expect(noticed).toBeGreaterThan(calm.messages / 3);
      });
    }
  }

  it('gives a board up that loses everything, as infrastructure', async () => {
    const all = Array.from({ length: 4000 }, (_, i) => i + 10);
    await expect(runWith({ atBoard: { lose: all } })).rejects.toMatchObject({ name: 'InfrastructureError' });
  });

  it('gives a board up that reboots again and again', async () => {
    const all = Array.from({ length: 4000 }, (_, i) => i + 10);
    await expect(runWith({ atBoard: { rebootAt: all } })).rejects.toMatchObject({
      name: 'InfrastructureError',
    });
  });
});
