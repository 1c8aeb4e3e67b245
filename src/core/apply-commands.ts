/** The first stage of a tick: what was queued, in arrival order. Each command is taken whole or refused whole. */
import type { PumpHal } from '../../hal/hal.ts';
import { acknowledgeAlarm, silenceAlarm } from './alarms/alarms.ts';
import { ALARMS, CATHETER_OCCLUSION } from './alarms/table.ts';
import { keepBoot } from './boot-record.ts';
import { checkPrescription } from './check-prescription.ts';
import type { Command } from './commands.ts';
import {
  ACCEPTED,
  COMMAND_KINDS,
  NO_SUCH_ALARM,
  PRESCRIPTION_UNREADABLE,
  VOLUME_OUT_OF_RANGE,
} from './commands.ts';
import { INTERROGATION_TICKS } from './config.ts';
import { noteAcknowledge } from './detection/occlusion.ts';
import { COMMAND } from './events.ts';
import { say } from './log.ts';
import { enterStopCommanded, leaveStopCommanded } from './mode.ts';
import { commitPrescription } from './prescription.ts';
import { LOW_RESERVOIR_WORD } from './prescription-words.ts';
import { programWords } from './program.ts';
import type { PumpState } from './state.ts';
import { reportStatus } from './telemetry.ts';

function isVolume(volumeNl: number, maxNl: number): boolean {
  return volumeNl >= 1 && volumeNl <= maxNl && Math.floor(volumeNl) === volumeNl;
}

function isAlarm(index: number): boolean {
  return index >= 0 && index < ALARMS.length && Math.floor(index) === index;
}

function applyLowReservoir(pump: PumpState, hal: PumpHal, thresholdNl: number): number {
  if (!isVolume(thresholdNl, pump.build.reservoirNl)) return VOLUME_OUT_OF_RANGE;
  if (pump.prescription.isReadable === 0) return PRESCRIPTION_UNREADABLE;
  pump.prescription.words[LOW_RESERVOIR_WORD] = thresholdNl;
  commitPrescription(pump.prescription, hal);
  return ACCEPTED;
}

function applyAcknowledge(pump: PumpState, hal: PumpHal, index: number): number {
  if (!isAlarm(index)) return NO_SUCH_ALARM;
  if (index === CATHETER_OCCLUSION) noteAcknowledge(pump.occlusion);
  acknowledgeAlarm(pump.alarms, index, pump.log, hal, pump.nowTick);
  return ACCEPTED;
}

function applySilence(pump: PumpState, index: number): number {
  if (!isAlarm(index)) return NO_SUCH_ALARM;
  silenceAlarm(pump.alarms, index, ALARMS[index]!.silenceTicks, pump.nowTick);
  return ACCEPTED;
}

function applyInterrogate(pump: PumpState, hal: PumpHal): number {
  pump.battery.telemetryTicks += INTERROGATION_TICKS;
  reportStatus(pump, hal);
  return ACCEPTED;
}

function apply(pump: PumpState, hal: PumpHal, command: Command): number {
  switch (command.kind) {
    case 'stop':
      enterStopCommanded(pump.mode);
      // Before the log says that it was accepted: what is in the log is in force.
      keepBoot(pump.build, 1, hal);
      return ACCEPTED;
    case 'resume':
      leaveStopCommanded(pump.mode);
      keepBoot(pump.build, 0, hal);
      return ACCEPTED;
    case 'program':
      return programWords(pump, command.words, command.isConfirmed, hal);
    case 'low-reservoir':
      return applyLowReservoir(pump, hal, command.thresholdNl);
    case 'refill':
      return isVolume(command.volumeNl, pump.build.reservoirNl) ? ACCEPTED : VOLUME_OUT_OF_RANGE;
    case 'silence':
      return applySilence(pump, command.alarm);
    case 'acknowledge':
      return applyAcknowledge(pump, hal, command.alarm);
    case 'interrogate':
      return applyInterrogate(pump, hal);
  }
}

/** What the rest of the tick has to know of the commands it took. */
export interface Orders {
  /** Volume of a refill to be booked, or -1. */
  refillNl: number;
  /** What follows is of another prescription, or another fill, than what was pushed so far. */
  isNewDrug: boolean;
}

/** Take the queue. */
export function applyCommands(pump: PumpState, hal: PumpHal): Orders {
  const orders: Orders = { refillNl: -1, isNewDrug: false };
  if (pump.inbox.length === 0) return orders;
  // A command may seal the words anew: never over a flipped bit.
  checkPrescription(pump, hal);
  for (let i = 0; i < pump.inbox.length; i++) {
    const command = pump.inbox[i]!;
    const outcome = apply(pump, hal, command);
    const code = COMMAND_KINDS.indexOf(command.kind) * 16 + outcome;
    say(pump.log, hal, pump.nowTick, COMMAND, code);
    if (outcome !== ACCEPTED) continue;
    if (command.kind === 'refill') orders.refillNl = command.volumeNl;
    if (command.kind === 'refill' || command.kind === 'program') orders.isNewDrug = true;
  }
  pump.inbox.splice(0, pump.inbox.length);
  return orders;
}
