import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { schemaFiles } from '../../scripts/schemas.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { fold, foldLast } from '../../src/report/fold.ts';
import { junitReport } from '../../src/report/junit.ts';
import { PLAIN } from '../../src/report/paint.ts';
import { resultJsonSchema, resultSchema } from '../../src/report/result-schema.ts';
import { textReport } from '../../src/report/text.ts';
import { alikeFaults, alikeText, doseText, faultText, grouped } from '../../src/report/words.ts';
import { xmlDocument } from '../../src/report/xml.ts';
import type { Result } from '../../src/scenario/result.ts';
import { checkXml } from './check-xml.ts';
import { BROKEN, FAILED, OVER_LINE, resultOf, scenarioResult } from './sample.ts';

describe('a fault in a line', () => {
  const fault = (doses: {
    prescribedUg: number;
    trueDeliveredUg: number;
    trueIntrathecalUg: number | null;
  }) => faultText({ ...FAILED.faults[0]!, noticedBy: null, noticedTick: null, ...doses });
  it.each<[number, number, number | null, string]>([
    [1200, 900, 900, '300 ug missed to the end'],
    [1200, 1500, 1500, '300 ug in excess to the end'],
    [1200, 1200, 0, '1,200 ug missed to the end, all of it past the tip and beside the spinal fluid'],
    [1200, 800, 600, '600 ug missed to the end, 200 ug of it past the tip and beside the spinal fluid'],
    [1200, 1199, 1199, 'dose as prescribed to the end'], // a stroke under way
    [1200, 900, null, '300 ug missed to the end'], // a target that cannot look so far
  ])(
    'of %d ug prescribed with %d past the tip and %d in the spinal fluid',
    (prescribedUg, trueDeliveredUg, trueIntrathecalUg, text) => {
      expect(fault({ prescribedUg, trueDeliveredUg, trueIntrathecalUg })).toContain(`; ${text}`);
    },
  );
});

it('faults that `every` makes of one entry stand in one line as long as the same comes of them', () => {
  const gear = FAILED.faults[0]!;
  const of = (id: string, noticedTick: number | null = gear.noticedTick) => ({ ...gear, id, noticedTick });
  const faults = [of('gear.1'), of('gear.2'), of('gear.3', gear.noticedTick! + 1), of('shaft.4'), of('gear')];
  const outcome = faultText(gear).slice('gear (motor-stall): '.length);
  expect(alikeFaults(faults).map(alikeText)).toEqual([
    `gear.1 to gear.2 (motor-stall), each: ${outcome}`,
    ...faults.slice(2).map(faultText),
  ]);
});

