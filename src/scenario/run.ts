/**
 * The runner: a scenario and a target in, a result out. It knows nothing of worlds, lines or files.
 *
 * A run is a list of points: ticks at which something is done to the target or an expectation wants a look. The runner
 * lays the stimuli on, advances to the next point, and lets the judges look. The control is the same run without its
 * faults and comes first, because what it raises cannot count as noticing a fault.
 */
import type {
  FaultRecord,
  Stimulus,
  Target,
  TargetDescription,
  TargetDigest,
  TargetFactory,
  TargetSetup,
} from '../../hal/target.ts';
import { TICKS_PER_HOUR } from '../core/units.ts';
import type { TraceWriter } from '../trace/write.ts';
import type { DoseNotes } from './evidence.ts';
import { lastTickUnder, refillEvidence, weigh } from './evidence.ts';
import type { Judge, Judgement, SignalReader } from './expect.ts';
import { createJudge } from './expect.ts';
import type { Recorder } from './recorder.ts';
import type { DoseFailure, FaultEvidence, RunResult, ScenarioResult, Verdict } from './result.ts';
import { worst } from './result.ts';
import type { Expectation, OracleFailure, Scenario, TimelineEntry } from './scenario.ts';
import { signalNumber, signalText } from './signal-text.ts';
import { Witness } from './witness.ts';

type FaultOptions = Readonly<Record<string, number | string>>;

/**
 * What a target's error means, by its name, because this layer knows no target. `InfrastructureError`: the line failed in
 * a way that says nothing about the pump. `DivergenceError`: the firmware under test is not the one that was simulated.
 */
const VERDICT_OF_ERROR: Readonly<Record<string, Verdict>> = {
  InfrastructureError: 'infrastructure',
  DivergenceError: 'failed',
};

/** The verdict of a run that something thrown has ended. */
export function verdictOfError(error: unknown): Verdict {
  return (error instanceof Error ? VERDICT_OF_ERROR[error.name] : undefined) ?? 'error';
}

export interface RunOptions {
  readonly createTarget: TargetFactory;
  readonly isTickByTick: boolean;
  /** Alarms that can reveal a fault of this kind. */
  readonly revealedBy: (faultKind: string, options: FaultOptions) => readonly string[];
  /** A trace of `main` or `control`, its manifest written; null for none. */
  readonly openTrace?: (run: 'main' | 'control', target: TargetDescription) => TraceWriter | null;
  /** Records `main` or `control` for pictures; null for none. `stimulusTicks` ascend. */
  readonly openRecorder?: (
    run: 'main' | 'control',
    stimulusTicks: readonly number[],
    untilTick: number,
  ) => Recorder | null;
  /** Called between slices of a run with the share done, 0 to 1; awaited, so it may pace the run. */
  readonly onSlice?: (nextTick: number, untilTick: number) => Promise<void> | void;
  /** Ticks run between two calls of `onSlice`. */
  readonly sliceTicks?: number;
  /** True ends the run at the next slice. */
  readonly isCancelled?: () => boolean;
}

/** The run was cancelled from outside; there is no result. */
export class CancelledError extends Error {}

interface Plan {
  readonly timeline: readonly TimelineEntry[];
  readonly always: readonly Expectation[];
  readonly never: readonly Expectation[];
  readonly finally: readonly Expectation[];
  readonly allow: readonly OracleFailure[];
}

const HOURS_PER_DAY = 24;
const DEFAULT_SLICE_TICKS = 30 * 24 * TICKS_PER_HOUR;

export function setupOf(scenario: Scenario, isTickByTick: boolean): TargetSetup {
  const { pump, drug, catheter, patient, environment, therapy, seed, start } = scenario;
  return {
    seed,
    startHour: HOURS_PER_DAY * start.weekday + start.hour,
    ...pump,
    concentrationUgPerMl: drug.concentrationUgPerMl,
    catheterLengthMm: catheter.lengthMm,
    compliancePlPerPa: catheter.compliancePlPerPa,
    mixingTanks: catheter.mixingTanks,
    isLinePrimed: catheter.isPrimed,
    isPatientUsed: patient.isUsedToTherapy,
    ...(patient.group === 'none'
      ? {}
      : { patientGroup: patient.group, firstStartTick: patient.isUsedToTherapy ? -1 : 0 }),
    patientNeedsTenthUg: patient.needsTenthUg,
    environment,
    therapy,
    isTickByTick,
    hasOracle: true,
    untilTick: scenario.untilTick,
  };
}

