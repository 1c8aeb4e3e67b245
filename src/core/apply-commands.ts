/** The first stage of a tick: what was queued, in arrival order. Each command is taken whole or refused whole. */
import type { PumpHal } from '../../hal/hal.ts';
import { acknowledgeAlarm, silenceAlarm } from './alarms/alarms.ts';
import { ALARMS, CATHETER_OCCLUSION } from './alarms/table.ts';
import { beginBolus, beginPrime, endBolus, judgeBolus, judgePrime, shortestBolusTicks } from './bolus.ts';
import { keepBoot } from './boot-record.ts';
import { checkPrescription } from './check-prescription.ts';
import type { Command, Order } from './commands.ts';
import {
  ACCEPTED,
  BOLUS_TOO_FAST,
  COMMAND_KINDS,
  NEEDS_CONFIRMATION,
  NO_SUCH_ALARM,
  PRESCRIPTION_UNREADABLE,
  SESSION_OPEN,
  VOLUME_OUT_OF_RANGE,
} from './commands.ts';
import { FRAME_TICKS, INTERROGATION_TICKS } from './config.ts';
import { noteAcknowledge } from './detection/occlusion.ts';
import { BOLUS_SHORTEST, COMMAND } from './events.ts';
import { bookRefill } from './ledger.ts';
import { saveLedger } from './ledger-record.ts';
import { say } from './log.ts';
import { enterStopCommanded, leaveStopCommanded } from './mode.ts';
import { commitPrescription } from './prescription.ts';
import { LOW_RESERVOIR_WORD } from './prescription-words.ts';
import { programWords, shortestPeriodicTicks } from './program.ts';
import type { PumpState } from './state.ts';
import { answerHello, answerRequest, tellStatus } from './telemetry/answers.ts';
import {
  COMMIT,
  HELLO,
  hasWordsNeeded,
  NO_SUCH_WORDS,
  OPEN,
  orderOf,
  ROLLBACK,
} from './telemetry/requests.ts';
import { endCommitted, isAskedOf, judgeCommit } from './telemetry/session.ts';
import type { Frame } from './telemetry/frame.ts';
import { hearFrame, replyTo } from './telemetry/telemetry.ts';
import { judgeTitration } from './titration.ts';
import { isCount } from './units.ts';

function isAlarm(index: number): boolean {
  return index >= 0 && index < ALARMS.length && Math.floor(index) === index;
}

function applyLowReservoir(pump: PumpState, hal: PumpHal, thresholdNl: number): number {
  if (!isCount(thresholdNl, pump.build.reservoirNl)) return VOLUME_OUT_OF_RANGE;
  if (pump.prescription.isReadable === 0) return PRESCRIPTION_UNREADABLE;
  pump.prescription.words[LOW_RESERVOIR_WORD] = thresholdNl;
  commitPrescription(pump.prescription, hal);
  return ACCEPTED;
}

/** Before the log says that it was accepted, as a stop. Booked again when this tick has looked at the motor. */
function applyRefill(pump: PumpState, hal: PumpHal, volumeNl: number): number {
  if (!isCount(volumeNl, pump.build.reservoirNl)) return VOLUME_OUT_OF_RANGE;
  bookRefill(pump.ledger, volumeNl, pump.motor.confirmed);
  saveLedger(pump, hal);
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
  tellStatus(pump, hal);
  return ACCEPTED;
}

function applyBolus(pump: PumpState, hal: PumpHal, doseTenthUg: number, ticks: number): number {
  const outcome = judgeBolus(pump, doseTenthUg, ticks);
  if (outcome === ACCEPTED) beginBolus(pump, doseTenthUg, ticks, hal);
  if (outcome === BOLUS_TOO_FAST) {
    say(pump.log, hal, pump.nowTick, BOLUS_SHORTEST, shortestBolusTicks(pump, doseTenthUg));
  }
  return outcome;
}

function applyPrime(pump: PumpState, hal: PumpHal, volumeNl: number): number {
  const outcome = judgePrime(pump, volumeNl);
  if (outcome === ACCEPTED) beginPrime(pump, volumeNl, hal);
  return outcome;
}

/** What a session holds or will replace is not touched behind its back. */
function isHeldBySession(command: Order): boolean {
  const kind = command.kind;
  return (
    kind === 'resume' ||
    kind === 'program' ||
    kind === 'low-reservoir' ||
    kind === 'bolus' ||
    kind === 'prime'
  );
}

function apply(pump: PumpState, hal: PumpHal, command: Order): number {
  if (pump.telemetry.session.isOpen === 1 && isHeldBySession(command)) return SESSION_OPEN;
  switch (command.kind) {
    case 'stop':
      enterStopCommanded(pump.mode);
      // A resume in the same tick brings none of it back.
      endBolus(pump, hal);
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
      return applyRefill(pump, hal, command.volumeNl);
    case 'silence':
      return applySilence(pump, command.alarm);
    case 'acknowledge':
      return applyAcknowledge(pump, hal, command.alarm);
    case 'bolus':
      return applyBolus(pump, hal, command.doseTenthUg, command.ticks);
    case 'prime':
      return applyPrime(pump, hal, command.volumeNl);
    case 'interrogate':
      return applyInterrogate(pump, hal);
  }
}