describe('the text', () => {
  it('is readable by a tired person', () => {
    const late = scenarioResult('passed', { late: { count: 2, largestLagMs: 1700 } });
    const lines = textReport(resultOf([FAILED, late, BROKEN]), 3, '0.4 s', PLAIN);
    expect(lines.join('\n')).toBe(
      `          simulated  strokes  scenario
✗ failed        1 d    1,200  A day that is failed
      gear (motor-stall): noticed by motor-stall after 4 min 47 s; 1,234.5 ug missed until noticed
✓ passed        1 d    1,200  A day that is passed
      late 2 times, by 1.7 s at most
! error         1 d        -  A day that is error

3 scenarios: 1 passed, 1 failed, 1 error, in 0.4 s
Thecal is a test and teaching tool, not a medical device.

✗ failed  A day that is failed
  day.yaml:10: motor-stall raised
    observed: never, at 1 h (tick 3600)
  day.yaml:14: always supply-mv
    inconclusive: blind
  in the control, the same run without its faults:
  day.yaml:20: control: never motor-stall
    observed: raised, at 5 s (tick 5)
  gear (motor-stall): noticed by motor-stall after 4 min 47 s; 1,234.5 ug missed until noticed [applied at 6 h (tick 21600), noticed at 6 h 4 min 47 s (tick 21887)]
  again:
thecal run day.yaml --seed 1

! error  A day that is error
  tick 7: remainder negative
  this is a bug of Thecal and not of the pump; please report it with the scenario and the last line below
  again:
thecal run day.yaml --seed 1`,
    );
  });

  it('of a run that broke off says why, and not of each expectation that it came to no judgement', () => {
    const unjudged = { ...FAILED.expectations[0]!, verdict: 'inconclusive', tick: null } as const;
    const broken = scenarioResult('failed', {
      error: 'board and host differ\nwakes up to there:\n  72:1',
      expectations: [FAILED.expectations[0]!, unjudged, unjudged],
    });
    const text = textReport(resultOf([broken]), 1, '0.4 s', PLAIN).join('\n');
    expect(text).toContain(`
  board and host differ
  wakes up to there:
    72:1
  day.yaml:10: motor-stall raised
    observed: never, at 1 h (tick 3600)
  the run ended there: 2 expectations were not judged
`);
  });

  it('tells once of all that did not begin for the same reason', () => {
    const [missing, busy] = ['there is no such port', 'the port is busy'].map((error) =>
      scenarioResult('infrastructure', { ticks: 0, error }),
    );
    const begun = scenarioResult('infrastructure', { error: 'there is no such port' });
    const scenarios = [missing!, begun, { ...missing! }, busy!, { ...missing! }];
    const lines = textReport(resultOf(scenarios), scenarios.length, '0.4 s', PLAIN);
    const told = lines.filter((line) => /no such port|is busy|more for the same|^ {2}again/.test(line));
    expect(told).toEqual([
      '  there is no such port',
      '  and 2 more for the same reason',
      '  again:',
      '  there is no such port',
      '  again:',
      '  the port is busy',
      '  again:',
    ]);
  });

  it('hides no harm, whether or not it is allowed', () => {
    const scenario = scenarioResult('passed', {
      doseFailures: [
        { kind: 'under-delivery', tick: 93_600, verdict: 'allowed' },
        { kind: 'silent-stop', tick: 3600, verdict: 'allowed' },
        { kind: 'over-delivery', tick: 60, verdict: 'failed' },
      ],
    });
    const lines = textReport(resultOf([scenario]), 1, '9.0 s', PLAIN);
    expect(lines.slice(2, 5)).toEqual([
      '      dose oracle: under-delivery from 1 d 2 h (allowed)',
      '      dose oracle: silent-stop from 1 h (allowed)',
      '      dose oracle: over-delivery from 1 min (not in allow)',
    ]);
  });

  it('says what the numbers are where not all strokes were confirmed', () => {
    const signals = { 'requested-strokes': 1200, 'confirmed-strokes': 1188 };
    const lines = textReport(resultOf([scenarioResult('passed', { signals })]), 1, '9.0 s', PLAIN);
    expect(lines[0]).toBe('          simulated  strokes confirmed  scenario');
    expect(lines[1]).toContain('1,188 of 1,200');
  });

  it('counts the strokes of all pumps of a run, and says which the last one gave', () => {
    const replaced = scenarioResult('passed', { strokesOfAllPumps: 356_004 });
    const lines = textReport(resultOf([replaced]), 1, '9.0 s', PLAIN);
    expect(lines.slice(0, 3)).toEqual([
      '          simulated  strokes  scenario',
      '✓ passed        1 d  356,004  A day that is passed',
      '      strokes: 1,200 of them by the last pump',
    ]);
  });

  it('tells first what came first: what failed in order of time, and a fault that never fired where it was to begin', () => {
    const judged = { ...FAILED.expectations[0]!, observed: 'never' };
    const unfired = { fired: false, firedTick: null, noticedBy: null, noticedTick: null };
    const scenario = scenarioResult('failed', {
      faults: [{ ...FAILED.faults[0]!, ...unfired, appliedTick: 7200 }],
      expectations: [
        { ...judged, line: 10, text: 'late', tick: 7200 },
        { ...judged, line: 12, text: 'early', tick: 3600 },
        { ...judged, line: 14, text: 'blind', verdict: 'inconclusive', tick: null },
        {
          ...judged,
          id: 'gear.fired',
          line: 9,
          text: 'fault gear fired',
          verdict: 'inconclusive',
          tick: null,
        },
      ],
    });
    const told = (one: typeof scenario): string[] =>
      textReport(resultOf([one]), 1, '9.0 s', PLAIN).filter((line) => /^ {2}day\.yaml|^ {4}\S/.test(line));
    expect(told(scenario)).toEqual([
      '  day.yaml:12: early',
      '    observed: never, at 1 h (tick 3600), the first to fail',
      '  day.yaml:9: fault gear fired',
      '    inconclusive: never',
      '  day.yaml:10: late',
      '    observed: never, at 2 h (tick 7200)',
      '  day.yaml:14: blind',
      '    inconclusive: never',
    ]);
    const inOrder = scenario.expectations.map((one) => ({
      ...one,
      tick: one.tick === null ? null : one.line,
    }));
    expect(told({ ...scenario, expectations: inOrder }).join()).not.toContain('first to fail');
  });

  it('keeps to the width of a terminal and leaves the column of marks alone', () => {
    const name = 'A day with a name that is far too long for the line in which it stands';
    const width = 60;
    const lines = textReport(
      resultOf([scenarioResult('failed', { ...FAILED, name })]),
      1,
      '9 s',
      PLAIN,
      width,
    );
    expect(lines.slice(0, 6)).toEqual([
      '          simulated  strokes  scenario',
      '✗ failed        1 d    1,200  A day with a name that is far',
      '                              too long for the line in which',
      '                              it stands',
      '      gear (motor-stall): noticed by motor-stall after 4 min',
      '        47 s; 1,234.5 ug missed until noticed',
    ]);
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  it('folds below the row where the column would be too narrow, and tears no word', () => {
    expect(foldLast('a       b       ', 'some words', 20, '  ')).toEqual(['a       b', '  some words']);
    expect(fold('  a-word-of-its-own and more', 10, '    ')).toEqual([
      '  a-word-of-its-own',
      '    and',
      '    more',
    ]);
  });

  it('says how often a fault of the line struck, and blames no dose on it', () => {
    const lines = textReport(resultOf([OVER_LINE]), 1, '9.0 s', PLAIN);
    expect(lines.slice(2, 8).map((line) => line.trim())).toEqual([
      'plug (link-loss): struck the line 1,200 times, first at 1 h 10 min 47 s (tick 4247)',
      'board-reboot: struck the line once at 1 h (tick 3600)',
      'luck (link-corrupt): never fired',
      'none (link-delay): no line on this target: nothing to disturb',
      'line: 700 wakes in 100 exchanges, 0.50 ms a wake, 19 kB',
      'line: sent again: 7, without a reply: 6, replies out of order: 5, board set up anew: 1',
    ]);
  });

  it('says what an interrupted run left out', () => {
    const lines = textReport(resultOf([scenarioResult('passed')], true), 5, '9.0 s', PLAIN);
    expect(lines).toContain('interrupted: 1 of 5 scenarios: 1 passed, in 9.0 s');
  });

  it('groups digits and keeps the sign of a dose out of it', () => {
    expect(['0', '999', '1000', '1234567'].map(Number).map(grouped)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
    ]);
    expect([0.06, 1, 1234.56, 999.96].map(doseText)).toEqual(['0.1 ug', '1 ug', '1,234.6 ug', '1,000 ug']);
  });
});

describe('JUnit', () => {
  it('has failures, errors and skips where they belong, and adds them up', () => {
    const xml = junitReport(resultOf([FAILED, BROKEN, scenarioResult('passed')], true));
    const tags = checkXml(xml);
    expect(tags.filter((tag) => tag === 'testcase')).toHaveLength(9);
    expect(xml).toContain('<testsuites name="thecal" tests="9" failures="2" errors="2" skipped="1">');
    expect(xml).toContain('<error message="tick 7: remainder negative" type="error">');
    expect(xml).toContain('<skipped message="inconclusive: blind"/>');
    expect(xml).toContain('type="interrupted"');
    expect(xml).toContain('<property name="reproduce" value="thecal run day.yaml --seed 1"/>');
  });

  it('has the evidence and the command that shows it again inside each failing case', () => {
    const xml = junitReport(resultOf([FAILED, BROKEN]));
    const failures = [...xml.matchAll(/<(failure|error) [^>]*>(.*?)<\/\1>/gs)].map(
      ([, , text]) => text ?? '',
    );
    expect(failures.length).toBe(3);
    for (const text of failures) expect(text).toContain('to see it again: thecal run day.yaml --seed 1');
    for (const text of failures.slice(0, 2)) {
      expect(text).toContain('fault gear (motor-stall): noticed by motor-stall after 4 min 47 s');
      expect(text).toContain('alarm motor-stall raised at 6 h 4 min 47 s');
    }
  });

  it('has the evidence of the line, and what the line counted, as properties', () => {
    const xml = junitReport(resultOf([OVER_LINE]));
    checkXml(xml);
    expect(xml).toContain('<property name="fault.plug" value="plug (link-loss): struck the line 1,200 times');
    expect(xml).toContain('<property name="line.retries" value="7"/>');
    expect(xml).toContain('<property name="line.reboots" value="1"/>');
    expect(xml).toContain('<property name="line.exchangeMs" value="351"/>');
    expect(junitReport(resultOf([FAILED]))).not.toContain('name="line.');
  });

  it('takes any name and any message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, error) => {
        checkXml(junitReport(resultOf([scenarioResult('error', { name: `${name}\ud800\u0001`, error })])));
      }),
    );
  });

  it('keeps line ends and tabs of an attribute', () => {
    expect(xmlDocument({ tag: 'a', attributes: { b: '1\n2\t"<&' } })).toContain(
      '<a b="1&#10;2&#9;&quot;&lt;&amp;"/>',
    );
  });
});

describe('the published schemas', () => {
  it('are what the program checks with; else npm run schemas', () => {
    for (const [path, text] of Object.entries(schemaFiles())) {
      expect(readFileSync(join(PROJECT_ROOT, path), 'utf8') === text, path).toBe(true);
    }
  });

  it('describe a result, in the types too', () => {
    const result: Result = resultOf([FAILED, BROKEN, OVER_LINE]);
    const described: z.input<typeof resultSchema> = result;
    expect(resultSchema.parse(described)).toEqual(result);
    const published = z.fromJSONSchema(resultJsonSchema());
    expect(published.safeParse(result).success).toBe(true);
    expect(published.safeParse({ ...result, scenarios: [{ ...FAILED, verdict: 'fine' }] }).success).toBe(
      false,
    );
    expect(published.safeParse({ ...result, newer: 1 }).success).toBe(true);
  });
});
