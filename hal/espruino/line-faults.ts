/**
 * HOST: which message a fault of the line strikes, and the record of it. Drawn by seed, fault and number of the message
 * and by nothing else, so that the same messages are struck in the same run again.
 */
import type { ActiveFault } from '../../sim/faults/fault.ts';
import { numberOption } from '../../sim/faults/fault.ts';
import { faultSpec } from '../../sim/faults/index.ts';
import { below, hash, streamOf } from '../../sim/prng.ts';
import type { FaultRecord, Stimulus } from '../target.ts';

export type Direction = 'to-board' | 'from-board';

/** A fault of the line, and a number for whatever else chance decides about the message that it strikes. */
export interface Strike {
  readonly fault: ActiveFault;
  readonly drawn: number;
}

interface Evidence {
  readonly fault: ActiveFault;
  /** That it could have struck. */
  messages: number;
  strikes: number;
  firedTick: number | null;
}

const PPM = 1_000_000;

export class LineFaults {
  private seed = 0;
  private active: readonly ActiveFault[] = [];
  /** The first that the requests under way are about. */
  private tick = 0;
  private evidence = new Map<string, Evidence>();

  /** For another run: nothing is disturbed, and nothing was. */
  begin(seed: number): void {
    this.seed = seed;
    this.active = [];
    this.evidence = new Map();
  }

  /** What the messages from here on have to go through; they are about this tick and later ones. */
  activate(faults: readonly ActiveFault[], tick: number): void {
    this.active = faults;
    this.tick = tick;
  }

  /**
   * What happens to the next message, null if nothing. The first fault that strikes is the only one: two flipped bits
   * are more than the checksum of a message promises to find.
   */
  judge(direction: Direction, isSealed: boolean): Strike | null {
    let found: Strike | null = null;
    for (const fault of this.active) {
      if (!reaches(fault, direction, isSealed)) continue;
      const number = this.of(fault).messages++;
      const isHit = below(PPM, this.draw(fault, 'strikes', number)) < numberOption(fault, 'chance');
      if (found === null && isHit) found = { fault, drawn: this.draw(fault, 'how', number) };
    }
    if (found !== null) this.struck(found.fault);
    return found;
  }

  struck(fault: ActiveFault): void {
    const evidence = this.of(fault);
    evidence.strikes += 1;
    evidence.firedTick ??= Math.max(fault.appliedTick, this.tick);
  }

  /** As it was recorded, by the name of the fault. */
  struckAgain(id: string): void {
    const fault = this.active.find((one) => one.id === id);
    if (fault !== undefined) this.struck(fault);
  }

  /** The records of a target that knows of no line, and of faults that the line was given up under. */
  completed(records: readonly FaultRecord[]): FaultRecord[] {
    const ofLine = (record: FaultRecord): FaultRecord => {
      const { strikes = 0, firedTick = null } = this.evidence.get(record.id) ?? {};
      return { ...record, fired: strikes > 0, firedTick, strikes };
    };
    const early = [...this.evidence.values()]
      .filter(({ fault }) => records.every(({ id }) => id !== fault.id))
      .map(({ fault: { id, kind, appliedTick, passedTick } }) =>
        ofLine({ id, kind, appliedTick, clearedTick: null, passedTick, fired: false, firedTick: null }),
      );
    return [...records.map((record) => (record.strikes === null ? ofLine(record) : record)), ...early];
  }

  /** For a run that goes back to where it knows of these alone. */
  keepOnly(ids: readonly string[]): void {
    for (const id of this.evidence.keys()) if (!ids.includes(id)) this.evidence.delete(id);
  }

  private of(fault: ActiveFault): Evidence {
    let evidence = this.evidence.get(fault.id);
    if (evidence === undefined) {
      evidence = { fault, messages: 0, strikes: 0, firedTick: null };
      this.evidence.set(fault.id, evidence);
    }
    return evidence;
  }

  private draw({ id }: ActiveFault, what: string, number: number): number {
    return hash(this.seed, streamOf(`line ${what} ${id}`), number);
  }
}

/** A restart strikes the board and no message; only a sealed message is safe to damage, a line of the console is not. */
function reaches({ kind, options }: ActiveFault, direction: Direction, isSealed: boolean): boolean {
  if (kind === 'board-reboot' || (kind === 'link-corrupt' && !isSealed)) return false;
  return options['direction'] === 'both' || options['direction'] === direction;
}

export function isOfLine(stimulus: Stimulus): stimulus is Stimulus & { kind: 'fault' } {
  return stimulus.kind === 'fault' && faultSpec(stimulus.fault).layer === 'line';
}

/** Of a world's faults those of the line that were there at this tick or came later. */
export function lineFaultsFrom(tick: number, faults: readonly ActiveFault[]): ActiveFault[] {
  return faults.filter(
    ({ kind, clearedTick }) =>
      faultSpec(kind).layer === 'line' && (clearedTick === null || clearedTick > tick),
  );
}
