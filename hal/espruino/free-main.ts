/**
 * BOARD: the entry of the bundle for a pump that runs on its own over real pins. It speaks the lines of the line, at
 * the console's prompt, and prints what happens as it happens:
 *
 *   thecal("hello,1,...")    who is there; a pump that runs goes on
 *   thecal("setup,2,...")    a new pump with this prescription, from tick 0. When the board starts again it goes on
 *                            from what its store holds
 *   thecal("command,3,0.0,...")  a command by kind and numbers, as `k` has them in lockstep
 *   thecal("frame,3,0101...,...")  a frame over the wand, as hex; the pump answers it with a `reply` line
 *   thecal("status,4,...")   status,4,tick,requested,confirmed,stalls,missed,jumps,store failures,failure
 *   thecal("stop,5,...")     no pump any more, and none at the next start
 *
 *   event,TICK,CODE,ARGUMENT,...   digest,TICK,VALUE,...   reply,BYTES,...
 */
import { keepBoot } from '../../src/core/boot-record.ts';
import { ACCEPTED } from '../../src/core/commands.ts';
import { judgeWords } from '../../src/core/periodic.ts';
import { bootPump, createPump, queueCommand } from '../../src/core/pump.ts';
import type { PumpState } from '../../src/core/state.ts';
import type { Telemetry } from '../hal.ts';
import { LOOK_MS, pinMapOf } from './board.ts';
import type { BoardChecksum } from './frame-hal.ts';
import type { FreeRun } from './free-run.ts';
import { createFreeRun, fail, lookAtClock } from './free-run.ts';
import {
  bytesOfHex,
  hexOfBytes,
  NAK_ASSERTION,
  NAK_CHECKSUM,
  NAK_FIELDS,
  NAK_NO_PUMP,
  NAK_STORED,
  NAK_VERB,
  openLine,
  PROTOCOL,
  sealLine,
} from './link.ts';
import type { PinHal } from './pin-hal.ts';
import { createPinHal } from './pin-hal.ts';
import { forgetAll, isAnythingStored } from './pin-store.ts';
import { readCommand, readSetup } from './session.ts';

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
  reply: function (bytes) {
    print(seal(['reply', hexOfBytes(bytes)]));
  },
};

/** Made at the first set-up and kept: its watch on the feedback pin counts since power-up. */
let pins: PinHal | null = null;
let run: FreeRun | null = null;
/** The look at the clock goes on after a `stop`, for a watchdog that was started can't be stopped. */
let isLooking = false;
let hasSaidFailure = false;
/** What is said where there is no pump. */
let whyNoPump: number = NAK_NO_PUMP;

function nowMs(): number {
  return Math.floor(getTime() * 1000);
}

function lookAt(milliseconds: number): void {
  if (pins === null) return;
  const isBroken = pins.letGoOfBroken(milliseconds);
  if (run === null) {
    pins.hal.watchdog.kick();
    return;
  }
  // How far the motor turned is not known, so it does not just turn on.
  if (isBroken && run.failure === '') fail(run, 'a stroke or a tone was broken off');
  lookAtClock(run, milliseconds);
  if (run.failure !== '' && !hasSaidFailure) {
    hasSaidFailure = true;
    print(seal(['failure', run.pump.nowTick, run.failure]));
    pins.halt();
  }
}

/** The hardware, once there is a pump to use it; null on a board without a pin map. */
function usePins(): PinHal | null {
  if (pins !== null) return pins;
  const map = pinMapOf(process.env.BOARD);
  if (map !== null) pins = createPinHal(map, checksum, telemetry);
  return pins;
}

function start(pump: PumpState, over: PinHal): void {
  run = createFreeRun(pump, over.hal, nowMs());
  // Strokes that the pump before had waiting are none of this one's.
  over.halt();
  hasSaidFailure = false;
  if (isLooking) return;
  isLooking = true;
  setInterval(function () {
    lookAt(nowMs());
  }, LOOK_MS);
}

function stop(): void {
  run = null;
  whyNoPump = NAK_NO_PUMP;
  forgetAll();
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
    pins === null ? 0 : pins.store.failures,
    one.failure,
  ]);
}

function command(seq: string, one: FreeRun, text: string): string {
  if (one.failure !== '') return seal(['nak', seq, NAK_ASSERTION]);
  const order = readCommand(text.split('.'));
  if (order === null) return seal(['nak', seq, NAK_FIELDS]);
  // Stored before it is answered, for the board may restart before the tick that takes it.
  if (order.kind === 'stop') keepBoot(one.pump.build, 1, one.hal);
  if (order.kind === 'resume') keepBoot(one.pump.build, 0, one.hal);
  queueCommand(one.pump, order);
  return seal(['ok', seq]);
}

/** What arrives garbled is the pump's to judge, as long as it is bytes. */
function frame(seq: string, one: FreeRun, text: string): string {
  if (one.failure !== '') return seal(['nak', seq, NAK_ASSERTION]);
  const bytes = bytesOfHex(text);
  if (bytes === null) return seal(['nak', seq, NAK_FIELDS]);
  queueCommand(one.pump, { kind: 'frame', bytes: bytes });
  return seal(['ok', seq]);
}

/** Fields that say no pump, or one that the pump itself would refuse, change nothing. */
function setUp(seq: string, fields: readonly string[]): string {
  const options = readSetup(fields.slice(2), 0);
  const isRight = options !== null && judgeWords(options.words, options.strokeNl) === ACCEPTED;
  const over = isRight ? usePins() : null;
  if (options === null || over === null) return seal(['nak', seq, NAK_FIELDS]);
  start(createPump(options, over.hal), over);
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
      return seal(['ok', seq]);
    case 'status':
      return run === null ? seal(['nak', seq, whyNoPump]) : tellStatus(seq, run);
    case 'command':
      return run === null || fields.length < 3
        ? seal(['nak', seq, whyNoPump])
        : command(seq, run, fields[2]!);
    case 'frame':
      return run === null || fields.length < 3 ? seal(['nak', seq, whyNoPump]) : frame(seq, run, fields[2]!);
    default:
      return seal(['nak', seq, NAK_VERB]);
  }
}

const thecal = answer as BoardFirmware;
thecal.core = __CORE_HASH__;
thecal.look = lookAt;
(globalThis as unknown as { thecal: BoardFirmware }).thecal = thecal;

/** The clock stood still meanwhile: the pump goes on behind what it saved last. */
function startStored(): void {
  if (!isAnythingStored()) return;
  const over = usePins();
  const pump = over === null ? null : bootPump(0, over.hal);
  if (over !== null && pump !== null) {
    start(pump, over);
    return;
  }
  whyNoPump = NAK_STORED;
  print(seal(['failure', 0, 'the stored set-up is broken']));
}

startStored();