/** What the rest of the tick has to know of the commands it took. */
export interface Orders {
  /** Volume of a refill to be booked, or -1. */
  refillNl: number;
  /** What follows is of another prescription or another fill than what was pushed so far, or a prime. */
  isNewDrug: boolean;
}

function sayOutcome(pump: PumpState, hal: PumpHal, kind: Command['kind'], outcome: number): void {
  say(pump.log, hal, pump.nowTick, COMMAND, COMMAND_KINDS.indexOf(kind) * 16 + outcome);
}

/** Carry one order out. Returns its outcome. */
function take(pump: PumpState, hal: PumpHal, order: Order, orders: Orders): number {
  const outcome = apply(pump, hal, order);
  sayOutcome(pump, hal, order.kind, outcome);
  if (outcome !== ACCEPTED) return outcome;
  if (order.kind === 'refill') orders.refillNl = order.volumeNl;
  const kind = order.kind;
  if (kind === 'refill' || kind === 'program' || kind === 'prime') orders.isNewDrug = true;
  return outcome;
}

/** Program what the update session has staged. Refused or to be confirmed, the session stays open. Returns as `carryOut`. */
function commit(pump: PumpState, hal: PumpHal, wantsConfirmed: boolean, orders: Orders): number {
  const session = pump.telemetry.session;
  const reply = pump.telemetry.reply;
  reply[0] = judgeCommit(session, hal);
  if (reply[0] !== ACCEPTED) return 1;
  const isConfirmed = wantsConfirmed && isAskedOf(session, pump.nowTick);
  const outcome = programWords(pump, session.staged, isConfirmed, hal);
  reply[0] = outcome;
  sayOutcome(pump, hal, 'program', outcome);
  if (outcome === NEEDS_CONFIRMATION) {
    const titration = judgeTitration(pump.prescription.words, session.staged, pump.nowTick);
    session.askedTick = pump.nowTick;
    reply[1] = titration.rules;
    reply[2] = titration.changePermille;
    return 3;
  }
  if (outcome === BOLUS_TOO_FAST) {
    reply[1] = shortestPeriodicTicks(pump, session.staged);
    return 2;
  }
  if (outcome !== ACCEPTED) return 1;
  orders.isNewDrug = true;
  endCommitted(pump, hal);
  return 1;
}

/** Fills the reply to a new request. Returns how many words it has. */
function carryOut(pump: PumpState, hal: PumpHal, frame: Frame, orders: Orders): number {
  const reply = pump.telemetry.reply;
  const order = orderOf(frame);
  if (!hasWordsNeeded(frame)) reply[0] = NO_SUCH_WORDS;
  else if (order !== null) {
    reply[0] = take(pump, hal, order, orders);
    if (order.kind !== 'bolus' || reply[0] !== BOLUS_TOO_FAST) return 1;
    reply[1] = shortestBolusTicks(pump, order.doseTenthUg);
    return 2;
  } else if (frame.type === COMMIT) return commit(pump, hal, frame.words[0] === 1, orders);
  else return answerRequest(pump, frame, hal);
  return 1;
}

function takeFrame(pump: PumpState, hal: PumpHal, bytes: ArrayLike<number>, orders: Orders): void {
  const telemetry = pump.telemetry;
  pump.battery.telemetryTicks += FRAME_TICKS;
  const frame = hearFrame(telemetry, bytes, hal);
  if (frame === null) return;
  if (frame.type === HELLO) {
    answerHello(pump, frame, hal);
    return;
  }
  // Whoever only looks on, a monitor that was left running, keeps no session open.
  if (frame.type >= OPEN && frame.type <= ROLLBACK) telemetry.session.heardTick = pump.nowTick;
  const words = carryOut(pump, hal, frame, orders);
  replyTo(telemetry, frame, words, hal);
}

/** One record for all ticks, written anew in each. */
const orders: Orders = { refillNl: -1, isNewDrug: false };

/** Take the queue. */
export function applyCommands(pump: PumpState, hal: PumpHal): Orders {
  orders.refillNl = -1;
  orders.isNewDrug = false;
  if (pump.inbox.length === 0) return orders;
  // A command may seal the words anew: never over a flipped bit.
  checkPrescription(pump, hal);
  for (let i = 0; i < pump.inbox.length; i++) {
    const command = pump.inbox[i]!;
    if (command.kind === 'frame') takeFrame(pump, hal, command.bytes, orders);
    else take(pump, hal, command, orders);
  }
  pump.inbox.splice(0, pump.inbox.length);
  return orders;
}
