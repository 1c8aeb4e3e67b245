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
import { createPrescription } from './prescription.ts';
import { CONCENTRATION_WORD, judgeWords, strokeDenominator } from './prescription-words.ts';
import type { PumpState } from './state.ts';

export interface PumpOptions {
  readonly strokeNl: number;
  readonly reservoirNl: number;
  readonly startHour: number;
  readonly fillNl: number;
  /** The first prescription, as `prescription-words.ts` has it. */
  readonly words: Int32Array;
}

/** Options come from a validated scenario or a programmer; a prescription that the pump would refuse is an error here. */
export function createPump(options: PumpOptions, hal: PumpHal): PumpState {
  assert(judgeWords(options.words, options.strokeNl) === ACCEPTED, 'prescription that the pump would refuse');
  const ugPerMl = options.words[CONCENTRATION_WORD]!;
  return {
    nowTick: 0,
    build: {
      strokeNl: options.strokeNl,
      reservoirNl: options.reservoirNl,
      startHour: options.startHour,
    },
    prescription: createPrescription(options.words, hal),
    mode: createMode(),
    dosing: createDosing(strokeDenominator(ugPerMl, options.strokeNl)),
    motor: createMotor(),
    ledger: createLedger(options.fillNl, options.strokeNl * ugPerMl),
    battery: createBattery(),
    occlusion: createOcclusion(),
    alarms: createAlarms(ALARMS.length),
    log: createLog(),
    inbox: [],
  };
}

/** Queue a command for the start of the next tick, which thereby becomes a wake. */
export function queueCommand(pump: PumpState, command: Command): void {
  pump.inbox.push(command);
}
