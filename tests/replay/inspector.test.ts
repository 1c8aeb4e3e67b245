/** The state at any tick of a record is that of a run which went there, whichever way one came. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import { Inspector, StrayError, TraceIndex } from '../../src/replay/inspector.ts';
import { isEvent, isTelling, parseWanted } from '../../src/replay/seek.ts';
import { setupOf, stimuliOf } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { records, type Trace } from '../../src/trace/read.ts';
import { recordLine } from '../../src/trace/text.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { libraryScenario, record, scenarioOf } from './recorded.ts';

const SILENT = { event() {}, stateDigest() {}, afterTick() {} };

/** A run that goes from its start to the tick at once. */
async function straightTo(scenario: Scenario, tick: number) {
  const target = await createSimTarget(setupOf(scenario, false));
  for (const one of stimuliOf(scenario)) target.stimulate(one.tick, one.stimulus);
  await target.advance(tick, SILENT);
  const { signals } = target.describe();
  return {
    fields: await target.readState(),
    signals: new Map(signals.map((name) => [name, target.read(name)])),
    faults: target.faults().filter(({ clearedTick }) => clearedTick === null),
  };
}

const KINK = libraryScenario('catheter-occlusion.yaml');
/** Stands still often enough for several snapshots. */
const REFILLED = scenarioOf(
  KINK.text
    .replace('until: 4 d', 'until: 7 d')
    .replace(/^timeline:\n/m, 'timeline:\n  - { every: 12 h, refill: 38 mL }\n'),
);

describe('an inspector', () => {
  it.each([
    ['a short run', KINK, 345_600, 1],
    ['a run with snapshots', REFILLED, 7 * 86_400, 4],
  ] as const)(
    'shows of %s what a run shows that goes there',
    { timeout: 120_000 },
    async (_, scenario, lastTick, least) => {
      const { main } = await record(scenario);
      const trace = main.trace();
      expect(trace.blocks.filter(({ kind }) => kind === 'snapshot').length).toBeGreaterThanOrEqual(least);
      const inspector = new Inspector(trace, scenario, createSimTarget, true);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(lastTick), { minLength: 1, maxLength: 4 }), async (ticks) => {
          for (const tick of ticks) {
            const { tick: shown, ...state } = await inspector.at(tick);
            expect(shown).toBe(tick);
            expect(state).toEqual(await straightTo(scenario, tick));
          }
        }),
        {
          numRuns: 12,
          examples: [[[0]], [[lastTick, lastTick - 1, 0, lastTick]], [[172_799, 172_800, 172_801]]],
        },
      );
    },
  );

  it('names the faults under way, and none that has passed by itself', async () => {
    const scenario = libraryScenario('power-loss.yaml');
    const { main } = await record(scenario);
    const inspector = new Inspector(main.trace(), scenario, createSimTarget, true);
    const offTick = 86_410;
    const faultsAt = async (tick: number) => (await inspector.at(tick)).faults.map(({ id }) => id);
    expect(await faultsAt(offTick - 1)).toEqual([]);
    expect(await faultsAt(offTick)).toEqual(['cut']);
    expect(await faultsAt(offTick + 1799)).toEqual(['cut']);
    expect(await faultsAt(offTick + 1800)).toEqual([]);
  });

  it('begins at the last snapshot, and without any where another firmware wrote them', async () => {
    const { main } = await record(REFILLED);
    const trace = main.trace();
    const from: number[] = [];
    const create = async (setup: Parameters<typeof createSimTarget>[0]) => {
      const target = await createSimTarget(setup);
      const advance = target.advance.bind(target);
      target.advance = (toTick, observer) => {
        from.push(target.nowTick());
        return advance(toTick, observer);
      };
      return target;
    };
    const last = trace.blocks.findLast(({ kind }) => kind === 'snapshot')!;
    await new Inspector(trace, REFILLED, create, true).at(last.firstTick + 500);
    expect(from).toEqual([last.firstTick]);
    from.length = 0;
    await new Inspector(trace, REFILLED, create, false).at(last.firstTick + 500);
    expect(from[0]).toBe(0);
  });

  it('shows nothing that did not belong to the record', async () => {
    const lab = await bundleLab({
      file: 'config.ts',
      replace: 'export const RETAINED_STROKES = 3;',
      by: 'export const RETAINED_STROKES = 4;',
    });
    const { main } = await record(KINK);
    const inspector = new Inspector(
      main.trace(),
      KINK,
      (setup) => Promise.resolve(new lab.SimTarget(setup)),
      false,
    );
    await expect(inspector.at(200_000)).rejects.toThrow(StrayError);
    await expect(inspector.at(173_088)).resolves.toMatchObject({ tick: 173_088 });
    // The record raises an alarm here, and this firmware is silent until its next stroke.
    const stray = {
      tick: 173_089,
      message: expect.stringContaining('and run again it is nothing') as string,
    };
    for (const tick of [173_089, 173_120, 173_158])
      await expect(inspector.at(tick)).rejects.toMatchObject(stray);
    await expect(inspector.at(173_159)).rejects.toMatchObject({ tick: 173_089 });
  });
});

describe('what is looked for', () => {
  const found = async (words: string): Promise<string | null> => {
    const { main } = await record(KINK);
    const wanted = parseWanted(words);
    if (typeof wanted === 'string') throw new Error(wanted);
    const [first] = new TraceIndex(main.trace()).after(-1, wanted);
    return first === undefined ? null : recordLine(first);
  };

  it.each([
    ['alarm:occlusion', '173089 raise alarm=catheter-occlusion'],
    ['alarm:motor-stall', null],
    ['fault:kink', '172800 fault id=kink kind=catheter-occlusion diameter-closed=1000000'],
    ['permission', '173089 permission permission=stopped'],
    ['permission:full', '194692 permission permission=full'],
    ['order:acknowledge', '198000 order command=acknowledge alarm=catheter-occlusion'],
  ])('as %s is found first where it is', async (words, line) => {
    expect(await found(words)).toBe(line);
  });

  it('is refused where a trace tells no such thing, with what it may have been', () => {
    expect(parseWanted('rais')).toMatch(/^"rais" is nothing that a trace tells; did you mean raise\?/);
    expect(parseWanted('')).toMatch(/write a kind such as raise/);
    expect(parseWanted('permission:stoped')).toBe(
      'unknown permission "stoped"; did you mean stopped? there are full, minimumRate, stopped',
    );
    expect(parseWanted('alarm:oclusion')).toMatch(/^unknown alarm "oclusion"; did you mean /);
    expect(parseWanted('permission:minimumRate')).toBeTypeOf('function');
  });

  it('is found forwards and backwards as in the whole list', async () => {
    const { main } = await record(KINK);
    const trace: Trace = main.trace();
    const all = [...records(trace.blocks)];
    const index = new TraceIndex(trace);
    fc.assert(
      fc.property(
        fc.nat(345_700),
        fc.constantFrom(isEvent, isTelling),
        fc.integer({ min: 1, max: 9 }),
        (tick, is, count) => {
          expect([...index.after(tick, is)]).toEqual(all.filter((one) => one.tick > tick && is(one)));
          const before = all.filter((one) => one.tick < tick);
          expect([...index.before(tick, is)]).toEqual(before.filter(is).reverse());
          expect(index.around(tick, count)).toEqual(before.slice(-count));
          const own = all.filter((one) => one.tick === tick);
          const later = all.filter((one) => one.tick > tick).slice(0, count);
          expect(index.from(tick, count)).toEqual([...own, ...later]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