/** The control as a scenario of its own. */
export function controlOf(scenario: Scenario): Scenario {
  if (scenario.control === null) throw new Error(`${scenario.name}: has no control`);
  return { ...scenario, ...scenario.control, control: null };
}

/** What is done in a run, in its order. */
export function stimuliOf({ timeline }: Pick<Scenario, 'timeline'>): { tick: number; stimulus: Stimulus }[] {
  return timeline.flatMap((entry) => {
    const stimulus = stimulusOf(entry);
    return stimulus === null ? [] : [{ tick: entry.tick, stimulus }];
  });
}

function stimulusOf(entry: TimelineEntry): Stimulus | null {
  switch (entry.kind) {
    case 'fault':
      return { kind: 'fault', id: entry.id, fault: entry.fault, options: entry.options };
    case 'clear':
      return { kind: 'clear', id: entry.target };
    case 'refill': {
      const { volumeNl, concentrationUgPerMl } = entry;
      return concentrationUgPerMl === undefined
        ? { kind: 'refill', volumeNl }
        : { kind: 'refill', volumeNl, concentrationUgPerMl };
    }
    case 'replace': {
      const { fillNl, prescription, isPrimed } = entry;
      return { kind: 'replace', fillNl, prescription, isPrimed };
    }
    case 'screening':
      return { kind: 'screening', doseTenthUg: entry.doseTenthUg };
    case 'command':
      return { kind: 'command', command: entry.command };
    case 'session':
      return {
        kind: 'session',
        program: entry.program,
        leave: entry.leave,
        isConfirmed: entry.isConfirmed,
      };
    case 'expect':
      return null;
  }
}

function createJudges(plan: Plan, untilTick: number, signals: SignalReader): Judge[] {
  const judges: Judge[] = [];
  for (const entry of plan.timeline) {
    if (entry.kind === 'expect') judges.push(createJudge(entry.expectation, 'timeline', entry.tick, signals));
  }
  for (const section of ['always', 'never', 'finally'] as const) {
    for (const expectation of plan[section])
      judges.push(createJudge(expectation, section, untilTick, signals));
  }
  return judges;
}

/** Every tick at which a run must stand still, ascending, the last tick included. */
function lookTicks(judges: readonly Judge[], periods: readonly number[], untilTick: number): number[] {
  const ticks = new Set(judges.flatMap((judge) => judge.lookTicks));
  for (const period of periods) for (let t = period; t < untilTick; t += period) ticks.add(t);
  ticks.add(untilTick);
  return [...ticks].filter((t) => t <= untilTick).sort((a, b) => a - b);
}

async function drive(
  target: Target,
  plan: Plan,
  witness: Witness,
  trace: TraceWriter | null,
  options: RunOptions,
  untilTick: number,
  recorder: Recorder | null,
): Promise<void> {
  const sliceTicks = options.sliceTicks ?? DEFAULT_SLICE_TICKS;
  const stimulusTicks = plan.timeline.map((entry) => entry.tick);
  const points = new Set([...witness.looks, ...stimulusTicks, ...(recorder?.looks ?? [])]);
  for (const point of [...points].sort((a, b) => a - b)) {
    for (let from = target.nowTick(); from + sliceTicks < point; from = target.nowTick()) {
      await target.advance(from + sliceTicks - 1, witness);
      await keepState(target, trace);
      await pause(options, target.nowTick(), untilTick);
    }
    await target.advance(point, witness);
    await keepState(target, trace);
    await pause(options, target.nowTick(), untilTick);
  }
}

/** What a trace holds beside what happens, for whoever looks at a run later. It changes nothing. */
async function keepState(target: Target, trace: TraceWriter | null): Promise<void> {
  const nextTick = target.nowTick();
  if (trace?.areValuesDue(nextTick) === true) trace.values(nextTick, await target.readState());
  if (trace?.isSnapshotDue() === true) trace.snapshot(nextTick, await target.snapshot());
}

