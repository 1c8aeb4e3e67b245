/** What a page carries for its script: the contract between who writes the page and the script in it. */
import type { Recording } from '../scenario/recorder.ts';
import type { RunResult, ScenarioResult } from '../scenario/result.ts';
import { packColumns, unpackColumns } from './columns.ts';
import { type Lane, lanesOf } from './lanes.ts';

export interface PageRun {
  /** Names of the packed columns, in order. */
  readonly columns: readonly string[];
  /** The columns, packed, deflated, in base 64. */
  readonly data: string;
  readonly lanes: readonly Lane[];
}

export interface PageScenario {
  readonly lastTick: number;
  /** Ticks at which something failed, ascending. */
  readonly failureTicks: readonly number[];
  readonly main: PageRun;
  readonly control: PageRun | null;
}

export const STROKE_TICKS = 'stroke-ticks';
export const SAMPLE_TICKS = 'sample-ticks';

/** `pack` deflates bytes and writes them in base 64: done by whoever has the means. */
export type Pack = (bytes: Uint8Array) => string;

export function pageScenario(
  result: ScenarioResult,
  main: Recording,
  control: Recording | null,
  pack: Pack,
): PageScenario {
  return {
    lastTick: Math.max(1, result.ticks - 1),
    failureTicks: failureTicks(result),
    main: pageRun(result, main, pack),
    control: control === null || result.control === null ? null : pageRun(result.control, control, pack),
  };
}

function pageRun(run: RunResult, recording: Recording, pack: Pack): PageRun {
  const columns: readonly (readonly [string, ArrayLike<number>])[] = [
    [STROKE_TICKS, recording.strokeTicks],
    [SAMPLE_TICKS, recording.sampleTicks],
    ...Object.entries(recording.samples),
  ];
  return {
    columns: columns.map(([name]) => name),
    data: pack(packColumns(columns.map(([, values]) => values))),
    lanes: lanesOf(run, recording),
  };
}

/** The columns of a run, by name. */
export function columnsOf(run: PageRun, bytes: Uint8Array): ReadonlyMap<string, Float64Array> {
  return new Map(unpackColumns(bytes).map((column, i) => [run.columns[i]!, column]));
}

/** A run that broke failed at its end. */
export function failureTicks(result: RunResult): number[] {
  const ticks = result.expectations.flatMap(({ verdict, tick }) =>
    verdict === 'passed' ? [] : [tick ?? Math.max(0, result.ticks - 1)],
  );
  if (result.error !== null) ticks.push(Math.max(0, result.ticks - 1));
  return [...new Set(ticks)].sort((a, b) => a - b);
}
