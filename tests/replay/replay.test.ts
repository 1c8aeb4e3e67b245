/** A trace run again from its inputs alone: the same, or the first thing that is not. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { PLAIN } from '../../src/report/paint.ts';
import { diffTraces } from '../../src/replay/diff.ts';
import { differenceLines } from '../../src/report/trace-words.ts';
import { records, type TraceRecord } from '../../src/trace/read.ts';
import { recordLine } from '../../src/trace/text.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { memoryTrace } from '../trace/memory.ts';
import { again, libraryScenario, record, scenarioOf } from './recorded.ts';

const LONG_TICKS = 40 * 86_400;
const IS_LONG = process.env['THECAL_LONG'] === '1';

const short = readdirSync(join(PROJECT_ROOT, 'sim/scenarios'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .filter((file) => IS_LONG || libraryScenario(file).untilTick <= LONG_TICKS);

describe('every scenario of the library that is no longer than forty days (all in the long run), and its control', () => {
  it.each(short)('%s: is identical when replayed [SR-TRACE-3]', { timeout: 120_000 }, async (file) => {
    const scenario = libraryScenario(file);
    const { main, control } = await record(scenario);
    for (const trace of [main, control]) {
      if (trace === null) continue;
      const { difference, throughTick } = await again(trace.trace(), scenario);
      expect(difference).toBeNull();
      expect(throughTick).toBeGreaterThan(scenario.untilTick - 3601);
    }
  });
});

const KINK = libraryScenario('catheter-occlusion.yaml');

describe('a recorded run', () => {
  it('has the rolling digest of the core in its last block', async () => {
    const { main } = await record(KINK);
    const { blocks, end } = main.trace();
    const { laneA, laneB } = blocks.at(-1)!;
    const hex = (lane: number): string => lane.toString(16).padStart(8, '0');
    expect(hex(laneA) + hex(laneB)).toBe(end!.rolling);
  });
});

describe('a replay', () => {
  it('of a run tick by tick is identical too', async () => {
    const day = scenarioOf(KINK.text.replace('until: 4 d', 'until: 3 d'));
    const { main } = await record(day, undefined, true);
    expect(await again(main.trace(), day)).toMatchObject({ difference: null, error: null });
  });

  it('of a run in which nothing happened is identical up to its end', async () => {
    const still = scenarioOf(
      `version: 1\nname: x\npump: { mechanism: peristaltic, reservoir: 40 mL, fill: 38 mL }\n` +
        `drug: { concentration: 500 ug/mL }\ntherapy: { mode: continuous, dose: 300 ug/day }\nuntil: 30 s\n`,
    );
    const { main } = await record(still);
    expect([...records(main.trace().blocks)]).toEqual([]);
    expect(await again(main.trace(), still)).toMatchObject({ difference: null, throughTick: 30 });
    expect(diffTraces(main.trace(), main.trace())).toMatchObject({ difference: null, throughTick: 30 });
  });

  it('of a run that was killed says how far it is identical', async () => {
    const { main } = await record(KINK);
    const whole = main.trace();
    const cut = { ...whole, end: null, blocks: whole.blocks.slice(0, -4) };
    const outcome = await again(cut, KINK);
    expect(outcome.difference).toBeNull();
    expect(outcome.throughTick).toBe([...records(cut.blocks)].at(-1)!.tick);
  });

  it('that breaks off where the recording came to its end is not identical', async () => {
    const { main } = await record(KINK);
    const outcome = await again(main.trace(), KINK, async (setup) => {
      const target = await createSimTarget(setup);
      target.digest = () => Promise.reject(new Error('no digest'));
      return target;
    });
    expect(outcome.error).toBe('tick 345601: no digest');
    expect(outcome.difference).toMatchObject({ tick: 345_600, field: 'kind', a: 'end', b: 'nothing' });
    expect(outcome.difference?.before).toHaveLength(5);
  });

  it('of what this version can not read says so, and not that it is identical', async () => {
    const { main } = await record(KINK);
    const whole = main.trace();
    const unknown = 200;
    const blocks = whole.blocks.map((block) =>
      block.kind === 'records' && block.firstTick > 100_000
        ? { ...block, body: Uint8Array.of(0, unknown, 1, 0) }
        : block,
    );
    await expect(again({ ...whole, blocks }, KINK)).rejects.toThrow('which this version does not know');
  });

  it('with another seed, another dose or a fault left out names the first tick that differs', async () => {
    const { main } = await record(KINK);
    const noFault = {
      ...KINK,
      timeline: KINK.timeline.filter(({ kind }) => kind !== 'fault' && kind !== 'clear'),
    };
    expect((await again(main.trace(), noFault)).difference).toMatchObject({
      tick: 172_800,
      field: 'kind',
      a: 'fault',
      b: 'hour',
    });
    const more = { ...KINK, drug: { ...KINK.drug, concentrationUgPerMl: 501 } };
    expect((await again(main.trace(), more)).difference).toMatchObject({
      tick: 71,
      field: 'tick',
      a: '71',
      b: '72',
      before: [],
    });
  });

  it.each([
    ['an argument', 500, 'requested'],
    ['a state digest', 'state', 'state digest'],
    ['a tick', 900, 'tick'],
    ['a missing record', 1200, 'tick'],
    ['the last record', -1, 'state digest'],
  ] as const)('finds %s that was recorded otherwise, and nothing before it', async (what, which, field) => {
    const { main } = await record(KINK);
    const all = [...records(main.trace().blocks)];
    const index =
      which === 'state'
        ? all.findIndex(({ kind }, i) => kind === 'state' && i > 300)
        : which < 0
          ? all.length - 1
          : which;
    const original = all[index]!;
    const other = what === 'a missing record' ? [] : [bent(original, field)];
    const copy = memoryTrace({ scenarioText: KINK.text, seed: KINK.seed });
    for (const one of [...all.slice(0, index), ...other, ...all.slice(index + 1)]) {
      if (one.kind === 'event') copy.writer.event(one.event);
      else if (one.kind === 'state') copy.writer.stateDigest(one.tick, one.digest);
      else copy.writer.stimulus(one.tick, one.stimulus);
    }
    const { end } = main.trace();
    copy.writer.end(end!.ticks, end!, end!.verdict);
    const { difference } = await again(copy.trace(), KINK);
    expect(difference).toMatchObject({ tick: original.tick, field, lineB: recordLine(original) });
    expect(difference?.before).toEqual(all.slice(index - 5, index).map(recordLine));
  });
});

/** The record with one thing changed. */
function bent(record: TraceRecord, field: string): TraceRecord {
  if (record.kind === 'state') return { ...record, digest: record.digest ^ 1 };
  if (record.kind !== 'event') throw new Error('only what the firmware said is bent');
  const { event } = record;
  if (field === 'tick')
    return { ...record, tick: record.tick + 1, event: { ...event, tick: event.tick + 1 } };
  return { ...record, event: { ...event, argument: event.argument + 1 } };
}

