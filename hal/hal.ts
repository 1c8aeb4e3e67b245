/**
 * THE CONTRACT between the pump's firmware and whatever it runs on. Types only, one page.
 *
 * For whoever implements it:
 * - All values are integers; the unit is the end of the name. `null` means one thing: this reading failed.
 * - A reading is taken only when the firmware asks, at most once per tick and kind. The firmware asks on the
 *   ticks it names beforehand (a stroke, an hour, a second look, a rest sample): no call, no reading.
 * - Nothing here blocks, throws, or calls back into the firmware. Hardware that misbehaves is a value, never
 *   an exception.
 * - What takes less than a tick (the phases of a stroke, the notes of a tone) is the implementation's to carry
 *   out after the call returned and before the next tick.
 *
 * `tests/hal/conformance.ts` is this page as a test suite; every target must pass it.
 */
export interface PumpHal {
  readonly motor: Motor;
  readonly outletPressure: OutletPressure;
  readonly supply: Supply;
  readonly temperature: Temperature;
  readonly annunciator: Annunciator;
  readonly watchdog: Watchdog;
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly checksum: Checksum;
}

export interface Motor {
  /** Start one stroke. At most one call a tick; its effect is seen from the next tick on, never in this one. */
  stroke(): void;
  /** Strokes that the feedback has seen complete since power-up: cumulative, never reset, or null. */
  confirmedCount(): number | null;
}

export interface OutletPressure {
  /** Gauge pressure at the pump's outlet, before a stroke of this tick; may be negative. */
  readPa(): number | null;
}

export interface Supply {
  /** Battery voltage with nothing switched on. */
  readRestingMv(): number | null;
  /** Battery voltage with the motor winding energised as a load, without moving it. */
  readLoadedMv(): number | null;
}

export interface Temperature {
  readMilliC(): number | null;
}

/** What can be heard of the pump: 1 = single tone (non-critical), 2 = two-tone (critical). */
export type TonePattern = 1 | 2;

export interface Annunciator {
  /** Sound a pattern once. The repeat interval is the firmware's. */
  play(pattern: TonePattern): void;
}

export interface Watchdog {
  /** Called by whoever runs the firmware, after each tick that returned; never by the firmware itself. */
  kick(): void;
}

export interface Store {
  /** Its size; what lies where is the firmware's, in `src/core/store.ts`. */
  readonly words: number;
  /** Survives power loss once the call has returned. Power lost meanwhile leaves any mixture of old and new words. */
  write(address: number, words: Int32Array): void;
  /** Fill `into` from `address` on; false when these words were never written or can't be read. */
  read(address: number, into: Int32Array): boolean;
}

export interface Telemetry {
  /** Something happened. `code` and `argument` as in `src/core/events.ts`; calls arrive in chain order. */
  event(tick: number, code: number, argument: number): void;
  /** The state digest, taken after a tick that closed an hour. */
  stateDigest(tick: number, digest: number): void;
  /** A frame for the programmer, layout as in `src/core/telemetry/frame.ts`; the carrier is the implementation's. */
  reply(bytes: Uint8Array): void;
}

export interface Checksum {
  /** CRC-32 (IEEE 802.3, as zlib) over the first `count` words, each as four bytes little-endian; 0 to 2^32-1. */
  crc32(words: Int32Array, count: number): number;
}
