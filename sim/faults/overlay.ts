/** Faults over truth: one value through one hook of every active fault, in the order they were applied. */
import type { ActiveFault, HookName, Hook, Hooks, HookValues, Sensor } from './fault.ts';
import { faultSpec } from './index.ts';
import { markFired, type Changers, type FaultLedger } from './ledger.ts';

/** One that the ledger names for it: such a fault has it. */
function hookOf<K extends HookName>(fault: ActiveFault, name: K): Hook<HookValues[K]> {
  const hooks: Hooks = faultSpec(fault.kind);
  return hooks[name]!;
}

/** `isUsed`: a stroke, a refill or the firmware uses the value, so whoever changes it has fired. */
export function laidOver<K extends HookName>(
  ledger: FaultLedger,
  on: Changers<K>,
  clean: HookValues[K],
  tick: number,
  isUsed: boolean,
  detail = 0,
): HookValues[K] {
  // Almost always, and this much fits into whoever asks.
  return on.entries.length === 0 ? clean : changed(ledger, on, clean, tick, isUsed, detail);
}

function changed<K extends HookName>(
  ledger: FaultLedger,
  on: Changers<K>,
  clean: HookValues[K],
  tick: number,
  isUsed: boolean,
  detail: number,
): HookValues[K] {
  let value = clean;
  for (const entry of on.entries) {
    const fault = ledger.entries[entry]!;
    const before = value;
    value = hookOf(fault, on.hook)(before, fault, tick, detail);
    if (isUsed && value !== before) markFired(fault, tick);
  }
  return value;
}

/** The same for a reading, of which only the faults of its own sensor are asked. */
export function laidOverReading(
  ledger: FaultLedger,
  sensor: Sensor,
  clean: number,
  tick: number,
  isUsed: boolean,
  detail = 0,
): number | null {
  let value: number | null = clean;
  const changers = ledger.on.reading.entries;
  for (let i = 0; i < changers.length; i++) {
    const fault = ledger.entries[changers[i]!]!;
    if (fault.options['sensor'] !== sensor) continue;
    const before: number | null = value;
    value = hookOf(fault, 'reading')(before, fault, tick, detail);
    if (isUsed && value !== before) markFired(fault, tick);
  }
  return value;
}

/** What decays in the catheter under all active faults but one. */
export function lambdaWithoutQ30(
  ledger: FaultLedger,
  leftOut: number,
  cleanQ30: number,
  tick: number,
): number {
  let lambdaQ30 = cleanQ30;
  for (const entry of ledger.on.lambdaQ30.entries) {
    if (entry === leftOut) continue;
    const fault = ledger.entries[entry]!;
    lambdaQ30 = hookOf(fault, 'lambdaQ30')(lambdaQ30, fault, tick, 0);
  }
  return lambdaQ30;
}
