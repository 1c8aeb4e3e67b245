import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hourlyTherapy } from '../../hal/prescription-words.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { problemsOf, scenarioOf, SMALLEST, withTherapy } from './format-words.ts';

const EXAMPLE = readFileSync(new URL('format-example.yaml', import.meta.url), 'utf8');

describe('the example of the language', () => {
  const scenario = scenarioOf(EXAMPLE);

  it('becomes the device, drug and surroundings in integers', () => {
    expect(scenario).toMatchObject({
      version: 1,
      name: 'A kinked catheter is noticed and the trapped drug is not dumped',
      requirements: ['SR-OCC-1'],
      file: 's.yaml',
      hash: `hash of ${EXAMPLE.length} bytes`,
      seed: 7,
      start: { weekday: 0, hour: 0 },
      pump: {
        mechanism: 'peristaltic',
        reservoirNl: 40_000_000,
        fillNl: 38_000_000,
        lowReservoirNl: 2_000_000,
        lowVolumeFade: false,
        tolerancePpm: 0,
      },
      drug: { name: 'baclofen', concentrationUgPerMl: 500 },
      catheter: { lengthMm: 890, compliancePlPerPa: 300 },
      environment: { noise: true, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 },
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
      lookEveryTicks: [],
      allow: ['under-delivery'],
      untilTick: 345_600,
    });
  });

  it('becomes a timeline in order of ticks, whatever the order of the file', () => {
    expect(scenario.timeline.map(({ tick, line, kind, id }) => [tick, line, kind, id])).toEqual([
      [172_800, 14, 'fault', 'kink'],
      [172_800, 15, 'expect', 'timeline.1'],
      [190_800, 18, 'command', null], // 2 d + 5 h, written last
      [194_400, 16, 'clear', null],
      [194_400, 17, 'expect', 'timeline.3'],
    ]);
    expect(scenario.timeline[0]).toMatchObject({
      fault: 'catheter-occlusion',
      options: { 'diameter-closed': 1_000_000 },
    });
    expect(scenario.timeline[2]).toMatchObject({ command: { kind: 'acknowledge', alarm: 3 } });
  });

  it('becomes expectations that say in one line what they ask', () => {
    const texts = [
      ...scenario.timeline.flatMap((entry) => (entry.kind === 'expect' ? [entry.expectation] : [])),
      ...scenario.always,
      ...scenario.never,
      ...scenario.finally,
      ...(scenario.control?.never ?? []),
      ...(scenario.control?.finally ?? []),
    ].map(({ id, text }) => `${id}: ${text}`);
    expect(texts).toEqual([
      'timeline.1: catheter-occlusion raised within 2 h',
      'timeline.3: catheter-occlusion condition-gone within 30 min',
      'always.0: always true.excess-dose-ug below 5 ug',
      'never.0: never empty-reservoir',
      'finally.0: finally true.delivered-ug between 800 ug and 1200 ug',
      'control.never.0: control: never catheter-occlusion',
      'control.finally.0: control: finally true.delivered-ug between 1198 ug and 1202 ug',
    ]);
    expect(scenario.finally[0]).toMatchObject({ test: { word: 'between', low: 800_000, high: 1_200_000 } });
  });
});

