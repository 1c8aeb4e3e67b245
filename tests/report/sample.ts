/** A result with a bit of everything, for tests of what is made of one. */
import type { Result, RunResult, ScenarioResult, Verdict } from '../../src/scenario/result.ts';
import { summarise } from '../../src/scenario/result.ts';

const RUN: RunResult = {
  verdict: 'passed',
  ticks: 86401,
  executedTicks: 1300,
  digest: { rolling: '0123456789abcdef', state: '01234567' },
  alarms: [],
  faults: [],
  expectations: [],
  signals: { 'requested-strokes': 1200, 'confirmed-strokes': 1200 },
  refills: [],
  doseFailures: [],
  error: null,
};

export function scenarioResult(verdict: Verdict, more: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    ...RUN,
    name: `A day that is ${verdict}`,
    file: 'day.yaml',
    scenarioHash: 'ab'.repeat(32),
    seed: 1,
    verdict,
    attempts: 1,
    control: null,
    fingerprint: verdict === 'passed' ? null : `main:x:${verdict}`,
    reproduce: 'thecal run day.yaml --seed 1',
    ...more,
  };
}

export const FAILED = scenarioResult('failed', {
  alarms: [
    {
      alarm: 'motor-stall',
      raisedTick: 21887,
      conditionGoneTick: null,
      acknowledgedTick: null,
      clearedTick: null,
    },
  ],
  faults: [
    {
      id: 'gear',
      kind: 'motor-stall',
      appliedTick: 21600,
      clearedTick: null,
      passedTick: null,
      fired: true,
      firedTick: 21671,
      noticedBy: 'motor-stall',
      noticedTick: 21887,
      prescribedUg: 1234.5,
      trueDeliveredUg: 0,
      trueIntrathecalUg: 0,
    },
  ],
  expectations: [
    {
      id: 'timeline.1',
      line: 10,
      text: 'motor-stall raised',
      verdict: 'failed',
      tick: 3600,
      observed: 'never',
    },
    {
      id: 'finally.0',
      line: 12,
      text: 'finally tones above 0',
      verdict: 'passed',
      tick: 86400,
      observed: '7',
    },
    {
      id: 'always.0',
      line: 14,
      text: 'always supply-mv',
      verdict: 'inconclusive',
      tick: null,
      observed: 'blind',
    },
  ],
  control: {
    ...RUN,
    verdict: 'failed',
    expectations: [
      {
        id: 'control.never.0',
        line: 20,
        text: 'control: never motor-stall',
        verdict: 'failed',
        tick: 5,
        observed: 'raised',
      },
    ],
  },
});

const TROUBLE = {
  appliedTick: 3600,
  clearedTick: 18000,
  passedTick: null,
  noticedBy: null,
  noticedTick: null,
  prescribedUg: 50,
  trueDeliveredUg: 37.5,
  trueIntrathecalUg: 37.5,
};

/** Passed over a bad line: one fault struck, one did not, and one had no line to strike. */
export const OVER_LINE = scenarioResult('passed', {
  faults: [
    { ...TROUBLE, id: 'plug', kind: 'link-loss', fired: true, firedTick: 4247, strikes: 1200 },
    { ...TROUBLE, id: 'board-reboot', kind: 'board-reboot', fired: true, firedTick: 3600, strikes: 1 },
    { ...TROUBLE, id: 'luck', kind: 'link-corrupt', fired: false, firedTick: null, strikes: 0 },
    { ...TROUBLE, id: 'none', kind: 'link-delay', fired: false, firedTick: null, strikes: null },
  ],
  line: {
    exchanges: 100,
    wakes: 700,
    retries: 7,
    lost: 6,
    broken: 0,
    refused: 0,
    stale: 5,
    reopened: 0,
    reboots: 1,
    bytesOut: 4000,
    bytesIn: 15_000,
    exchangeMs: 350.5,
  },
});

export const BROKEN = scenarioResult('error', {
  error: 'tick 7: remainder negative',
  digest: null,
  signals: {},
});

export function resultOf(scenarios: readonly ScenarioResult[], interrupted = false): Result {
  return {
    version: 1,
    start: '2026-01-02T03:04:05.678Z',
    tickMs: 1000,
    interrupted,
    manifest: {
      product: 'thecal',
      productVersion: '1.2.3',
      coreHash: 'cd'.repeat(32),
      seed: null,
      target: 'sim',
      board: null,
      engine: 'node',
      stepping: 'jumps',
      notice: 'a notice',
    },
    summary: summarise(scenarios),
    scenarios,
  };
}
