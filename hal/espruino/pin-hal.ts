/**
 * BOARD: the HAL over real pins. Every call of the interpreter that some board lacks is looked for before it is used,
 * and a reading that can't be taken or can't be true is a failed one.
 */
import { LEDGER_AT, storeWords } from '../../src/core/store.ts';
import type { PumpHal, Telemetry, TonePattern } from '../hal.ts';
import type { PinMap } from './board.ts';
import {
  ADC_FULL,
  PRESSURE_HIGHEST_RAW,
  PRESSURE_LOWEST_RAW,
  PRESSURE_SPAN_PA,
  PRESSURE_SPAN_RAW,
  PRESSURE_ZERO_RAW,
  REFERENCE_MV,
  STEP_MS,
  STEPS_PER_STROKE,
  SUPPLY_DIVIDER,
  TONE_NOTES,
  WATCHDOG_SECONDS,
} from './board.ts';
import type { BoardChecksum } from './frame-hal.ts';

/** A pin of the interpreter. */
type BoardPin = object;

declare const E: {
  getTemperature?(): number;
  getAnalogVRef?(): number;
  enableWatchdog?(seconds: number, isAutomatic: boolean): void;
  kickWatchdog?(): void;
};
declare const Pin: new (name: string) => BoardPin;
declare function digitalWrite(pins: BoardPin | BoardPin[], value: number): void;
declare function analogRead(pin: BoardPin): number;
declare function analogWrite(pin: BoardPin, value: number, options: { freq: number }): void;
declare function setWatch(
  callback: () => void,
  pin: BoardPin,
  options: { repeat: boolean; edge: string; debounce: number },
): number;
declare function setTimeout(callback: () => void, milliseconds: number): number;
declare interface BoardStorage {
  read(name: string): string | undefined;
  write(name: string, data: string | Uint8Array): boolean;
  erase(name: string): void;
  getFree?(): number;
}
declare interface BoardGlobals {
  require(module: 'Storage'): BoardStorage;
}

/** Two windings at a time: full torque, four steps to a cycle. Bit 0 is the last pin. */
const STEP_BITS = [12, 6, 3, 9] as const;
const RELEASED = 0;
const HALF_DUTY = 1 / 2;
const FEEDBACK_DEBOUNCE_MS = 2;

/** Of the event log; each takes a file. */
const LOG_ENTRIES = 16;
/** Below this the interpreter might compact its flash, and move the code that is running from it. */
const STORE_RESERVE_BYTES = 512;
/** What is written of itself leaves this free, so that a new prescription always finds room. */
const PRESCRIPTION_RESERVE_BYTES = 2048;

export interface PinCounts {
  /** Pulses of the feedback since power-up. */
  confirmed: number;
  /** Records and set-ups that could not be stored. */
  storeFailures: number;
  /** Strokes commanded and not begun yet. */
  waitingStrokes: number;
}

export interface PinHal {
  readonly hal: PumpHal;
  readonly counts: PinCounts;
  /** No further stroke begins. One under way ends, since half a stroke is no place to stop; then no winding is energised. */
  halt(): void;
}

/** The files in flash. Asked of the global object, because a bundler resolves a bare `require` itself. */
export function flash(): BoardStorage {
  return (globalThis as unknown as BoardGlobals).require('Storage');
}

function rawOf(pin: BoardPin): number | null {
  const share = analogRead(pin);
  // A board without an ADC on this pin gives NaN, which is not even itself.
  if (share !== share || share < 0 || share > 1) return null;
  return Math.floor(share * ADC_FULL);
}

export function pressurePaOf(raw: number | null): number | null {
  if (raw === null || raw < PRESSURE_LOWEST_RAW || raw > PRESSURE_HIGHEST_RAW) return null;
  return Math.floor(((raw - PRESSURE_ZERO_RAW) * PRESSURE_SPAN_PA) / PRESSURE_SPAN_RAW);
}

function referenceMv(): number {
  if (typeof E.getAnalogVRef !== 'function') return REFERENCE_MV;
  const mv = Math.floor(E.getAnalogVRef() * 1000);
  // A reference no board has is a failed measurement of it.
  return mv >= 1500 && mv <= 6000 ? mv : REFERENCE_MV;
}

export function supplyMvOf(raw: number | null, fullMv: number): number | null {
  // A dead short or an open divider is no battery.
  if (raw === null || raw === 0 || raw >= ADC_FULL - 1) return null;
  return Math.floor((raw * fullMv * SUPPLY_DIVIDER) / ADC_FULL);
}

/** A small file into flash, if that leaves so much free and succeeds. */
function storeLeaving(freeBytes: number, name: string, data: string | Uint8Array): boolean {
  const storage = flash();
  if (typeof storage.getFree === 'function' && storage.getFree() < freeBytes) return false;
  try {
    storage.write(name, data);
    return true;
  } catch (error) {
    // Full or worn: no reason for a pump to stop.
    return false;
  }
}

