/** Faults of the line in scenarios, over a virtual board: each has struck, and the run is the simulation's all the same. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LineFaults } from '../../hal/espruino/line-faults.ts';
import { createSimTarget } from '../../hal/sim/target.ts';
import type { OpenTarget } from '../../hal/target-options.ts';
import type { TargetFactory } from '../../hal/target.ts';
import { exitCodeOf, INCONCLUSIVE, INFRASTRUCTURE } from '../../src/cli/exit-codes.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { faultText } from '../../src/report/words.ts';
import { readScenario } from '../../src/scenario/format.ts';
import type { ScenarioResult } from '../../src/scenario/result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { DEAF, firmware, openBench, type BenchPlan } from './bench.ts';
import { SETUP } from '../canaries/checks.ts';
import { memoryTrace } from '../trace/memory.ts';

/** Three hours with a stop and a stall, and a request at least every ten minutes. */
function scenarioWith(entries: readonly string[]): Scenario {
  const text = `
version: 1
name: a line that misbehaves
pump: { mechanism: peristaltic, reservoir: 40 mL, fill: 38 mL }
drug: { concentration: 500 ug/mL }
therapy: { mode: continuous, dose: 300 ug/day }
timeline:
${entries.map((entry) => `  - { ${entry} }`).join('\n')}
  - { at: 1 h, command: stop }
  - { at: 1 h 20 min, command: resume }
  - { at: 2 h, fault: motor-stall, id: gear }
  - { at: 2 h 10 min, clear: gear }
always: [{ signal: true.excess-dose-ug, equals: 0 ug, look-every: 10 min }]
until: 3 h
`;
  const read = readScenario(new TextEncoder().encode(text), 'line.yaml', VOCABULARY, () => '');
  if (!('scenario' in read)) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return read.scenario;
}

async function runOn(createTarget: TargetFactory, scenario: Scenario) {
  const trace = memoryTrace();
  const options = { createTarget, isTickByTick: false, revealedBy, openTrace: () => trace.writer };
  const result = await runScenario(scenario, options, '');
  return { trace: trace.lines(), result };
}

const bench: OpenTarget[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of bench.splice(0)) await one.close();
});

async function onBoard(scenario: Scenario, plan: BenchPlan = {}) {
  const board = await openBench(plan);
  bench.push(board);
  const { trace, result } = await runOn(board.createTarget, scenario);
  return { trace, result, line: board.line()! };
}

const withoutEvidence = (result: ScenarioResult) => ({ ...result, faults: [] });

/** From 30 min to 2 h 30 min. */
function during(kind: string, options: string): string[] {
  return [`at: 30 min, fault: ${kind}, id: trouble, ${options}`, 'at: 2 h 30 min, clear: trouble'];
}