const ONE_THING = [
  {
    name: 'a constant: one stroke more until an occlusion is present',
    file: 'config.ts',
    replace: 'export const RETAINED_STROKES = 3;',
    by: 'export const RETAINED_STROKES = 4;',
    said: 'tick is 173089 (recorded), 173159 (replayed)',
  },
  {
    name: 'a constant: a probe ten minutes later',
    file: 'config.ts',
    replace: 'export const PROBE_SPACING_TICKS = 20 * TICKS_PER_MINUTE;',
    by: 'export const PROBE_SPACING_TICKS = 30 * TICKS_PER_MINUTE;',
    said: 'state digest is ',
  },
  {
    name: 'a line: an alarm does not stay latched',
    file: 'alarms/alarms.ts',
    replace: 'if (!policy.isLatching || alarm.isAcknowledged === 1) {',
    by: 'if (policy.isLatching || alarm.isAcknowledged === 1) {',
    said: 'tick is 194692 (recorded), 194691 (replayed)',
  },
] as const;

describe('a core with one thing changed', () => {
  it.each(ONE_THING)(
    '$name: one replay names the tick, the field, both values and what led up to it [SR-TRACE-3]',
    async (patch) => {
      const lab = await bundleLab(patch);
      const { main } = await record(KINK);
      const { difference } = await again(main.trace(), KINK, (setup) =>
        Promise.resolve(new lab.SimTarget(setup)),
      );
      if (difference === null) throw new Error('nothing was found');
      const lines = differenceLines(difference, ['recorded', 'replayed'], PLAIN);
      expect(lines[0]).toMatch(/^differs first at .* \(tick \d+\): /);
      expect(lines[0]).toContain(patch.said);
      expect(difference.before).toHaveLength(5);
      expect(difference.state?.fields.length).toBeGreaterThan(0);
    },
  );

  it('is found to be identical where nothing is changed', async () => {
    const lab = await bundleLab(null);
    const { main } = await record(KINK);
    const { difference } = await again(main.trace(), KINK, (setup) =>
      Promise.resolve(new lab.SimTarget(setup)),
    );
    expect(difference).toBeNull();
  });
});