/** A small file into flash, if that is safe and succeeds. */
export function storeSmall(name: string, data: string | Uint8Array): boolean {
  return storeLeaving(STORE_RESERVE_BYTES, name, data);
}

/** Each record of the store is a file. */
function fileOf(address: number): string {
  return ['thecal', address].join('.');
}

function readWords(address: number, into: Int32Array): boolean {
  const text = flash().read(fileOf(address));
  if (text === undefined || text.length !== into.length * 4) return false;
  const bytes = new Uint8Array(into.buffer, into.byteOffset, text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return true;
}

function writeWords(address: number, words: Int32Array): boolean {
  const reserve = address < LEDGER_AT ? STORE_RESERVE_BYTES : PRESCRIPTION_RESERVE_BYTES;
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
  return storeLeaving(reserve, fileOf(address), bytes);
}

export function createPinHal(map: PinMap, checksum: BoardChecksum, telemetry: Telemetry): PinHal {
  const phases: BoardPin[] = [];
  for (let i = 0; i < map.phases.length; i++) phases.push(new Pin(map.phases[i]!));
  const pressure = new Pin(map.pressure);
  const supply = new Pin(map.supply);
  const buzzer = new Pin(map.buzzer);
  const counts: PinCounts = { confirmed: 0, storeFailures: 0, waitingStrokes: 0 };
  /** Where in its cycle the motor stands: a winding energised there holds it and moves nothing. */
  let position = 0;
  let stepsLeft = 0;
  /** A step is to come, if only the one that lets go: there is never a second chain of them. */
  let isTurning = false;

  function energise(): void {
    digitalWrite(phases, STEP_BITS[position % 4]!);
  }

  function release(): void {
    digitalWrite(phases, RELEASED);
  }

  function step(): void {
    if (stepsLeft === 0) {
      if (counts.waitingStrokes === 0) {
        isTurning = false;
        release();
        return;
      }
      counts.waitingStrokes -= 1;
      stepsLeft = STEPS_PER_STROKE;
    }
    position += 1;
    stepsLeft -= 1;
    energise();
    setTimeout(step, STEP_MS);
  }

  function playFrom(pattern: TonePattern, note: number): void {
    const notes = TONE_NOTES[pattern - 1]!;
    if (note >= notes.length) {
      digitalWrite(buzzer, 0);
      return;
    }
    const one = notes[note]!;
    if (one[0] === 0) digitalWrite(buzzer, 0);
    else analogWrite(buzzer, HALF_DUTY, { freq: one[0] });
    setTimeout(function () {
      playFrom(pattern, note + 1);
    }, one[1]);
  }

  setWatch(
    function () {
      counts.confirmed += 1;
    },
    new Pin(map.feedback),
    { repeat: true, edge: 'rising', debounce: FEEDBACK_DEBOUNCE_MS },
  );
  release();
  if (typeof E.enableWatchdog === 'function') E.enableWatchdog(WATCHDOG_SECONDS, false);

  const hal: PumpHal = {
    motor: {
      stroke: function () {
        counts.waitingStrokes += 1;
        // One that still turns takes this one up when it is done.
        if (isTurning) return;
        isTurning = true;
        setTimeout(step, 0);
      },
      confirmedCount: function () {
        return counts.confirmed;
      },
    },
    outletPressure: {
      readPa: function () {
        return pressurePaOf(rawOf(pressure));
      },
    },
    supply: {
      readLoadedMv: function () {
        energise();
        const raw = rawOf(supply);
        if (!isTurning) release();
        return supplyMvOf(raw, referenceMv());
      },
      readRestingMv: function () {
        return supplyMvOf(rawOf(supply), referenceMv());
      },
    },
    temperature: {
      readMilliC: function () {
        if (typeof E.getTemperature !== 'function') return null;
        const degrees = E.getTemperature();
        return degrees === degrees ? Math.floor(degrees * 1000) : null;
      },
    },
    annunciator: {
      play: function (pattern) {
        playFrom(pattern, 0);
      },
    },
    watchdog: {
      kick: function () {
        if (typeof E.kickWatchdog === 'function') E.kickWatchdog();
      },
    },
    store: {
      words: storeWords(LOG_ENTRIES),
      write: function (address, words) {
        if (!writeWords(address, words)) counts.storeFailures += 1;
      },
      read: readWords,
    },
    telemetry: telemetry,
    checksum: checksum,
  };
  function halt(): void {
    counts.waitingStrokes = 0;
    if (!isTurning) release();
  }

  return { hal: hal, counts: counts, halt: halt };
}
