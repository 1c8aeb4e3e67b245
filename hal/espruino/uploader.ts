/**
 * HOST: firmware into a board's flash storage, over its console, so that at every moment the board boots a whole
 * firmware: the old one or the new one.
 *
 * There are two names, `thecal.a` and `thecal.b`. The new firmware goes under the one that does not run, in chunks
 * that are each read back, and as a whole is compared by its CRC-32. Only then is it switched to. The boot code is the
 * same for ever and looks at a switch file that is either there or not; writing new boot code for each firmware would
 * not do, because the interpreter erases the old boot code before it writes the next.
 *
 * No byte 0x03 is sent, ever: the board's receive interrupt takes it for Ctrl-C, and a running pump would be broken
 * off. What could hold one goes as base64.
 */
import crc32 from 'crc-32';
import { BOARD_TYPES, otherBoard, storedBytes, VARIABLES_SPARE } from './board-table.ts';
import type { ConsolePort } from './console-port.ts';
import { WATCHDOG_SECONDS } from './board.ts';
import { openLine, PROTOCOL, sealLine } from './link.ts';

export const FIRMWARE_NAMES = ['thecal.a', 'thecal.b'] as const;
export type FirmwareName = (typeof FIRMWARE_NAMES)[number];
/** Holds "b" while `thecal.b` is to run; not there, or anything else: `thecal.a`. */
const SWITCH_NAME = 'thecal.sw';
const CHUNK_BYTES = 512;

const ANSWER_MS = 3000;
/** What changes nothing, or the same again, is asked this often; compacting a large flash takes many seconds. */
const PATIENT_MS = [ANSWER_MS, 2 * ANSWER_MS, 5 * ANSWER_MS, 12 * ANSWER_MS];
const KNOCKS = 4;
const KNOCK_MS = 800;
const CHUNK_TRIES = 3;
/** Each waits as long as a knock: a board may take its time to load. */
const GREETINGS = 8;

/** ESC [ 2 H drops a half-typed statement without Ctrl-C; then 0x10, a statement without echo. */
const CLEAR_INPUT = '\x1b[2H';
const NO_ECHO = '\x10';

export type UploadTrouble =
  | 'not-espruino'
  | 'wrong-board'
  | 'too-few-variables'
  | 'storage-full'
  | 'no-answer'
  | 'write-failed'
  | 'verify-failed'
  | 'no-hello';

/** The upload did not happen; the message says what to do. What ran before still boots. */
export class UploadError extends Error {
  override readonly name = 'InfrastructureError';
  readonly kind: UploadTrouble;

