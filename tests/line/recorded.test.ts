/** A session with a board, kept in the trace of its run and played again without the board. */
import { describe, expect, it } from 'vitest';
import { textCrc } from '../../hal/espruino/board-target.ts';
import { openLine, sealLine } from '../../hal/espruino/link.ts';
import type { TargetFactory } from '../../hal/target.ts';
import { sha256 } from '../../src/cli/hashing.ts';
import { type LineOutcome, replayLine } from '../../src/cli/traces/replay-line.ts';
import { revealedBy } from '../../src/cli/vocabulary.ts';
import { SLICE_TICKS } from '../../src/cli/run/slices.ts';
import type { ScenarioResult } from '../../src/scenario/result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { lineEntries, type LineEntry } from '../../src/trace/line.ts';
import { readTrace, records, type Trace } from '../../src/trace/read.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { again, libraryScenario, scenarioOf } from '../replay/recorded.ts';
import { type MemoryTrace, memoryTrace } from '../trace/memory.ts';
import { type BenchPlan, openBench, planted } from './bench.ts';

const KINK = scenarioOf(
  libraryScenario('catheter-occlusion.yaml').text.replace(/^control:[\s\S]*?(?=^until:)/m, ''),
);

interface Recorded {
  readonly trace: MemoryTrace;
  readonly result: ScenarioResult;
}

async function recordOn(plan: BenchPlan, scenario: Scenario): Promise<Recorded> {
  const bench = await openBench({ ...plan, options: { ...plan.options, keepsLine: true } });
  try {
    return await recordWith(bench.createTarget, bench.takeLine, scenario);
  } finally {
    await bench.close();
  }
}

async function recordWith(
  createTarget: TargetFactory,
  takeLine: () => readonly LineEntry[],
  scenario: Scenario,
): Promise<Recorded> {
  const traces: MemoryTrace[] = [];
  const result = await runScenario(
    { ...scenario, control: null },
    {
      createTarget,
      isTickByTick: false,
      revealedBy,
      sliceTicks: SLICE_TICKS.jumps,
      openTrace: () => {
        const { text: scenarioText, seed } = scenario;
        const options = { keepsSnapshots: true, keepsValues: false, recordsPerSnapshot: 1000, takeLine };
        const trace = memoryTrace({ scenarioText, seed, target: 'virtual' }, options);
        traces.push(trace);
        return trace.writer;
      },
    },
    '',
  );
  const [trace] = traces;
  if (trace === undefined) throw new Error('nothing was recorded');
  return { trace, result };
}

async function played(trace: Trace, scenario: Scenario): Promise<LineOutcome> {
  const outcome = await replayLine(
    trace,
    { ...scenario, control: null },
    { revealedBy, sliceTicks: SLICE_TICKS.jumps, isCancelled: () => false, onSlice: () => {} },
  );
  if (outcome === null) throw new Error('there is no line in it');
  return outcome;
}

/** The same trace with a transcript that somebody has changed, whole and chained. */
function withEntries({ manifest, blocks, end }: Trace, entries: readonly LineEntry[]): Trace {
  let left = entries;
  const copy = memoryTrace(manifest, {
    keepsSnapshots: false,
    keepsValues: false,
    takeLine: () => {
      const all = left;
      left = [];
      return all;
    },
  });
  for (const record of records(blocks)) {
    if (record.kind === 'event') copy.writer.event(record.event);
    else if (record.kind === 'state') copy.writer.stateDigest(record.tick, record.digest);
    else copy.writer.stimulus(record.tick, record.stimulus);
  }
  if (end !== null) copy.writer.end(end.ticks, end, end.verdict);
  return copy.trace();
}

