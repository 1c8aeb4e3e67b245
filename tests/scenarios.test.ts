/**
 * The library of scenarios: every file reads, passes with its control, and is the same run tick by tick. What all of
 * them together must show is asked here too: every fault, every alarm, truth beside belief, and controls that differ.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SIGNALS } from '../hal/signals.ts';
import { createSimTarget } from '../hal/sim/target.ts';
import type { TargetFactory } from '../hal/target.ts';
import { LIBRARY, libraryFiles } from '../scripts/library.ts';
import { FAULTS, faultSpec } from '../sim/faults/index.ts';
import { ALARMS } from '../src/core/alarms/table.ts';
import { revealedBy, VOCABULARY } from '../src/cli/vocabulary.ts';
import { TICKS_PER_DAY } from '../src/core/units.ts';
import { formatProblem, readScenario } from '../src/scenario/format.ts';
import type { RunResult, ScenarioResult } from '../src/scenario/result.ts';
import { runScenario } from '../src/scenario/run.ts';
import type { Expectation, Scenario } from '../src/scenario/scenario.ts';

const IS_LONG = process.env['THECAL_LONG'] === '1';
const FOLDER = new URL(`../${LIBRARY}/`, import.meta.url);

/** Longer runs are stepped tick by tick in the long tests only, and say so in their first lines. */
const LONG_TICKS = 60 * TICKS_PER_DAY;
const LONG_STROKES = 20_000;
const LONG_NOTE = /^# Over .*: tick by tick in the long run only\.$/m;
const LONG_TIMEOUT_MS = 1_200_000;

const FILES = libraryFiles();

const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const isLeftToLong = (file: string): boolean => LONG_NOTE.test(textOf(file));

function read(file: string): Scenario {
  const bytes = new TextEncoder().encode(textOf(file));
  const path = `${LIBRARY}/${file}`;
  const outcome = readScenario(bytes, path, VOCABULARY, (b) => createHash('sha256').update(b).digest('hex'));
  if ('problems' in outcome) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.scenario;
}

interface Ran {
  readonly scenario: Scenario;
  readonly result: ScenarioResult;
  /** Of every pump of the main run. */
  readonly strokes: number;
}

async function run(scenario: Scenario, isTickByTick: boolean): Promise<Ran> {
  const counts: number[] = [];
  const createTarget: TargetFactory = async (setup) => {
    const target = await createSimTarget(setup);
    const place = counts.push(0) - 1;
    const advance = target.advance.bind(target);
    target.advance = (toTick, observer) =>
      advance(toTick, {
        event(event) {
          if (event.kind === 'stroke') counts[place]! += 1;
          observer.event(event);
        },
        stateDigest: (tick, digest) => observer.stateDigest(tick, digest),
        reply: (bytes) => observer.reply?.(bytes),
        afterTick: (tick) => observer.afterTick(tick),
      });
    return target;
  };
  const options = { createTarget, isTickByTick, revealedBy };
  const result = await runScenario(scenario, options, `npx tsx src/cli/main.ts run ${scenario.file}`);
  return { scenario, result, strokes: counts[0]! };
}

const runs = new Map<string, Ran>();

function runOf(file: string): Ran {
  const known = runs.get(file);
  if (known === undefined) throw new Error(`${file} did not run`);
  return known;
}

function controlOf(result: ScenarioResult): RunResult {
  if (result.control === null) throw new Error(`${result.file} has no control`);
  return result.control;
}

/** What a person needs to see of a run that did not pass. */
function complaints(result: ScenarioResult): string[] {
  return [result, result.control]
    .flatMap((each, i) => [
      ...(each === null || each.error === null ? [] : [`${i === 0 ? 'main' : 'control'}: ${each.error}`]),
      ...(each?.expectations ?? [])
        .filter(({ verdict }) => verdict !== 'passed')
        .map(
          ({ line, text, verdict, tick, observed }) =>
            `${result.file}:${line} ${i === 0 ? 'main' : 'control'} ${verdict}: ${text}; saw ${observed} at tick ${tick}`,
        ),
    ])
    .concat(result.verdict === 'passed' ? [] : [result.reproduce]);
}

/** All that must not depend on how a run was stepped. */
function lasting(run: RunResult): Partial<RunResult> {
  const { verdict, ticks, digest, alarms, faults, expectations, signals, doseFailures, error } = run;
  return { verdict, ticks, digest, alarms, faults, expectations, signals, doseFailures, error };
}

function sizeOf({ result, strokes }: Ran): string {
  return `${Math.round(result.ticks / TICKS_PER_DAY)} days and ${strokes} strokes`;
}

const alarmsOf = (result: RunResult): Set<string> => new Set(result.alarms.map(({ alarm }) => alarm));
/** There is no line here, so a fault of the line changes nothing; `tests/line` shows those over a board. */
const isOfLine = (kind: string): boolean => faultSpec(kind).layer === 'line';
const hasFaults = (scenario: Scenario): boolean =>
  scenario.timeline.some((entry) => entry.kind === 'fault' && !isOfLine(entry.fault));