  constructor(kind: UploadTrouble, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface UploadPlan {
  readonly bytes: number;
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly crc32: string;
  readonly coreHash: string;
  readonly names: readonly string[];
  readonly bootCode: string;
}

export interface UploadStep {
  readonly phase: 'connect' | 'prepare' | 'write' | 'verify' | 'switch' | 'hello';
  /** Chunks written and to write, in `write`. */
  readonly done: number;
  readonly total: number;
}

export interface UploadResult {
  readonly board: string;
  readonly interpreter: string;
  readonly variables: number;
  readonly name: FirmwareName;
  /** The very same firmware was there and running: nothing was written. */
  readonly wasThere: boolean;
  readonly rewrittenChunks: number;
}

export interface UploadOptions {
  readonly code: string;
  readonly coreHash: string;
  /** What the board has to call itself; left out: anything. */
  readonly boardId?: string | undefined;
  /** Variables that the firmware takes; a board with less is refused. */
  readonly variablesNeeded: number;
  /** Give up the running firmware first where storage holds only one: a cut then leaves none. */
  readonly mayReplace: boolean;
  readonly onStep: (step: UploadStep) => void;
  /** Factor on every time-out, for a line that is slower or faster than a board's. */
  readonly patience?: number;
}

function crcOf(text: string): number {
  return crc32.buf(Buffer.from(text, 'latin1')) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

/**
 * On a board code runs from flash, where it lies. A 64-bit build on a computer looks its flash file up for every
 * character, and has the memory to hold the text.
 */
function bootCode(runsFromMemory: boolean): string {
  const [a, b] = FIRMWARE_NAMES.map((name) => JSON.stringify(name));
  const first = `s.read(u?${b}:${a})||s.read(u?${a}:${b})||""`;
  const found = runsFromMemory ? `""+(${first})` : first;
  return `eval((function(s,u){return ${found}})(require("Storage"),require("Storage").read("${SWITCH_NAME}")=="b"))`;
}

export function planUpload(code: string, coreHash: string): UploadPlan {
  return {
    bytes: code.length,
    chunks: Math.ceil(code.length / CHUNK_BYTES),
    chunkBytes: CHUNK_BYTES,
    crc32: hex(crcOf(code)),
    coreHash,
    names: FIRMWARE_NAMES,
    bootCode: bootCode(false),
  };
}

/** Statements to the console and what they print, told apart by number. */
class BoardConsole {
  private readonly port: ConsolePort;
  private readonly patience: number;
  private heard = '';
  private count = 0;
  /** Anything at all has come in. */
  hasHeard = false;

  constructor(port: ConsolePort, patience: number) {
    this.port = port;
    this.patience = patience;
  }

  /**
   * Evaluates an expression and returns what it is as text; null when no answer came. An exception on the board
   * rejects with its message. Asked again after each of the waits, and an answer to any of these counts: a statement
   * can get lost on its way, and to read, erase or write the same again does no harm.
   */
  async ask(expression: string, waitsMs: readonly number[] = [ANSWER_MS]): Promise<string | null> {
    this.count += 1;
    // The mark is put together on the board, so that an echo of the question is not taken for the answer.
    const say = (what: string, value: string): string => `print("T"+"C${this.count}${what}"+${value}+";")`;
    const statement = `try{${say('=', `(${expression})`)}}catch(e){${say('!', '(e.message||e)')}}`;
    const pattern = new RegExp(`TC${this.count}([=!])([^;]*);`);
    for (let i = 0; i < waitsMs.length; i++) {
      if (i > 0) await this.sendRaw(`${CLEAR_INPUT}\n`);
      await this.send(statement);
      const answer = await this.waitFor(pattern, waitsMs[i]!);
      if (answer === null) continue;
      if (answer[1] === '!') throw new BoardException(answer[2] ?? '');
      return answer[2] ?? '';
    }
    return null;
  }

  async send(statement: string): Promise<void> {
    await this.port.write(`${NO_ECHO}${statement}\n`);
  }

  async sendRaw(text: string): Promise<void> {
    await this.port.write(text);
  }

  async waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray | null> {
    const endMs = performance.now() + timeoutMs * this.patience;
    for (;;) {
      const found = pattern.exec(this.heard);
      if (found !== null) {
        this.heard = this.heard.slice(found.index + found[0].length);
        return found;
      }
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return null;
      const text = await this.port.read(leftMs);
      if (text !== '') this.hasHeard = true;
      this.heard = (this.heard + text).slice(-65_536);
    }
  }
}

class BoardException extends Error {}

function noAnswer(port: ConsolePort, when: string): UploadError {
  return new UploadError(
    'no-answer',
    `${port.name}: no answer ${when}. Check the port, unplug the board and plug it in again, and repeat the command; what ran before still boots`,
  );
}

/** A prompt, whatever was typed or ran before. */
async function knock(port: ConsolePort, board: BoardConsole): Promise<void> {
  for (let knocks = 0; knocks < KNOCKS; knocks++) {
    await board.sendRaw(`${CLEAR_INPUT}\n`);
    if ((await board.ask('1', [KNOCK_MS])) === '1') return;
    // A firmware that took the console gives it back on this line, and a prompt calls it a syntax error.
    await board.sendRaw(`\n${sealLine(['bye', 1], crcOf)}\n`);
    if ((await board.ask('1', [KNOCK_MS])) === '1') return;
  }
  if (board.hasHeard) {
    throw new UploadError(
      'not-espruino',
      `${port.name}: something answers, and it is not Espruino's prompt. Is this the right port, and is the board one that runs Espruino 2v25 or newer?`,
    );
  }
  throw noAnswer(port, 'from the board');
}

async function must(
  port: ConsolePort,
  board: BoardConsole,
  expression: string,
  when: string,
): Promise<string> {
  let answer: string | null;
  try {
    answer = await board.ask(expression, PATIENT_MS);
  } catch (error) {
    if (!(error instanceof BoardException)) throw error;
    throw new UploadError('write-failed', `${port.name}: the board said "${error.message}" ${when}`);
  }
  if (answer === null) throw noAnswer(port, when);
  return answer;
}

interface Identity {
  readonly board: string;
  readonly interpreter: string;
  readonly variables: number;
  readonly runsFromMemory: boolean;
}

async function identify(port: ConsolePort, board: BoardConsole): Promise<Identity> {
  const question =
    '[process.env.BOARD,process.version,process.memory().total,process.memory().blocksize].join()';
  let answer: string;
  try {
    answer = await must(port, board, question, 'to what it is');
  } catch (error) {
    if (error instanceof UploadError && error.kind === 'write-failed') {
      throw new UploadError(
        'not-espruino',
        `${port.name}: a prompt answers, and it is not Espruino's. Is this the right port?`,
      );
    }
    throw error;
  }
  const [name, version, total, block] = answer.split(',');
  return {
    board: name ?? '',
    interpreter: version ?? '',
    variables: Number(total),
    runsFromMemory: name === 'LINUX' && Number(block) > 16,
  };
}

/**
 * A free-running pump kicks its watchdog by hand, and no reset stops that watchdog: with the pump gone it would restart
 * the board in the middle of the upload, every time. From here on the interpreter kicks it.
 */
async function takeOverWatchdog(port: ConsolePort, board: BoardConsole): Promise<void> {
  await must(
    port,
    board,
    `typeof thecal=="function"&&thecal.look&&E.enableWatchdog?(E.enableWatchdog(${WATCHDOG_SECONDS},true),1):0`,
    'to its watchdog',
  );
}

/** Whatever ran is gone after this, and the console is the port's again. */
async function stopEverything(port: ConsolePort, board: BoardConsole): Promise<void> {
  for (let tries = 0; tries < KNOCKS; tries++) {
    await board.send('reset()');
    // It resets when the statement is done, and prints a banner of its own in between.
    await board.waitFor(/espruino[.]com|\d+v\d+/i, KNOCK_MS);
    await board.send('echo(0)');
    if ((await board.ask('typeof thecal', [KNOCK_MS, KNOCK_MS])) === 'undefined') return;
    await board.sendRaw(`${CLEAR_INPUT}\n`);
  }
  throw noAnswer(port, 'after its reset');
}

interface Stored {
  /** What boots now; null when nothing of ours does. */
  readonly live: FirmwareName | null;
  /** It boots because the one that the switch names is not there. */
  readonly isStandIn: boolean;
  readonly liveCrc: number;
  readonly bootCrc: number;
}

const STORAGE = 'require("Storage")';

function other(name: FirmwareName): FirmwareName {
  return name === FIRMWARE_NAMES[0] ? FIRMWARE_NAMES[1] : FIRMWARE_NAMES[0];
}

/** CRC-32 of a file; 0 when there is none, or one whose end was never written: chunks come in order. */
function crcExpression(name: string): string {
  return `(function(f){return f===undefined||f.charCodeAt(f.length-1)==255?0:E.CRC32(f)})(${STORAGE}.read("${name}"))`;
}

async function lookAtStorage(port: ConsolePort, board: BoardConsole): Promise<Stored> {
  const names = [...FIRMWARE_NAMES, '.bootcde'].map(crcExpression);
  const answer = await must(
    port,
    board,
    `[${names.join()},${STORAGE}.read("${SWITCH_NAME}")=="b"?1:0].join()`,
    'to what it has stored',
  );
  const [a, b, boot, isB] = answer.split(',').map(Number);
  const wanted = isB === 1 ? FIRMWARE_NAMES[1] : FIRMWARE_NAMES[0];
  const crcs = { [FIRMWARE_NAMES[0]]: a ?? 0, [FIRMWARE_NAMES[1]]: b ?? 0 } as Record<FirmwareName, number>;
  const live = crcs[wanted] !== 0 ? wanted : crcs[other(wanted)] !== 0 ? other(wanted) : null;
  return {
    live,
    isStandIn: live !== null && live !== wanted,
    liveCrc: live === null ? 0 : crcs[live],
    bootCrc: boot ?? 0,
  };
}

interface Room {
  readonly free: number;
  readonly trash: number;
}

async function roomIn(port: ConsolePort, board: BoardConsole): Promise<Room> {
  const answer = await must(
    port,
    board,
    `(function(s){var t=s.getStats?s.getStats():{freeBytes:s.getFree(),trashBytes:0};return t.freeBytes+","+t.trashBytes})(${STORAGE})`,
    'to how much room it has',
  );
  const [free, trash] = answer.split(',').map(Number);
  return { free: free ?? 0, trash: trash ?? 0 };
}

async function storedLength(port: ConsolePort, board: BoardConsole, name: FirmwareName): Promise<number> {
  return Number(await must(port, board, `${STORAGE}.read("${name}").length`, 'to how long its firmware is'));
}

/** Room for the file and a few small ones, by compacting if that is what it takes; nothing runs from flash now. */
async function makeRoom(
  port: ConsolePort,
  board: BoardConsole,
  bytes: number,
  target: FirmwareName,
  live: FirmwareName | null,
  mayReplace: boolean,
): Promise<void> {
  const need = storedBytes(bytes) + 512;
  await must(port, board, `${STORAGE}.erase("${target}"),0`, 'while a stale copy was erased');
  let room = await roomIn(port, board);
  const mayHelp = live !== null && mayReplace && room.free + room.trash < need;
  // Given up only where that makes the room.
  if (mayHelp && room.free + room.trash + (await storedLength(port, board, live)) >= need) {
    await must(port, board, `${STORAGE}.erase("${live}"),0`, 'while the old firmware was erased');
    room = await roomIn(port, board);
  }
  if (room.free < need && room.free + room.trash >= need) {
    await must(port, board, `${STORAGE}.compact(),0`, 'while its storage was compacted');
    room = await roomIn(port, board);
  }
  if (room.free >= need) return;
  const wayOut =
    live === null || mayReplace
      ? `Erase files that are not needed: at its prompt, require("Storage").list() names them and require("Storage").erase(name) removes one`
      : 'Erase files that are not needed, or repeat the command with --replace, which gives up the running firmware first: if that upload is cut, the board has none until the next';
  throw new UploadError(
    'storage-full',
    `${port.name}: ${need} bytes are needed in flash storage and ${room.free + room.trash} are free. ${wayOut}`,
  );
}

/** One chunk, read back. Returns how often it had to be written anew. */
async function writeChunk(
  port: ConsolePort,
  board: BoardConsole,
  target: FirmwareName,
  code: string,
  at: number,
): Promise<number> {
  const chunk = code.slice(at, at + CHUNK_BYTES);
  const readBack = `E.CRC32(${STORAGE}.read("${target}",${at},${chunk.length}))`;
  const write = `${STORAGE}.write("${target}",atob("${base64(chunk)}"),${at},${code.length}),${readBack}`;
  const wanted = String(crcOf(chunk));
  let complaint = 'nothing';
  for (let tries = 0; tries < CHUNK_TRIES; tries++) {
    try {
      const answer = await board.ask(write);
      if (answer === wanted) return tries;
      complaint = answer === null ? 'nothing' : `checksum ${answer} for ${wanted}`;
    } catch (error) {
      if (!(error instanceof BoardException)) throw error;
      complaint = error.message;
    }
    // The statement may have been lost on its way, or only its answer: what is stored decides.
    await board.sendRaw(`${CLEAR_INPUT}\n`);
    try {
      if (at > 0 && (await board.ask(readBack)) === wanted) return tries;
    } catch (error) {
      if (!(error instanceof BoardException)) throw error;
    }
  }
  throw complaint === 'nothing'
    ? noAnswer(port, `to chunk ${at / CHUNK_BYTES + 1}`)
    : new UploadError(
        'write-failed',
        `${port.name}: chunk ${at / CHUNK_BYTES + 1} could not be stored: the board said "${complaint}". Repeat the command; if it comes again at the same place, its flash is worn or full`,
      );
}

async function setSwitch(port: ConsolePort, board: BoardConsole, name: FirmwareName): Promise<void> {
  const change =
    name === FIRMWARE_NAMES[1]
      ? `${STORAGE}.write("${SWITCH_NAME}","b"),${STORAGE}.read("${SWITCH_NAME}")=="b"`
      : `${STORAGE}.erase("${SWITCH_NAME}"),${STORAGE}.read("${SWITCH_NAME}")!="b"`;
  const answer = await must(port, board, change, 'to the switch');
  if (answer !== 'true')
    throw new UploadError(
      'write-failed',
      `${port.name}: the switch to ${name} was not stored. Repeat the command`,
    );
}

/** The new firmware says who it is: at the prompt, or over a console that it took. */
async function greet(board: BoardConsole, coreHash: string): Promise<string | null> {
  let found: string | null = null;
  for (let seq = 1; seq <= GREETINGS; seq++) {
    const line = sealLine(['hello', seq], crcOf);
    await board.sendRaw(seq % 2 === 1 ? `${NO_ECHO}print(thecal("${line}"))\n` : `\n${line}\n`);
    const reply = await board.waitFor(new RegExp(`hello,${seq},[^\\r\\n]*(?=[\\r\\n])`), KNOCK_MS);
    const fields = reply === null ? null : openLine(reply[0], crcOf);
    if (fields === null) continue;
    found = fields[3] ?? '';
    if (Number(fields[2]) === PROTOCOL && found === coreHash) return found;
  }
  return found;
}

async function boot(
  port: ConsolePort,
  board: BoardConsole,
  options: UploadOptions,
  live: FirmwareName | null,
): Promise<void> {
  let said: string | null = null;
  for (let tries = 0; tries < 2; tries++) {
    await board.send('load()');
    said = await greet(board, options.coreHash);
    if (said === options.coreHash) return;
  }
  const what = said === null ? 'says nothing' : `says it is core ${said}`;
  if (live !== null) {
    try {
      await knock(port, board);
      await setSwitch(port, board, live);
      await board.send('load()');
    } catch (error) {
      if (!(error instanceof UploadError)) throw error;
      throw new UploadError(
        'no-hello',
        `${port.name}: the new firmware was stored whole and ${what}, and the board no longer gives its prompt. Unplug it and plug it in again, then repeat the command`,
      );
    }
  }
  throw new UploadError(
    'no-hello',
    `${port.name}: the new firmware was stored whole and ${what}. ${live === null ? 'Repeat the command' : 'The old one has been put back'}; if it comes again, please report it with the board's name`,
  );
}

/** Refused in the middle: what boots runs again, a pump over pins perhaps, and not only after the next start. */
async function leaveRunning(board: BoardConsole): Promise<void> {
  await board.sendRaw(`${CLEAR_INPUT}\n`);
  await board.send('load()');
}

export async function upload(port: ConsolePort, options: UploadOptions): Promise<UploadResult> {
  const chunks = Math.ceil(options.code.length / CHUNK_BYTES);
  const step = (phase: UploadStep['phase'], done = 0): void => options.onStep({ phase, done, total: chunks });
  const board = new BoardConsole(port, options.patience ?? 1);

  step('connect');
  await knock(port, board);
  const identity = await identify(port, board);
  const mistaken = otherBoard(options.boardId, identity.board);
  if (mistaken !== null) throw new UploadError('wrong-board', `${port.name}: ${mistaken}`);
  if (identity.variables < options.variablesNeeded + VARIABLES_SPARE) {
    const name = BOARD_TYPES.find(({ id }) => id === identity.board)?.name ?? identity.board;
    throw new UploadError(
      'too-few-variables',
      `${port.name}: this is a ${name} with ${identity.variables} variables, and the firmware needs ${options.variablesNeeded + VARIABLES_SPARE}. Use a larger board; docs/board.md lists them`,
    );
  }

  step('prepare');
  try {
    await takeOverWatchdog(port, board);
    await stopEverything(port, board);
    return await exchange(port, board, identity, options, step);
  } catch (error) {
    // A statement may have worked though its answer was lost. After a `no-hello` it has been loaded.
    const wasLoaded = error instanceof UploadError && error.kind === 'no-hello';
    if (!wasLoaded) await leaveRunning(board);
    throw error;
  }
}

/** On a board where nothing runs: stores, compares, switches, boots. */
async function exchange(
  port: ConsolePort,
  board: BoardConsole,
  identity: Identity,
  options: UploadOptions,
  step: (phase: UploadStep['phase'], done?: number) => void,
): Promise<UploadResult> {
  const { code } = options;
  const chunks = Math.ceil(code.length / CHUNK_BYTES);
  const stored = await lookAtStorage(port, board);
  const target = stored.live === null ? FIRMWARE_NAMES[0] : other(stored.live);
  const boots = bootCode(identity.runsFromMemory);
  const isThere = stored.live !== null && stored.liveCrc === crcOf(code) && stored.bootCrc === crcOf(boots);
  let rewrittenChunks = 0;
  if (!isThere) {
    // Else the first chunk would bring the name back that the switch means, and a piece of firmware would boot.
    if (stored.isStandIn && stored.live !== null) await setSwitch(port, board, stored.live);
    await makeRoom(port, board, code.length, target, stored.live, options.mayReplace);
    for (let i = 0; i < chunks; i++) {
      step('write', i);
      rewrittenChunks += await writeChunk(port, board, target, code, i * CHUNK_BYTES);
    }
    step('write', chunks);

    step('verify');
    const crc = await must(port, board, crcExpression(target), 'to the checksum of the whole');
    if (Number(crc) !== crcOf(code)) {
      throw new UploadError(
        'verify-failed',
        `${port.name}: what is stored has checksum ${hex(Number(crc))} and should have ${hex(crcOf(code))}. Nothing was switched; repeat the command`,
      );
    }

    step('switch');
    if (stored.bootCrc !== crcOf(boots)) {
      await must(port, board, `E.setBootCode(atob("${base64(boots)}")),0`, 'to its boot code');
      const bootCrc = await must(port, board, crcExpression('.bootcde'), 'to its boot code');
      if (Number(bootCrc) !== crcOf(boots)) {
        throw new UploadError(
          'write-failed',
          `${port.name}: the boot code was not stored. Repeat the command`,
        );
      }
    }
    await setSwitch(port, board, target);
  }

  step('hello');
  await boot(port, board, options, isThere ? null : stored.live);
  return {
    board: identity.board,
    interpreter: identity.interpreter,
    variables: identity.variables,
    name: isThere ? stored.live : target,
    wasThere: isThere,
    rewrittenChunks,
  };
}