async function pause(options: RunOptions, nextTick: number, untilTick: number): Promise<void> {
  await options.onSlice?.(nextTick, untilTick);
  if (options.isCancelled?.() === true) throw new CancelledError('cancelled');
}

function doseFailuresOf(target: Target, plan: Plan): DoseFailure[] {
  const allowed: readonly string[] = plan.allow;
  return target.doseFailures().map(({ kind, tick }) => ({
    kind,
    tick,
    verdict: allowed.includes(kind) ? 'allowed' : 'failed',
  }));
}

/** What the dose oracle found, as one more judgement of every run. */
function judgeDose(found: readonly DoseFailure[], plan: Plan, run: 'main' | 'control'): Judgement[] {
  const id = run === 'main' ? 'dose-oracle' : 'control.dose-oracle';
  const text = `dose oracle: nothing${plan.allow.length > 0 ? ` but ${plan.allow.join(', ')}` : ''}`;
  const first = found.find((failure) => failure.verdict === 'failed');
  const observed = found
    .map(({ kind, verdict }) => (verdict === 'allowed' ? `${kind} (allowed)` : kind))
    .join(', ');
  return [
    {
      id,
      line: 1,
      text,
      verdict: first === undefined ? 'passed' : 'failed',
      tick: first?.tick ?? null,
      observed: observed === '' ? 'nothing' : observed,
    },
  ];
}

/** A fault that did not fire proves nothing about the firmware; one of a line that is not there had nothing to prove. */
function judgeFiring(faults: readonly FaultRecord[], timeline: readonly TimelineEntry[]): Judgement[] {
  return faults
    .filter((fault) => !fault.fired && fault.strikes !== null)
    .map((fault) => ({
      id: `${fault.id}.fired`,
      line: timeline.find((entry) => entry.id === fault.id)?.line ?? 1,
      text: `fault ${fault.id} (${fault.kind}) fired`,
      verdict: 'inconclusive',
      tick: null,
      observed:
        fault.strikes === undefined
          ? 'it changed nothing that the plant or the firmware used'
          : 'it struck nothing on the line',
    }));
}

interface Run extends RunResult {
  readonly records: readonly FaultRecord[];
  readonly doses: DoseNotes;
}

async function observe(
  scenario: Scenario,
  plan: Plan,
  options: RunOptions,
  run: 'main' | 'control',
): Promise<Run> {
  const target = await options.createTarget(setupOf(scenario, options.isTickByTick));
  try {
    return await observeTarget(target, scenario, plan, options, run);
  } finally {
    await target.close();
  }
}

async function observeTarget(
  target: Target,
  scenario: Scenario,
  plan: Plan,
  options: RunOptions,
  run: 'main' | 'control',
): Promise<Run> {
  const { untilTick } = scenario;
  const description = target.describe();
  const known = description.signals;
  const signals: SignalReader = {
    read: (signal) => (known.includes(signal) ? target.read(signal) : null),
    show: signalText,
  };
  const judges = createJudges(plan, untilTick, signals);
  const trace = options.openTrace?.(run, description) ?? null;
  // A replacement takes the faults of the pump away.
  const ends = plan.timeline.filter(({ kind }) => kind === 'clear' || kind === 'replace');
  const clearedTicks = ends.map(({ tick }) => tick);
  const lastTicks = clearedTicks.map((clearedTick) => lastTickUnder({ clearedTick }, untilTick));
  const doseTicks = new Set([...plan.timeline.map(({ tick }) => tick), ...lastTicks, untilTick]);
  const stimulusTicks = plan.timeline.filter(({ kind }) => kind !== 'expect').map(({ tick }) => tick);
  const recorder = options.openRecorder?.(run, stimulusTicks, untilTick) ?? null;
  recorder?.watch(known, (signal) => target.read(signal));
  const witness = new Witness(target, judges, trace, doseTicks, recorder);
  for (const tick of lastTicks) witness.looks.add(tick);
  for (const tick of lookTicks(judges, scenario.lookEveryTicks, untilTick)) witness.looks.add(tick);
  for (const { tick, stimulus } of stimuliOf(plan)) witness.expectStimulus(tick, stimulus);
  let error: unknown = null;
  let digest: TargetDigest | null = null;
  try {
    await drive(target, plan, witness, trace, options, untilTick, recorder);
    digest = await target.digest();
  } catch (thrown) {
    if (thrown instanceof CancelledError) throw thrown;
    error = thrown;
  }
  witness.writeStimuli(target.nowTick());
  const records = target.faults();
  const doseFailures = doseFailuresOf(target, plan);
  const expectations = [
    ...judges.map((judge) => judge.finish(target.nowTick() - 1)),
    ...judgeDose(doseFailures, plan, run),
    ...judgeFiring(records, plan.timeline),
  ];
  const verdict = verdictOf(error, expectations);
  if (digest !== null) trace?.end(target.nowTick(), digest, verdict);
  const values = known.map((name) => {
    const value = target.read(name);
    return [name, value === null ? null : signalNumber(name, value)] as const;
  });
  const wasReplaced = plan.timeline.some(({ kind, tick }) => kind === 'replace' && tick < target.nowTick());
  return {
    verdict,
    ticks: target.nowTick(),
    executedTicks: target.executedTicks(),
    digest,
    alarms: witness.book.entries,
    faults: [],
    expectations,
    signals: Object.fromEntries(values),
    ...(wasReplaced ? { strokesOfAllPumps: witness.strokes } : {}),
    refills: target.refills().map(refillEvidence),
    doseFailures,
    error: error === null ? null : whenAndWhat(error, target.nowTick()),
    records,
    doses: witness.doses,
  };
}

