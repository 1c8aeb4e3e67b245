import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '../../src/scenario/yaml-source.ts';
import { problemsOf, read, SMALLEST, withTherapy } from './format-words.ts';

function bad(name: string): string {
  return readFileSync(new URL(`bad/${name}`, import.meta.url), 'utf8');
}

const timeline = (...entries: string[]): string =>
  `${SMALLEST}timeline:\n${entries.map((e) => `  - ${e}\n`).join('')}`;

describe('a file with many slips is answered with all of them at once', () => {
  it.each(['fields', 'across'])('%s', (name) => {
    expect(problemsOf(bad(`${name}.yaml`))).toEqual(bad(`${name}.txt`).trimEnd().split('\n'));
  });

  it('in the order of the file', () => {
    const result = read(bad('fields.yaml'));
    const lines = 'problems' in result ? result.problems.map(({ line }) => line) : [];
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(lines.length).toBeGreaterThan(40);
  });

  it('and each says what to do', () => {
    const advice =
      /write|did you mean|known here|see `thecal|keep|remove|shorten|let |choose|give|clear it later|round|name the id|nearest are|bring|make it/i;
    for (const name of ['fields', 'across']) {
      for (const problem of problemsOf(bad(`${name}.yaml`))) expect(problem).toMatch(advice);
    }
  });
});

describe('a slip does not hide another', () => {
  it('of the next field, or across fields', () => {
    const text = SMALLEST.replace('peristaltic', 'peristatic').replace('38 mL', '45 mL');
    expect(problemsOf(text)).toEqual([
      's.yaml:3:20 pump.mechanism: unknown mechanism "peristatic"; did you mean peristaltic? write one of peristaltic, valve-accumulator',
      's.yaml:3:56 pump.fill: 45 mL is more than the reservoir holds; write at most 40 mL, or a larger reservoir',
    ]);
  });

  it('and brings no second complaint about what hangs on it', () => {
    const text = timeline(
      '{ at: 1 d, fault: catheter-occlusion, id: kink, diameter-closed: 200 % }',
      '{ after: kink, by: 1 h, clear: kink }',
    );
    expect(problemsOf(text)).toEqual([
      's.yaml:8:70 timeline.0.diameter-closed: 200 % is too much: write at most 100 %',
    ]);
  });
});

describe('one slip is found at its place', () => {
  it.each([
    [
      'an unquoted number without its unit',
      SMALLEST.replace('fill: 38 mL', 'fill: 38'),
      's.yaml:3:57 pump.fill: "38" has no unit: write a volume such as 38 mL (units: mL, uL, nL)',
    ],
    [
      'a missing key, at the key of the map that lacks it',
      SMALLEST.replace(', fill: 38 mL', ''),
      's.yaml:3:1 pump.fill: is missing: write a volume such as 38 mL (units: mL, uL, nL)',
    ],
    [
      'a missing therapy mode',
      withTherapy('{ dose: 300 ug/day }'),
      's.yaml:5:1 therapy.mode: is missing: write one of continuous, hourly, flex, periodic, minimum, stopped',
    ],
    [
      'an unknown key deep inside',
      timeline('{ at: 1 d, expect: { alarm: motor-stall, raised: { whithin: 2 h, within: 2 h } } }'),
      's.yaml:8:56 timeline.0.expect.raised.whithin: unknown key "whithin"; did you mean within? known here: within',
    ],
    [
      "a fault's option that is another fault's",
      timeline('{ at: 1 d, fault: over-infusion, diameter-closed: 50 % }'),
      's.yaml:8:38 timeline.0.diameter-closed: unknown key "diameter-closed"; known here: fault, excess, lasts, at, after, by, every, id',
    ],
    [
      'an alarm in always',
      `${SMALLEST}always: [{ alarm: motor-stall }]\n`,
      "s.yaml:7:12 always.0.alarm: an alarm can't stand in always: write it under never, or in an expect of the timeline",
    ],
    [
      'a word of memory that is not there',
      timeline('{ at: 1 d, fault: memory-upset, word: 999 }'),
      's.yaml:8:43 timeline.0.word: "999" is too large: write a whole number from 0 to 349',
    ],
    [
      'an alarm cut short',
      timeline('{ at: 1 d, command: { silence: stall } }'),
      's.yaml:8:36 timeline.0.command.silence: unknown alarm "stall"; did you mean motor-stall? see `thecal list alarms`',
    ],
    [
      'a time after the end',
      timeline('{ at: 5 d, command: stop }'),
      's.yaml:8:11 timeline.0.at: 5 d is after the end of the run, until: 4 d; bring it forward or let the run last longer',
    ],
    [
      'a new pump filled over its capacity',
      timeline('{ at: 1 d, replace: 41 mL }'),
      's.yaml:8:25 timeline.0.replace: 41 mL is more than the reservoir holds; write at most 40 mL, or a larger reservoir',
    ],
    [
      'a dose by the day beyond what a prescription holds',
      timeline('{ at: 1 d, command: { program: { mode: continuous, dose: 6554 ug/day } } }'),
      's.yaml:8:62 timeline.0.command.program.dose: 6554 ug/day is more than a prescription holds, 6553.5 ug/day by the day: write at most that, or all rates by the hour (ug/h)',
    ],
    [
      'a periodic bolus beyond what the pump gives at once',
      withTherapy('{ mode: periodic, bolus: 1001 ug, over: 3 h, every: 6 h, basal: 0 ug/day }'),
      's.yaml:5:35 therapy.bolus: 1001 ug is too much: write at most 1000 ug (the pump counts tenths of a ug, and gives no more at once than the label knows of a day)',
    ],
    [
      'a part of a uL in a large volume by the hour',
      timeline('{ at: 1 d, command: { program: { mode: continuous, dose: 66.5 uL/h } } }'),
      's.yaml:8:62 timeline.0.command.program.dose: 66.5 uL/h stands in a therapy of more than 65.535 uL/h, which the pump holds in whole uL/h: write 66 uL/h or 67 uL/h',
    ],
    [
      'a new pump that can not follow the therapy in force',
      timeline(
        '{ at: 1 d, command: { program: { mode: continuous, dose: 500 ug/h } } }',
        '{ at: 2 d, replace: 38 mL, concentration: 100 ug/mL }',
      ),
      "s.yaml:9:47 timeline.1.concentration: the therapy in force can't be kept: 500 ug/h of 100 ug/mL is beyond the pump, whose fastest is 24 mL/day: write at most 100 ug/h, or raise the concentration",
    ],
    [
      'the end of a fault that went with its pump',
      timeline(
        '{ at: 1 d, fault: motor-stall, id: worn }',
        '{ at: 2 d, replace: 38 mL }',
        '{ at: 3 d, clear: worn }',
      ),
      's.yaml:10:5 timeline.2: "worn" ended when the pump was replaced at 2 d: leave its end out',
    ],
    [
      'a dose on trial beside a pump that delivers',
      timeline('{ at: 1 d, screening: { dose: 50 ug } }'),
      's.yaml:8:27 timeline.0.screening: a dose on trial comes before there is a pump: let the therapy be { mode: stopped } until it is implanted',
    ],
    [
      'a clear of what is no fault',
      timeline('{ at: 1 d, refill: 38 mL, id: refill }', '{ at: 2 d, clear: refill }'),
      's.yaml:9:23 timeline.1.clear: "refill" is not a fault, so there is nothing to clear; name the id of a fault',
    ],
    [
      'a clear before its fault',
      timeline('{ at: 2 d, fault: motor-stall }', '{ at: 1 d, clear: motor-stall }'),
      's.yaml:9:23 timeline.1.clear: "motor-stall" begins at 2 d, after this clear at 1 d; clear it later',
    ],
    [
      'a second clear',
      timeline(
        '{ at: 1 d, fault: motor-stall }',
        '{ at: 2 d, clear: motor-stall }',
        '{ at: 3 d, clear: motor-stall }',
      ),
      's.yaml:10:23 timeline.2.clear: "motor-stall" is cleared on line 9 already; remove one of the two',
    ],
    [
      'a clear of what ends by itself',
      timeline('{ at: 1 d, fault: motor-stall, lasts: 1 h }', '{ at: 2 d, clear: motor-stall }'),
      's.yaml:9:23 timeline.1.clear: "motor-stall" is cleared on line 8 already; remove one of the two',
    ],
    [
      'a fault that outlasts the run',
      timeline('{ at: 1 d, fault: motor-stall, lasts: 4 d }'),
      's.yaml:8:43 timeline.0.lasts: ends at 5 d, after the end of the run, until: 4 d; leave lasts out, or let the run last longer',
    ],
    [
      'a start at half past',
      `${SMALLEST}start: { time: "06:30" }\n`,
      's.yaml:7:16 start.time: "06:30" is not a whole hour: a run begins on the hour; write "06:00"',
    ],
    [
      'a step between half hours',
      withTherapy(
        '{ mode: flex, steps: [ { from: "00:00", rate: 1 ug/h }, { from: "06:15", rate: 2 ug/h } ] }',
      ),
      's.yaml:5:74 therapy.steps.1.from: "06:15" is not on the half hour, where rates change; write "06:00" or the next one',
    ],
    [
      'steps beside days',
      withTherapy(
        '{ mode: flex, steps: [ { from: "00:00", rate: 1 ug/h } ], days: [ { days: [monday], steps: [ { from: "00:00", rate: 1 ug/h } ] } ] }',
      ),
      "s.yaml:5:68 therapy.days: can't stand beside steps, which are for every day: keep one of the two",
    ],
    [
      'neither steps nor days',
      withTherapy('{ mode: flex }'),
      's.yaml:5:10 therapy: mode: flex needs steps for every day, or days with steps of their own',
    ],
    [
      'a week without its weekend',
      withTherapy(
        '{ mode: flex, days: [ { days: [monday, tuesday, wednesday, thursday, friday], steps: [ { from: "00:00", rate: 1 ug/h } ] } ] }',
      ),
      's.yaml:5:30 therapy.days: says nothing about saturday, sunday: every weekday needs its steps',
    ],
    [
      'rates of two families',
      withTherapy(
        '{ mode: flex, steps: [ { from: "00:00", rate: 10 ug/h }, { from: "06:00", rate: 3 uL/h } ] }',
      ),
      's.yaml:5:90 therapy.steps.1.rate: 3 uL/h mixes with 10 ug/h: write all rates of a therapy as doses (ug/h, ug/day), or all as volumes (uL/h, mL/day)',
    ],
    [
      'a rate beyond the mechanism: 24 mL/day of 500 ug/mL is 12000 ug/day',
      withTherapy('{ mode: continuous, dose: 12000.1 ug/day }'),
      's.yaml:5:36 therapy.dose: 12000.1 ug/day of 500 ug/mL is beyond the pump, whose fastest is 24 mL/day: write at most 12000 ug/day, or raise the concentration',
    ],
    [
      'a daily volume that is no exact dose: 6 uL of 1 ug/mL is 0.006 ug',
      withTherapy('{ mode: continuous, dose: 6 uL/day }', '1 ug/mL'),
      's.yaml:5:36 therapy.dose: 6 uL/day of 1 ug/mL is not a whole number of tenths of a ug a day, the finest dose the pump holds: write 0 ug/day or 0.1 ug/day, or as a volume 250 nL/h',
    ],
    [
      'a signal in the wrong unit',
      `${SMALLEST}always: [ { signal: true.delivered-ug, below: 5 mL } ]\n`,
      's.yaml:7:47 always.0.below: unknown unit "mL" for a dose: write a dose such as 800 ug (units: ug, ng)',
    ],
    [
      'a decimal comma in quotes',
      withTherapy('{ mode: continuous, dose: "300,5 ug/day" }', '500 ug/mL'),
      's.yaml:5:36 therapy.dose: "300,5 ug/day" has a comma, which may be a decimal point or mark thousands: write 300.5 ug/day or 3005 ug/day',
    ],
    [
      'an id that is taken, in whatever section',
      `${timeline('{ at: 1 d, fault: motor-stall, id: jam }')}never:\n  - { alarm: empty-reservoir, id: jam }\n`,
      's.yaml:10:35 never.0.id: "jam" already names the entry on line 8: choose another id',
    ],
    [
      'a name that would act on a terminal',
      SMALLEST.replace(/^name: .*$/m, String.raw`name: "red \e[31m"`),
      's.yaml:2:7 name: holds a control character: write what the scenario shows, in one line, as text',
    ],
    [
      'a circle of entries that wait for each other',
      timeline(
        '{ after: b, by: 1 h, command: stop, id: a }',
        '{ after: a, by: 1 h, command: resume, id: b }',
      ),
      's.yaml:9:14 timeline.1.after: "a" waits for this entry, directly or through others: give one of them an at',
    ],
  ])('%s', (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

describe('a file that is no scenario is told so', () => {
  it.each([
    ['', 's.yaml:1:1: the file is empty; a scenario begins with `version: 1`'],
    ['# only a comment\n', 's.yaml:1:1: the file is empty; a scenario begins with `version: 1`'],
    [
      'hello',
      's.yaml:1:1: a scenario is a map of keys and values beginning with `version: 1`, not a list or a single value',
    ],
    [
      `${SMALLEST}---\n${SMALLEST}`,
      's.yaml:7:1: a second document begins here; keep one to a file and remove the `---`',
    ],
    [
      `${SMALLEST}seed: 1\nseed: 2\n`,
      's.yaml:8:1: the key "seed" stands on line 7 of the same map already; keep one of the two',
    ],
    ['version: 1\n\tname: x\n', 's.yaml:2:1: a tab is used for indentation; use spaces'],
    ['pump:\n  fill: 1\n \tsize: 2\n', 's.yaml:3:1: a tab is used for indentation; use spaces'],
    [
      'pump: { fill: 1\nuntil: 1 d\n',
      's.yaml:2:1: a { before this is not closed; write its }, or indent what goes on inside it',
    ],
    [
      'version: !!binary 1\nname: !mine x\n',
      's.yaml:2:7: tags (words that begin with !) mean nothing here; remove it',
    ],
    [
      'name: *other\n',
      's.yaml:1:7: this alias (*name) has no anchor (&name) before it, or expands without bound; write the value out',
    ],
    ['version: 1\n? [a]\n: 2\n', 's.yaml:2:3: a key is a single word here; write it without brackets'],
    [
      `name: ${'['.repeat(100_000)}`,
      's.yaml:1:1: the file is nested more than 40 levels deep; no scenario needs that: close the brackets and check the indentation',
    ],
    [
      '- '.repeat(100_000),
      's.yaml:1:1: the file is nested more than 40 levels deep; no scenario needs that: close the brackets and check the indentation',
    ],
    [
      '\n'.repeat(MAX_DOCUMENT_BYTES + 1),
      's.yaml:1:1: the file has 1000001 bytes, more than the 1000000 a scenario may have; is this the right file?',
    ],
    [
      'version: 1\nna\0me',
      's.yaml:2:3: the file holds a NUL byte, so it is binary or UTF-16; save it as UTF-8 text',
    ],
    [
      Uint8Array.of(0x61, 0x0a, 0xc3, 0xa4, 0xff),
      's.yaml:2:2: not valid UTF-8 here; save the file as UTF-8 text',
    ],
  ])('%#', (text, problem) => {
    expect(problemsOf(text)[0]).toBe(problem);
  });

  it('though it would grow without bound', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
`;
    expect(problemsOf(bomb)).toHaveLength(1);
    expect(problemsOf(bomb)[0]).toContain('expands without bound');
  });

  it('though its keys are those that trip up programs', () => {
    const problems = problemsOf(`${SMALLEST}__proto__: { seed: 2 }\nconstructor: 1\n`);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('s.yaml:7:1 __proto__: unknown key');
  });

  it('and nothing of it reaches the terminal but plain text', () => {
    expect(problemsOf(`${SMALLEST}"\\e[31m\\nred": 1\n`)[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe('what editors write invisibly is no slip', () => {
  it.each([
    ['a byte order mark', `\uFEFF${SMALLEST}`],
    ['Windows line ends', SMALLEST.replaceAll('\n', '\r\n')],
    [
      'an anchor with its alias',
      SMALLEST.replace('fill: 38 mL', 'fill: &full 38 mL').concat(
        'timeline: [ { at: 1 d, refill: *full } ]\n',
      ),
    ],
  ])('%s', (_what, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});