describe('over a virtual board', () => {
  const cases = [
    ['link-loss', during('link-loss', 'chance: 20 %'), ['lost', 'retries']],
    ['link-loss of replies', during('link-loss', 'chance: 20 %, direction: from-board'), ['lost', 'retries']],
    ['link-corrupt', during('link-corrupt', 'chance: 20 %'), ['refused', 'broken', 'retries']],
    ['link-delay', during('link-delay', 'chance: 20 %, held-ms: 40'), ['stale', 'lost']],
    ['board-reboot', ['at: 30 min, fault: board-reboot, id: trouble'], ['reboots']],
    ['board-reboot while stopped', ['at: 1 h 10 min, fault: board-reboot, id: trouble'], ['reboots']],
  ] as const;

  it.each(cases)(
    '%s has struck, and the trace is the simulation’s [SR-LINE-1]',
    { timeout: 60_000 },
    async (_, entries, seen) => {
      const scenario = scenarioWith(entries);
      const sim = await runOn(createSimTarget, scenario);
      const board = await onBoard(scenario);
      expect(board.trace.length).toBeGreaterThan(100);
      expect(board.trace).toEqual(sim.trace);
      expect(withoutEvidence(board.result)).toEqual(withoutEvidence(sim.result));
      expect(board.result.verdict).toBe('passed');
      const evidence = board.result.faults.find(({ id }) => id === 'trouble')!;
      expect(evidence).toMatchObject({ fired: true, noticedBy: null });
      expect(evidence.strikes).toBeGreaterThan(0);
      expect(evidence.firedTick).toBeGreaterThanOrEqual(evidence.appliedTick);
      expect(evidence.firedTick).toBeLessThan(2.5 * 3600);
      expect(faultText(evidence)).toMatch(/^trouble \(\S+\): struck the line (once|\d+ times, first) at /);
      for (const count of seen) expect(board.line[count], count).toBeGreaterThan(0);
    },
  );

  it('is as it was after the fault: nothing is struck that comes later', { timeout: 60_000 }, async () => {
    const board = await openBench();
    bench.push(board);
    await runOn(board.createTarget, scenarioWith(during('link-corrupt', 'chance: 20 %')));
    const before = board.line()!;
    const { result } = await runOn(board.createTarget, scenarioWith([]));
    expect(result.verdict).toBe('passed');
    expect(before.refused).toBeGreaterThan(0);
    const { retries, lost, broken, refused, reboots } = before;
    expect(board.line()).toMatchObject({ retries, lost, broken, refused, reboots });
  });

  it('may be restarted more often than a bad board may forget its pump', { timeout: 60_000 }, async () => {
    const scenario = scenarioWith(['every: 20 min, fault: board-reboot, id: button']);
    const { result, line } = await onBoard(scenario);
    expect(result.verdict).toBe('passed');
    expect(
      result.faults.filter(({ kind, strikes }) => kind === 'board-reboot' && strikes === 1),
    ).toHaveLength(9);
    expect(line.reboots).toBe(9);
  });

  it('counts what was still held at the end for this run and not for the next one', {
    timeout: 60_000,
  }, async () => {
    const board = await openBench();
    bench.push(board);
    const target = await board.createTarget(SETUP);
    // With time-outs of 25 and 50 ms a request has been sent twice when the first reply comes.
    const options = { chance: 1_000_000, 'held-ms': 60, direction: 'from-board' };
    target.stimulate(500, { kind: 'fault', id: 'radio', fault: 'link-delay', options });
    await target.advance(500, DEAF);
    const staleBefore = board.line()!.stale;
    await target.close();
    const { stale } = board.line()!;
    expect(stale).toBeGreaterThan(staleBefore);
    await (await board.createTarget(SETUP)).advance(500, DEAF);
    expect(board.line()!.stale).toBe(stale);
  });

  it('takes the evidence along to a snapshot and back', { timeout: 60_000 }, async () => {
    const board = await openBench();
    bench.push(board);
    const target = await board.createTarget(SETUP);
    target.stimulate(500, { kind: 'fault', id: 'button', fault: 'board-reboot', options: {} });
    await target.advance(400, DEAF);
    const snapshot = await target.snapshot();
    for (let i = 0; i < 2; i++) {
      await target.advance(1000, DEAF);
      expect(target.faults()).toMatchObject([{ id: 'button', fired: true, firedTick: 500, strikes: 1 }]);
      await target.restore(snapshot);
      expect(target.faults()).toEqual([]);
    }
    await target.close();
  });

  it('is given up when nothing comes through: infrastructure, exit 3, and the fault has fired [SR-LINE-1]', {
    timeout: 60_000,
  }, async () => {
    const { result } = await onBoard(scenarioWith(during('link-loss', 'chance: 100 %')));
    expect(result.verdict).toBe('infrastructure');
    expect(exitCodeOf([result.verdict])).toBe(INFRASTRUCTURE);
    expect(result.error).toContain('virtual board');
    expect(result.faults).toMatchObject([{ id: 'trouble', fired: true, firedTick: 1800 }]);
    expect(result.faults[0]!.strikes).toBeGreaterThanOrEqual(4);
    expect(result.expectations.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });
});

describe('evidence that is missing', () => {
  async function expectNotFired(plan: BenchPlan, entries: readonly string[]): Promise<void> {
    const { result } = await onBoard(scenarioWith(entries), plan);
    expect(result.faults.find(({ id }) => id === 'trouble')).toMatchObject({ fired: false, strikes: 0 });
    expect(result.verdict).toBe('inconclusive');
    expect(exitCodeOf([result.verdict])).toBe(INCONCLUSIVE);
    expect(result.expectations).toContainEqual(
      expect.objectContaining({
        id: 'trouble.fired',
        verdict: 'inconclusive',
        observed: 'it struck nothing on the line',
      }),
    );
  }

  it.each(['link-loss', 'link-corrupt', 'link-delay'])(
    'of %s on a port that does nothing',
    { timeout: 60_000 },
    async (kind) => {
      vi.spyOn(LineFaults.prototype, 'judge').mockReturnValue(null);
      await expectNotFired({}, during(kind, 'chance: 100 %'));
    },
  );

  it('of a restart on a board that takes the order and goes on', { timeout: 60_000 }, async () => {
    const code = `${await firmware()}\nload=function(){};\n`;
    await expectNotFired({ code }, ['at: 30 min, fault: board-reboot, id: trouble']);
  });

  it('of a fault that was there and never had the luck [SR-TRUTH-4]', { timeout: 60_000 }, async () => {
    await expectNotFired({}, during('link-loss', 'chance: 0 %'));
  });
});

describe('on the simulation', () => {
  it('says that there is no line, and neither fails nor claims anything', async () => {
    const { result } = await runOn(createSimTarget, scenarioWith(during('link-loss', 'chance: 100 %')));
    expect(result.verdict).toBe('passed');
    const evidence = result.faults.find(({ id }) => id === 'trouble')!;
    expect(evidence).toMatchObject({ fired: false, firedTick: null, strikes: null });
    expect(faultText(evidence)).toBe('trouble (link-loss): no line on this target: nothing to disturb');
    expect(result.expectations.map(({ id }) => id)).not.toContain('trouble.fired');
  });
});
