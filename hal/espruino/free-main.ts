/**
 * BOARD: the entry of the bundle for a pump that runs on its own over real pins. It speaks the lines of the line, at
 * the console's prompt, and prints what happens as it happens:
 *
 *   thecal("hello,1,...")    who is there; a pump that runs goes on
 *   thecal("setup,2,...")    a new pump with this prescription, from tick 0; it goes on when the board restarts
 *   thecal("command,3,0.0,...")  a command by kind and numbers, as `k` has them in lockstep
 *   thecal("status,4,...")   status,4,tick,requested,confirmed,stalls,missed,jumps,store failures,failure
 *   thecal("stop,5,...")     no pump any more, and none at the next start
 *
 *   event,TICK,CODE,ARGUMENT,...   digest,TICK,VALUE,...   report,WORD WORD ...,...
 */
import { bootPump, createPump, queueCommand } from '../../src/core/pump.ts';
import type { Telemetry } from '../hal.ts';
import { pinMapOf } from './board.ts';
import type { BoardChecksum } from './frame-hal.ts';
import type { FreeRun } from './free-run.ts';
import { createFreeRun, lookAtClock } from './free-run.ts';
import {
  NAK_ASSERTION,
  NAK_CHECKSUM,
  NAK_FIELDS,
  NAK_NO_PUMP,
  NAK_VERB,
  openLine,
  PROTOCOL,
  sealLine,
} from './link.ts';
import type { PinHal } from './pin-hal.ts';
import { createPinHal, flash, storeSmall } from './pin-hal.ts';
import { numbersOf, readCommand, readSetup } from './session.ts';

declare const __CORE_HASH__: string;
declare const E: { CRC32(data: string | Uint8Array): number };
declare const process: { env: { BOARD: string }; memory(): { free: number; total: number } };
declare function print(text: string): void;
declare function getTime(): number;
declare function setInterval(callback: () => void, milliseconds: number): number;
/** Names that others call by, so the bundle keeps them. */
declare interface BoardFirmware {
  (line: string): string;
  core: string;
  look(milliseconds: number): void;
}

/** The fields of the last `setup`: with what it says of the build the pump goes on when the board restarts. */
const SETUP_NAME = 'thecal.set';
const LOOK_MS = 1000;

function textCrc(text: string): number {
  return E.CRC32(text);
}

function seal(fields: readonly (string | number)[]): string {
  return sealLine(fields, textCrc);
}

const checksum: BoardChecksum = {
  crc32: function (words, count) {
    // A view, since this interpreter's `slice` makes a plain array of a typed one.
    return E.CRC32(new Uint8Array(words.buffer, words.byteOffset, count * 4));
  },
};

const telemetry: Telemetry = {
  event: function (tick, code, argument) {
    print(seal(['event', tick, code, argument]));
  },
  stateDigest: function (tick, digest) {
    print(seal(['digest', tick, digest]));
  },
  report: function (words) {
    const texts: string[] = [];
    for (let i = 0; i < words.length; i++) texts.push(words[i]!.toString());
    print(seal(['report', texts.join(' ')]));
  },
};

/** Made at the first set-up and kept: its watch on the feedback pin counts since power-up. */
let pins: PinHal | null = null;
let run: FreeRun | null = null;
/** The look at the clock goes on after a `stop`, for a watchdog that was started can't be stopped. */
let isLooking = false;
let hasSaidFailure = false;

function nowMs(): number {
  return Math.floor(getTime() * 1000);
}

function lookAt(milliseconds: number): void {
  if (run === null) {
    if (pins !== null) pins.hal.watchdog.kick();
    return;
  }
  lookAtClock(run, milliseconds);
  if (run.failure !== '' && !hasSaidFailure) {
    hasSaidFailure = true;
    print(seal(['failure', run.pump.nowTick, run.failure]));
    if (pins !== null) pins.halt();
  }
}

/** A new pump, or after a restart of the board the one that its store holds. */
function start(fields: readonly string[], isBoot: boolean): boolean {
  const options = readSetup(fields);
  const map = pinMapOf(process.env.BOARD);
  if (options === null || map === null) return false;
  if (pins === null) pins = createPinHal(map, checksum, telemetry);
  const hal = pins.hal;
  run = createFreeRun(isBoot ? bootPump(options, 0, hal) : createPump(options, hal), hal, nowMs());
  // Strokes that the pump before had waiting are none of this one's.
  pins.halt();
  hasSaidFailure = false;
  if (!isLooking) {
    isLooking = true;
    setInterval(function () {
      lookAt(nowMs());
    }, LOOK_MS);
  }
  return true;
}

function stop(): void {
  run = null;
  if (pins !== null) pins.halt();
}

function tellStatus(seq: string, one: FreeRun): string {
  const motor = one.pump.motor;
  return seal([
    'status',
    seq,
    one.lastTick,
    motor.requested,
    motor.confirmed,
    one.stalls,
    one.missedTicks,
    one.clockJumps,
    pins === null ? 0 : pins.counts.storeFailures,
    one.failure,
  ]);
}

function command(seq: string, one: FreeRun, text: string): string {
  if (one.failure !== '') return seal(['nak', seq, NAK_ASSERTION]);
  const numbers = numbersOf(text.split('.'), 0);
  const order = numbers === null || numbers.length < 2 ? null : readCommand(numbers);
  if (order === null) return seal(['nak', seq, NAK_FIELDS]);
  queueCommand(one.pump, order);
  return seal(['ok', seq]);
}

function setUp(seq: string, fields: readonly string[]): string {
  try {
    if (!start(fields, false)) return seal(['nak', seq, NAK_FIELDS]);
  } catch (error) {
    // A therapy that the pump refuses.
    return seal(['nak', seq, NAK_FIELDS]);
  }
  // It runs in any case, and `status` tells that it would not start again by itself.
  if (!storeSmall(SETUP_NAME, fields.join(',')) && pins !== null) pins.counts.storeFailures += 1;
  return seal(['ok', seq]);
}

function answer(line: string): string {
  const fields = openLine(line, textCrc);
  if (fields === null) return seal(['nak', 0, NAK_CHECKSUM]);
  if (fields.length < 2) return seal(['nak', 0, NAK_FIELDS]);
  const seq = fields[1]!;
  switch (fields[0]) {
    case 'hello': {
      const memory = process.memory();
      return seal(['hello', seq, PROTOCOL, __CORE_HASH__, process.env.BOARD, memory.free, memory.total]);
    }
    case 'setup':
      return setUp(seq, fields);
    case 'stop':
      stop();
      flash().erase(SETUP_NAME);
      return seal(['ok', seq]);
    case 'status':
      return run === null ? seal(['nak', seq, NAK_NO_PUMP]) : tellStatus(seq, run);
    case 'command':
      return run === null || fields.length < 3
        ? seal(['nak', seq, NAK_NO_PUMP])
        : command(seq, run, fields[2]!);
    default:
      return seal(['nak', seq, NAK_VERB]);
  }
}

const thecal = answer as BoardFirmware;
thecal.core = __CORE_HASH__;
thecal.look = lookAt;
(globalThis as unknown as { thecal: BoardFirmware }).thecal = thecal;

const saved = flash().read(SETUP_NAME);
if (saved !== undefined) start(saved.split(','), true);
