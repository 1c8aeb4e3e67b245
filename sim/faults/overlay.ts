/** Faults over truth: one value through one hook of every active fault, in the order they were applied. */
import type { HookName, Hook, Hooks, HookValues, Sensor } from './fault.ts';
import { faultSpec } from './index.ts';
import { activeFault, markFired, type FaultLedger } from './ledger.ts';

/** `isUsed`: a stroke, a refill or the firmware uses the value, so whoever changes it has fired. */
export function laidOver<K extends HookName>(
  ledger: FaultLedger,
  name: K,
  clean: HookValues[K],
  tick: number,
  isUsed: boolean,
  detail = 0,
): HookValues[K] {
  let value = clean;
  for (let i = 0; i < ledger.active.length; i++) {
    const fault = activeFault(ledger, i);
    const hooks: Hooks = faultSpec(fault.kind);
    const hook: Hook<HookValues[K]> | undefined = hooks[name];
    if (hook === undefined) continue;
    const before = value;
    value = hook(before, fault, tick, detail);
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
  for (let i = 0; i < ledger.active.length; i++) {
    const fault = activeFault(ledger, i);
    if (fault.options['sensor'] !== sensor) continue;
    const hook = faultSpec(fault.kind).reading;
    if (hook === undefined) continue;
    const before: number | null = value;
    value = hook(before, fault, tick, detail);
    if (isUsed && value !== before) markFired(fault, tick);
  }
  return value;
}

/** A plant value under all active faults but one. */
export function laidOverWithout(
  ledger: FaultLedger,
  leftOut: number,
  name: 'lambdaQ30',
  clean: number,
  tick: number,
): number {
  let value = clean;
  for (let i = 0; i < ledger.active.length; i++) {
    const fault = activeFault(ledger, i);
    const hook = faultSpec(fault.kind)[name];
    if (i !== leftOut && hook !== undefined) value = hook(value, fault, tick, 0);
  }
  return value;
}
