/** Two traces: the first record that differs, found by the digests of blocks, is the one that reading from the start would find. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffTraces } from '../../src/replay/diff.ts';
import { recordLine } from '../../src/trace/text.ts';
import { records, type Trace } from '../../src/trace/read.ts';
import { memoryTrace } from '../trace/memory.ts';
import { libraryScenario, record } from './recorded.ts';

const DAY = 86_400;

interface Stroke {
  readonly tick: number;
  readonly argument: number;
}

function traceOf(strokes: readonly Stroke[], seed = 7): Trace {
  const trace = memoryTrace({ seed });
  for (const { tick, argument } of strokes) trace.writer.event({ tick, kind: 'stroke', argument });
  trace.writer.end(400 * DAY, { rolling: '', state: '' }, 'passed');
  return trace.trace();
}

const run: readonly Stroke[] = Array.from({ length: 4000 }, (_, n) => ({ tick: n * 7200, argument: n + 1 }));
const recorded = traceOf(run);

describe('two traces', () => {
  it('of the same run are identical, and what is not the same about it is said', () => {
    expect(diffTraces(recorded, traceOf(run))).toEqual({
      manifest: [],
      difference: null,
      throughTick: 400 * DAY - 1,
      verdicts: ['passed', 'passed'],
      areBothWhole: true,
    });
    expect(diffTraces(recorded, traceOf(run, 8)).manifest).toEqual([{ field: 'seed', a: '7', b: '8' }]);
  });

  it('that differ anywhere differ first where reading from the start finds it', () => {
    fc.assert(
      fc.property(
        fc.nat(run.length - 1),
        fc.constantFrom('argument', 'tick', 'missing', 'doubled', 'cut'),
        fc.array(fc.nat(run.length - 1), { maxLength: 3 }),
        (index, what, later) => {
          const changed = run.flatMap((stroke, i): Stroke[] => {
            if (i > index && later.includes(i)) return [{ ...stroke, argument: 0 }];
            if (i !== index) return what === 'cut' && i > index ? [] : [stroke];
            if (what === 'argument') return [{ ...stroke, argument: stroke.argument + 5 }];
            if (what === 'tick') return [{ ...stroke, tick: stroke.tick + 9 }];
            if (what === 'doubled') return [stroke, stroke];
            return [];
          });
          const other = traceOf(changed);
          const linesA = [...records(recorded.blocks)].map(recordLine);
          const linesB = [...records(other.blocks)].map(recordLine);
          const first = linesA.findIndex((line, i) => line !== linesB[i]);
          const { difference } = diffTraces(recorded, other);
          if (first < 0 && linesB.length === linesA.length) {
            expect(difference).toBeNull();
            return;
          }
          const at = first < 0 ? linesA.length : first;
          expect(difference?.lineA).toBe(linesA[at] ?? null);
          expect(difference?.lineB).toBe(linesB[at] ?? null);
          expect(difference?.before).toEqual(linesA.slice(Math.max(0, at - difference!.before.length), at));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of which one was written out in other pieces are compared all the same', () => {
    const at = 3000;
    const pieces = memoryTrace();
    run.forEach(({ tick, argument }, i) => {
      if (i % 700 === 0) pieces.writer.flush();
      pieces.writer.event({ tick, kind: 'stroke', argument: i === at ? 0 : argument });
    });
    pieces.writer.end(400 * DAY, { rolling: '', state: '' }, 'passed');
    expect(diffTraces(recorded, pieces.trace()).difference?.tick).toBe(run[at]!.tick);
  });

  it('of which one breaks off are alike as far as both go', () => {
    const cut = { ...recorded, end: null, blocks: recorded.blocks.slice(0, 40) };
    expect(diffTraces(recorded, cut)).toMatchObject({ difference: null, areBothWhole: false });
    expect(diffTraces(recorded, cut).throughTick).toBe(cut.blocks.at(-1)!.lastTick);
  });

  it('of which one breaks off before anything have nothing to compare', () => {
    const nothing = { ...recorded, end: null, blocks: recorded.blocks.slice(0, 1) };
    expect(diffTraces(recorded, nothing)).toMatchObject({ difference: null, throughTick: null });
  });

  it('of which only one lets a fault come at its time say when it comes in the other, and who was judged how', () => {
    const done = (tick: number, verdict: string, until = 9): Trace => {
      const trace = memoryTrace();
      for (let n = 0; n < until; n++) {
        trace.writer.event({ tick: n * 100, kind: 'stroke', argument: n });
        if (n * 100 === tick)
          trace.writer.stimulus(tick, { kind: 'fault', id: 'kink', fault: 'motor-stall', options: {} });
      }
      trace.writer.end(1000, { rolling: '', state: '' }, verdict);
      return trace.trace();
    };
    const early = done(200, 'passed');
    const later = diffTraces(early, done(500, 'failed'));
    expect(later.difference).toMatchObject({
      field: 'fault kink',
      a: 'at 3 min 20 s (tick 200)',
      b: 'at 8 min 20 s (tick 500)',
    });
    expect(later.verdicts).toEqual(['passed', 'failed']);
    expect(diffTraces(done(500, ''), early).difference).toMatchObject({
      field: 'fault kink',
      a: 'at 8 min 20 s (tick 500)',
      b: 'at 3 min 20 s (tick 200)',
    });
    // What the firmware said by itself is told as before.
    expect(diffTraces(early, done(200, '', 8)).difference).toMatchObject({ field: 'kind', b: 'nothing' });
  });

  it('of which a fault was laid on otherwise name the option, as a scenario writes it', () => {
    const closed = (ppm: number): Trace => {
      const trace = memoryTrace();
      const options = { 'diameter-closed': ppm };
      trace.writer.stimulus(7, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options });
      trace.writer.end(9, { rolling: '', state: '' }, 'passed');
      return trace.trace();
    };
    expect(diffTraces(closed(1_000_000), closed(995_000)).difference).toMatchObject({
      field: 'fault kink: diameter-closed',
      a: '100 %',
      b: '99.5 %',
    });
  });

  it('of runs that end otherwise, though they said the same, differ in their end', () => {
    const end = { ...recorded.end!, state: 'ffffffff' };
    expect(diffTraces(recorded, { ...recorded, end }).difference).toMatchObject({
      field: 'state',
      a: '',
      b: 'ffffffff',
    });
  });

  it('of which one has let its beginning go are compared from where both are there', () => {
    const from = recorded.blocks[60]!;
    const gap = { blocks: 59, throughTick: from.firstTick - 1, link: [], fields: '' };
    const late = { ...recorded, gap, blocks: [recorded.blocks[0]!, ...recorded.blocks.slice(60)] };
    expect(diffTraces(recorded, late).difference).toBeNull();
    const last = run.length - 1;
    const changed = traceOf(run.map((stroke, i) => (i === last ? { ...stroke, argument: 1 } : stroke)));
    expect(diffTraces(changed, late).difference?.tick).toBe(run[last]!.tick);
  });

  it('of a run and of its control part where the fault comes, with the fields that it changed', async () => {
    const { main, control } = await record(libraryScenario('catheter-occlusion.yaml'));
    const { difference, manifest } = diffTraces(main.trace(), control!.trace());
    expect(manifest).toEqual([{ field: 'run', a: 'main', b: 'control' }]);
    expect(difference).toMatchObject({
      tick: 172_800,
      field: 'fault kink',
      a: 'at 2 d (tick 172800)',
      b: 'nowhere',
    });
    const paths = difference!.state!.fields.map(({ path }) => path);
    expect(paths).toContain('occlusion.verdict');
    expect(paths).toContain('mode.permission');
  });

  it('are compared without reading what is alike: of seven years only the blocks around the difference', () => {
    const decoded: number[] = [];
    const watched = (trace: Trace): Trace => ({
      ...trace,
      blocks: trace.blocks.map((block) => ({
        ...block,
        get body() {
          decoded.push(block.sequence);
          return block.body;
        },
      })),
    });
    const at = 3500;
    const other = traceOf(run.map((stroke, i) => (i === at ? { ...stroke, argument: 0 } : stroke)));
    const { difference } = diffTraces(watched(recorded), watched(other));
    expect(difference?.tick).toBe(run[at]!.tick);
    expect(new Set(decoded).size).toBeLessThanOrEqual(4);
  });
});
