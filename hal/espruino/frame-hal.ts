/**
 * BOARD: the HAL over one wake's frame. Readings come from the host, what the firmware does goes into the reply. A
 * reading that the firmware takes and the host did not foresee is noted: that alone is a difference.
 */
import { LOG_AT } from '../../src/core/store.ts';
import type { PumpHal } from '../hal.ts';
import { hexOfBytes } from './link.ts';

export interface Frame {
  /** The wake in line order: its ticks, then the changes of readings; null failed, undefined is not foreseen. */
  readings: (number | null | undefined)[];
  /** What each reading was when it last was one, by its place in `readings`. */
  last: number[];
  strokes: number;
  tones: number;
  /** Readings taken that were not in the frame. */
  starved: number;
  /** `tick.code.argument` of every event but strokes, `tick.s.digest` of state digests, `r.bytes` of telemetry's replies. */
  said: string[];
  /** All but the log, which is the host's: it hears every event. */
  stored: Int32Array;
}

export function createFrame(): Frame {
  return {
    readings: [],
    last: [0, 0, 0, 0, 0, 0],
    strokes: 0,
    tones: 0,
    starved: 0,
    said: [],
    stored: new Int32Array(LOG_AT),
  };
}

export interface BoardChecksum {
  crc32(words: Int32Array, count: number): number;
}

const STROKE_CODE = 0;

function take(frame: Frame, field: number): number | null {
  const change = frame.readings[field];
  if (change === null) return null;
  if (change === undefined) {
    frame.starved += 1;
    return null;
  }
  const value = frame.last[field]! + change;
  frame.last[field] = value;
  return value;
}

export function createFrameHal(frame: Frame, checksum: BoardChecksum): PumpHal {
  return {
    motor: {
      stroke: function () {
        frame.strokes += 1;
      },
      confirmedCount: function () {
        return take(frame, 1);
      },
    },
    outletPressure: {
      readPa: function () {
        return take(frame, 2);
      },
    },
    supply: {
      readLoadedMv: function () {
        return take(frame, 3);
      },
      readRestingMv: function () {
        return take(frame, 4);
      },
    },
    temperature: {
      readMilliC: function () {
        return take(frame, 5);
      },
    },
    annunciator: {
      play: function () {
        frame.tones += 1;
      },
    },
    watchdog: {
      kick: function () {
        // The board's own timer is not what drives it here: there is nothing to keep alive.
      },
    },
    store: {
      words: LOG_AT,
      write: function (address, words) {
        frame.stored.set(words, address);
      },
      read: function (address, into) {
        for (let i = 0; i < into.length; i++) into[i] = frame.stored[address + i]!;
        return true;
      },
    },
    telemetry: {
      event: function (tick, code, argument) {
        if (code !== STROKE_CODE) frame.said.push([tick, code, argument].join('.'));
      },
      stateDigest: function (tick, digest) {
        frame.said.push([tick, 's', digest].join('.'));
      },
      reply: function (bytes) {
        frame.said.push('r.' + hexOfBytes(bytes));
      },
    },
    checksum: checksum,
  };
}
