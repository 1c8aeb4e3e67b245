/**
 * What every target promises, as one suite. A target stands up to it by one call; what it cannot offer, it does not
 * hand in. `hal/hal.ts` and `hal/target.ts` are the contract, and each sentence below is one of theirs.
 */
import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { PumpHal } from '../../hal/hal.ts';
import { SIGNALS } from '../../hal/signals.ts';
import type { Stimulus, Target, TargetFactory, TargetObserver, TargetSetup } from '../../hal/target.ts';
import type { PumpEvent } from '../../src/core/events.ts';
import { SETUP } from '../canaries/checks.ts';

export interface ConformanceOptions {
  /** The HAL under the firmware, where it is within reach: its calls are recorded, and the promises of `hal.ts` tried. */
  readonly halOf?: (target: Target) => PumpHal;
  /** Longest run that is tried; a slow line may ask for less. */
  readonly dayTicks?: number;
}

const HOUR = 3600;
const STALL = 2;
const RESTARTED = 11;
const QUIET_SETUP: TargetSetup = {
  ...SETUP,
  environment: { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 },
};

interface Heard extends TargetObserver {
  readonly events: PumpEvent[];
  readonly digests: { readonly tick: number; readonly digest: number }[];
  readonly ticks: number[];
}

function listen(): Heard {
  const events: PumpEvent[] = [];
  const digests: { tick: number; digest: number }[] = [];
  const ticks: number[] = [];
  return {
    events,
    digests,
    ticks,
    event: (event) => void events.push(event),
    stateDigest: (tick, digest) => void digests.push({ tick, digest }),
    afterTick: (tick) => void ticks.push(tick),
  };
}

const command = (kind: 'stop' | 'resume' | 'interrogate'): Stimulus => ({
  kind: 'command',
  command: { kind },
});

/** Every reading and order of a HAL, with the tick of the core it came in. */
interface HalCall {
  readonly tick: number;
  readonly what: string;
  readonly value: unknown;
}

/** Wraps the HAL in place, so that whoever holds it goes through the recorder. */
function record(hal: PumpHal, nowTick: () => number): HalCall[] {
  const calls: HalCall[] = [];
  const wrap = (part: object, names: readonly string[]): void => {
    const record = part as Record<string, (...args: unknown[]) => unknown>;
    for (const name of names) {
      const original = record[name]!;
      record[name] = (...args) => {
        const value = original.apply(part, args);
        calls.push({ tick: nowTick(), what: name, value });
        return value;
      };
    }
  };
  wrap(hal.motor, ['stroke', 'confirmedCount']);
  wrap(hal.outletPressure, ['readPa']);
  wrap(hal.supply, ['readRestingMv', 'readLoadedMv']);
  wrap(hal.temperature, ['readMilliC']);
  wrap(hal.annunciator, ['play']);
  wrap(hal.watchdog, ['kick']);
  return calls;
}

