/** The whole library on the simulation and on a board: every line of every trace, and the results. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSimTarget } from '../../hal/sim/target.ts';
import type { OpenTarget } from '../../hal/target-options.ts';
import type { TargetFactory } from '../../hal/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { LIBRARY, libraryFiles } from '../../scripts/library.ts';
import { revealedBy, VOCABULARY } from '../../src/cli/vocabulary.ts';
import { readScenario } from '../../src/scenario/format.ts';
import type { ScenarioResult } from '../../src/scenario/result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { records } from '../../src/trace/read.ts';
import { recordWord } from '../../src/trace/text.ts';
import { type MemoryTrace, memoryTrace } from '../trace/memory.ts';
import { windowed, windowsAround } from './windowed.ts';

const FOLDER = join(PROJECT_ROOT, LIBRARY);
const IS_LONG = process.env['THECAL_LONG'] === '1';
/** Of both runs and all their pumps: what has more is asked around its events only, but in the long run. */
const LONG_STROKES = 40_000;
/** Half a day on either side. */
const MARGIN_TICKS = 43_200;
/** These happen all the time. */
const COMMON_WORDS = new Set(['stroke', 'hour', 'state']);

const FILES = libraryFiles();

function load(file: string): Scenario {
  const path = join(FOLDER, file);
  const read = readScenario(readFileSync(path), path, VOCABULARY, () => '');
  if (!('scenario' in read)) throw new Error(read.problems.map((problem) => problem.message).join('\n'));
  return read.scenario;
}

interface Run {
  readonly lines: readonly string[];
  /** Ticks of everything in it but strokes and hours, ascending. */
  readonly eventTicks: readonly number[];
  /** Ticks with anything at all in them, of both runs. */
  readonly tellingTicks: number;
  /** Of both runs, and of every pump in them. */
  readonly strokes: number;
  readonly result: ScenarioResult;
}

async function runOn(createTarget: TargetFactory, scenario: Scenario): Promise<Run> {
  const traces: MemoryTrace[] = [];
  const eventTicks = new Set<number>([0, scenario.untilTick]);
  const result = await runScenario(
    scenario,
    {
      createTarget,
      isTickByTick: false,
      revealedBy,
      openTrace: () => {
        const trace = memoryTrace();
        traces.push(trace);
        return trace.writer;
      },
    },
    '',
  );
  let tellingTicks = 0;
  let strokes = 0;
  for (const trace of traces) {
    let lastTick = -1;
    for (const record of records(trace.trace().blocks)) {
      if (record.kind === 'event' && record.tick !== lastTick) {
        tellingTicks += 1;
        lastTick = record.tick;
      }
      if (recordWord(record) === 'stroke') strokes += 1;
      const isCommon = record.kind !== 'stimulus' && COMMON_WORDS.has(recordWord(record));
      if (!isCommon) eventTicks.add(record.tick);
    }
  }
  return {
    lines: traces.flatMap((trace) => trace.lines()),
    eventTicks: [...eventTicks].sort((a, b) => a - b),
    tellingTicks,
    strokes,
    result,
  };
}

/** Without the ticks executed, of which a run cut into windows has more, and what only a line can tell. */
function lasting({ executedTicks: _, control, ...rest }: ScenarioResult) {
  const faults = rest.faults.map((fault) =>
    fault.strikes === undefined ? fault : { ...fault, fired: null, firedTick: null, strikes: null },
  );
  if (control === null) return { ...rest, faults };
  const { executedTicks: __, ...restOfControl } = control;
  return { ...rest, faults, control: restOfControl };
}

export function libraryIsEqualOn(open: () => Promise<OpenTarget>, part: number, parts: number): void {
  let opened: OpenTarget;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => await opened.close());

  for (const file of FILES.filter((_, i) => i % parts === part)) {
    it(`${file} ends alike, line by line`, { timeout: 3_600_000 }, async () => {
      const scenario = load(file);
      const sim = await runOn(createSimTarget, scenario);
      const isWhole = IS_LONG || sim.strokes <= LONG_STROKES;
      const before = opened.line()?.wakes ?? 0;
      const board = await runOn(
        isWhole
          ? opened.createTarget
          : windowed(createSimTarget, opened.createTarget, windowsAround(sim.eventTicks, MARGIN_TICKS)),
        scenario,
      );
      const wakes = (opened.line()?.wakes ?? 0) - before;
      expect(board.lines).toEqual(sim.lines);
      expect(lasting(board.result)).toEqual(lasting(sim.result));
      expect(board.result.verdict).toBe('passed');
      for (const { id, strikes } of board.result.faults) expect(strikes, id).not.toBe(null);
      // A look of the runner is a tick of the host's alone, so the board has no more than those that say something.
      expect(wakes).toBeGreaterThanOrEqual(isWhole ? sim.tellingTicks : sim.eventTicks.length);
      console.log(`${file}: ${wakes} wakes on the board, ${sim.tellingTicks} ticks that say something`);
    });
  }
}
