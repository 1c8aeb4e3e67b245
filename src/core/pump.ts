/** The pump as it leaves the factory and the programmer: the state of everything, and the orders it accepts. */
import type { PumpHal } from '../../hal/hal.ts';
import { createAlarms } from './alarms/alarms.ts';
import { ALARMS } from './alarms/table.ts';
import { assert } from './assert.ts';
import type { Command } from './commands.ts';
import { ACCEPTED } from './commands.ts';
import { createBattery } from './detection/battery.ts';
import { createOcclusion } from './detection/occlusion.ts';
import { createDosing } from './dosing.ts';
import { createLedger } from './ledger.ts';
import { createLog } from './log.ts';
import { createMode } from './mode.ts';
import { createMotor } from './motor.ts';
import { createPrescription, judgeTherapy, strokeDenominator } from './prescription.ts';
import type { PumpState } from './state.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import type { Therapy } from './therapy.ts';

export interface PumpOptions {
  readonly strokeNl: number;
  readonly reservoirNl: number;
  readonly startHour: number;
  readonly sessionTimeoutTicks: number;
  readonly fillNl: number;
  readonly lowReservoirNl: number;
  readonly concentrationUgPerMl: number;
  readonly therapy: Therapy;
}

/** Options come from a validated scenario or a programmer; a therapy that the pump would refuse is an error here. */
export function createPump(options: PumpOptions, hal: PumpHal): PumpState {
  const outcome = judgeTherapy(options.therapy, options.concentrationUgPerMl, options.strokeNl);
  assert(outcome === ACCEPTED, 'therapy that the pump would refuse');
  return {
    nowTick: 0,
    build: {
      strokeNl: options.strokeNl,
      reservoirNl: options.reservoirNl,
      startHour: options.startHour,
      sessionTimeoutTicks: options.sessionTimeoutTicks,
    },
    prescription: createPrescription(
      options.therapy,
      options.concentrationUgPerMl,
      options.lowReservoirNl,
      hal,
    ),
    mode: createMode(),
    dosing: createDosing(strokeDenominator(options.concentrationUgPerMl, options.strokeNl)),
    motor: createMotor(),
    ledger: createLedger(options.fillNl, options.strokeNl * options.concentrationUgPerMl),
    battery: createBattery(),
    occlusion: createOcclusion(),
    alarms: createAlarms(ALARMS.length),
    telemetry: createTelemetry(),
    log: createLog(),
    inbox: [],
  };
}

/** Queue a command for the start of the next tick, which thereby becomes a wake. */
export function queueCommand(pump: PumpState, command: Command): void {
  pump.inbox.push(command);
}