export function conformance(name: string, makeTarget: TargetFactory, options: ConformanceOptions = {}): void {
  const dayTicks = options.dayTicks ?? 86_400;

  /** Opens, hands over, and closes whatever happens. */
  async function withTarget<T>(
    use: (target: Target) => Promise<T>,
    changes: Partial<TargetSetup> = {},
  ): Promise<T> {
    const target = await makeTarget({ ...QUIET_SETUP, ...changes });
    try {
      return await use(target);
    } finally {
      await target.close();
    }
  }

  describe(`target ${name}`, () => {
    it('describes itself, and reads every signal that it names', () =>
      withTarget(async (target) => {
        const { signals, engine } = target.describe();
        expect(engine).not.toBe('');
        expect(signals.length).toBeGreaterThan(0);
        const known = SIGNALS.map((signal) => signal.name as string);
        for (const signal of signals) expect(known).toContain(signal);
        // Those of a refill are unknown until there has been one.
        target.stimulate(10, { kind: 'refill', volumeNl: 1_000_000 });
        await target.advance(HOUR, listen());
        for (const signal of signals) expect(Number.isSafeInteger(target.read(signal)), signal).toBe(true);
      }));

    it('answers null for a signal that it does not know', () =>
      withTarget(async (target) => {
        await target.advance(10, listen());
        expect(target.read('no-such-signal')).toBeNull();
        expect(target.read('')).toBeNull();
      }));

    it('advances exactly to the tick asked for, and executes that one', () =>
      withTarget(async (target) => {
        expect(target.nowTick()).toBe(0);
        for (const to of [0, 1, 50, 71, 72, HOUR - 1, HOUR, dayTicks - 7]) {
          const heard = listen();
          await target.advance(to, heard);
          expect(target.nowTick()).toBe(to + 1);
          expect(heard.ticks.at(-1)).toBe(to);
        }
      }));

    it('tells of every executed tick once, in rising order, and counts them', () =>
      withTarget(async (target) => {
        const heard = listen();
        await target.advance(HOUR, heard);
        await target.advance(3 * HOUR, heard);
        expect(heard.ticks.every((tick, i) => i === 0 || tick > heard.ticks[i - 1]!)).toBe(true);
        expect(target.executedTicks()).toBe(heard.ticks.length);
        expect(heard.ticks.length).toBeLessThan(HOUR);
        expect(heard.digests.map(({ tick }) => tick)).toEqual([HOUR, 2 * HOUR, 3 * HOUR]);
      }));

    it('executes every tick when asked to, and ends the same', async () => {
      const ends = await Promise.all(
        [true, false].map((isTickByTick) =>
          withTarget(
            async (target) => {
              const heard = listen();
              target.stimulate(1000, command('stop'));
              target.stimulate(2000, command('resume'));
              await target.advance(2 * HOUR, heard);
              const { events, digests } = heard;
              return { executed: target.executedTicks(), rest: [await target.digest(), events, digests] };
            },
            { isTickByTick },
          ),
        ),
      );
      expect(ends[0]?.executed).toBe(2 * HOUR + 1);
      expect(ends[1]?.executed).toBeLessThan(HOUR);
      expect(ends[1]?.rest).toEqual(ends[0]?.rest);
    });

    it('tells of events in order, at ticks that were executed', () =>
      withTarget(async (target) => {
        const heard = listen();
        await target.advance(HOUR, heard);
        const strokes = heard.events.filter((event) => event.kind === 'stroke');
        // 300 ug/day of 500 ug/mL in strokes of 500 nL: stroke k in tick 72 k - 1.
        expect(strokes.map(({ tick }) => tick)).toEqual(
          Array.from({ length: 50 }, (_, k) => 72 * (k + 1) - 1),
        );
        expect(strokes.map(({ argument }) => argument)).toEqual(Array.from({ length: 50 }, (_, k) => k + 1));
        for (const { tick } of heard.events) expect(heard.ticks).toContain(tick);
      }));

    it('has stimuli done at their tick, and within a tick in the order of the calls', () =>
      withTarget(async (target) => {
        const heard = listen();
        target.stimulate(500, command('resume'));
        target.stimulate(100, command('stop'));
        target.stimulate(100, command('interrogate'));
        target.stimulate(100, command('resume'));
        target.stimulate(99, command('interrogate'));
        target.stimulate(300, command('stop'));
        await target.advance(600, heard);
        const told = heard.events.filter((event) => event.kind === 'command');
        // 16 x kind: stop 0, resume 1, interrogate 7.
        expect(told.map(({ tick, argument }) => [tick, argument / 16])).toEqual([
          [99, 7],
          [100, 0],
          [100, 7],
          [100, 1],
          [300, 0],
          [500, 1],
        ]);
        for (const tick of [99, 100, 300, 500]) expect(heard.ticks).toContain(tick);
      }));

    it('rejects a stimulus for a tick that has passed, and takes one for the next', () =>
      withTarget(async (target) => {
        await target.advance(100, listen());
        expect(() => target.stimulate(100, command('stop'))).toThrow();
        expect(() => target.stimulate(0, command('stop'))).toThrow();
        target.stimulate(101, command('stop'));
        await target.advance(101, listen());
        expect(target.read('permission')).toBe(2);
      }));

    it('keeps a record of each fault: applied, fired, cleared, passed by itself', () =>
      withTarget(async (target) => {
        target.stimulate(400, { kind: 'fault', id: 'jam', fault: 'motor-stall', options: {} });
        target.stimulate(800, { kind: 'clear', id: 'jam' });
        target.stimulate(900, { kind: 'fault', id: 'idle', fault: 'missed-refill', options: {} });
        target.stimulate(1000, { kind: 'fault', id: 'dip', fault: 'power-loss', options: { off: 60 } });
        const heard = listen();
        await target.advance(2000, heard);
        expect(target.faults()).toEqual([
          {
            id: 'jam',
            kind: 'motor-stall',
            appliedTick: 400,
            clearedTick: 800,
            passedTick: null,
            fired: true,
            firedTick: 431,
          },
          {
            id: 'idle',
            kind: 'missed-refill',
            appliedTick: 900,
            clearedTick: null,
            passedTick: null,
            fired: false,
            firedTick: null,
          },
          {
            id: 'dip',
            kind: 'power-loss',
            appliedTick: 1000,
            clearedTick: null,
            passedTick: 1060,
            fired: true,
            firedTick: 1000,
          },
        ]);
        expect(heard.events.filter((event) => event.kind === 'raise')).toEqual([
          { tick: 647, kind: 'raise', argument: STALL },
          { tick: 1060, kind: 'raise', argument: RESTARTED },
        ]);
      }));

    it('gives the same digest however often it is asked, and another one after another event', () =>
      withTarget(async (target) => {
        await target.advance(1000, listen());
        const first = await target.digest();
        expect(first.rolling).toMatch(/^[0-9a-f]{16}$/);
        expect(first.state).toMatch(/^[0-9a-f]{8}$/);
        for (const signal of target.describe().signals) target.read(signal);
        await target.readState();
        expect(await target.digest()).toEqual(first);
        await target.advance(1007, listen()); // stroke 14
        const second = await target.digest();
        expect(second.rolling).not.toBe(first.rolling);
        expect(second.state).not.toBe(first.state);
      }));

    it('gives the same run for the same setup, cut into pieces or not', async () => {
      const run = (stops: readonly number[]) =>
        withTarget(
          async (target) => {
            const heard = listen();
            for (const stop of stops) await target.advance(stop, heard);
            return { events: heard.events, digest: await target.digest() };
          },
          { environment: SETUP.environment },
        );
      const whole = await run([dayTicks / 2]);
      expect(await run([dayTicks / 2])).toEqual(whole);
      expect(await run([0, 17, 71, 72, HOUR, HOUR + 1, dayTicks / 2])).toEqual(whole);
    });

    it('reads the whole state by dotted paths, all integers', () =>
      withTarget(async (target) => {
        await target.advance(1000, listen());
        const state = await target.readState();
        expect(state.get('nowTick')).toBe(1001);
        expect(state.get('motor.requested')).toBe(13);
        for (const [path, value] of state) expect(Number.isSafeInteger(value), path).toBe(true);
      }));

    it('goes back to a snapshot, any number of times, and ends the same', () =>
      withTarget(
        async (target) => {
          target.stimulate(5000, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options: {} });
          target.stimulate(12_000, { kind: 'clear', id: 'kink' });
          await target.advance(6000, listen());
          const snapshot = await target.snapshot();
          const state = await target.readState();
          const ends: unknown[] = [];
          for (let i = 0; i < 3; i++) {
            // The second time something else happens first, and must leave no trace.
            if (i === 1) {
              target.stimulate(target.nowTick(), command('stop'));
              await target.advance(9000, listen());
            }
            if (i > 0) await target.restore(snapshot);
            expect(target.nowTick()).toBe(6001);
            expect([...(await target.readState())]).toEqual([...state]);
            const heard = listen();
            await target.advance(20_000, heard);
            const signals = target.describe().signals.map((signal) => target.read(signal));
            ends.push(
              [await target.digest(), heard, target.faults(), target.doseFailures(), signals].map((x) =>
                JSON.stringify(x),
              ),
            );
          }
          expect(ends[1]).toEqual(ends[0]);
          expect(ends[2]).toEqual(ends[0]);
        },
        { environment: SETUP.environment },
      ));
  });

  const { halOf } = options;
  if (halOf === undefined) return;

  describe(`the HAL of target ${name}`, () => {
    /** A day with a stall, an occlusion, a refill and a noisy world, every call recorded. */
    async function recorded(
      changes: Partial<TargetSetup> = {},
    ): Promise<{ calls: HalCall[]; heard: Heard; target: Target }> {
      const target = await makeTarget({ ...SETUP, ...changes });
      const calls = record(halOf!(target), () => target.nowTick());
      const heard = listen();
      target.stimulate(4000, {
        kind: 'fault',
        id: 'jam',
        fault: 'motor-stall',
        options: { pattern: 'intermittent' },
      });
      target.stimulate(9000, { kind: 'clear', id: 'jam' });
      target.stimulate(20_000, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options: {} });
      target.stimulate(40_000, { kind: 'clear', id: 'kink' });
      target.stimulate(50_000, { kind: 'refill', volumeNl: 38_000_000 });
      await target.advance(dayTicks, heard);
      return { calls, heard, target };
    }

    it('is asked for at most one reading of a kind in a tick', async () => {
      const { calls } = await recorded({ isTickByTick: true });
      const seen = new Set<string>();
      for (const { tick, what } of calls) {
        const key = `${tick} ${what}`;
        if (what !== 'play') expect(seen.has(key), key).toBe(false);
        seen.add(key);
      }
      expect(seen.size).toBeGreaterThan(1000);
    });

    it('is asked for readings on the ticks that are due, and on no other', async () => {
      const { calls, heard } = await recorded({ isTickByTick: true });
      const kinds = (tick: number): string[] =>
        calls
          .filter((call) => call.tick === tick && !['kick', 'play', 'stroke'].includes(call.what))
          .map((c) => c.what);
      const at = (...names: PumpEvent['kind'][]): Set<number> =>
        new Set(heard.events.filter((event) => names.includes(event.kind)).map(({ tick }) => tick));
      const [strokes, hours, refills] = [at('stroke'), at('hour'), at('refill')];
      const byTick = new Map<number, string[]>();
      for (const { tick, what } of calls) {
        if (!['kick', 'play', 'stroke'].includes(what)) byTick.set(tick, [...(byTick.get(tick) ?? []), what]);
      }
      for (const [tick, asked] of byTick) {
        const isHour = hours.has(tick);
        expect(asked.includes('readRestingMv'), `resting supply in tick ${tick}`).toBe(isHour);
        expect(asked.includes('readMilliC'), `temperature in tick ${tick}`).toBe(isHour);
        if (strokes.has(tick)) {
          expect(asked, `stroke tick ${tick}`).toEqual(
            expect.arrayContaining(['confirmedCount', 'readPa', 'readLoadedMv']),
          );
        }
        // Without a load it was no stroke: then an hour, a refill, or the outlet pressure of a second look or at rest.
        if (!asked.includes('readLoadedMv'))
          expect(isHour || refills.has(tick) || asked.includes('readPa'), `tick ${tick}`).toBe(true);
      }
      for (const tick of hours) expect(kinds(tick)).toContain('confirmedCount');
      for (const tick of refills) expect(kinds(tick)).toContain('confirmedCount');
      // Most ticks ask nothing.
      expect(byTick.size).toBeLessThan(dayTicks / 20);
    });

    it('is asked for the same readings, with the same answers, by jumps as tick by tick', async () => {
      const without = ({ calls }: { calls: HalCall[] }): HalCall[] =>
        calls.filter(({ what }) => what !== 'kick');
      expect(without(await recorded())).toEqual(without(await recorded({ isTickByTick: true })));
    });

    it('shows a stroke from the next tick on and never in its own; the count is cumulative', async () => {
      const { calls, target } = await recorded({ isTickByTick: true });
      let last = 0;
      let strokesBefore = 0;
      let strokeTick = -1;
      for (const { tick, what, value } of calls) {
        if (what === 'stroke') {
          expect(tick).toBeGreaterThan(strokeTick);
          strokeTick = tick;
          strokesBefore += 1;
        }
        if (what !== 'confirmedCount') continue;
        const count = value as number;
        expect(count).toBeGreaterThanOrEqual(last);
        expect(count).toBeLessThanOrEqual(strokesBefore - (strokeTick === tick ? 1 : 0));
        last = count;
      }
      expect(target.read('requested-strokes')).toBe(strokesBefore);

      const fresh = await makeTarget(QUIET_SETUP);
      const hal = halOf(fresh);
      await fresh.advance(70, listen());
      const readings: (number | null)[] = [];
      const original = hal.motor.stroke.bind(hal.motor);
      Object.assign(hal.motor, {
        stroke: () => {
          original();
          readings.push(hal.motor.confirmedCount());
        },
      });
      await fresh.advance(71, listen());
      await fresh.advance(72, listen());
      expect([...readings, hal.motor.confirmedCount()]).toEqual([0, 1]);
    });

    it('has its watchdog kicked once after each executed tick', async () => {
      const { calls, heard } = await recorded();
      const kicks = calls.filter(({ what }) => what === 'kick').map(({ tick }) => tick - 1);
      expect(kicks).toEqual(heard.ticks);
    });

    it('plays one tone for each that the firmware tells of', async () => {
      const { calls, heard } = await recorded();
      const played = calls.filter(({ what }) => what === 'play').map(({ tick }) => tick);
      expect(played).toEqual(heard.events.filter(({ kind }) => kind === 'tone').map(({ tick }) => tick));
      expect(played.length).toBeGreaterThan(3);
    });

    it('stores a copy where it was told to: later changes to the words do not reach it, nor does it its neighbours', async () => {
      const { store } = halOf(await makeTarget(QUIET_SETUP));
      const read = (address: number, count: number): number[] => {
        const back = new Int32Array(count);
        expect(store.read(address, back)).toBe(true);
        return [...back];
      };
      const at = store.words - 30;
      const before = read(at, 30);
      const words = Int32Array.of(-7, 2_147_483_647, -2_147_483_648);
      store.write(at + 10, words);
      words.fill(0);
      const after = [...before.slice(0, 10), -7, 2_147_483_647, -2_147_483_648, ...before.slice(13)];
      expect(read(at, 30)).toEqual(after);
      expect(read(at + 11, 1)).toEqual([2_147_483_647]);
    });

    it('sums words as zlib sums their bytes, little-endian, the first `count` of them', async () => {
      const { checksum } = halOf(await makeTarget(QUIET_SETUP));
      // '1234' and '5678' as words; zlib knows '12345678' as 0x9ae0daaf.
      const digits = Int32Array.of(0x34333231, 0x38373635, 0x7fffffff);
      expect(checksum.crc32(digits, 2)).toBe(0x9ae0daaf);
      expect(checksum.crc32(digits, 2)).toBe(zlibCrc32('12345678'));
      expect(checksum.crc32(digits, 0)).toBe(0);
      const words = Int32Array.from({ length: 200 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
      for (const count of [1, 2, 3, 28, 199, 200]) {
        const bytes = Buffer.alloc(count * 4);
        for (let i = 0; i < count; i++) bytes.writeInt32LE(words[i]!, i * 4);
        expect(checksum.crc32(words, count), `${count} words`).toBe(zlibCrc32(bytes));
      }
      // A view into a larger buffer is summed from its own start.
      expect(checksum.crc32(digits.subarray(1), 1)).toBe(zlibCrc32('5678'));
    });
  });
}