describe('a session with a board', () => {
  it('is played again without it: the same records and verdict, and every reply what the core says [SR-TRACE-5]', async () => {
    const { trace, result } = await recordOn({}, KINK);
    expect(result.verdict).toBe('passed');
    const { run, line } = await played(trace.trace(), KINK);
    expect(run).toMatchObject({ difference: null, error: null, verdict: 'passed' });
    expect(line).toMatchObject({ reply: null, host: null, isCut: false });
    expect(line.requests).toBeGreaterThan(20);
    expect(line.repliesAlike).toBe(line.requests - 1);
  });

  it.each([['link-loss.yaml'], ['link-corrupt.yaml'], ['board-reboot.yaml']])(
    '%s: what faults of the line did to it is kept, and done again',
    async (file) => {
      const scenario = libraryScenario(file);
      const { trace, result } = await recordOn({}, scenario);
      const entries = [...lineEntries(trace.trace().blocks)];
      expect(result.verdict).toBe('passed');
      if (file !== 'board-reboot.yaml')
        expect(entries.filter(({ kind }) => kind === 'struck').length).toBe(result.faults[0]!.strikes);
      const { run, line } = await played(trace.trace(), scenario);
      expect(run).toMatchObject({ difference: null, error: null, verdict: 'passed' });
      expect(line).toMatchObject({ reply: null, host: null, isCut: false });
    },
  );

  it('of a board that was switched off and came back, and of the second run on one line', async () => {
    const bench = await openBench({ atBoard: { rebootAt: [20, 33] }, options: { keepsLine: true } });
    try {
      for (let run = 0; run < 2; run++) {
        const { trace, result } = await recordWith(bench.createTarget, bench.takeLine, KINK);
        expect(result.verdict).toBe('passed');
        const { run: replayed, line } = await played(trace.trace(), KINK);
        expect(replayed).toMatchObject({ difference: null, error: null, verdict: 'passed' });
        expect(line).toMatchObject({ reply: null, host: null, isCut: false });
      }
    } finally {
      await bench.close();
    }
  });

  it('is kept only where somebody asks, and begins with each run', async () => {
    const bench = await openBench();
    const { trace } = await recordWith(bench.createTarget, bench.takeLine, KINK);
    await bench.close();
    expect(trace.trace().blocks.some(({ kind }) => kind === 'line')).toBe(false);
  });
});

