/**
 * The pump as it leaves the factory and the programmer, or as it comes back from a loss of power: the state of
 * everything, and the orders it accepts.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { createAlarms } from './alarms/alarms.ts';
import { ALARMS } from './alarms/table.ts';
import { assert } from './assert.ts';
import { resumeBridge } from './bolus.ts';
import { createBolus } from './bolus-state.ts';
import { eraseBoot, keepBoot, restoreBoot } from './boot-record.ts';
import type { Command } from './commands.ts';
import { ACCEPTED } from './commands.ts';
import { createBattery } from './detection/battery.ts';
import { createOcclusion } from './detection/occlusion.ts';
import { createDosing } from './dosing.ts';
import { RESTART } from './events.ts';
import { createLedger } from './ledger.ts';
import { restoreLedger, saveLedger } from './ledger-record.ts';
import { createLog, newestEntry, say } from './log.ts';
import { createMode } from './mode.ts';
import { createMotor } from './motor.ts';
import type { PrescriptionState } from './prescription.ts';
import {
  concentrationUgPerMl,
  createPrescription,
  lowReservoirNl,
  restorePrescription,
} from './prescription.ts';
import { judgeWords } from './periodic.ts';
import { strokeDenominator } from './prescription-words.ts';
import type { BuildState, PumpState } from './state.ts';
import { createTelemetry } from './telemetry/telemetry.ts';

export interface PumpOptions extends BuildState {
  readonly fillNl: number;
  /** The first prescription, as `prescription-words.ts` has it. */
  readonly words: Int32Array;
}

function assemblePump(
  build: BuildState,
  fillNl: number,
  prescription: PrescriptionState,
  hal: PumpHal,
): PumpState {
  const ugPerMl = concentrationUgPerMl(prescription);
  return {
    nowTick: build.implantTick,
    build: {
      strokeNl: build.strokeNl,
      reservoirNl: build.reservoirNl,
      startHour: build.startHour,
      sessionTimeoutTicks: build.sessionTimeoutTicks,
      implantTick: build.implantTick,
    },
    prescription: prescription,
    mode: createMode(),
    dosing: createDosing(strokeDenominator(ugPerMl, build.strokeNl)),
    bolus: createBolus(),
    motor: createMotor(),
    ledger: createLedger(fillNl, build.strokeNl * ugPerMl),
    battery: createBattery(),
    occlusion: createOcclusion(),
    alarms: createAlarms(ALARMS.length),
    telemetry: createTelemetry(),
    log: createLog(newestEntry(hal)),
    inbox: [],
  };
}

/** Options come from a validated scenario or a programmer; a prescription that the pump would refuse is an error here. */
export function createPump(options: PumpOptions, hal: PumpHal): PumpState {
  assert(judgeWords(options.words, options.strokeNl) === ACCEPTED, 'prescription that the pump would refuse');
  eraseBoot(hal);
  const pump = assemblePump(options, options.fillNl, createPrescription(options.words, hal), hal);
  // Over both copies, of which either may be a former pump's.
  saveLedger(pump, hal);
  saveLedger(pump, hal);
  keepBoot(pump.build, pump.mode.isStopCommanded, hal);
  return pump;
}

/**
 * A pump that lost its power or was reset goes on from what its store holds; null: there is none. `tick` is the tick that
 * is executed next, as far as the caller knows: a device whose clock stood still goes on behind what was saved last.
 *
 * Nothing is owed, so that no cut can add to the dose, and what may still be wrong is found anew: conditions are judged
 * from the first tick on, and the detectors begin at their beginning. With no prescription whole the minimum rate runs.
 */
export function bootPump(tick: number, hal: PumpHal): PumpState | null {
  const boot = restoreBoot(hal);
  if (boot === null) return null;
  const prescription = restorePrescription(hal);
  // With no ledger whole nobody knows what is left: so little that somebody is called, and enough for days.
  const pump = assemblePump(boot.build, lowReservoirNl(prescription), prescription, hal);
  const savedTick = restoreLedger(pump, hal);
  pump.nowTick = Math.max(tick, savedTick + 1);
  pump.mode.isStopCommanded = boot.isStopCommanded;
  pump.ledger.restarts += 1;
  pump.ledger.restartedTick = pump.nowTick;
  saveLedger(pump, hal);
  say(pump.log, hal, pump.nowTick, RESTART, pump.nowTick - savedTick);
  resumeBridge(pump, savedTick >= 0, hal);
  return pump;
}

/** Queue a command for the start of the next tick, which thereby becomes a wake. */
export function queueCommand(pump: PumpState, command: Command): void {
  pump.inbox.push(command);
}
