/**
 * The clinician's side of a simulated run: what was ordered, what the pump answered, hence what is prescribed; the
 * session at the programmer; what each refill found. Plain data, as everything that a run depends on.
 *
 * The dose oracle is told of the prescription from here and from nowhere else: it is what a person entered and the pump
 * accepted, never what the firmware made of it.
 */
import type { Command } from '../../src/core/commands.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import { TICKS_PER_DAY } from '../../src/core/units.ts';
import { prescriptionWords } from '../prescription-words.ts';
import type { ClinicalOrder, Prescription, RefillRecord, Stimulus } from '../target.ts';
import type { PrescribedDose, PrescribedRate, PumpClock } from './prescribed.ts';
import {
  byPatientsClock,
  nextDoseTick,
  nextPeriodicTurn,
  periodicDose,
  prescribedDose,
  prescribedPgPerDay,
  prescribedRate,
  withDose,
} from './prescribed.ts';
import { crc32OfWords } from './checksum.ts';
import type { Wand } from './wand.ts';
import { beginSession, createWand } from './wand.ts';

/** The pump's priming rate as its data sheet would state it: 24 mL a day. An estimate. */
const PRIMING_NL_PER_DAY = 24000000;

type Program = Extract<ClinicalOrder, { readonly kind: 'program' }>;

export interface Clinician {
  /** What was last programmed, as a person would know it. */
  therapy: Therapy;
  concentrationUgPerMl: number;
  isStopped: boolean;
  /** The bolus that the pump accepted, and the bridge; null once something else was ordered. */
  dose: PrescribedDose | null;
  bridge: { untilTick: number; pgPerDay: number; oldUgPerMl: number } | null;
  /** No dose is due and none is given until then: the line is primed. */
  primedTick: number;
  /** A session of the timeline, while somebody is at it. */
  wand: Wand;
  /** What the programmer in it wants to program. */
  wanted: Program | null;
  /** Orders of the tick being executed, to be matched with the pump's answers in order. */
  taken: ClinicalOrder[];
  refills: RefillRecord[];
}

export function createClinician({ therapy, concentrationUgPerMl }: Prescription): Clinician {
  return {
    therapy,
    concentrationUgPerMl,
    isStopped: false,
    dose: null,
    bridge: null,
    primedTick: 0,
    wand: createWand(),
    wanted: null,
    taken: [],
    refills: [],
  };
}

/** Somebody comes with a programmer. */
export function beginUpdate(c: Clinician, session: Stimulus & { kind: 'session' }, at: number): void {
  c.wanted = session.program;
  const words = session.program === null ? null : [...prescriptionWords(session.program)];
  beginSession(c.wand, { ...session, words }, at, crc32OfWords);
}

/** Another pump came with this prescription; whoever was at the old one has gone. */
export function beginWithNewPump(c: Clinician, prescription: Prescription): void {
  Object.assign(c, createClinician(prescription), { refills: c.refills });
}

/** The pump tells what became of an order. True when the prescription may be another one for it. */
export function hearAnswer(
  c: Clinician,
  kind: Command['kind'] | undefined,
  isAccepted: boolean,
  at: number,
): boolean {
  const order = orderTold(c, kind);
  if (order === undefined || !isAccepted) return false;
  if (order.kind === 'stop') c.isStopped = true;
  if (order.kind === 'resume') c.isStopped = false;
  if (order.kind === 'bolus') c.dose = prescribedDose(order.doseTenthUg, at, order.ticks);
  if (order.kind === 'prime') {
    c.primedTick = at + Math.ceil((order.volumeNl * TICKS_PER_DAY) / PRIMING_NL_PER_DAY);
  }
  // Either ends a bolus or a prime, and nothing gives the rest of it.
  if (order.kind === 'stop' || order.kind === 'program') {
    c.dose = null;
    c.primedTick = at;
  }
  if (order.kind === 'program') {
    c.bridge = bridgeOf(c, order, at);
    c.therapy = order.therapy;
    c.concentrationUgPerMl = order.concentrationUgPerMl;
  }
  return true;
}

/** The order that the pump tells of: they are told in turn, and those over the wand come last. */
function orderTold(c: Clinician, kind: Command['kind'] | undefined): ClinicalOrder | undefined {
  if (c.taken.length > 0) return c.taken.shift();
  if (kind === 'stop' || kind === 'resume') return { kind };
  return kind === 'program' ? (c.wanted ?? undefined) : undefined;
}