function whenAndWhat(error: unknown, nowTick: number): string {
  if (!(error instanceof Error)) return `tick ${nowTick}: something that is no error was thrown`;
  // A difference has a tick of its own, and it is seldom this one.
  return error.name === 'DivergenceError' ? error.message : `tick ${nowTick}: ${error.message}`;
}

function verdictOf(error: unknown, expectations: readonly Judgement[]): Verdict {
  const verdicts: Verdict[] = expectations.map((judgement) => judgement.verdict);
  if (error !== null) verdicts.push(verdictOfError(error));
  return worst(verdicts);
}

function finished(run: Run, faults: readonly FaultEvidence[]): RunResult {
  const { records: _records, doses: _doses, ...result } = run;
  return { ...result, faults };
}

/** What failed, without ticks and values, so that the same failure is recognised in another run. */
function fingerprintOf(runs: readonly RunResult[]): string | null {
  const parts = runs.flatMap((run, i) =>
    run.expectations
      .filter((judgement) => judgement.verdict !== 'passed')
      .map((judgement) => `${i === 0 ? 'main' : 'control'}:${judgement.id}:${judgement.verdict}`)
      .concat(
        run.error === null ? [] : [`${i === 0 ? 'main' : 'control'}:${run.error.replace(/^tick \d+: /, '')}`],
      ),
  );
  return parts.length === 0 ? null : parts.join(' ');
}

function optionsOf(scenario: Scenario, faultId: string): FaultOptions {
  const entry = scenario.timeline.find(({ kind, id }) => kind === 'fault' && id === faultId);
  return entry?.kind === 'fault' ? entry.options : {};
}

/** Run a scenario and its control. `reproduce` is the command line that shows the same again. */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  reproduce: string,
): Promise<ScenarioResult> {
  const control =
    scenario.control === null ? null : await observe(scenario, scenario.control, options, 'control');
  const main = await observe(scenario, scenario, options, 'main');
  const faults = main.records.map((record) =>
    weigh(
      record,
      options.revealedBy(record.kind, optionsOf(scenario, record.id)),
      main.alarms,
      control?.alarms ?? [],
      main.doses,
      scenario.untilTick,
    ),
  );
  const result = finished(main, faults);
  const controlResult = control === null ? null : finished(control, []);
  const runs = controlResult === null ? [result] : [result, controlResult];
  return {
    name: scenario.name,
    file: scenario.file,
    scenarioHash: scenario.hash,
    seed: scenario.seed,
    ...result,
    verdict: worst(runs.map((run) => run.verdict)),
    attempts: 1,
    control: controlResult,
    fingerprint: fingerprintOf(runs),
    reproduce,
  };
}
