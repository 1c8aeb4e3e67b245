/**
 * A result as JUnit XML, for CI: a suite for each scenario, a case for each expectation. What failed is a failure; what
 * could not be told is skipped, with the reason; what broke (our bug, the line) is an error of the case "runs to its
 * end". Times are left out: simulated time is not how long a test took.
 */
import type { Judgement } from '../scenario/expect.ts';
import type { Result, RunResult, ScenarioResult } from '../scenario/result.ts';
import { formatInstant } from '../scenario/time.ts';
import { doseFailureText, faultText, NOTICE } from './words.ts';
import { type Element, xmlDocument } from './xml.ts';

type Kind = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly kind: Kind;
  readonly element: Element;
}

export function junitReport(result: Result): string {
  const suites = result.scenarios.map((scenario) => suiteOf(scenario, result));
  if (result.interrupted) suites.push(interruptedSuite());
  const totals = countKinds(suites.flatMap((suite) => suite.cases));
  return xmlDocument({
    tag: 'testsuites',
    attributes: { name: 'thecal', ...totals },
    children: suites.map((suite) => suite.element),
  });
}

interface Suite {
  readonly cases: readonly Case[];
  readonly element: Element;
}

function suiteOf(scenario: ScenarioResult, { start, manifest }: Result): Suite {
  const runs: readonly [string, RunResult][] = [
    [scenario.file, scenario],
    ...(scenario.control === null
      ? []
      : [[`${scenario.file} (control)`, scenario.control] as [string, RunResult]]),
  ];
  const evidence = evidenceLines(scenario);
  const cases = runs.flatMap(([className, run]) => casesOf(className, scenario.file, run, evidence));
  const properties = {
    verdict: scenario.verdict,
    file: scenario.file,
    scenarioHash: scenario.scenarioHash,
    seed: scenario.seed,
    attempts: scenario.attempts,
    target: manifest.target,
    productVersion: manifest.productVersion,
    coreHash: manifest.coreHash,
    ...(scenario.digest === null
      ? {}
      : { digestRolling: scenario.digest.rolling, digestState: scenario.digest.state }),
    ...Object.fromEntries(scenario.faults.map((fault) => [`fault.${fault.id}`, faultText(fault)])),
    ...Object.fromEntries(
      // Milliseconds have a fraction, counts have none.
      Object.entries<number>({ ...scenario.line }).map(([name, value]) => [
        `line.${name}`,
        Math.round(value),
      ]),
    ),
    reproduce: scenario.reproduce,
    notice: NOTICE,
  };
  const element: Element = {
    tag: 'testsuite',
    attributes: {
      name: scenario.name,
      ...countKinds(cases),
      timestamp: start.replace(/\.\d+Z$/, ''),
      file: scenario.file,
    },
    children: [
      {
        tag: 'properties',
        children: Object.entries(properties).map(([name, value]) => ({
          tag: 'property',
          attributes: { name, value },
        })),
      },
      ...cases.map((one) => one.element),
      { tag: 'system-out', children: evidence },
    ],
  };
  return { cases, element };
}

/** `evidence` stands in each case that is no pass: a CI server shows little else of it. */
function casesOf(className: string, file: string, run: RunResult, evidence: readonly string[]): Case[] {
  const ends: Case = {
    kind: run.error === null ? 'passed' : 'error',
    element: testCase(
      className,
      'runs to its end',
      file,
      1,
      run.error === null ? [] : [brokenOff(run, run.error, evidence)],
    ),
  };
  return [ends, ...run.expectations.map((judgement) => caseOf(className, file, judgement, evidence))];
}

function brokenOff({ verdict }: RunResult, error: string, evidence: readonly string[]): Element {
  const children = [[error, ...evidence].join('\n')];
  return { tag: 'error', attributes: { message: error, type: verdict }, children };
}

function caseOf(className: string, file: string, judgement: Judgement, evidence: readonly string[]): Case {
  const { id, text, line, verdict } = judgement;
  const name = `${id}: ${text}`;
  if (verdict === 'passed') return { kind: 'passed', element: testCase(className, name, file, line, []) };
  const seen = `${judgement.observed ?? 'nothing'}${judgement.tick === null ? '' : `, at ${formatInstant(judgement.tick)}`}`;
  if (verdict === 'inconclusive') {
    const skipped: Element = { tag: 'skipped', attributes: { message: `inconclusive: ${seen}` } };
    return { kind: 'skipped', element: testCase(className, name, file, line, [skipped]) };
  }
  const failure: Element = {
    tag: 'failure',
    attributes: { message: `observed: ${seen}`, type: 'expectation' },
    children: [[`${file}:${line}: ${text}`, `observed: ${seen}`, ...evidence].join('\n')],
  };
  return { kind: 'failure', element: testCase(className, name, file, line, [failure]) };
}

function testCase(
  classname: string,
  name: string,
  file: string,
  line: number,
  children: readonly Element[],
): Element {
  return { tag: 'testcase', attributes: { classname, name, file, line }, children };
}

/** Scenarios that never ran leave no suite; a report without this would look whole. */
function interruptedSuite(): Suite {
  const message = 'interrupted before all scenarios had run';
  const cases: Case[] = [
    {
      kind: 'error',
      element: {
        tag: 'testcase',
        attributes: { classname: 'thecal', name: 'runs all scenarios' },
        children: [{ tag: 'error', attributes: { message, type: 'interrupted' } }],
      },
    },
  ];
  const attributes = { name: 'thecal', ...countKinds(cases) };
  return { cases, element: { tag: 'testsuite', attributes, children: cases.map((one) => one.element) } };
}

function countKinds(cases: readonly Case[]): Record<string, number> {
  const count = (kind: Kind): number => cases.filter((one) => one.kind === kind).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function evidenceLines(scenario: ScenarioResult): string[] {
  return [
    ...scenario.faults.map(
      (fault) => `fault ${faultText(fault)}; applied at ${formatInstant(fault.appliedTick)}`,
    ),
    ...scenario.alarms.map((entry) => `alarm ${entry.alarm} raised at ${formatInstant(entry.raisedTick)}`),
    ...scenario.doseFailures.map(doseFailureText),
    `to see it again: ${scenario.reproduce}`,
  ];
}
