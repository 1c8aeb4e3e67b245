/** A pump that another one takes the place of, stepped, jumped over and on a virtual board: the same is said and left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const replace: Stimulus = {
  kind: 'replace',
  fillNl: 20_000_000,
  prescription: {
    therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 6000 },
    concentrationUgPerMl: 1000,
    lowReservoirNl: 3_000_000,
  },
  isPrimed: true,
};
const stop: Stimulus = { kind: 'command', command: { kind: 'stop' } };
const interrogate: Stimulus = { kind: 'command', command: { kind: 'interrogate' } };
const cut = (off: number): Stimulus => ({ kind: 'fault', id: 'cut', fault: 'power-loss', options: { off } });

async function play(target: Target, asked: readonly Asked[], untilTick: number) {
  const said: string[] = [];
  for (const [tick, stimulus] of asked) target.stimulate(tick, stimulus);
  await target.advance(untilTick, {
    event: ({ tick, kind, argument }) => said.push(`${tick} ${kind} ${argument}`),
    stateDigest: (tick, digest) => said.push(`${tick} ${digest}`),
    afterTick: () => undefined,
  });
  return { said, digest: await target.digest(), state: await target.readState() };
}

/** Jumped, after it was found equal tick by tick and on the board. */
async function playAll(asked: readonly Asked[], untilTick: number) {
  const jumped = await play(new SimTarget(SETUP), asked, untilTick);
  expect(await play(new SimTarget({ ...SETUP, isTickByTick: true }), asked, untilTick)).toEqual(jumped);
  expect(await play(await bench.createTarget(SETUP), asked, untilTick)).toEqual(jumped);
  return jumped;
}

describe('a replaced pump', () => {
  it('says nothing of the old one, and hears what is said from its own tick on [SR-REPLACE-1]', async () => {
    const { said, state } = await playAll(
      [
        [1000, stop],
        [5000, stop],
        [5000, replace],
        [5000, interrogate],
      ],
      2 * HOUR,
    );
    expect(said.filter((line) => line.includes('command'))).toEqual(['1000 command 0', '5000 command 112']);
    // 600 ug/day of 1,000 ug/mL are as many strokes as 300 of 500.
    expect(said.filter((line) => line.includes('stroke')).slice(13, 15)).toEqual([
      '5071 stroke 1',
      '5143 stroke 2',
    ]);
    expect(state.get('build.implantTick')).toBe(5000);
    expect(state.get('mode.isStopCommanded')).toBe(0);
    expect(state.get('ledger.filledNl')).toBe(20_000_000);
    expect(state.get('prescription.words.2')).toBe(1000);
  });

  it('runs although the old one had no power, and comes back as itself after a cut of its own', async () => {
    const { said, state } = await playAll(
      [
        [1000, cut(9000)],
        [4000, replace],
        [6000, { ...cut(100), id: 'second' } as Stimulus],
      ],
      3 * HOUR,
    );
    expect(said.filter((line) => line.includes('restart'))).toHaveLength(1);
    expect(said).toContain('4071 stroke 1');
    expect(state.get('build.implantTick')).toBe(4000);
  });

  it('begins with an empty log', () => {
    const target = new SimTarget(SETUP);
    const listener = { event: () => {}, stateDigest: () => {}, afterTick: () => {} };
    target.stimulate(100, stop);
    target.stimulate(5000, replace);
    while (target.nowTick() <= 6000) target.step(6000, listener);
    const { side, pump } = target;
    const store = {
      words: side.stored.length,
      write: () => {},
      read: (address: number, into: Int32Array) => {
        into.set(side.stored.subarray(address, address + into.length));
        return true;
      },
    };
    expect(pump.log.kept).toBe(0);
    expect(readLog(pump.log, { store } as unknown as Parameters<typeof readLog>[1])).toEqual([]);
  });

  it('is loaded onto a board from a snapshot like any other', async () => {
    const whole = await play(new SimTarget(SETUP), [[5000, replace]], 3 * HOUR);
    const first = new SimTarget(SETUP);
    await play(first, [[5000, replace]], 2 * HOUR);
    const second = await bench.createTarget(SETUP);
    await second.restore(await first.snapshot());
    const rest = await play(second, [], 3 * HOUR);
    expect(rest.digest).toEqual(whole.digest);
    expect(rest.state).toEqual(whole.state);
  });
});
