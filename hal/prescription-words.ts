/**
 * HOST: a prescription as a person orders it, as the words that a pump holds, and back. The pump takes words only, so
 * that none of this is on a board.
 */
import {
  BOLUS_DOSE_WORD,
  BOLUS_FIRST_WORD,
  BOLUS_INTERVAL_WORD,
  BOLUS_TICKS_WORD,
  BRIDGE_WORD,
  CONCENTRATION_WORD,
  DAYS_PER_WEEK,
  FIRST_RATE_WORD,
  FIRST_START_WORD,
  LOW_RESERVOIR_WORD,
  MODE_WORD,
  PATIENT_GROUP_WORD,
  patternOf,
  PRESCRIBED_WORDS,
  RATE_BITS,
  RATE_MAX,
  rateAt,
  SLOTS_PER_DAY,
  UNIT_WORD,
  WEEK_WORD,
} from '../src/core/prescription-words.ts';
import type { Command } from '../src/core/commands.ts';
import type { DayPattern, DayStep, PatientGroup, RateUnit, Therapy } from '../src/core/therapy.ts';
import type { ClinicalOrder, Prescription } from './target.ts';

/** Order is the code in the words: append, never reorder. */
export const RATE_UNITS: readonly RateUnit[] = [
  'tenth-ug-per-day',
  'tenth-ug-per-hour',
  'nl-per-hour',
  'ul-per-hour',
];
export const THERAPY_MODES: readonly Therapy['mode'][] = [
  'continuous',
  'flex',
  'minimum',
  'stopped',
  'periodic',
];
export const PATIENT_GROUPS: readonly PatientGroup[] = ['none', 'adult-spinal', 'adult-cerebral', 'child'];

/** A program by the hour, 24 rates from 00:00 on, the same every day. */
export function hourlyTherapy(unit: RateUnit, rates: readonly number[]): Therapy {
  const steps = rates.map((rate, hour): DayStep => ({ fromSlot: 2 * hour, rate }));
  return { mode: 'flex', unit, days: [{ weekdays: [0, 1, 2, 3, 4, 5, 6], steps }] };
}

function put(words: Int32Array, at: number, value: number): void {
  words[at] = value;
  if (words[at] !== value) throw new Error(`${value} is no word of a prescription`);
}

function putRate(words: Int32Array, place: number, rate: number): void {
  if (rate < 0 || rate > RATE_MAX || !Number.isInteger(rate)) {
    throw new Error(`${rate} is no rate that a prescription holds: 0 to ${RATE_MAX} of its unit`);
  }
  words[FIRST_RATE_WORD + (place >> 1)]! |= rate << (RATE_BITS * (place & 1));
}

function putPattern(words: Int32Array, pattern: number, { weekdays, steps }: DayPattern): void {
  for (const weekday of weekdays) words[WEEK_WORD]! |= pattern << (3 * weekday);
  for (let slot = 0; slot < SLOTS_PER_DAY; slot++) {
    const step = steps.findLast(({ fromSlot }) => fromSlot <= slot);
    putRate(words, pattern * SLOTS_PER_DAY + slot, step?.rate ?? 0);
  }
}

function putTherapy(words: Int32Array, therapy: Therapy): void {
  words[MODE_WORD] = THERAPY_MODES.indexOf(therapy.mode);
  if (therapy.mode === 'minimum' || therapy.mode === 'stopped') return;
  words[UNIT_WORD] = RATE_UNITS.indexOf(therapy.unit);
  if (therapy.mode === 'flex') {
    therapy.days.forEach((day, pattern) => putPattern(words, pattern, day));
    return;
  }
  putPattern(words, 0, { weekdays: [], steps: [{ fromSlot: 0, rate: therapy.rate }] });
  if (therapy.mode === 'continuous') return;
  const { bolus } = therapy;
  put(words, BOLUS_DOSE_WORD, bolus.doseTenthUg);
  put(words, BOLUS_TICKS_WORD, bolus.durationTicks);
  put(words, BOLUS_INTERVAL_WORD, bolus.intervalTicks);
  put(words, BOLUS_FIRST_WORD, bolus.firstTicks);
}

/** Throws where a value is no whole number of 32 bits; what the pump can't follow it refuses itself. */
export function prescriptionWords(prescription: Prescription): Int32Array {
  const { therapy, concentrationUgPerMl, lowReservoirNl = 0, patientGroup = 'none' } = prescription;
  const { firstStartTick = 0, bridgeNl = 0 } = prescription;
  const words = new Int32Array(PRESCRIBED_WORDS);
  putTherapy(words, therapy);
  put(words, CONCENTRATION_WORD, concentrationUgPerMl);
  put(words, LOW_RESERVOIR_WORD, lowReservoirNl);
  words[PATIENT_GROUP_WORD] = PATIENT_GROUPS.indexOf(patientGroup);
  put(words, FIRST_START_WORD, firstStartTick);
  put(words, BRIDGE_WORD, bridgeNl);
  return words;
}

/** An order as the pump takes it. */
export function commandOf(order: ClinicalOrder): Command {
  if (order.kind !== 'program') return order;
  return { kind: order.kind, words: prescriptionWords(order), isConfirmed: order.isConfirmed ?? true };
}

function patternIn(words: Int32Array, pattern: number): DayStep[] {
  const steps: DayStep[] = [];
  for (let fromSlot = 0; fromSlot < SLOTS_PER_DAY; fromSlot++) {
    const rate = rateAt(words, pattern * SLOTS_PER_DAY + fromSlot);
    if (rate !== steps.at(-1)?.rate) steps.push({ fromSlot, rate });
  }
  return steps;
}

function therapyIn(words: Int32Array): Therapy {
  const mode = THERAPY_MODES[words[MODE_WORD]!];
  const unit = RATE_UNITS[words[UNIT_WORD]!];
  if (mode === undefined || unit === undefined) throw new Error('the words say no therapy');
  const rate = rateAt(words, 0);
  switch (mode) {
    case 'minimum':
    case 'stopped':
      return { mode };
    case 'continuous':
      return { mode, unit, rate };
    case 'periodic': {
      const bolus = {
        doseTenthUg: words[BOLUS_DOSE_WORD]!,
        durationTicks: words[BOLUS_TICKS_WORD]!,
        intervalTicks: words[BOLUS_INTERVAL_WORD]!,
        firstTicks: words[BOLUS_FIRST_WORD]!,
      };
      return { mode, unit, rate, bolus };
    }
    case 'flex': {
      const weekdays = Array.from({ length: DAYS_PER_WEEK }, (_, weekday) => weekday);
      const patterns = [...new Set(weekdays.map((weekday) => patternOf(words, weekday)))];
      const days = patterns.map((pattern) => ({
        weekdays: weekdays.filter((weekday) => patternOf(words, weekday) === pattern),
        steps: patternIn(words, pattern),
      }));
      return { mode, unit, days };
    }
  }
}

/** What words that a pump holds, or is to hold, say. Throws for words that no pump takes. */
export function prescriptionIn(words: Int32Array): Required<Prescription> {
  return {
    therapy: therapyIn(words),
    concentrationUgPerMl: words[CONCENTRATION_WORD]!,
    lowReservoirNl: words[LOW_RESERVOIR_WORD]!,
    patientGroup: PATIENT_GROUPS[words[PATIENT_GROUP_WORD]!] ?? 'none',
    firstStartTick: words[FIRST_START_WORD]!,
    bridgeNl: words[BRIDGE_WORD]!,
  };
}
