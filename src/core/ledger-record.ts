/**
 * The ledger as it lies in the store: what the pump has done and what was commanded, in words, for the day it loses its
 * power. It is saved each hour, each `SAVE_STROKES` strokes, when a command was taken and at the end of a tick that
 * kept an entry in the log, into the older of its two copies. What a cut loses is bounded by that: strokes since.
 */
import type { PumpHal } from '../../hal/hal.ts';
import { alarmBits, restoreLatched } from './alarms/alarms.ts';
import { ALARMS } from './alarms/table.ts';
import type { PumpState } from './state.ts';
import { checkOf, LEDGER_AT, LEDGER_WORDS, readNewest, seal, sequenceOf } from './store.ts';
import { changeWords, createSummedWords, type SummedWords, sumAnew } from './summed-words.ts';
import { HIGH_WORD, NEVER } from './units.ts';

/** Of 500 nL these are 50 uL: the most by which the computed reservoir is too high after a cut. */
export const SAVE_STROKES = 100;

/** A tick in one word: this stands for NEVER. */
const NEVER_WORD = -1;
/** From here on one for each alarm; there is room for 24. */
const FIRST_RAISES_WORD = 24;

function wordOf(tick: number): number {
  return tick === NEVER ? NEVER_WORD : tick;
}

function tickOf(word: number): number {
  return word === NEVER_WORD ? NEVER : word;
}

/** What strokes and hours change. `restoreLedger` is the mirror of this and the next. */
function putDelivered(words: Int32Array, pump: PumpState): void {
  const ledger = pump.ledger;
  words[0] = pump.nowTick;
  words[1] = pump.motor.requested;
  words[2] = pump.motor.confirmed;
  words[5] = ledger.requestedAtDay;
  words[6] = ledger.confirmedAtDay;
  words[7] = ledger.lastDayRequested;
  words[8] = ledger.lastDayConfirmed;
  words[9] = ledger.computedDosePg | 0;
  words[10] = Math.floor(ledger.computedDosePg / HIGH_WORD);
  words[20] = pump.occlusion.baselinePa;
}

function putStanding(words: Int32Array, pump: PumpState): void {
  const ledger = pump.ledger;
  const rows = pump.alarms.rows;
  words[3] = ledger.filledNl;
  words[4] = ledger.confirmedAtFill;
  words[11] = ledger.restarts;
  words[12] = pump.prescription.repairs;
  words[13] = pump.log.kept;
  words[14] = wordOf(pump.mode.stoppedSinceTick);
  words[15] = pump.battery.tones;
  words[16] = pump.battery.telemetryTicks;
  words[17] = wordOf(pump.battery.eriTick);
  words[18] = pump.motor.stallRun;
  words[19] = pump.occlusion.hasBaseline;
  words[21] = pump.telemetry.lastNumber;
  const alarms = alarmBits(pump.alarms);
  words[22] = alarms.active;
  words[23] = alarms.acknowledged;
  for (let i = 0; i < rows.length; i++) words[FIRST_RAISES_WORD + i] = rows[i]!.raises;
}

/** Into the older of the two copies. */
function write(words: Int32Array, sequence: number, hal: PumpHal): void {
  hal.store.write(LEDGER_AT + (sequence % 2) * LEDGER_WORDS, words);
}

export function saveLedger(pump: PumpState, hal: PumpHal): void {
  const words = new Int32Array(LEDGER_WORDS);
  putDelivered(words, pump);
  putStanding(words, pump);
  pump.ledger.sequence += 1;
  seal(words, pump.ledger.sequence, hal.checksum);
  write(words, pump.ledger.sequence, hal);
}

/** Where `putDelivered` puts, and the sequence number. */
const DELIVERED_PLACES = [0, 1, 2, 5, 6, 7, 8, 9, 10, 20, LEDGER_WORDS - 2];

export function createCalmLedger(): SummedWords {
  return createSummedWords(LEDGER_WORDS);
}

/** The same in calm; once it was saved in this calm (`isBegun`), `record` holds what else stands in the ledger. */
export function saveCalmLedger(record: SummedWords, isBegun: boolean, pump: PumpState, hal: PumpHal): void {
  const words = record.words;
  if (!isBegun) {
    putStanding(words, pump);
    sumAnew(record, LEDGER_WORDS - 1, hal.checksum);
  }
  const fresh = new Int32Array(LEDGER_WORDS);
  pump.ledger.sequence += 1;
  putDelivered(fresh, pump);
  fresh[LEDGER_WORDS - 2] = pump.ledger.sequence;
  changeWords(record, fresh, DELIVERED_PLACES);
  words[LEDGER_WORDS - 1] = checkOf(record.crc);
  write(words, pump.ledger.sequence, hal);
}

/** Into a pump that is as new. Returns the tick in which the ledger was saved, or -1: no copy is whole. */
export function restoreLedger(pump: PumpState, hal: PumpHal): number {
  const words = new Int32Array(LEDGER_WORDS);
  if (!readNewest(words, LEDGER_AT, hal)) return -1;
  const ledger = pump.ledger;
  ledger.sequence = sequenceOf(words);
  pump.motor.requested = words[1]!;
  pump.motor.confirmed = words[2]!;
  // The hour that the cut broke off is closed by nobody: its rest is an hour of its own.
  ledger.requestedAtHour = words[1]!;
  ledger.confirmedAtHour = words[2]!;
  ledger.filledNl = words[3]!;
  ledger.confirmedAtFill = words[4]!;
  ledger.requestedAtDay = words[5]!;
  ledger.confirmedAtDay = words[6]!;
  ledger.lastDayRequested = words[7]!;
  ledger.lastDayConfirmed = words[8]!;
  ledger.computedDosePg = (words[9]! >>> 0) + words[10]! * HIGH_WORD;
  ledger.restarts = words[11]!;
  pump.prescription.repairs = words[12]!;
  // Its own ring says more, where the store has one.
  pump.log.kept = Math.max(pump.log.kept, words[13]!);
  pump.mode.stoppedSinceTick = tickOf(words[14]!);
  pump.battery.tones = words[15]!;
  pump.battery.telemetryTicks = words[16]!;
  pump.battery.eriTick = tickOf(words[17]!);
  pump.motor.stallRun = words[18]!;
  pump.occlusion.hasBaseline = words[19]!;
  pump.occlusion.baselinePa = words[20]!;
  // So that an order whose reply was cut off, and that is asked again, is not carried out again.
  pump.telemetry.lastNumber = words[21]!;
  for (let i = 0; i < pump.alarms.rows.length; i++) {
    const isSounding = ((words[22]! & ~words[23]!) >> i) & 1;
    if (isSounding === 1 && ALARMS[i]!.isLatching) restoreLatched(pump.alarms, i);
    pump.alarms.rows[i]!.raises = words[FIRST_RAISES_WORD + i]!;
  }
  return words[0]!;
}
