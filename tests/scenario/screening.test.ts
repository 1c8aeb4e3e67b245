import { describe, expect, it } from 'vitest';
import { problemsOf, withTherapy } from './format-words.ts';

const trial = (...entries: string[]): string[] =>
  problemsOf(
    `${withTherapy('{ mode: stopped }')}timeline:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`,
  );

describe('a dose on trial', () => {
  it.each([
    [['{ at: 1 h, screening: { dose: 50 ug } }']],
    [
      [
        '{ at: 1 h, screening: { dose: 50 ug, over: 90 s } }',
        '{ at: 25 h, screening: { dose: 75 ug } }',
        '{ at: 50 h, screening: { dose: 100 ug, over: 10 min } }',
      ],
    ],
    [
      [
        '{ at: 0 s, screening: { dose: 25 ug } }',
        '{ at: 1 d, screening: { dose: 50 ug } }',
        '{ at: 2 d, command: { program: { mode: continuous, dose: 100 ug/day } } }',
      ],
    ],
  ])('is taken as the label has it: %s [SR-SCREEN-1]', (entries) => {
    expect(trial(...entries)).toEqual([]);
  });

  it.each([
    [
      'another dose',
      ['{ at: 1 h, screening: { dose: 60 ug } }'],
      's.yaml:8:35 timeline.0.screening.dose: 60 ug is no dose on trial: the label has 50, 75 and 100 ug, and 25 ug first for a very small child',
    ],
    [
      'too much to begin with',
      ['{ at: 1 h, screening: { dose: 75 ug } }'],
      "s.yaml:8:35 timeline.0.screening.dose: 75 ug can't be the first dose on trial: the label begins with 50 ug, or 25 ug for a very small child",
    ],
    [
      'a step left out',
      ['{ at: 1 h, screening: { dose: 50 ug } }', '{ at: 2 d, screening: { dose: 100 ug } }'],
      "s.yaml:9:35 timeline.1.screening.dose: 100 ug does not follow 50 ug: the label's next step is 75 ug",
    ],
    [
      'the next one too soon',
      [
        '{ at: 1 h, id: first, screening: { dose: 50 ug } }',
        '{ after: first, by: 23 h 59 min, screening: { dose: 75 ug } }',
      ],
      's.yaml:9:57 timeline.1.screening.dose: comes 23 h 59 min after the dose before it, and the label asks for 24 h: give it later',
    ],
    [
      'one after the last',
      [
        '{ at: 0 s, screening: { dose: 50 ug } }',
        '{ at: 1 d, screening: { dose: 75 ug } }',
        '{ at: 2 d, screening: { dose: 100 ug } }',
        '{ at: 3 d, screening: { dose: 100 ug } }',
      ],
      's.yaml:11:35 timeline.3.screening.dose: nothing comes after 100 ug: on the label, who does not respond to it is not given a pump',
    ],
    [
      'one injected in haste',
      ['{ at: 1 h, screening: { dose: 50 ug, over: 59 s } }'],
      's.yaml:8:48 timeline.0.screening.over: 59 s is too little: write at least 1 min (the label: over at least a minute; it is one injection)',
    ],
    [
      'one beside a pump that was started',
      [
        '{ at: 1 h, command: { program: { mode: continuous, dose: 100 ug/day } } }',
        '{ at: 2 h, screening: { dose: 50 ug } }',
      ],
      's.yaml:9:27 timeline.1.screening: a dose on trial comes before there is a pump: let the therapy be { mode: stopped } until it is implanted',
    ],
  ])('%s is refused [SR-SCREEN-1]', (_what, entries, problem) => {
    expect(trial(...entries)).toEqual([problem]);
  });
});
