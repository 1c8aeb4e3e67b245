/**
 * The HAL over a simulated world: every call is answered from the world as of the tick the firmware is in. A stroke is
 * noted and applied to the world after the tick, so nothing the firmware does moves the world under its own feet.
 */
import type { World } from '../../sim/world.ts';
import {
  confirmedStrokes,
  outletPressurePa,
  supplyMv,
  temperatureMilliC,
  toneSounded,
} from '../../sim/world.ts';
import type { PumpHal } from '../hal.ts';
import { crc32OfWords } from './checksum.ts';

export interface SimSide {
  world: World;
  /** The tick being executed. */
  tick: number;
  isStrokeCommanded: boolean;
  /** The store, as non-volatile memory would hold it. */
  stored: Int32Array;
  watchdogKicks: number;
}

export interface SimVoice {
  event(tick: number, code: number, argument: number): void;
  stateDigest(tick: number, digest: number): void;
  reply(bytes: Uint8Array): void;
}

export function createSimHal(side: SimSide, voice: SimVoice): PumpHal {
  return {
    motor: {
      stroke() {
        side.isStrokeCommanded = true;
      },
      confirmedCount: () => confirmedStrokes(side.world, side.tick, 'consumed'),
    },
    outletPressure: { readPa: () => outletPressurePa(side.world, side.tick, 'consumed') },
    supply: {
      readRestingMv: () => supplyMv(side.world, side.tick, 'resting', 'consumed'),
      readLoadedMv: () => supplyMv(side.world, side.tick, 'loaded', 'consumed'),
    },
    temperature: { readMilliC: () => temperatureMilliC(side.world, side.tick, 'consumed') },
    annunciator: { play: () => toneSounded(side.world, side.tick) },
    watchdog: {
      kick() {
        side.watchdogKicks += 1;
      },
    },
    store: {
      words: side.stored.length,
      write: (address, words) => side.stored.set(words, address),
      read(address, into) {
        into.set(side.stored.subarray(address, address + into.length));
        return true;
      },
    },
    telemetry: {
      event: (tick, code, argument) => voice.event(tick, code, argument),
      stateDigest: (tick, digest) => voice.stateDigest(tick, digest),
      reply: (bytes) => voice.reply(bytes),
    },
    checksum: { crc32: crc32OfWords },
  };
}
