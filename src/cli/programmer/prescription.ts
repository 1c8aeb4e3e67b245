/** A prescription's words, for people: what they say, how much that is a day, and changes to them. */
import { prescriptionIn, prescriptionWords } from '../../../hal/prescription-words.ts';
import { prescribedPgPerDay } from '../../../hal/sim/prescribed.ts';
import { NO_BRIDGE } from '../../core/prescription-words.ts';
import type { PatientGroup } from '../../core/therapy.ts';

const PG_PER_TENTH_UG = 100_000;
const NL_PER_UL = 1000;
const NL_PER_ML = 1_000_000;

/** Tenths of a ug a day, over the week where the days differ; rounded down. */
export function dailyTenthUg(words: Int32Array): number {
  const { therapy, concentrationUgPerMl } = prescriptionIn(words);
  return Math.floor(prescribedPgPerDay(therapy, concentrationUgPerMl) / PG_PER_TENTH_UG);
}

/** The same dose at every hour, in tenths of a ug a day. */
export function withDailyDose(words: Int32Array, tenthUg: number): Int32Array {
  const therapy = { mode: 'continuous', unit: 'tenth-ug-per-day', rate: tenthUg } as const;
  return prescriptionWords({ ...prescriptionIn(words), therapy });
}

export function withLowReservoir(words: Int32Array, lowReservoirNl: number): Int32Array {
  return prescriptionWords({ ...prescriptionIn(words), lowReservoirNl });
}

/** The same doses of another drug; a therapy in volumes keeps its volumes. */
export function withConcentration(words: Int32Array, concentrationUgPerMl: number): Int32Array {
  return prescriptionWords({ ...prescriptionIn(words), concentrationUgPerMl });
}

/** What becomes of the old drug in the line: its volume, or `NO_BRIDGE`. */
export function withBridge(words: Int32Array, bridgeNl: number): Int32Array {
  return prescriptionWords({ ...prescriptionIn(words), bridgeNl });
}

/** Whose rules of titration the pump asks about. */
export function withGroup(words: Int32Array, patientGroup: PatientGroup): Int32Array {
  return prescriptionWords({ ...prescriptionIn(words), patientGroup });
}

export function withFirstStart(words: Int32Array, firstStartTick: number): Int32Array {
  return prescriptionWords({ ...prescriptionIn(words), firstStartTick });
}

export interface PrescriptionSummary {
  readonly mode: string;
  readonly dailyUg: number;
  readonly concentrationUgPerMl: number;
  /** What was said of the old drug in the line: 0, nothing; null, that it is not bridged. */
  readonly bridgeUl: number | null;
  readonly lowReservoirMl: number;
  readonly patientGroup: PatientGroup;
  /** Below 0: before this pump. */
  readonly firstStartTick: number;
}

export function summaryOf(words: Int32Array): PrescriptionSummary {
  const { therapy, concentrationUgPerMl, lowReservoirNl, patientGroup, firstStartTick, bridgeNl } =
    prescriptionIn(words);
  return {
    mode: therapy.mode,
    dailyUg: dailyTenthUg(words) / 10,
    concentrationUgPerMl,
    bridgeUl: bridgeNl === NO_BRIDGE ? null : bridgeNl / NL_PER_UL,
    lowReservoirMl: lowReservoirNl / NL_PER_ML,
    patientGroup,
    firstStartTick,
  };
}
