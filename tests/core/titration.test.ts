/** The label's rules on the bench, at each limit and one step of a tenth of a ug beyond it. */
import { describe, expect, it } from 'vitest';
import type { ClinicalOrder } from '../../hal/target.ts';
import { COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import { NO_BRIDGE, rateAt } from '../../src/core/prescription-words.ts';
import type { PatientGroup, Therapy } from '../../src/core/therapy.ts';
import { RULES_SPAN, TITRATION_RULES } from '../../src/core/titration.ts';
import { Rig, type RigOptions } from './rig.ts';

const DAY = 86_400;
const WEEK = [0, 1, 2, 3, 4, 5, 6];

const daily = (rate: number): Therapy => ({ mode: 'continuous', unit: 'tenth-ug-per-day', rate });

/** 300 ug/day since long before this pump. */
const pumpOf = (patientGroup: PatientGroup, changes: Partial<RigOptions> = {}): Rig =>
  new Rig({ patientGroup, firstStartTick: -1, ...changes });

const program = (
  patientGroup: PatientGroup,
  therapy: Therapy,
  rest: Partial<Extract<ClinicalOrder, { kind: 'program' }>> = {},
): ClinicalOrder => ({
  kind: 'program',
  therapy,
  concentrationUgPerMl: 500,
  patientGroup,
  firstStartTick: -1,
  isConfirmed: false,
  ...rest,
});

const outcome = (rig: Rig, atTick: number): string | undefined => {
  const told = rig.of('command').find(({ tick }) => tick === atTick);
  return told && COMMAND_OUTCOMES[told.argument % 16];
};

/** What the pump said of the rules in a tick: the change in tenths of a per cent, and the rules. */
function limits(rig: Rig, atTick: number): string[] {
  return rig
    .of('soft-limit')
    .filter(({ tick }) => tick === atTick)
    .map(({ argument }) => {
      const rules = TITRATION_RULES.filter((_, bit) => ((argument >> bit) & 1) === 1);
      return `${Math.floor(argument / RULES_SPAN)} ${rules.join(' ')}`;
    });
}

describe('a program in a day', () => {
  it.each<[PatientGroup, number, string]>([
    // 300 ug/day: 30 % more are 390, 15 % more 345, 20 % less 240.
    ['adult-spinal', 3900, ''],
    ['adult-spinal', 3901, '301 raised-too-far'],
    ['adult-spinal', 2400, ''],
    ['adult-spinal', 2399, '-201 lowered-too-far'],
    ['adult-cerebral', 3450, ''],
    ['adult-cerebral', 3451, '151 raised-too-far'],
    ['adult-cerebral', 2400, ''],
    ['adult-cerebral', 2399, '-201 lowered-too-far'],
    ['child', 3450, ''],
    ['child', 3451, '151 raised-too-far'],
    ['child', 2399, '-201 lowered-too-far'],
    ['none', 9000, ''],
    ['none', 100, ''],
  ])('for %s to %i tenths of a ug meets: %s [SR-LIMIT-1]', (group, rate, met) => {
    const rig = pumpOf(group)
      .at(1000, program(group, daily(rate)))
      .runTo(1000);
    expect(limits(rig, 1000)).toEqual(met === '' ? [] : [met]);
    expect(outcome(rig, 1000)).toBe(met === '' ? 'accepted' : 'needs-confirmation');
    expect(rateAt(rig.pump.prescription.words, 0)).toBe(met === '' ? rate : 3000);
  });

  it('that changes the group besides has the stricter rules of both, and leaving them is one more [SR-LIMIT-1]', () => {
    const changes: [PatientGroup, PatientGroup][] = [
      ['child', 'none'],
      ['none', 'child'],
      ['child', 'adult-spinal'],
      ['adult-spinal', 'adult-cerebral'],
    ];
    for (const [was, will] of changes) {
      const rig = pumpOf(was)
        .at(1000, program(will, daily(3450), { isConfirmed: true }))
        .at(2000, program(was, daily(3000), { isConfirmed: true }))
        .at(3000, program(will, daily(3451)))
        .runTo(3000);
      expect([1000, 2000, 3000].map((tick) => outcome(rig, tick))).toEqual([
        'accepted',
        'accepted',
        'needs-confirmation',
      ]);
      const isLeaving = was === 'child';
      expect(limits(rig, 1000)).toEqual(isLeaving ? ['150 rules-left'] : []);
      expect(limits(rig, 3000)).toEqual([isLeaving ? '151 raised-too-far rules-left' : '151 raised-too-far']);
    }
    // No way round it in two steps: the first one asks.
    const spinal = pumpOf('adult-spinal')
      .at(1000, program('none', daily(3000)))
      .runTo(1000);
    expect(outcome(spinal, 1000)).toBe('needs-confirmation');
    expect(limits(spinal, 1000)).toEqual(['0 rules-left']);
  });

  it('that is confirmed is taken, and the log says which rule it met [SR-LIMIT-1]', () => {
    const rig = pumpOf('child')
      .at(1000, program('child', daily(4500), { isConfirmed: true }))
      .runTo(1000);
    expect(limits(rig, 1000)).toEqual(['500 raised-too-far']);
    expect(outcome(rig, 1000)).toBe('accepted');
    expect(rateAt(rig.pump.prescription.words, 0)).toBe(4500);
  });

  it('to stopped or to minimum is a fall to nothing', () => {
    for (const mode of ['stopped', 'minimum'] as const) {
      const rig = pumpOf('child').at(1000, program('child', { mode })).runTo(1000);
      expect(limits(rig, 1000), mode).toEqual(['-1000 lowered-too-far']);
    }
  });

  it('is compared by the mean of its week, exactly', () => {
    // 336 half hours of 30 ug/day, the last one with more: 30 % of the week's sum are 30,240 tenths, and one tenth more.
    const week = (last: number): Therapy => ({
      mode: 'flex',
      unit: 'tenth-ug-per-day',
      days: [
        { weekdays: WEEK.slice(0, 6), steps: [{ fromSlot: 0, rate: 300 }] },
        {
          weekdays: [6],
          steps: [
            { fromSlot: 0, rate: 300 },
            { fromSlot: 47, rate: last },
          ],
        },
      ],
    });
    const at = (last: number): Rig =>
      pumpOf('adult-spinal', { therapy: daily(300) })
        .at(1000, program('adult-spinal', week(last)))
        .runTo(1000);
    expect(outcome(at(300 + 30_240), 1000)).toBe('accepted');
    expect(limits(at(300 + 30_241), 1000)).toEqual(['301 raised-too-far']);
  });

  it('of another concentration keeps its dose in ug, and in volumes does not', () => {
    const volume: Therapy = { mode: 'continuous', unit: 'nl-per-hour', rate: 25_000 };
    const rig = pumpOf('adult-spinal')
      .at(1000, program('adult-spinal', daily(3000), { concentrationUgPerMl: 2000, bridgeNl: NO_BRIDGE }))
      .at(1001, program('adult-spinal', volume, { concentrationUgPerMl: 2000 }))
      .runTo(1001);
    expect(outcome(rig, 1000)).toBe('accepted');
    expect(limits(rig, 1001)).toEqual(['3000 raised-too-far']);
  });
});

describe('the dose of a day ago', () => {
  it('is the one from which a row of small steps began, until a day has passed without one [SR-LIMIT-1]', () => {
    const rig = pumpOf('adult-spinal')
      .at(1000, program('adult-spinal', daily(3600))) // +20 %
      .at(40_000, program('adult-spinal', daily(3901))) // +8.4 % on that, +30.1 % in the day
      .at(50_000, program('adult-spinal', daily(3900)))
      .at(50_000 + DAY - 1, program('adult-spinal', daily(3901)))
      .at(50_000 + DAY, program('adult-spinal', daily(5070))) // 390 x 1.3
      .runTo(50_000 + DAY);
    expect(limits(rig, 40_000)).toEqual(['301 raised-too-far']);
    expect(outcome(rig, 50_000)).toBe('accepted');
    expect(limits(rig, 50_000 + DAY - 1)).toEqual(['301 raised-too-far']);
    expect(outcome(rig, 50_000 + DAY)).toBe('accepted');
  });

  it('is not moved by a program that was not taken, nor by one of the same dose', () => {
    const rig = pumpOf('child')
      .at(1000, program('child', daily(9000)))
      .at(1001, program('child', daily(3000), { lowReservoirNl: 3_000_000 }))
      .at(1002, program('child', daily(3450)))
      .runTo(1002);
    expect([1000, 1001, 1002].map((tick) => outcome(rig, tick))).toEqual([
      'needs-confirmation',
      'accepted',
      'accepted',
    ]);
  });

  it('goes through a stop and back without a word', () => {
    const rig = pumpOf('child')
      .at(1000, program('child', { mode: 'stopped' }, { isConfirmed: true }))
      .at(2000, program('child', daily(3450)))
      .at(3000, program('child', daily(3451)))
      .runTo(3000);
    expect(outcome(rig, 2000)).toBe('accepted');
    expect(limits(rig, 3000)).toEqual(['151 raised-too-far']);
  });

  it('survives a loss of power [SR-STORE-3]', () => {
    const rig = pumpOf('adult-spinal')
      .at(1000, program('adult-spinal', daily(3900)))
      .runTo(2000);
    const back = Rig.restarted(rig.stored!, 2001);
    back.at(3000, program('adult-spinal', daily(3901))).runTo(3000);
    expect(limits(back, 3000)).toEqual(['301 raised-too-far']);
  });

  it('is nothing after a stopped therapy or a lost prescription, so that no rule is met', () => {
    const fresh = pumpOf('child', { therapy: { mode: 'stopped' } })
      .at(1000, program('child', daily(500)))
      .at(2000, program('child', daily(576)))
      .runTo(2000);
    expect(outcome(fresh, 1000)).toBe('accepted');
    // From then on it is the first dose.
    expect(limits(fresh, 2000)).toEqual(['152 raised-too-far']);
    const lost = pumpOf('child').runTo(1000);
    lost.pump.prescription.words[12] = 1;
    lost.stored!.fill(0);
    lost.at(1001, program('child', daily(9000))).runTo(1001);
    expect(outcome(lost, 1001)).toBe('accepted');
  });
});

describe('the first day of a therapy', () => {
  const begins = (firstStartTick: number, rate: number, atTick: number): Rig =>
    pumpOf('adult-spinal', { firstStartTick })
      .at(atTick, program('adult-spinal', daily(rate), { firstStartTick }))
      .runTo(atTick);

  it('has no rise at all, and a fall as on any other [SR-LIMIT-1]', () => {
    expect(limits(begins(0, 3001, DAY - 1), DAY - 1)).toEqual(['1 raised-on-first-day']);
    expect(limits(begins(0, 3001, DAY), DAY)).toEqual([]);
    expect(limits(begins(0, 2400, 1000), 1000)).toEqual([]);
    expect(limits(begins(0, 3901, 1000), 1000)).toEqual(['301 raised-too-far raised-on-first-day']);
  });

  it('is not over for a program that says of an earlier beginning [SR-LIMIT-1]', () => {
    const rig = pumpOf('adult-spinal', { firstStartTick: 0 })
      .at(1000, program('adult-spinal', daily(3300), { firstStartTick: -1 }))
      .runTo(1000);
    expect(limits(rig, 1000)).toEqual(['100 raised-on-first-day rules-left']);
    rig.at(2000, program('adult-spinal', daily(3000), { firstStartTick: -1 })).runTo(2000);
    expect(limits(rig, 2000)).toEqual(['0 rules-left']);
  });

  it('is over for a therapy that was going on before this pump', () => {
    expect(limits(begins(-1, 3001, 1000), 1000)).toEqual([]);
  });
});
