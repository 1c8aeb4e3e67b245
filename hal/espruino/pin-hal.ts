/**
 * BOARD: the HAL over real pins. Every call of the interpreter that some board lacks is looked for before it is used,
 * and a reading that can't be taken or can't be true is a failed one.
 */
import type { PumpHal, Telemetry, TonePattern } from '../hal.ts';
import type { PinMap } from './board.ts';
import {
  ADC_FULL,
  LOOK_MS,
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
import type { PinStore } from './pin-store.ts';
import { createPinStore } from './pin-store.ts';

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
/** Two windings at a time: full torque, four steps to a cycle. Bit 0 is the last pin. */
const STEP_BITS = [12, 6, 3, 9] as const;
const RELEASED = 0;
const HALF_DUTY = 1 / 2;
const FEEDBACK_DEBOUNCE_MS = 2;

export interface PinHal {
  readonly hal: PumpHal;
  readonly store: PinStore;
  /** No further stroke begins. One under way ends, since half a stroke is no place to stop; then no winding is energised. */
  halt(): void;
  /** Asked at each look at the clock. True when a stroke or a tone was broken off: then windings and buzzer are let go. */
  letGoOfBroken(nowMs: number): boolean;
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

export function createPinHal(map: PinMap, checksum: BoardChecksum, telemetry: Telemetry): PinHal {
  const phases: BoardPin[] = [];
  for (let i = 0; i < map.phases.length; i++) phases.push(new Pin(map.phases[i]!));
  const pressure = new Pin(map.pressure);
  const supply = new Pin(map.supply);
  const buzzer = new Pin(map.buzzer);
  const store = createPinStore();
  /** Pulses of the feedback since power-up. */
  let confirmed = 0;
  /** Strokes commanded and not begun yet. */
  let waitingStrokes = 0;
  /** Where in its cycle the motor stands: a winding energised there holds it and moves nothing. */
  let position = 0;
  let stepsLeft = 0;
  /** A step is to come, if only the one that lets go: there is never a second chain of them. */
  let isTurning = false;
  /** Tones that are not over. */
  let tones = 0;
  /** Looks at the clock since the last step, while there should be one each 4 ms, and since the last note. */
  let looksWithoutStep = 0;
  let looksWithoutNote = 0;
  let lookedMs = 0;

  function energise(): void {
    digitalWrite(phases, STEP_BITS[position % 4]!);
  }

  function release(): void {
    digitalWrite(phases, RELEASED);
  }

  function step(): void {
    looksWithoutStep = 0;
    if (stepsLeft === 0) {
      if (waitingStrokes === 0) {
        isTurning = false;
        release();
        return;
      }
      waitingStrokes -= 1;
      stepsLeft = STEPS_PER_STROKE;
    }
    position += 1;
    stepsLeft -= 1;
    energise();
    setTimeout(step, STEP_MS);
  }

  function playFrom(pattern: TonePattern, note: number): void {
    looksWithoutNote = 0;
    const notes = TONE_NOTES[pattern - 1]!;
    if (note >= notes.length) {
      digitalWrite(buzzer, 0);
      tones -= 1;
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
      confirmed += 1;
    },
    new Pin(map.feedback),
    { repeat: true, edge: 'rising', debounce: FEEDBACK_DEBOUNCE_MS },
  );
  release();
  if (typeof E.enableWatchdog === 'function') E.enableWatchdog(WATCHDOG_SECONDS, false);

  const hal: PumpHal = {
    motor: {
      stroke: function () {
        waitingStrokes += 1;
        // One that still turns takes this one up when it is done.
        if (isTurning) return;
        isTurning = true;
        looksWithoutStep = 0;
        setTimeout(step, 0);
      },
      confirmedCount: function () {
        return confirmed;
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
        tones += 1;
        playFrom(pattern, 0);
      },
    },
    watchdog: {
      kick: function () {
        if (typeof E.kickWatchdog === 'function') E.kickWatchdog();
      },
    },
    store: store,
    telemetry: telemetry,
    checksum: checksum,
  };
  function halt(): void {
    waitingStrokes = 0;
    if (!isTurning) release();
  }

  function letGoOfBroken(nowMs: number): boolean {
    const passedMs = nowMs - lookedMs;
    lookedMs = nowMs;
    // Right after another look, on a clock that was set, or after a stall, steps had no time to come.
    if (passedMs * 2 < LOOK_MS || passedMs > 2 * LOOK_MS) return false;
    if (isTurning) looksWithoutStep += 1;
    if (tones > 0) looksWithoutNote += 1;
    if (looksWithoutStep < 2 && looksWithoutNote < 2) return false;
    stepsLeft = 0;
    isTurning = false;
    looksWithoutStep = 0;
    tones = 0;
    looksWithoutNote = 0;
    halt();
    digitalWrite(buzzer, 0);
    return true;
  }

  return { hal: hal, store: store, halt: halt, letGoOfBroken: letGoOfBroken };
}