/** Somebody does in one run what is not done in the other. */
function hasOtherDeeds({ timeline, control }: Scenario): boolean {
  const deeds = timeline.filter(({ kind }) => !['fault', 'clear', 'expect'].includes(kind));
  return JSON.stringify(deeds) !== JSON.stringify(control?.timeline);
}

function expectationsOf(scenario: Scenario): Expectation[] {
  const timed = scenario.timeline.flatMap((entry) => (entry.kind === 'expect' ? [entry.expectation] : []));
  return [...timed, ...scenario.always, ...scenario.never, ...scenario.finally];
}

beforeAll(async () => {
  const before = process.cpuUsage();
  for (const file of FILES) {
    runs.set(file, await run(read(file), false));
  }
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${FILES.length} scenarios with their controls by jumps: ${((user + system) / 1e6).toFixed(1)} s of CPU`,
  );
});

describe.each(FILES)('the scenario %s', (file) => {
  it('is named in kebab-case, reads without a problem and says why, for what and against what', () => {
    const { scenario } = runOf(file);
    expect(file).toMatch(/^(incidents\/\d\d-)?[a-z0-9]+(-[a-z0-9]+)*\.yaml$/);
    expect(scenario.why.length).toBeGreaterThan(200);
    expect(scenario.requirements.length).toBeGreaterThan(0);
    expect(scenario.control).not.toBeNull();
  });

  it('has its dose and that of its control judged by the oracle', () => {
    const { result } = runOf(file);
    const idsOf = (run: RunResult): string[] => run.expectations.map(({ id }) => id);
    expect(idsOf(result)).toContain('dose-oracle');
    expect(idsOf(controlOf(result))).toContain('control.dose-oracle');
  });

  it('expects something of the truth and something of the belief', () => {
    const expectations = expectationsOf(runOf(file).scenario);
    const ofWorld = new Set<string>(SIGNALS.filter(({ of }) => of === 'world').map(({ name }) => name));
    const isOfTruth = (e: Expectation): boolean => e.kind === 'signal' && ofWorld.has(e.signal);
    expect(expectations.some(isOfTruth)).toBe(true);
    expect(expectations.some((e) => !isOfTruth(e))).toBe(true);
  });

  it('says in its head whether it is left to the long run tick by tick', () => {
    const { result, strokes } = runOf(file);
    const isLong = result.ticks - 1 > LONG_TICKS || strokes > LONG_STROKES;
    expect(isLeftToLong(file)).toBe(isLong);
  });

  it('passes with its control', () => {
    expect(complaints(runOf(file).result)).toEqual([]);
  });

  it('differs from its control by its faults and by what people do, and by nothing else', () => {
    const { scenario, result } = runOf(file);
    const control = controlOf(result);
    expect(control.faults).toEqual([]);
    if (hasFaults(scenario)) {
      expect({ alarms: control.alarms, signals: control.signals }).not.toEqual({
        alarms: result.alarms,
        signals: result.signals,
      });
    } else if (hasOtherDeeds(scenario)) {
      // A syringe leaves no trace in a pump.
      const known = ({ digest, signals }: RunResult) => ({ rolling: digest?.rolling, signals });
      expect(known(control)).not.toEqual(known(result));
    } else {
      const rest = { expectations: [], faults: [] };
      expect({ ...lasting(control), ...rest }).toEqual({ ...lasting(result), ...rest });
    }
  });

  it('raises without its faults nothing that gave one of them away [SR-TRUTH-4]', () => {
    const { result } = runOf(file);
    const inControl = alarmsOf(controlOf(result));
    const giveaways = result.faults.flatMap(({ noticedBy }) => (noticedBy === null ? [] : [noticedBy]));
    expect(giveaways.filter((alarm) => inControl.has(alarm))).toEqual([]);
  });

  it(
    'is the same run tick by tick: digests, alarms, faults and judgements',
    async ({ skip }) => {
      const { scenario, result } = runOf(file);
      skip(isLeftToLong(file) && !IS_LONG, `THECAL_LONG=1 is not set, and it has ${sizeOf(runOf(file))}`);
      const ticked = (await run(scenario, true)).result;
      expect(ticked.executedTicks).toBe(ticked.ticks);
      expect(lasting(ticked)).toEqual(lasting(result));
      expect(lasting(controlOf(ticked))).toEqual(lasting(controlOf(result)));
    },
    LONG_TIMEOUT_MS,
  );
});

const INCIDENTS = FILES.filter((file) => file.startsWith('incidents/'));
/** Where even what is done rightly is more than the prescription: drug mixes on its way. */
const UNCLEAN_CONTROLS: Readonly<Record<string, readonly string[]>> = {
  'incidents/01-priming-bolus.yaml': ['over-delivery'],
};

describe('the incidents', () => {
  it('are all 34, each once', () => {
    const numbers = INCIDENTS.map((file) => runOf(file).scenario.incident?.number);
    expect(numbers).toEqual(Array.from({ length: 34 }, (_, i) => i + 1));
  });
});

describe.each(INCIDENTS)('the incident %s', (file) => {
  it('is the one whose number its file bears', () => {
    const { name, why, incident } = runOf(file).scenario;
    expect(incident?.number).toBe(Number(file.slice('incidents/'.length, 'incidents/NN'.length)));
    expect(name).toContain(`(incident ${incident?.number})`);
    expect(why).toContain(`Incident ${incident?.number}`);
  });

  it('has a control without a dose failure, and without an alarm but those that it expects', () => {
    const { scenario, result } = runOf(file);
    const expected = scenario.control?.finally.flatMap((e) =>
      e.kind === 'alarm' && e.word === 'raised' ? [e.alarm] : [],
    );
    const control = controlOf(result);
    expect(control.alarms.map(({ alarm }) => alarm).filter((alarm) => !expected?.includes(alarm))).toEqual(
      [],
    );
    expect(control.doseFailures.map(({ kind }) => kind)).toEqual(UNCLEAN_CONTROLS[file] ?? []);
  });

  it('says in its expectations how much drug went where, or what it did to the patient', () => {
    const isOfHarm = (e: Expectation): boolean =>
      e.kind === 'signal' && /^true\.(delivered|intrathecal|lost|excess)|^patient\./.test(e.signal);
    expect(expectationsOf(runOf(file).scenario).filter(isOfHarm).length).toBeGreaterThanOrEqual(2);
  });
});

describe('the library as a whole', () => {
  it('fails a run whose missing dose nobody allows, and says since when [SR-TRUTH-2]', async () => {
    const { scenario } = runOf('motor-stall.yaml');
    const { verdict, expectations } = (await run({ ...scenario, allow: [] }, false)).result;
    expect(verdict).toBe('failed');
    // 177 strokes of 72 s missing of 24 h: 1 d + 12,743 s.
    expect(expectations.find(({ id }) => id === 'dose-oracle')).toMatchObject({
      verdict: 'failed',
      tick: 86_400 + 12_743,
      observed: 'under-delivery, outlet-under-delivery',
    });
  });

  it('holds at least eighteen scenarios, each with a name of its own', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(18);
    expect(new Set(FILES.map((file) => runOf(file).scenario.name)).size).toBe(FILES.length);
  });

  it.each(FAULTS.map(({ kind }) => kind))('shows the fault %s', (kind) => {
    const shown = FILES.filter((file) =>
      runOf(file).result.faults.some(
        (fault) => fault.kind === kind && (isOfLine(kind) ? fault.strikes === null : fault.fired),
      ),
    );
    expect(shown).not.toEqual([]);
  });

  it.each(ALARMS.map(({ name }) => name))(
    'raises the alarm %s in one scenario and not in its control',
    (alarm) => {
      const telling = FILES.filter((file) => {
        const { result } = runOf(file);
        return alarmsOf(result).has(alarm) && !alarmsOf(controlOf(result)).has(alarm);
      });
      expect(telling).not.toEqual([]);
    },
  );

  it.each(ALARMS.map(({ name }) => name))('has a control that forbids the alarm %s', (alarm) => {
    const isForbidden = (e: Expectation): boolean => e.kind === 'alarm' && e.alarm === alarm;
    expect(FILES.filter((file) => runOf(file).scenario.control?.never.some(isForbidden))).not.toEqual([]);
  });

  it('has faults that nothing notices, says so in their why, and the firmware saw nothing of them at all', () => {
    const silent = FILES.filter((file) => {
      const { faults, refills, control } = runOf(file).result;
      // What a clinician could not fill in he told the pump.
      const isToldSo = refills.some(({ injectedUl }, i) => injectedUl !== control?.refills[i]?.injectedUl);
      // A frame that was struck is sent again, which the pump hears.
      const isOfWand = faults.some(({ kind }) => kind === 'wand-trouble');
      const isUnnoticed = faults.length > 0 && faults.every(({ noticedBy }) => noticedBy === null);
      return isUnnoticed && !isToldSo && !isOfWand;
    });
    expect(silent.length).toBeGreaterThanOrEqual(5);
    for (const file of silent) {
      const { scenario, result } = runOf(file);
      expect(scenario.why, file).toMatch(/silence|silent/i);
      // Where the clinician ordered something else in the control, the pump said so.
      const orders = (timeline: readonly { kind: string }[]): string =>
        JSON.stringify(timeline.filter(({ kind }) => kind === 'command'));
      if (orders(scenario.timeline) !== orders(scenario.control?.timeline ?? [])) continue;
      expect(result.digest?.rolling, file).toBe(controlOf(result).digest?.rolling);
    }
  });
});
