/**
 * Where the drug is between reservoir and patient. The catheter says how much volume has moved, in picolitres and
 * whatever is dissolved in it; here the drug follows in whole nanolitres: first into what the stretched tubing holds,
 * then through the line, then to the spinal fluid or wherever faults send it.
 *
 * Lazy as the rest: `carry` is called with the volumes of a tick and moves what is new since the last call. Each
 * picogram is in exactly one place, always.
 */
import { createLine, exchangeInlet, push, pushBack, tanksPg, tipPgOf, type LineState } from './line.ts';

export interface TransportState {
  readonly line: LineState;
  /** Held under pressure before the line, mixed. */
  trappedNl: number;
  trappedPg: number;
  /** Cumulative volumes that have moved: out of the stretched tubing, and out through the hole. */
  passedNl: number;
  lostNl: number;
  /** Shares of what leaves the tip, set by faults. */
  displacedPpm: number;
  pocketPpm: number;
  /** In the line at tick 0 and in the tubing of each new pump; and taken in since. */
  primedPg: number;
  enteredPg: number;
  /** Where it went: the spinal fluid, through the hole, beside the spinal canal, a pocket beside the spinal fluid. */
  reachedPg: number;
  lostPg: number;
  displacedPg: number;
  pocketPg: number;
  /** Carried back into the reservoir. */
  returnedPg: number;
  /** Left the body in the tubing of pumps that were replaced. */
  removedPg: number;
}

export function createTransport(
  tubingNl: number,
  catheterNl: number,
  tanks: number,
  concentrationUgPerMl: number,
): TransportState {
  const line = createLine(tubingNl, catheterNl, tanks, concentrationUgPerMl);
  return {
    line,
    trappedNl: 0,
    trappedPg: 0,
    passedNl: 0,
    lostNl: 0,
    displacedPpm: 0,
    pocketPpm: 0,
    primedPg: line.heldPg,
    enteredPg: 0,
    reachedPg: 0,
    lostPg: 0,
    displacedPg: 0,
    pocketPg: 0,
    returnedPg: 0,
    removedPg: 0,
  };
}

export function enter(t: TransportState, nl: number, pg: number): void {
  t.trappedNl = t.trappedNl + nl;
  t.trappedPg = t.trappedPg + pg;
  t.enteredPg = t.enteredPg + pg;
}

/** The drug in so much of what is held before the line. */
function trappedPgIn(t: TransportState, nl: number): number {
  // A clear catheter lets all of it through.
  if (nl === t.trappedNl) return t.trappedPg;
  // Whole pg per nL apart: a whole reservoir times its drug would pass 2^53.
  const wholePgPerNl = Math.floor(t.trappedPg / t.trappedNl);
  const restPg = t.trappedPg - wholePgPerNl * t.trappedNl;
  return wholePgPerNl * nl + Math.floor((restPg * nl) / t.trappedNl);
}

function shareOf(pg: number, ppm: number): number {
  return ppm === 0 ? 0 : Math.floor((pg * ppm) / 1000000);
}

/** Move on to these cumulative volumes. Answers the drug that came into the spinal fluid by it. */
export function carry(t: TransportState, passedNl: number, lostNl: number): number {
  const nl = passedNl - t.passedNl;
  if (nl <= 0) return 0;
  if (nl > t.trappedNl) throw new Error(`world: ${nl} nL leave the tubing, which holds ${t.trappedNl}`);
  const pg = trappedPgIn(t, nl);
  const lost = Math.min(nl, lostNl - t.lostNl);
  t.trappedNl = t.trappedNl - nl;
  t.trappedPg = t.trappedPg - pg;
  t.passedNl = passedNl;
  t.lostNl = t.lostNl + lost;

  const { tipPg, holePg } = push(t.line, nl, pg, lost);
  const displacedPg = shareOf(tipPg, t.displacedPpm);
  const pocketPg = shareOf(tipPg - displacedPg, t.pocketPpm);
  const reachedPg = tipPg - displacedPg - pocketPg;
  t.lostPg = t.lostPg + holePg;
  t.displacedPg = t.displacedPg + displacedPg;
  t.pocketPg = t.pocketPg + pocketPg;
  t.reachedPg = t.reachedPg + reachedPg;
  return reachedPg;
}

/** So much spinal fluid comes in at the tip. Answers the drug that leaves the line at the inlet. */
export function carryBack(t: TransportState, nl: number): number {
  const pg = pushBack(t.line, nl);
  t.returnedPg = t.returnedPg + pg;
  return pg;
}

/**
 * The line is opened at the pump: what it held under pressure runs out there, up to these cumulative volumes, and the
 * tubing is that of another pump, full of one concentration.
 */
export function exchangePump(
  t: TransportState,
  passedNl: number,
  lostNl: number,
  tubingNl: number,
  concentrationUgPerMl: number,
): void {
  t.lostPg = t.lostPg + t.trappedPg;
  t.trappedNl = 0;
  t.trappedPg = 0;
  t.passedNl = passedNl;
  t.lostNl = lostNl;
  const { outPg, inPg } = exchangeInlet(t.line, tubingNl, concentrationUgPerMl);
  t.removedPg = t.removedPg + outPg;
  t.primedPg = t.primedPg + inPg;
}

/** Drug past the tip since tick 0. */
function tipPg(t: TransportState): number {
  return t.reachedPg + t.displacedPg + t.pocketPg;
}

/** The same once these volumes have moved, and nothing is moved by asking. */
export function tipPgBy(t: TransportState, passedNl: number, lostNl: number): number {
  const nl = passedNl - t.passedNl;
  if (nl <= 0) return tipPg(t);
  const fromTipPg = tipPgOf(t.line, nl, trappedPgIn(t, nl), Math.min(nl, lostNl - t.lostNl));
  if (fromTipPg !== null) return tipPg(t) + fromTipPg;
  const before = copyTransport(t);
  carry(t, passedNl, lostNl);
  const pg = tipPg(t);
  putBack(t, before);
  return pg;
}

/** The pocket opens and lets go of all it holds at once. Answers how much. */
export function openPocket(t: TransportState): number {
  const pg = t.pocketPg;
  t.pocketPg = 0;
  t.reachedPg = t.reachedPg + pg;
  return pg;
}

/** Every picogram is somewhere. */
export function isDrugWhole(t: TransportState): boolean {
  const inTanks = tanksPg(t.line);
  const gone = t.reachedPg + t.lostPg + t.displacedPg + t.pocketPg + t.returnedPg + t.removedPg;
  return inTanks === t.line.heldPg && t.primedPg + t.enteredPg === t.trappedPg + inTanks + gone;
}

/** All the numbers, for a message that says where drug went missing. */
export function bookOf(t: TransportState): string {
  return (
    `primed ${t.primedPg} + entered ${t.enteredPg} against trapped ${t.trappedPg} + in the line ${t.line.heldPg} + ` +
    `reached ${t.reachedPg} + lost ${t.lostPg} + displaced ${t.displacedPg} + in a pocket ${t.pocketPg} + ` +
    `returned ${t.returnedPg} + removed ${t.removedPg}`
  );
}

export function copyTransport(t: TransportState): TransportState {
  return { ...t, line: { ...t.line, tankPg: t.line.tankPg.slice() } };
}

/** All of it is again as it was when it was copied. */
export function putBack(t: TransportState, before: TransportState): void {
  const { line } = t;
  Object.assign(line, before.line);
  Object.assign(t, before, { line });
}
