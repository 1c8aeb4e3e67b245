/**
 * The line from pump to tip, tubing and catheter, as a row of well-mixed tanks. What is pushed in at one end pushes
 * as much out at the other: a front of another concentration moves through and grows wider on the way, as drug and
 * spinal fluid do in the real line (TGA-0677: a prime that was computed as a clean front gave too much and then too
 * little).
 *
 * Integers throughout: volumes in nL and never changing, drug in pg. What one tank gives the next one takes, so
 * drug is conserved whatever the rounding. A pass that changed no tank is a fixed point, and until something else is
 * pushed it is not computed again; that is why a line full of one drug costs next to nothing.
 *
 * Left out: diffusion at rest, density, the parabolic profile of the flow.
 */

/** The tubing inside the pump: from memory of software of 2016, no document. */
export const TUBING_NL = 199000;
/** 0.0026 mL/cm (PROM-IFU). */
export const CATHETER_NL_PER_MM = 260;
/** Pushed at a time at most: less than any tank holds, and mixing is the same for strokes of every size. */
const CHUNK_NL = 500;
const CHANGED = -1;

export interface LineState {
  readonly tankNl: readonly number[];
  readonly tankPg: number[];
  /** All tanks together: kept beside them, and compared at each pass. */
  heldPg: number;
  /** That much was found when the tanks were last added up, and none has changed since; else it is below 0. */
  addedPg: number;
  /** The last tank before the middle of the catheter, where a hole is taken to be. */
  readonly holeAfter: number;
  /** A push of up to `stillNl` with exactly so many pg a nL changes no tank; 0 nL: nothing is known. */
  stillNl: number;
  stillPgPerNl: number;
}

/** What one push drove out of the line. */
export interface Outflow {
  tipPg: number;
  holePg: number;
}

/** Full of one concentration, 0 for spinal fluid. `tubingNl` of it lie before the catheter. */
export function createLine(
  tubingNl: number,
  catheterNl: number,
  tanks: number,
  concentrationUgPerMl: number,
): LineState {
  const lineNl = tubingNl + catheterNl;
  const tankNl: number[] = [];
  for (let i = 0; i < tanks; i++)
    tankNl.push(Math.floor(((i + 1) * lineNl) / tanks) - Math.floor((i * lineNl) / tanks));
  if (tanks < 1 || tankNl[0]! < CHUNK_NL) {
    throw new Error(`world: no line of ${lineNl} nL in ${tanks} tanks; each holds ${CHUNK_NL} nL at least`);
  }
  return {
    tankNl,
    tankPg: tankNl.map((nl) => nl * concentrationUgPerMl),
    heldPg: lineNl * concentrationUgPerMl,
    addedPg: CHANGED,
    holeAfter: Math.floor(((tubingNl + catheterNl / 2) * tanks) / lineNl) - 1,
    stillNl: CHUNK_NL,
    stillPgPerNl: concentrationUgPerMl,
  };
}

/**
 * Push `nl` with `pg` of drug in at the inlet, `lostNl` of it out through the hole and the rest out at the tip.
 * The strokes of a pump are small; what a cleared occlusion lets go comes as many chunks.
 */
export function push(line: LineState, nl: number, pg: number, lostNl: number): Outflow {
  const out: Outflow = { tipPg: 0, holePg: 0 };
  if (isStillFor(line, nl, pg, lostNl)) {
    out.tipPg = pg;
    return out;
  }
  let restNl = nl;
  let restPg = pg;
  let restLostNl = lostNl;
  while (restNl > 0) {
    const chunkNl = Math.min(CHUNK_NL, restNl);
    const chunkPg = Math.floor((restPg * chunkNl) / restNl);
    const chunkLostNl = Math.floor((restLostNl * chunkNl) / restNl);
    pushChunk(line, chunkNl, chunkPg, chunkLostNl, out);
    restNl = restNl - chunkNl;
    restPg = restPg - chunkPg;
    restLostNl = restLostNl - chunkLostNl;
  }
  return out;
}

/** No tank would change, in however many chunks it comes: what goes in at the inlet comes out at the tip. */
function isStillFor(line: LineState, nl: number, pg: number, lostNl: number): boolean {
  return lostNl === 0 && Math.min(nl, CHUNK_NL) <= line.stillNl && pg === line.stillPgPerNl * nl;
}

/**
 * The drug that such a push would drive out at the tip, and nothing is moved by asking: what enters the line, or passes
 * the hole, comes nowhere near the tip by it, so no more tanks matter than there are chunks. Null where that is not so.
 */
export function tipPgOf(line: LineState, nl: number, pg: number, lostNl: number): number | null {
  if (isStillFor(line, nl, pg, lostNl)) return pg;
  const { tankNl, tankPg } = line;
  const first = tankNl.length - Math.floor((nl + CHUNK_NL - 1) / CHUNK_NL);
  if (first < (lostNl > 0 ? line.holeAfter + 1 : 0)) return null;
  const lastPg = tankPg.slice(first);
  let tipPg = 0;
  let restLostNl = lostNl;
  for (let restNl = nl; restNl > 0; restNl = restNl - CHUNK_NL) {
    const chunkNl = Math.min(CHUNK_NL, restNl);
    const chunkLostNl = Math.floor((restLostNl * chunkNl) / restNl);
    restLostNl = restLostNl - chunkLostNl;
    let carried = 0;
    for (let i = 0; i < lastPg.length; i++) {
      const leaves = Math.floor((lastPg[i]! * (chunkNl - chunkLostNl)) / tankNl[first + i]!);
      lastPg[i] = lastPg[i]! + carried - leaves;
      carried = leaves;
    }
    tipPg = tipPg + carried;
  }
  return tipPg;
}

