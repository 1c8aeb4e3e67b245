/**
 * The book of faults: what was applied, when it was cleared, whether it ever mattered. Plain data; the specs with
 * their functions stay in the table and are looked up by kind.
 */
import type { ActiveFault, FaultMemory, FaultOptions, FaultRecord, FaultSpec, HookName } from './fault.ts';

export interface FaultLedger {
  /** Everything ever applied, in order. */
  entries: ActiveFault[];
  /** Indices into `entries`, in the order applied: later faults lie over earlier ones. */
  active: number[];
  /** Those of them that change a value, for each value: most change one, and each stroke asks of many. */
  readonly on: { readonly [K in HookName]: Changers<K> };
  /** Those of them through which something flows by itself. */
  flowing: number[];
}

export interface Changers<K extends HookName> {
  readonly hook: K;
  entries: number[];
}

function nobodyOn<K extends HookName>(hook: K): Changers<K> {
  return { hook, entries: [] };
}

export function createLedger(): FaultLedger {
  return {
    entries: [],
    active: [],
    on: {
      turns: nobodyOn('turns'),
      strokePl: nobodyOn('strokePl'),
      filledNl: nobodyOn('filledNl'),
      leakPlPerHour: nobodyOn('leakPlPerHour'),
      strengthPpm: nobodyOn('strengthPpm'),
      lambdaQ30: nobodyOn('lambdaQ30'),
      lostSharePpm: nobodyOn('lostSharePpm'),
      displacedPpm: nobodyOn('displacedPpm'),
      pocketPpm: nobodyOn('pocketPpm'),
      bodyMilliC: nobodyOn('bodyMilliC'),
      resistanceOhm: nobodyOn('resistanceOhm'),
      drainUa: nobodyOn('drainUa'),
      clockPpm: nobodyOn('clockPpm'),
      zoneTicks: nobodyOn('zoneTicks'),
      confirmedStrokes: nobodyOn('confirmedStrokes'),
      reading: nobodyOn('reading'),
    },
    flowing: [],
  };
}

export function activeFault(ledger: FaultLedger, position: number): ActiveFault {
  return ledger.entries[ledger.active[position]!]!;
}

/** Options as given, the rest by default, durations in ticks. What nobody reads or is out of range is refused. */
export function completeOptions(spec: FaultSpec, given: FaultOptions, tickMs: number): FaultOptions {
  for (const name of Object.keys(given)) {
    if (!spec.options.some((option) => option.name === name)) {
      throw new Error(`world: fault ${spec.kind} has no option ${name}`);
    }
  }
  const complete: Record<string, number | string> = {};
  for (const option of spec.options) {
    const value = given[option.name] ?? option.default;
    const fits =
      typeof value === 'number'
        ? option.choices === undefined &&
          Math.floor(value) === value &&
          value >= (option.min ?? 0) &&
          value <= (option.max ?? Number.MAX_SAFE_INTEGER)
        : option.choices !== undefined && option.choices.includes(value);
    if (!fits) throw new Error(`world: fault ${spec.kind}: ${option.name} can't be ${value}`);
    complete[option.name] =
      option.type === 'duration' && typeof value === 'number' ? Math.floor((value * 1000) / tickMs) : value;
  }
  return complete;
}

export function enterFault(
  ledger: FaultLedger,
  id: string,
  spec: FaultSpec,
  options: FaultOptions,
  memory: FaultMemory,
  tick: number,
): ActiveFault {
  for (let i = 0; i < ledger.active.length; i++) {
    if (activeFault(ledger, i).id === id) throw new Error(`world: a fault ${id} is active already`);
  }
  const entry = ledger.entries.length;
  ledger.active.push(entry);
  for (const { hook, entries } of Object.values(ledger.on)) if (spec[hook] !== undefined) entries.push(entry);
  if (spec.freeFlow !== undefined) ledger.flowing.push(entry);
  const fault: ActiveFault = {
    id,
    kind: spec.kind,
    options,
    appliedTick: tick,
    clearedTick: null,
    passedTick: spec.passesAfterTicks === undefined ? null : tick + spec.passesAfterTicks(options),
    fired: false,
    firedTick: null,
    memory,
    flow: null,
    hasBent: false,
  };
  ledger.entries.push(fault);
  return fault;
}

/** Take an active fault off; answers which. */
export function leaveFault(ledger: FaultLedger, id: string, tick: number): ActiveFault {
  for (let i = 0; i < ledger.active.length; i++) {
    const fault = activeFault(ledger, i);
    if (fault.id !== id) continue;
    fault.clearedTick = tick;
    const entry = ledger.active[i]!;
    ledger.active.splice(i, 1);
    for (const changers of Object.values(ledger.on)) changers.entries = without(changers.entries, entry);
    ledger.flowing = without(ledger.flowing, entry);
    return fault;
  }
  throw new Error(`world: no active fault ${id} to clear`);
}

function without(entries: readonly number[], gone: number): number[] {
  return entries.filter((entry) => entry !== gone);
}

/** A copy of what time alone moves in the book: who has fired, and what has flowed. */
export function copyMoved({ entries }: FaultLedger): readonly ActiveFault[] {
  return entries.map((fault) => ({ ...fault, flow: fault.flow === null ? null : { ...fault.flow } }));
}

/** It is again as it was when it was copied. */
export function putBackMoved({ entries }: FaultLedger, before: readonly ActiveFault[]): void {
  before.forEach(({ fired, firedTick, flow }, entry) => {
    const fault = entries[entry]!;
    fault.fired = fired;
    fault.firedTick = firedTick;
    if (fault.flow !== null && flow !== null) Object.assign(fault.flow, flow);
  });
}

/** The first time counts. */
export function markFired(fault: ActiveFault, tick: number): void {
  if (fault.fired) return;
  fault.fired = true;
  fault.firedTick = tick;
}

/** The latest fault of that id, active or not. */
export function findFault(ledger: FaultLedger, id: string): ActiveFault {
  for (let i = ledger.entries.length - 1; i >= 0; i--) {
    const fault = ledger.entries[i]!;
    if (fault.id === id) return fault;
  }
  throw new Error(`world: no fault ${id}`);
}

export function recordsOf(ledger: FaultLedger): readonly FaultRecord[] {
  return ledger.entries.map((fault) => ({
    id: fault.id,
    kind: fault.kind,
    appliedTick: fault.appliedTick,
    clearedTick: fault.clearedTick,
    passedTick: fault.passedTick,
    fired: fault.fired,
    firedTick: fault.firedTick,
  }));
}
