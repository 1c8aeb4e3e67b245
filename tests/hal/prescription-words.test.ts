/** A prescription as words and back, and which words the pump takes. */
import { judgeWords } from '../../src/core/periodic.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourlyTherapy, prescriptionIn, prescriptionWords } from '../../hal/prescription-words.ts';
import type { Prescription } from '../../hal/target.ts';
import { COMMAND_OUTCOMES } from '../../src/core/commands.ts';
import {
  FIRST_RATE_WORD,
  MODE_WORD,
  PATIENT_GROUP_WORD,
  PRESCRIBED_WORDS,
  rateAt,
  UNIT_WORD,
  WEEK_WORD,
} from '../../src/core/prescription-words.ts';
import type { PeriodicBolus, Therapy } from '../../src/core/therapy.ts';
import { therapy } from '../properties/runs.ts';

const STROKE_NL = 500;
const rest = { concentrationUgPerMl: 500, lowReservoirNl: 2_000_000 };
const outcomeOf = (words: Int32Array) => COMMAND_OUTCOMES[judgeWords(words, STROKE_NL)];
const judged = (prescribed: Therapy) => outcomeOf(prescriptionWords({ ...rest, therapy: prescribed }));

describe('words of a prescription', () => {
  it('say a week of half hours, each weekday by its pattern [SR-DOSE-3]', () => {
    const words = prescriptionWords({
      ...rest,
      therapy: {
        mode: 'flex',
        unit: 'nl-per-hour',
        days: [
          { weekdays: [0, 1, 2, 3, 4], steps: [{ fromSlot: 0, rate: 7 }] },
          {
            weekdays: [5, 6],
            steps: [
              { fromSlot: 0, rate: 8 },
              { fromSlot: 47, rate: 9 },
            ],
          },
        ],
      },
    });
    // Pattern 1 in the three bits of Saturday and of Sunday: 2^15 + 2^18.
    expect(words[WEEK_WORD]).toBe(32_768 + 262_144);
    const rates = Array.from({ length: 7 * 48 }, (_, place) => rateAt(words, place));
    expect(rates).toEqual([
      ...Array<number>(48).fill(7),
      ...Array<number>(47).fill(8),
      9,
      ...Array<number>(5 * 48).fill(0),
    ]);
  });

  it('say back what was ordered', () => {
    const prescription: fc.Arbitrary<Prescription> = fc.record({
      therapy: therapy(500),
      concentrationUgPerMl: fc.constant(500),
      lowReservoirNl: fc.integer({ min: 0, max: 5_000_000 }),
      patientGroup: fc.constantFrom('none', 'adult-spinal', 'adult-cerebral', 'child'),
      firstStartTick: fc.integer({ min: -90_000, max: 1_000_000 }),
      bridgeNl: fc.constant(0),
    });
    fc.assert(
      fc.property(prescription, (wanted) => {
        const words = prescriptionWords(wanted);
        expect(outcomeOf(words)).toBe('accepted');
        const said = prescriptionIn(words);
        expect(prescriptionWords(said)).toEqual(words);
        expect({ ...said, therapy: 0 }).toEqual({ ...wanted, therapy: 0 });
        expect(said.therapy.mode).toBe(wanted.therapy.mode);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('are no place for what is no whole number of 32 bits', () => {
    for (const lowReservoirNl of [0.5, Number.NaN, 3_000_000_000]) {
      const wanted: Prescription = { ...rest, therapy: { mode: 'stopped' }, lowReservoirNl };
      expect(() => prescriptionWords(wanted)).toThrow('is no word of a prescription');
    }
  });

  it('are no place for a rate beyond its half of a word', () => {
    const continuous = (rate: number): Therapy => ({ mode: 'continuous', unit: 'tenth-ug-per-day', rate });
    expect(judged(continuous(65_535))).toBe('accepted');
    for (const rate of [-1, 0.5, Number.NaN, 65_536]) {
      expect(() => judged(continuous(rate))).toThrow('is no rate that a prescription holds');
    }
  });
});

describe('the pump takes', () => {
  const bolus: PeriodicBolus = { doseTenthUg: 100, durationTicks: 600, intervalTicks: 14_400, firstTicks: 0 };
  const periodic = (changes: Partial<PeriodicBolus>, rate = 0): Therapy => ({
    mode: 'periodic',
    unit: 'tenth-ug-per-hour',
    rate,
    bolus: { ...bolus, ...changes },
  });

  it.each<[string, Therapy, (typeof COMMAND_OUTCOMES)[number]]>([
    ['a program by the hour', hourlyTherapy('nl-per-hour', [1, ...Array<number>(23).fill(0)]), 'accepted'],
    ['one of nothing', hourlyTherapy('nl-per-hour', Array<number>(24).fill(0)), 'rate-out-of-range'],
    ['boluses over nothing', periodic({}), 'accepted'],
    ['boluses in no time', periodic({ durationTicks: 0 }), 'bolus-out-of-range'],
  ])('or refuses %s [SR-DOSE-5]', (_what, wanted, outcome) => {
    expect(judged(wanted)).toBe(outcome);
  });

  it('no words that mean nothing [SR-DOSE-5]', () => {
    const good = prescriptionWords({
      ...rest,
      therapy: hourlyTherapy('nl-per-hour', Array<number>(24).fill(7)),
    });
    expect(good).toHaveLength(PRESCRIBED_WORDS);
    const changed = (at: number, value: number) => {
      const words = good.slice();
      words[at] = value;
      return outcomeOf(words);
    };
    expect(outcomeOf(prescriptionWords({ ...rest, therapy: { mode: 'minimum' }, bridgeNl: 1_000_001 }))).toBe(
      'volume-out-of-range',
    );
    expect(changed(MODE_WORD, 5)).toBe('prescription-out-of-range');
    expect(changed(MODE_WORD, -1)).toBe('prescription-out-of-range');
    expect(changed(PATIENT_GROUP_WORD, 4)).toBe('prescription-out-of-range');
    expect(changed(UNIT_WORD, 4)).toBe('rate-out-of-range');
    // Monday has pattern 7, of 0 to 6.
    expect(changed(WEEK_WORD, 7)).toBe('rate-out-of-range');
    // 65,535 nL/h are no more than the mechanism can do.
    expect(changed(FIRST_RATE_WORD + 23, -1)).toBe('accepted');
  });
});