describe('what is not written has a default', () => {
  it('of the device as it is usually sold, undisturbed, from Monday midnight', () => {
    expect(scenarioOf(SMALLEST)).toMatchObject({
      why: '',
      requirements: [],
      incident: null,
      seed: 1,
      start: { weekday: 0, hour: 0 },
      pump: { lowReservoirNl: 2_000_000, lowVolumeFade: false, tolerancePpm: 0 },
      drug: { name: 'baclofen' },
      catheter: { lengthMm: 890, compliancePlPerPa: 300 },
      environment: { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 },
      timeline: [],
      always: [],
      never: [],
      finally: [],
      control: null,
    });
  });

  it('but a pump off its nominal stroke says by how much, either way and up to the label', () => {
    const withTolerance = (text: string) =>
      SMALLEST.replace('fill: 38 mL', `fill: 38 mL, tolerance: ${text}`);
    for (const [text, ppm] of [
      ['14.5 %', 145_000],
      ['-14.5 %', -145_000],
      ['-3 %', -30_000],
      ['-12345 ppm', -12_345],
    ] as const) {
      expect(scenarioOf(withTolerance(text)).pump.tolerancePpm).toBe(ppm);
    }
    for (const text of ['14.6 %', '-14.6 %']) {
      expect(problemsOf(withTolerance(text))[0]).toMatch(
        /write at (most 14.5|least -14.5) % \(the label band/,
      );
    }
  });

  it("of a fault's options, so that a trace needs no table to be read", () => {
    const scenario = scenarioOf(
      `${SMALLEST}timeline: [ { at: 1 h, fault: motor-stall, pattern: intermittent } ]\n`,
    );
    expect(scenario.timeline).toEqual([
      {
        tick: 3600,
        line: 7,
        id: 'motor-stall',
        kind: 'fault',
        fault: 'motor-stall',
        options: { pattern: 'intermittent', chance: 500_000 },
      },
    ]);
  });
});

describe('a therapy keeps the unit it is written in', () => {
  const rates = (text: string, count: number): string => Array.from({ length: count }, () => text).join(', ');

  it.each([
    ['{ mode: continuous, dose: 12.5 ug/h }', { mode: 'continuous', unit: 'tenth-ug-per-hour', rate: 125 }],
    ['{ mode: continuous, dose: 25 uL/h }', { mode: 'continuous', unit: 'nl-per-hour', rate: 25_000 }],
    // Beyond 65,535 nL/h, the most that a word's half holds, in whole uL.
    ['{ mode: continuous, dose: 66 uL/h }', { mode: 'continuous', unit: 'ul-per-hour', rate: 66 }],
    // 0.2 mL/day is 8333.3 nL/h, but of 500 ug/mL exactly 100 ug/day.
    ['{ mode: continuous, dose: 0.2 mL/day }', { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 1000 }],
    ['{ mode: continuous, dose: 6 uL/day }', { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 30 }],
    ['{ mode: minimum }', { mode: 'minimum' }],
    ['{ mode: stopped }', { mode: 'stopped' }],
    [
      `{ mode: hourly, rates: [${rates('10 ug/h', 23)}, 15 ug/h] }`,
      hourlyTherapy('tenth-ug-per-hour', [...Array<number>(23).fill(100), 150]),
    ],
    // Doses by the hour and by the day mix exactly: 10 ug/h is 240 ug/day.
    [
      `{ mode: hourly, rates: [${rates('10 ug/h', 23)}, 300 ug/day] }`,
      hourlyTherapy('tenth-ug-per-day', [...Array<number>(23).fill(2400), 3000]),
    ],
    [
      '{ mode: flex, steps: [ { from: "00:00", rate: 10 ug/h }, { from: "06:00", rate: 15 ug/h } ] }',
      {
        mode: 'flex',
        unit: 'tenth-ug-per-hour',
        days: [
          {
            weekdays: [0, 1, 2, 3, 4, 5, 6],
            steps: [
              { fromSlot: 0, rate: 100 },
              { fromSlot: 12, rate: 150 },
            ],
          },
        ],
      },
    ],
    [
      `{ mode: flex, days: [ { days: [monday, tuesday, wednesday, thursday, friday], steps: [ { from: "00:00", rate: 10 ug/h }, { from: "06:30", rate: 15 ug/h } ] }, { days: [sunday, saturday], steps: [ { from: "00:00", rate: 300 ug/day } ] } ] }`,
      {
        mode: 'flex',
        unit: 'tenth-ug-per-day',
        days: [
          {
            weekdays: [0, 1, 2, 3, 4],
            steps: [
              { fromSlot: 0, rate: 2400 },
              { fromSlot: 13, rate: 3600 },
            ],
          },
          { weekdays: [6, 5], steps: [{ fromSlot: 0, rate: 3000 }] },
        ],
      },
    ],
  ])('%s', (words, therapy) => {
    expect(scenarioOf(withTherapy(words)).therapy).toEqual(therapy);
  });

  it('as the clinician programs it, with the concentration then in force', () => {
    const scenario = scenarioOf(`${SMALLEST}timeline:
  - { at: 2 h, command: { program: { mode: continuous, dose: 0.1 mL/day } } }
  - { at: 1 h, command: { concentration: 2000 ug/mL } }
`);
    expect(scenario.timeline.map((entry) => entry.kind === 'command' && entry.command)).toEqual([
      {
        kind: 'program',
        therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
        concentrationUgPerMl: 2000,
      },
      // 0.1 mL of 2000 ug/mL
      {
        kind: 'program',
        therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 2000 },
        concentrationUgPerMl: 2000,
      },
    ]);
  });
});