describe('a session in which something is wrong', () => {
  it.each([
    [
      'a stroke that the board pushes late',
      'if (motor.requested !== 4) hal.stroke();',
      'strokes commanded',
      '0',
      '1',
    ],
    [
      'a stroke too many',
      'hal.stroke(); if (motor.requested === 4) hal.stroke();',
      'strokes commanded',
      '2',
      '1',
    ],
  ])(
    '%s: tick, field, both values and what passed before [SR-TRACE-5]',
    async (_, by, field, board, core) => {
      const code = await planted('src/core/motor.ts', 'hal.stroke();', by);
      const { trace, result } = await recordOn({ code }, KINK);
      expect(result.error).toContain('board and host differ at tick 287; first field strokes commanded');
      const { run, line } = await played(trace.trace(), KINK);
      expect(run.error).toBe(result.error);
      expect(line.host).toBeNull();
      expect(line.reply).toMatchObject({ tick: 287, field });
      const values = [line.reply!.recorded, line.reply!.now].map(Number);
      expect(values[0]! - values[1]!).toBe(Number(board) - Number(core));
      expect(line.reply!.before.at(-1)).toMatch(/^287 \d+ ms > wakes,\d+,72:/);
      expect(line.reply!.recordedLine).toContain(' ms < did,');
    },
  );

  it('one digit of one reply, sealed and chained anew, is found at its request', async () => {
    const { trace } = await recordOn({}, KINK);
    const whole = trace.trace();
    const entries = [...lineEntries(whole.blocks)];
    const at = entries.findIndex(
      (entry, i) => i > 60 && entry.kind === 'in' && entry.text.startsWith('did,'),
    );
    const entry = entries[at]!;
    if (entry.kind !== 'in') throw new Error('no reply');
    const fields = openLine(entry.text, textCrc)!;
    fields[3] = String(Number(fields[3]) + 1);
    const bent = [...entries];
    bent[at] = { ...entry, text: sealLine(fields, textCrc) };
    const { line, run } = await played(withEntries(whole, bent), KINK);
    expect(line.reply).toMatchObject({ field: 'strokes commanded', recorded: fields[3] });
    expect(line.reply!.tick).toBeGreaterThanOrEqual(entry.tick);
    expect(line.host!.tick).toBeGreaterThanOrEqual(entry.tick);
    expect(run.error).toMatch(/strokes commanded: host \d+, board \d+; and the line was lost while looking/);
    expect(run.difference).not.toBeNull();
  });

  it('a request that the host would not make is found, with both', async () => {
    const { trace } = await recordOn({}, KINK);
    const entries = [...lineEntries(trace.trace().blocks)];
    const at = entries.findIndex(
      (entry, i) => i > 40 && entry.kind === 'out' && entry.text.startsWith('wakes,'),
    );
    const entry = entries[at]!;
    if (entry.kind !== 'out') throw new Error('no request');
    const bent = [...entries];
    bent[at] = { ...entry, text: entry.text.replace('71:', '70:') };
    const { line } = await played(withEntries(trace.trace(), bent), KINK);
    expect(line.host).toMatchObject({
      tick: entry.tick,
      field: 'the request wakes',
      recorded: expect.stringMatching(/^70:/) as string,
      now: expect.stringMatching(/^71:/) as string,
    });
    expect(line.host!.before).toHaveLength(5);
  });

  it('a request that the host does not make any more, and a reply that nobody judges, are found behind the last', async () => {
    const { trace } = await recordOn({}, KINK);
    const entries = [...lineEntries(trace.trace().blocks)];
    const more = entries.filter(({ kind }) => kind === 'out' || kind === 'in').slice(-2);
    const { run, line } = await played(withEntries(trace.trace(), [...entries, ...more]), KINK);
    expect(run).toMatchObject({ error: null, difference: null });
    expect(line.host).toMatchObject({ field: 'what the host says', now: 'nothing', lineNow: 'nothing more' });
    expect(line.host!.before).toHaveLength(5);
  });

  it('a core changed by one constant is found in the trace of a board too', async () => {
    const { trace } = await recordOn({}, KINK);
    const lab = await bundleLab({
      file: 'config.ts',
      replace: 'export const RETAINED_STROKES = 3;',
      by: 'export const RETAINED_STROKES = 4;',
    });
    const { difference } = await again(trace.trace(), KINK, (setup) =>
      Promise.resolve(new lab.SimTarget(setup)),
    );
    expect(difference).toMatchObject({ tick: 173_089, field: 'tick', a: '173089', b: '173159' });
  });
});

describe('a transcript that a kill has cut', () => {
  it('is read and played to its last whole block, wherever it is cut [SR-TRACE-4]', async () => {
    const { trace } = await recordOn({}, KINK);
    const bytes = trace.bytes();
    const last = trace.trace().blocks.findLastIndex(({ kind }) => kind === 'line');
    const cuts = trace
      .trace()
      .blocks.slice(2, last)
      .flatMap(({ offset }, i) => [offset + [0, 1, 81][i % 3]!]);
    expect(cuts.length).toBeGreaterThan(6);
    for (const cut of cuts) {
      const read = readTrace(bytes.subarray(0, cut), sha256);
      if ('flaws' in read) throw new Error(`cut at ${cut}: ${JSON.stringify(read.flaws)}`);
      const { run, line } = await played(read.trace, KINK);
      expect(run.difference, `cut at ${cut}`).toBeNull();
      expect(line, `cut at ${cut}`).toMatchObject({ reply: null, host: null });
      const told = [...records(read.trace.blocks)].at(-1);
      expect(run.throughTick ?? -1, `cut at ${cut}`).toBeGreaterThanOrEqual(told?.tick ?? -1);
    }
  });
});
