/** Every fault there is, one line each. A new one is a file beside this and a line here; nothing else. */
import { airInReservoir } from './air-in-reservoir.ts';
import { altitude } from './altitude.ts';
import { batteryResistance } from './battery-resistance.ts';
import { boardReboot } from './board-reboot.ts';
import { calibrationConstant } from './calibration-constant.ts';
import { catheterCrack } from './catheter-crack.ts';
import { catheterCut } from './catheter-cut.ts';
import { catheterOcclusion } from './catheter-occlusion.ts';
import { clockDrift } from './clock-drift.ts';
import { coldFill } from './cold-fill.ts';
import { connectorMisfit } from './connector-misfit.ts';
import { drugDegraded } from './drug-degraded.ts';
import type { FaultSpec } from './fault.ts';
import { feedbackLost } from './feedback-lost.ts';
import { feedbackStuck } from './feedback-stuck.ts';
import { firmwareReset } from './firmware-reset.ts';
import { feedthroughShort } from './feedthrough-short.ts';
import { fever } from './fever.ts';
import { flippedPump } from './flipped-pump.ts';
import { foreignParticle } from './foreign-particle.ts';
import { gearWear } from './gear-wear.ts';
import { hyperbaric } from './hyperbaric.ts';
import { inflammatoryMass } from './inflammatory-mass.ts';
import { linkCorrupt } from './link-corrupt.ts';
import { linkDelay } from './link-delay.ts';
import { linkLoss } from './link-loss.ts';
import { memoryUpset } from './memory-upset.ts';
import { missedRefill } from './missed-refill.ts';
import { motorStall } from './motor-stall.ts';
import { mri } from './mri.ts';
import { overFill } from './over-fill.ts';
import { overInfusion } from './over-infusion.ts';
import { pocketFill } from './pocket-fill.ts';
import { powerLoss } from './power-loss.ts';
import { reservoirLeak } from './reservoir-leak.ts';
import { sensorLost } from './sensor-lost.ts';
import { sensorNoisy } from './sensor-noisy.ts';
import { sensorStuck } from './sensor-stuck.ts';
import { shaftWear } from './shaft-wear.ts';
import { subduralPocket } from './subdural-pocket.ts';
import { telemetryLock } from './telemetry-lock.ts';
import { timeZone } from './time-zone.ts';
import { tipDisplacement } from './tip-displacement.ts';
import { valveOpen } from './valve-open.ts';
import { wandTrouble } from './wand-trouble.ts';
import { wrongDrug } from './wrong-drug.ts';

export const FAULTS: readonly FaultSpec[] = [
  catheterOcclusion,
  catheterCut,
  catheterCrack,
  connectorMisfit,
  inflammatoryMass,
  tipDisplacement,
  subduralPocket,
  motorStall,
  gearWear,
  foreignParticle,
  shaftWear,
  valveOpen,
  mri,
  telemetryLock,
  hyperbaric,
  altitude,
  fever,
  overInfusion,
  calibrationConstant,
  clockDrift,
  timeZone,
  batteryResistance,
  feedthroughShort,
  sensorStuck,
  sensorNoisy,
  sensorLost,
  feedbackStuck,
  feedbackLost,
  reservoirLeak,
  coldFill,
  missedRefill,
  flippedPump,
  pocketFill,
  overFill,
  airInReservoir,
  drugDegraded,
  wrongDrug,
  memoryUpset,
  powerLoss,
  firmwareReset,
  wandTrouble,
  linkLoss,
  linkCorrupt,
  linkDelay,
  boardReboot,
];

const BY_KIND: Readonly<Record<string, FaultSpec>> = (() => {
  const byKind: Record<string, FaultSpec> = {};
  for (const spec of FAULTS) byKind[spec.kind] = spec;
  return byKind;
})();

/** The spec of a kind; a kind that is not in the table is our own bug, since whoever reads scenarios checks them. */
export function faultSpec(kind: string): FaultSpec {
  const spec = BY_KIND[kind];
  if (spec === undefined) throw new Error(`world: no fault of kind ${kind}`);
  return spec;
}
