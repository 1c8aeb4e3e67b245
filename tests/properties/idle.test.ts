import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32OfWords } from '../../hal/sim/checksum.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import { stateFields } from '../../hal/state-fields.ts';
import type { PumpHal } from '../../hal/hal.ts';
import { idle, nextWake, tick } from '../../src/core/tick.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { endOf, lay, play } from './jumps.ts';
import { DAY, isLong, randomRun, seedOf } from './runs.ts';

const QUIET = { event() {}, stateDigest() {}, afterTick() {} };
const RUNS = isLong() ? 2000 : 300;

/** A HAL for ticks in which nothing may be asked, said or done. */
function silentHal(): PumpHal {
  const never = (what: string) => (): never => {
    throw new Error(`a quiet tick ${what}`);
  };
  return {
    motor: { stroke: never('pushes a stroke'), confirmedCount: never('reads the count') },
    outletPressure: { readPa: never('reads the pressure') },
    supply: { readRestingMv: never('reads the supply'), readLoadedMv: never('loads the supply') },
    temperature: { readMilliC: never('reads the temperature') },
    annunciator: { play: never('plays a tone') },
    watchdog: { kick: never('kicks the watchdog') },
    store: { words: 0, write: never('stores'), read: never('loads') },
    telemetry: { event: never('says something'), stateDigest: never('digests'), reply: never('replies') },
    checksum: { crc32: never('sums') },
  };
}

/** The first field that differs, in the order of the digest, with both values. */
function firstDifference(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string | null {
  for (const [path, value] of a) {
    if (b.get(path) !== value) return `${path}: ${value} against ${b.get(path) ?? 'nothing'}`;
  }
  return a.size === b.size ? null : `${a.size} fields against ${b.size}`;
}

it(`from ${RUNS} random states, n idle ticks equal n ticks in every field, and none of them touches the HAL [SR-TIME-1]`, () => {
  let longest = 0;
  return fc
    .assert(
      fc.asyncProperty(
        randomRun(fc.integer({ min: 0, max: DAY })),
        fc.integer({ min: 0, max: 1_000_000 }),
        async (run, share) => {
          const target = new SimTarget(run.setup);
          lay(target, run);
          await target.advance(run.untilTick, QUIET);
          const { pump } = target;
          const room = nextWake(pump) - pump.nowTick;
          expect(room).toBeGreaterThanOrEqual(0);
          const ticks = Math.floor((room * share) / 1_000_000);
          longest = Math.max(longest, ticks);
          const ticked = structuredClone(pump);
          idle(pump, ticks);
          const hal = silentHal();
          for (let i = 0; i < ticks; i++) tick(ticked, hal);
          expect(firstDifference(stateFields(pump), stateFields(ticked))).toBeNull();
        },
      ),
      { seed: seedOf('idle'), numRuns: RUNS },
    )
    .then(() => {
      console.log(`idle: the longest jump was ${longest} ticks`);
      expect(longest).toBeGreaterThan(100);
    });
}, 600_000);

const STATES = isLong() ? 1_000_000 : 5000;
/** States looked at in one run, one after each wake. */
const STATES_A_RUN = 200;

it(`${STATES} states on the way of random runs: n idle ticks leave the digest of n ticks [SR-TIME-1]`, {
  timeout: isLong() ? 4 * 3_600_000 : 600_000,
}, async () => {
  const {
    SimTarget: Bundled,
    idle: idled,
    nextWake: woken,
    stateDigest,
    tick: ticked,
  } = await bundleLab(null);
  const checksum = { crc32: crc32OfWords };
  const hal = { ...silentHal(), checksum };
  const runs = STATES / STATES_A_RUN;
  let ticks = 0;
  await fc.assert(
    fc.asyncProperty(
      randomRun(),
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: STATES_A_RUN, maxLength: STATES_A_RUN }),
      fc.integer({ min: 0, max: DAY }),
      async (run, shares, fromTick) => {
        const target = new Bundled(run.setup);
        lay(target, run);
        await target.advance(fromTick, QUIET);
        for (const share of shares) {
          const { pump } = target;
          // Without power there is no state, and nothing to be idle in.
          const room = target.isOff ? 0 : woken(pump) - pump.nowTick;
          const n = Math.floor((room * share) / 1_000_000);
          ticks += n;
          const [jumped, walked] = [structuredClone(pump), structuredClone(pump)];
          jumped.inbox.length = 0;
          walked.inbox.length = 0;
          if (n > 0) idled(jumped, n);
          for (let i = 0; i < n; i++) ticked(walked, hal);
          expect(stateDigest(jumped, checksum)).toBe(stateDigest(walked, checksum));
          target.step(Number.MAX_SAFE_INTEGER, QUIET);
        }
      },
    ),
    { seed: seedOf('states'), numRuns: runs },
  );
  console.log(`states: ${ticks} ticks walked`);
  expect(ticks).toBeGreaterThan(10 * STATES);
});

const RESUMED = isLong() ? 500 : 100;

it(`${RESUMED} random runs, saved in the middle, put back after something else, end the same`, () => {
  return fc.assert(
    fc.asyncProperty(randomRun(), fc.integer({ min: 0, max: 999_999 }), async (run, share) => {
      const whole = await play(run, 'jumps');
      const target = new SimTarget(run.setup);
      lay(target, run);
      const hours: number[] = [];
      const observer = { ...QUIET, stateDigest: (_tick: number, digest: number) => hours.push(digest) };
      const middle = Math.floor((run.untilTick * share) / 1_000_000);
      await target.advance(middle, observer);
      const saved = await target.snapshot();
      const heard = hours.length;
      // Something else happens, to the end; then everything is put back, in this target and in a fresh one.
      target.stimulate(target.nowTick(), { kind: 'command', command: { kind: 'stop' } });
      await target.advance(run.untilTick, QUIET);
      await target.restore(saved);
      await target.advance(run.untilTick, observer);
      const end = await endOf(target, hours);
      expect(end.digest).toEqual(whole.end.digest);
      expect(end).toEqual(whole.end);

      const other = new SimTarget(run.setup);
      await other.restore(saved);
      const rest = hours.slice(0, heard);
      await other.advance(run.untilTick, { ...QUIET, stateDigest: (_t, digest) => rest.push(digest) });
      expect(await endOf(other, rest)).toEqual(whole.end);
    }),
    { seed: seedOf('snapshots'), numRuns: RESUMED },
  );
}, 600_000);
