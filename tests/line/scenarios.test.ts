/** The same scenarios on the simulation, and on a virtual board behind a pseudo-terminal: every line of the trace. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import type { OpenTarget } from '../../hal/target-options.ts';
import type { TargetFactory } from '../../hal/target.ts';
import { openVirtualTarget } from '../../hal/virtual/target.ts';
import { openBoardTarget } from '../../hal/espruino/board-target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { readScenario } from '../../src/scenario/format.ts';
import type { FaultEvidence, ScenarioResult } from '../../src/scenario/result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { createTraceWriter } from '../../src/trace/write.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { optionsOf } from './bench.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';

/** Of a few thousand strokes each: the whole library takes minutes, and `npm run test:long` runs it. */
const FEW = ['catheter-occlusion', 'motor-stall', 'memory-upset-stored', 'outlet-pressure-lost'];
const OF_LINE = ['link-loss', 'link-corrupt', 'link-delay', 'board-reboot'];

function load(name: string): Scenario {
  const file = join(PROJECT_ROOT, 'sim/scenarios', `${name}.yaml`);
  const read = readScenario(readFileSync(file), file, VOCABULARY, () => '');
  if (!('scenario' in read)) throw new Error(read.problems.map((problem) => problem.message).join('\n'));
  return read.scenario;
}

async function tracesOf(scenario: Scenario, createTarget: TargetFactory) {
  const traces: string[] = [];
  const result = await runScenario(
    scenario,
    {
      createTarget,
      isTickByTick: false,
      revealedBy,
      openTrace: () => createTraceWriter((line) => traces.push(line)),
    },
    '',
  );
  return { traces, result };
}

function equalOn(open: () => Promise<OpenTarget>, names: readonly string[]): void {
  let opened: OpenTarget | undefined;
  beforeAll(async () => {
    opened = await open();
  }, 60_000);
  afterAll(() => opened?.close());

  for (const name of names) {
    it(name, { timeout: 300_000 }, async () => {
      const scenario = load(name);
      const sim = await tracesOf(scenario, createSimTarget);
      const board = await tracesOf(scenario, opened!.createTarget);
      expect(board.traces.length).toBeGreaterThan(100);
      expect(board.traces).toEqual(sim.traces);
      const isOfLine = ({ kind }: FaultEvidence): boolean => OF_LINE.includes(kind);
      const ofPump = ({ faults }: ScenarioResult) => faults.filter((fault) => !isOfLine(fault));
      expect({ ...board.result, faults: ofPump(board.result) }).toEqual({
        ...sim.result,
        faults: ofPump(sim.result),
      });
      expect(board.result.verdict).toBe('passed');
      const ofLine = board.result.faults.filter(isOfLine);
      expect(ofLine.length).toBe(sim.result.faults.length - ofPump(sim.result).length);
      expect(ofLine.length).toBeGreaterThanOrEqual(OF_LINE.includes(name) ? 1 : 0);
      for (const { id, fired, strikes } of ofLine) {
        expect(fired, id).toBe(true);
        expect(strikes, id).toBeGreaterThan(0);
      }
    });
  }
}

const ALL = readdirSync(join(PROJECT_ROOT, 'sim/scenarios'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => basename(file, '.yaml'));

describe('over a virtual board', () => {
  const boardThread = join(PROJECT_ROOT, 'hal/virtual/worker.ts');
  const names = process.env['THECAL_LONG'] === undefined ? [...FEW, ...OF_LINE] : ALL;
  equalOn(() => openVirtualTarget(optionsOf({ boardThread, line: {} })), names);
});

describe.skipIf(BINARY === '')('over the real interpreter (ESPRUINO_BIN)', () => {
  equalOn(() => openBoardTarget(optionsOf({ exec: BINARY, line: {} })), [...FEW.slice(1, 3), ...OF_LINE]);
});

it.runIf(BINARY === '')('says that the real interpreter was not there', () => {
  console.log('not run against the real interpreter: ESPRUINO_BIN names none');
});
