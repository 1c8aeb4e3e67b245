/** Power that goes and comes back, stepped, jumped over and on a virtual board: the same is said, and the same is left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PumpHal } from '../../hal/hal.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import type { OpenTarget } from '../../hal/target-options.ts';
import type { Stimulus, Target } from '../../hal/target.ts';
import { readLog } from '../../src/core/log.ts';
import { SETUP } from '../canaries/checks.ts';
import { openBench } from './bench.ts';

const HOUR = 3600;
type Asked = readonly [tick: number, stimulus: Stimulus];

let bench: OpenTarget;
beforeAll(async () => {
  bench = await openBench({ options: { line: {} } });
});
afterAll(async () => await bench.close());

const cut = (id: string, off: number): Stimulus => ({
  kind: 'fault',
  id,
  fault: 'power-loss',
  options: { off },
});
const reset = (id: string): Stimulus => ({ kind: 'fault', id, fault: 'firmware-reset', options: {} });
const stop: Stimulus = { kind: 'command', command: { kind: 'stop' } };
const resume: Stimulus = { kind: 'command', command: { kind: 'resume' } };
const upset = (where: string, word: number): Stimulus => ({
  kind: 'fault',
  id: where,
  fault: 'memory-upset',
  options: { where, word, bit: 3 },
});

async function play(target: Target, asked: readonly Asked[], untilTick: number) {
  const said: string[] = [];
  for (const [tick, stimulus] of asked) target.stimulate(tick, stimulus);
  await target.advance(untilTick, {
    event: ({ tick, kind, argument }) => said.push(`${tick} ${kind} ${argument}`),
    stateDigest: (tick, digest) => said.push(`${tick} ${digest}`),
    afterTick: () => undefined,
  });
  return { said, digest: await target.digest(), state: await target.readState(), faults: target.faults() };
}

/** Jumped, after it was found equal tick by tick and on the board. */
async function playAll(asked: readonly Asked[], untilTick: number) {
  const jumped = await play(new SimTarget(SETUP), asked, untilTick);
  expect(await play(new SimTarget({ ...SETUP, isTickByTick: true }), asked, untilTick)).toEqual(jumped);
  expect(await play(await bench.createTarget(SETUP), asked, untilTick)).toEqual(jumped);
  return jumped;
}

const fired = (run: { faults: readonly { id: string; fired: boolean }[] }): string[] =>
  run.faults.filter((fault) => fault.fired).map(({ id }) => id);

describe('without power', () => {
  it('commands are heard by nobody, and a stop from before stays [SR-STORE-3]', async () => {
    const heard = await playAll(
      [
        [100, stop],
        [200, cut('cut', 50)],
        [220, resume],
        // In the tick in which the power is back.
        [250, { kind: 'command', command: { kind: 'interrogate' } }],
      ],
      1000,
    );
    expect(heard.said.filter((line) => line.includes('command'))).toEqual([
      '100 command 0',
      '250 command 112',
    ]);
    expect(heard.said).toContain('250 restart 150');
    expect(heard.state.get('mode.isStopCommanded')).toBe(1);
    expect(heard.said.filter((line) => line.includes('stroke'))).toEqual(['71 stroke 1']);
  });

  it('a longer cut goes on where a shorter one ends, and there is nothing to reset', async () => {
    const run = await playAll(
      [
        [200, cut('short', 50)],
        [210, reset('reset')],
        [220, cut('shorter', 10)],
        [240, cut('long', 100)],
        [340, cut('at-once', 60)],
      ],
      500,
    );
    expect(fired(run)).toEqual(['short', 'long', 'at-once']);
    expect(run.said.filter((line) => line.includes('restart'))).toEqual(['400 restart 400']);
  });

  it('what lies in the store can flip, and what was in memory is gone', async () => {
    const run = await playAll(
      [
        [200, cut('cut', 50)],
        [220, upset('stored', 2)],
        [221, upset('working', 2)],
      ],
      2000,
    );
    expect(fired(run)).toEqual(['cut', 'stored']);
    // The restart writes the copy again, as after a write that was cut.
    expect(run.state.get('prescription.repairs')).toBe(0);
    expect(run.said).toContain('321 stroke 1');
  });

  it('a run may end, and a day of hours pass, and there is no state to speak of', async () => {
    const run = await playAll([[200, cut('cut', 30 * HOUR)]], 25 * HOUR);
    expect(run.said.at(-1)).toBe('143 stroke 2');
    expect(run.digest.state).toBe('00000000');
    expect(run.state.size).toBe(0);
  });

  it('a snapshot of it goes on elsewhere', async () => {
    const first = new SimTarget(SETUP);
    await play(first, [[200, cut('cut', 500)]], 400);
    const second = await bench.createTarget(SETUP);
    await second.restore(await first.snapshot());
    const rest = await play(second, [], 2000);
    expect(rest).toEqual(await play(first, [], 2000));
    expect(rest.said[0]).toBe('700 restart 700');
  });
});

describe('a reset', () => {
  it('takes one tick, and no number of them makes a dose [SR-STORE-3]', async () => {
    const every = 71;
    const resets = Array.from({ length: 40 }, (_, i): Asked => [(i + 1) * every, reset(`r${i}`)]);
    const run = await playAll(resets, 41 * every);
    // Never 72 ticks on end.
    expect(run.said.filter((line) => line.includes('stroke'))).toEqual([]);
    expect(run.state.get('ledger.restarts')).toBe(40);
    expect(run.said.filter((line) => line.includes('raise')).length).toBe(40);
  });
});

describe('the log', () => {
  it('keeps the last 1,000 entries over a loss of power, and knows how many there were [SR-LOG-2]', async () => {
    const target = new SimTarget(SETUP);
    const asked = Array.from({ length: 400 }, (_, i): Asked => [10 * (i + 1), i % 2 === 0 ? stop : resume]);
    const { said } = await play(target, [...asked, [5000, cut('cut', 60)]], 5060);
    const kept = said.filter((line) => !/ (stroke|hour|tone|suspect) |^\d+ \d+$/.test(line));
    expect(kept.length).toBeGreaterThan(1000);
    const { hal } = target as unknown as { hal: PumpHal };
    const log = readLog(target.pump.log, hal);
    expect(target.pump.log.kept).toBe(kept.length);
    expect(log.length).toBe(1000);
    expect(log.map(({ tick }) => tick)).toEqual(kept.slice(-1000).map((line) => Number(line.split(' ')[0])));
  });
});