describe('the timeline', () => {
  it('repeats an entry at each multiple of its period, the end of the run included', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline: [ { every: 1 d, refill: 30 mL, id: top-up } ]\n`);
    expect(timeline.map(({ tick, id }) => [tick, id])).toEqual([
      [86_400, 'top-up.1'],
      [172_800, 'top-up.2'],
      [259_200, 'top-up.3'],
      [345_600, 'top-up.4'],
    ]);
  });

  it('puts faults and clears before refills, these before commands, and questions last', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline:
  - { at: 1 h, expect: { signal: tones, equals: 0 } }
  - { at: 1 h, command: stop }
  - { at: 1 h, refill: 38 mL }
  - { at: 1 h, clear: cut }
  - { at: 30 min, fault: catheter-cut, id: cut }
  - { at: 1 h, fault: motor-stall }
  - { at: 1 h, command: resume }
`);
    expect(timeline.map(({ tick, line }) => [tick, line])).toEqual([
      [1800, 12],
      [3600, 11],
      [3600, 13],
      [3600, 10],
      [3600, 9],
      [3600, 14],
      [3600, 8],
    ]);
  });

  it('clears a fault that lasts, each time that it comes', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline:
  - { every: 30 h, fault: motor-stall, id: stall, lasts: 2 h }
  - { at: 1 h, fault: catheter-cut, lasts: 10 s }
`);
    const stalls = [1, 2, 3].flatMap((n) => [
      [108_000 * n, 'fault', `stall.${n}`],
      [108_000 * n + 7200, 'clear', `stall.${n}`],
    ]);
    expect(
      timeline.map((entry) => [entry.tick, entry.kind, entry.kind === 'clear' ? entry.target : entry.id]),
    ).toEqual([[3600, 'fault', 'catheter-cut'], [3610, 'clear', 'catheter-cut'], ...stalls]);
  });

  it('reads every command', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline:
  - { at: 1 s, command: stop }
  - { at: 2 s, command: resume }
  - { at: 3 s, command: interrogate }
  - { at: 4 s, command: { silence: low-reservoir } }
  - { at: 5 s, command: { low-reservoir: 3 mL } }
`);
    expect(timeline.map((entry) => entry.kind === 'command' && entry.command)).toEqual([
      { kind: 'stop' },
      { kind: 'resume' },
      { kind: 'interrogate' },
      { kind: 'silence', alarm: 0 },
      { kind: 'low-reservoir', thresholdNl: 3_000_000 },
    ]);
  });

  it('counts after from an entry that stands further down, and from one that itself counts', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline:
  - { after: second, by: 1 h, command: resume }
  - { after: first, by: 1 h, command: stop, id: second }
  - { at: 1 d, refill: 38 mL, id: first }
`);
    expect(timeline.map(({ tick }) => tick)).toEqual([86_400, 90_000, 93_600]);
  });
});

describe('the timeline of the control', () => {
  const scenario = scenarioOf(`${SMALLEST}timeline:
  - { at: 1 d, fault: motor-stall, id: stall }
  - { at: 2 d, clear: stall }
  - { at: 1 d, refill: 30 mL }
  - { at: 1 d, only: main, command: { concentration: 2000 ug/mL } }
  - { at: 2 d, only: control, command: stop }
  - { at: 3 d, command: { program: { mode: continuous, dose: 100 ug/day } } }
  - { at: 3 d, expect: { signal: tones, equals: 0 } }
control: {}
`);
  const deeds = (timeline: Scenario['timeline'] = []): string[] =>
    timeline.map((entry) => (entry.kind === 'command' ? entry.command.kind : entry.kind));

  it('holds what people do, but for what is only in the main run', () => {
    expect(deeds(scenario.timeline)).toEqual(['fault', 'refill', 'program', 'clear', 'program', 'expect']);
    expect(deeds(scenario.control?.timeline)).toEqual(['refill', 'stop', 'program']);
  });

  it('programs at the concentration in force in that run', () => {
    const strength = (timeline: Scenario['timeline'] = []) =>
      timeline.flatMap((entry) =>
        entry.kind === 'command' && entry.command.kind === 'program' && entry.tick === 259_200
          ? [entry.command.concentrationUgPerMl]
          : [],
      );
    expect(strength(scenario.timeline)).toEqual([2000]);
    expect(strength(scenario.control?.timeline)).toEqual([500]);
  });

  it('is no place for a fault, and a slip of both runs is told once', () => {
    const entry = (text: string): string[] => problemsOf(`${SMALLEST}timeline: [ ${text} ]\n`);
    expect(entry('{ at: 1 d, only: control, fault: motor-stall }').join()).toContain('"only"');
    expect(entry('{ at: 1 d, refill: 50 mL }')).toHaveLength(1);
    expect(entry('{ at: 1 d, only: control, refill: 50 mL }')).toHaveLength(1);
    expect(entry('{ at: 1 d, only: other, refill: 30 mL }').join()).toContain('main, control');
  });
});

describe('an incident', () => {
  const text = (rest: string): string =>
    `${SMALLEST}incident: { number: 9, title: a, source: b, happened: c, showed: d, harm: e${rest} }\n`;

  it('is told whole or not at all', () => {
    expect(scenarioOf(text(', firmware: f')).incident).toMatchObject({ number: 9, harm: 'e' });
    expect(problemsOf(text('')).join()).toContain('incident.firmware');
  });
});

describe('expectations', () => {
  it('take bounds in any unit of the signal, and hold them in its integers', () => {
    const { always } = scenarioOf(`${SMALLEST}always:
  - { signal: true.reservoir-ul, above: 1.5 mL, look-every: 10 min }
  - { signal: outlet-pressure-pa, between: [-5 kPa, 60000 Pa], look-every: 5 min, id: pressure }
  - { signal: temperature-milli-c, equals: 37 C, tolerance: 0.5 C }
  - { signal: computed.battery-used-percent, below: 0.5 % }
  - { signal: requested-strokes, below: 10000 }
`);
    expect(always.map((e) => e.kind === 'signal' && e.test)).toEqual([
      { word: 'above', bound: 1_500_000 },
      { word: 'between', low: -5000, high: 60_000 },
      { word: 'equals', value: 37_000, tolerance: 500 },
      { word: 'below', bound: 500 },
      { word: 'below', bound: 10_000 },
    ]);
    expect(always.map(({ id }) => id)).toEqual(['always.0', 'pressure', 'always.2', 'always.3', 'always.4']);
  });

  it('look as often as each of them asks', () => {
    const text = `${SMALLEST}always:
  - { signal: true.reservoir-ul, above: 1 mL, look-every: 10 min }
never:
  - { signal: true.reservoir-ul, below: 1 mL, look-every: 5 min }
`;
    expect(scenarioOf(text).lookEveryTicks).toEqual([600, 300]);
  });

  it('may hold, and may come true in a window', () => {
    const { timeline } = scenarioOf(`${SMALLEST}timeline:
  - { at: 1 d, id: dry, expect: { signal: true.reservoir-ul, below: 2 mL, within: 3 h, held: { for: 30 min } } }
`);
    expect(timeline[0]).toMatchObject({
      expectation: {
        id: 'dry',
        withinTicks: 10_800,
        heldForTicks: 1800,
        text: 'true.reservoir-ul below 2 mL within 3 h, held for 30 min',
      },
    });
  });

  it("ask in finally whether an alarm's word came true at any time of the run", () => {
    const scenario = scenarioOf(`${SMALLEST}finally: [ { alarm: low-reservoir, raised: yes } ]\n`);
    expect(scenario.finally[0]).toMatchObject({ word: 'raised', withinTicks: 345_600, heldForTicks: null });
  });
});

describe('the patient of a program', () => {
  const withPatient = (patient: string, rest: string): Scenario =>
    scenarioOf(`${SMALLEST}patient: ${patient}\n${rest}`);
  const PROGRAMS = `timeline:
  - { at: 1 h, command: { program: { mode: stopped } } }
  - { at: 2 h, command: { program: { mode: continuous, dose: 310 ug/day }, confirm: no } }
`;
  const programsOf = (scenario: Scenario): unknown[] =>
    scenario.timeline.map((entry) => (entry.kind === 'command' ? entry.command : null));

  it('is named with his group, and with the first therapy that gives something [SR-LIMIT-1]', () => {
    const patient = { patientGroup: 'child', firstStartTick: 0 };
    expect(programsOf(withPatient('{ used-to: nothing, group: child }', PROGRAMS))).toMatchObject([
      patient,
      { ...patient, isConfirmed: false },
    ]);
    const stopped = scenarioOf(
      `${withTherapy('{ mode: stopped }')}patient: { used-to: nothing, group: child }\n${PROGRAMS}`,
    );
    expect(programsOf(stopped)).toMatchObject([{}, { patientGroup: 'child', firstStartTick: 7200 }]);
  });

  it('has long had it where nothing else is said, and without a group no rule is asked about', () => {
    expect(programsOf(withPatient('{ group: adult-spinal }', PROGRAMS))).toMatchObject([
      { patientGroup: 'adult-spinal', firstStartTick: -1 },
      { patientGroup: 'adult-spinal', firstStartTick: -1 },
    ]);
    const [first] = programsOf(withPatient('{ used-to: nothing }', PROGRAMS));
    expect(first).not.toHaveProperty('patientGroup');
    expect(first).not.toHaveProperty('isConfirmed');
  });

  it('is one of the groups of the label', () => {
    expect(problemsOf(`${SMALLEST}patient: { group: adult }\n`).join()).toMatch(
      /unknown group "adult".*adult-spinal/,
    );
  });
});

describe('a therapy of periodic boluses', () => {
  const PERIODIC =
    '{ mode: periodic, bolus: 10 ug, over: 10 min, every: 6 h, from: "07:00", basal: 120 ug/day }';

  it('becomes a bolus by the day, one of them at the time that is named [SR-BOLUS-4]', () => {
    expect(scenarioOf(withTherapy(PERIODIC)).therapy).toEqual({
      mode: 'periodic',
      unit: 'tenth-ug-per-day',
      rate: 1200,
      bolus: { doseTenthUg: 100, durationTicks: 600, intervalTicks: 21_600, firstTicks: 3600 },
    });
    const alone = scenarioOf(withTherapy(PERIODIC.replace('120 ug/day', '0 ug/h'))).therapy;
    expect(alone).toMatchObject({ rate: 0 });
  });

  it.each([
    ['every: 6 h', 'every: 5 h', 'does not divide a day'],
    ['over: 10 min', 'over: 7 h', 'is longer than every, 6 h'],
    // 24 mL/day of 500 ug/mL less 120 ug/day leave 11,880 ug/day: 10 ug take 72.7 s.
    ['over: 10 min', 'over: 72 s', 'write at least over: 1 min 13 s'],
    ['basal: 120 ug/day', 'basal: 500 ug/h', 'write a smaller bolus'],
  ])('refuses %s as %s [SR-BOLUS-4]', (right, wrong, message) => {
    expect(problemsOf(withTherapy(PERIODIC.replace(right, wrong))).join()).toContain(message);
  });
});