/** The old drug at the old daily dose until it is out of the line. */
function bridgeOf(c: Clinician, order: Program, at: number): Clinician['bridge'] {
  const inForceUgPerMl = c.concentrationUgPerMl;
  const isSameDrug = order.concentrationUgPerMl === inForceUgPerMl;
  const bridgeNl = order.bridgeNl ?? 0;
  const underWay = bridgeAt(c, at);
  if (underWay !== null && bridgeNl === 0 && isSameDrug) {
    return restOf(underWay, prescribedPgPerDay(order.therapy, inForceUgPerMl), at);
  }
  if (bridgeNl <= 0 || (underWay === null && isSameDrug)) return null;
  // The line holds both drugs then, and is taken for the stronger.
  const oldUgPerMl = Math.max(inForceUgPerMl, underWay?.oldUgPerMl ?? 0);
  const pgPerDay = prescribedPgPerDay(c.therapy, inForceUgPerMl);
  // A pump that lost its prescription takes any other; nothing of the old one is kept then.
  if (pgPerDay === 0) return null;
  return {
    untilTick: at + Math.ceil((bridgeNl * oldUgPerMl * TICKS_PER_DAY) / pgPerDay),
    pgPerDay,
    oldUgPerMl,
  };
}

/** What is left of a bridge, at another dose. */
function restOf(bridge: NonNullable<Clinician['bridge']>, pgPerDay: number, at: number): Clinician['bridge'] {
  if (pgPerDay === 0) return null;
  const untilTick = at + Math.ceil(((bridge.untilTick - at) * bridge.pgPerDay) / pgPerDay);
  return { untilTick, pgPerDay, oldUgPerMl: bridge.oldUgPerMl };
}

/** Where another part of what was ordered begins: no jump passes it by. */
export function nextTurn(c: Clinician, tick: number, clock: PumpClock): number {
  const { therapy, dose, bridge, primedTick } = c;
  return Math.min(
    nextDoseTick(dose, tick),
    nextPeriodicTurn(therapy, tick, clock),
    bridge === null || bridge.untilTick < tick ? Number.MAX_SAFE_INTEGER : bridge.untilTick,
    primedTick < tick ? Number.MAX_SAFE_INTEGER : primedTick,
  );
}

/** The next half hour, where the rates go by them. With it the rate is another and nothing else: jumps do pass it by. */
export function nextHalfHour({ therapy }: Clinician, tick: number, clock: PumpClock): number {
  const ticksPerHalfHour = clock.ticksPerHour / 2;
  return therapy.mode === 'flex'
    ? Math.ceil(tick / ticksPerHalfHour) * ticksPerHalfHour
    : Number.MAX_SAFE_INTEGER;
}

/** The bridge that the pump is giving in this tick, if there is one. */
function bridgeAt({ bridge, isStopped }: Clinician, at: number): Clinician['bridge'] {
  return bridge !== null && at < bridge.untilTick && !isStopped ? bridge : null;
}

/** The strength that the volume pushed in this tick is meant to have at the tip: what fills the line does not come there. */
export function meantUgPerMl(c: Clinician, at: number): number {
  if (at < c.primedTick) return 0;
  return bridgeAt(c, at)?.oldUgPerMl ?? c.concentrationUgPerMl;
}

/** How the patient's clock stands to the pump's in a tick. */
interface PatientsTime {
  readonly tick: number;
  readonly ppm: number;
}

/**
 * What is prescribed from this tick on, until something turns. Rates are by the patient's hours and days; boluses, the
 * periodic ones too, and a bridge, each over in hours, are by the pump's seconds.
 */
export function prescriptionAt(
  c: Clinician,
  at: number,
  patients: PatientsTime,
  clock: PumpClock,
): PrescribedRate {
  const therapy: Therapy = c.isStopped || at < c.primedTick ? { mode: 'stopped' } : c.therapy;
  const bridge = bridgeAt(c, at);
  const rate =
    bridge === null
      ? byPatientsClock(prescribedRate(therapy, patients.tick, c.concentrationUgPerMl, clock), patients.ppm)
      : { numerator: bridge.pgPerDay, denominator: TICKS_PER_DAY };
  const periodic = bridge === null ? periodicDose(therapy, at, clock) : null;
  return withDose(withDose(rate, periodic, at), c.dose, at);
}

/** The last one that could be performed. */
export function lastRefill({ refills }: Clinician): RefillRecord | undefined {
  return refills.findLast(({ performed }) => performed);
}