function pushChunk(line: LineState, nl: number, pg: number, lostNl: number, out: Outflow): void {
  if (isStillFor(line, nl, pg, lostNl)) {
    out.tipPg = out.tipPg + pg;
    return;
  }
  const before = line.heldPg;
  line.stillNl = 0;
  line.addedPg = CHANGED;
  let tipPg: number;
  let holePg = 0;
  if (lostNl === 0) {
    let isStill: boolean;
    [tipPg, isStill] = flow(line, 0, line.tankNl.length, nl, pg);
    if (isStill && tipPg % nl === 0) {
      line.stillNl = nl;
      line.stillPgPerNl = tipPg / nl;
    }
  } else {
    const beyondNl = nl - lostNl;
    const [reachedPg] = flow(line, 0, line.holeAfter + 1, nl, pg);
    const beyondPg = Math.floor((reachedPg * beyondNl) / nl);
    holePg = reachedPg - beyondPg;
    [tipPg] = flow(line, line.holeAfter + 1, line.tankNl.length, beyondNl, beyondPg);
  }
  if (line.heldPg !== before + pg - tipPg - holePg) {
    throw new Error(
      `world: drug is not conserved in the line: ${before} + ${pg} - ${tipPg} - ${holePg} pg, and ${line.heldPg} there`,
    );
  }
  out.tipPg = out.tipPg + tipPg;
  out.holePg = out.holePg + holePg;
}

/** Spinal fluid, without drug, drawn in at the tip pushes `nl` back out at the inlet. Answers the drug in it. */
export function pushBack(line: LineState, nl: number): number {
  const { tankNl, tankPg } = line;
  let inletPg = 0;
  let isStill = false;
  // Where nothing moves, nothing will: the line has given all of its drug but for what is rounded down.
  for (let restNl = nl; restNl > 0 && !isStill; restNl = restNl - CHUNK_NL) {
    const chunkNl = Math.min(CHUNK_NL, restNl);
    let carried = 0;
    isStill = true;
    for (let i = tankNl.length - 1; i >= 0; i--) {
      const leaves = Math.floor((tankPg[i]! * chunkNl) / tankNl[i]!);
      tankPg[i] = tankPg[i]! + carried - leaves;
      carried = leaves;
      if (leaves > 0) isStill = false;
    }
    inletPg = inletPg + carried;
  }
  line.heldPg = line.heldPg - inletPg;
  line.stillNl = 0;
  line.addedPg = CHANGED;
  return inletPg;
}

/** The first `nl` of the line are taken away, and as much of one concentration is there in their place. */
export function exchangeInlet(
  line: LineState,
  nl: number,
  concentrationUgPerMl: number,
): { outPg: number; inPg: number } {
  const { tankNl, tankPg } = line;
  let outPg = 0;
  let restNl = nl;
  for (let i = 0; restNl > 0; i++) {
    const exchangedNl = Math.min(restNl, tankNl[i]!);
    const leaves = Math.floor((tankPg[i]! * exchangedNl) / tankNl[i]!);
    tankPg[i] = tankPg[i]! - leaves + exchangedNl * concentrationUgPerMl;
    outPg = outPg + leaves;
    restNl = restNl - exchangedNl;
  }
  const inPg = nl * concentrationUgPerMl;
  line.heldPg = line.heldPg - outPg + inPg;
  line.stillNl = 0;
  line.addedPg = CHANGED;
  return { outPg, inPg };
}

/** Through tanks `from` up to `to`: what leaves the last one, and whether every tank stayed as it was. */
function flow(line: LineState, from: number, to: number, nl: number, pg: number): [number, boolean] {
  const { tankNl, tankPg } = line;
  let carried = pg;
  let isStill = true;
  let gained = 0;
  for (let i = from; i < to; i++) {
    const held = tankPg[i]!;
    const leaves = Math.floor((held * nl) / tankNl[i]!);
    if (carried !== leaves) {
      tankPg[i] = held + carried - leaves;
      gained = gained + tankPg[i]! - held;
      isStill = false;
    }
    carried = leaves;
  }
  line.heldPg = line.heldPg + gained;
  return [carried, isStill];
}

/** What the tanks hold, added up one by one. */
export function tanksPg(line: LineState): number {
  if (line.addedPg === CHANGED) {
    line.addedPg = 0;
    for (let i = 0; i < line.tankPg.length; i++) line.addedPg = line.addedPg + line.tankPg[i]!;
  }
  return line.addedPg;
}

/** Of the last tank, in thousandths of a ug/mL: what the next drop at the tip holds. */
export function tipNgPerMl(line: LineState): number {
  const last = line.tankNl.length - 1;
  return Math.floor((line.tankPg[last]! * 1000) / line.tankNl[last]!);
}
