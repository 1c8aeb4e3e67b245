/**
 * BOARD: one session over the line. `answer` takes a line and gives the reply; it owns no clock and no port. A request
 * is carried out once: the same sequence number again gets the last reply again, and any other number but the next one
 * is refused.
 *
 *   hello,SEQ                     -> hello,SEQ,protocol,core hash,board,free,total
 *   setup,SEQ,stroke,...,words    -> ok,SEQ,digest of state and store
 *   wakes,SEQ,token token ...     -> did,SEQ,executed,strokes,tones,starved,next,lane A,lane B,digest,chain,said
 *   more,SEQ,text                 -> ok,SEQ; text that comes before the last field of the request after it
 *   state,SEQ,from                -> values,SEQ,digest,total,value value ...
 *   load,SEQ,from,value value ... -> ok,SEQ,digest
 *   bye,SEQ                       -> ok,SEQ; the console is the console again
 */
import { assert } from '../../src/core/assert.ts';
import type { Command } from '../../src/core/commands.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import { PRESCRIBED_WORDS } from '../../src/core/prescription-words.ts';
import type { PumpOptions } from '../../src/core/pump.ts';
import { bootPump, createPump, queueCommand } from '../../src/core/pump.ts';
import type { PumpState } from '../../src/core/state.ts';
import { PRESCRIPTION_AT, PRESCRIPTION_WORDS } from '../../src/core/store.ts';
import { idle, nextWake, tick } from '../../src/core/tick.ts';
import type { PumpHal } from '../hal.ts';
import { boardValues, memoryDigest, putBoardValues } from './board-state.ts';
import type { BoardChecksum, Frame } from './frame-hal.ts';
import { createFrame, createFrameHal } from './frame-hal.ts';
import type { TextCrc } from './link.ts';
import {
  bytesOfHex,
  FAILED_READING,
  NAK_ASSERTION,
  NAK_CHECKSUM,
  NAK_FIELDS,
  NAK_NO_PUMP,
  NAK_SEQUENCE,
  NAK_VERB,
  openLine,
  PROTOCOL,
  sealLine,
  wakeCheck,
  WAKES_MAX,
  wholeNumber,
} from './link.ts';

export interface BoardIdentity {
  readonly coreHash: string;
  readonly board: string;
  readonly textCrc: TextCrc;
  readonly checksum: BoardChecksum;
  /** Free and all variables, or -1 where the engine does not say. */
  freeMemory(): number;
  totalMemory(): number;
}

export interface Session {
  readonly identity: BoardIdentity;
  lastSeq: number;
  lastReply: string;
  /** What `more` brought for the next request. */
  more: string;
  frame: Frame;
  hal: PumpHal;
  pump: PumpState | null;
  /** Somebody said `bye`. */
  isOver: boolean;
}

/** Values of the state in one reply. */
const VALUES_A_LINE = 60;

export function createSession(identity: BoardIdentity): Session {
  const frame = createFrame();
  return {
    identity: identity,
    lastSeq: 0,
    lastReply: '',
    more: '',
    frame: frame,
    hal: createFrameHal(frame, identity.checksum),
    pump: null,
    isOver: false,
  };
}

export function numbersOf(texts: readonly string[], from: number): number[] | null {
  const numbers: number[] = [];
  for (let i = from; i < texts.length; i++) {
    const value = wholeNumber(texts[i]!);
    if (value === null) return null;
    numbers.push(value);
  }
  return numbers;
}

/** `0.0.500.2000000.0*8.196611000*24`: words of a prescription from the first on, equal ones with their count; then zeros. */
function readWords(texts: readonly string[], from: number): Int32Array | null {
  const words = new Int32Array(PRESCRIBED_WORDS);
  let place = 0;
  for (let i = from; i < texts.length; i++) {
    const text = texts[i]!;
    const star = text.indexOf('*');
    const value = wholeNumber(star < 0 ? text : text.substring(0, star));
    const count = star < 0 ? 1 : wholeNumber(text.substring(star + 1));
    if (value === null || (value | 0) !== value || count === null) return null;
    if (count < 1 || place + count > PRESCRIBED_WORDS) return null;
    for (let n = 0; n < count; n++) words[place + n] = value;
    place += count;
  }
  return words;
}

/** What a `setup` line says behind its number, of a pump whose first tick is this; null when it says no pump. */
export function readSetup(fields: readonly string[], implantTick: number): PumpOptions | null {
  if (fields.length !== 6) return null;
  const numbers = numbersOf(fields.slice(0, 5), 0);
  const words = readWords(fields[5]!.split('.'), 0);
  if (numbers === null || words === null) return null;
  // The store has one word for each.
  for (let i = 0; i < numbers.length; i++) {
    if ((numbers[i]! | 0) !== numbers[i]) return null;
  }
  return {
    strokeNl: numbers[0]!,
    reservoirNl: numbers[1]!,
    startHour: numbers[2]!,
    fillNl: numbers[3]!,
    sessionTimeoutTicks: numbers[4]!,
    implantTick: implantTick,
    words: words,
  };
}

function reply(session: Session, fields: readonly (string | number)[]): string {
  return sealLine(fields, session.identity.textCrc);
}

function setUp(session: Session, seq: number, fields: readonly string[]): string {
  const options = readSetup(fields.slice(2), 0);
  if (options === null) return reply(session, ['nak', seq, NAK_FIELDS]);
  session.frame = createFrame();
  session.hal = createFrameHal(session.frame, session.identity.checksum);
  const pump = createPump(options, session.hal);
  session.pump = pump;
  return reply(session, ['ok', seq, memoryDigest(pump, session.frame, session.identity.checksum)]);
}

/** `k5.3`: command kind 5 with its numbers; `k2.1.0.0.500 ...`: a program, confirmed, with its words. */
export function readCommand(texts: readonly string[]): Command | null {
  const kindIndex = wholeNumber(texts[0]!);
  const kind = kindIndex === null ? undefined : COMMAND_KINDS[kindIndex];
  if (kind === 'stop' || kind === 'resume' || kind === 'interrogate') return { kind: kind };
  const value = texts.length < 2 ? null : wholeNumber(texts[1]!);
  if (value === null) return null;
  switch (kind) {
    case 'program': {
      const words = readWords(texts, 2);
      return words === null ? null : { kind: kind, words: words, isConfirmed: value === 1 };
    }
    case 'low-reservoir':
      return { kind: kind, thresholdNl: value };
    case 'bolus': {
      const ticks = texts.length < 3 ? null : wholeNumber(texts[2]!);
      return ticks === null ? null : { kind: kind, doseTenthUg: value, ticks: ticks };
    }
    case 'refill':
    case 'prime':
      return { kind: kind, volumeNl: value };
    case 'silence':
    case 'acknowledge':
      return { kind: kind, alarm: value };
    default:
      return null;
  }
}

/** `u0.5.4`: a bit of the working (0) or a stored (1, 2) prescription flips; the fault of a scenario, not of the line. */
function isUpset(numbers: readonly number[]): boolean {
  if (numbers.length !== 3) return false;
  const copy = numbers[0]!;
  const word = numbers[1]!;
  const bit = numbers[2]!;
  return copy >= 0 && copy <= 2 && word >= 0 && word < PRESCRIPTION_WORDS && bit >= 0 && bit < 32;
}

function isStimulus(token: string): boolean {
  const first = token.charAt(0);
  return first === 'k' || first === 'u' || first === 'b' || first === 'n' || first === 'f';
}

/** Where there has to be one; a start from a store without a whole pump leaves none. */
function pumpOf(session: Session): PumpState {
  const pump = session.pump;
  assert(pump !== null, 'no pump');
  return pump;
}

function stimulusTexts(token: string): string[] {
  return token.substring(1).split('.');
}

/** The numbers of an upset or of a start. */
function stimulusNumbers(token: string): number[] | null {
  return numbersOf(stimulusTexts(token), 0);
}

/** `f01010001...` is a frame over the wand. */
function commandOf(token: string): Command | null {
  if (token.charAt(0) !== 'f') return readCommand(stimulusTexts(token));
  const bytes = bytesOfHex(token.substring(1));
  return bytes === null ? null : { kind: 'frame', bytes: bytes };
}

function replacementFields(token: string): string[] {
  return token.substring(1).split(':');
}

function readReplacement(token: string, implantTick: number): PumpOptions | null {
  return readSetup(replacementFields(token).slice(1), implantTick);
}

function isStimulusRight(token: string): boolean {
  switch (token.charAt(0)) {
    case 'u': {
      const numbers = stimulusNumbers(token);
      return numbers !== null && isUpset(numbers);
    }
    case 'b': {
      const numbers = stimulusNumbers(token);
      return numbers !== null && numbers.length === 1 && numbers[0]! >= 1;
    }
    case 'n': {
      const ticks = wholeNumber(replacementFields(token)[0]!);
      return ticks !== null && ticks >= 1 && readReplacement(token, ticks) !== null;
    }
    default:
      return commandOf(token) !== null;
  }
}

function flipBit(session: Session, pump: PumpState, copy: number, word: number, bit: number): void {
  const words = copy === 0 ? pump.prescription.words : session.frame.stored;
  const at = copy === 0 ? word : PRESCRIPTION_AT + (copy - 1) * PRESCRIPTION_WORDS + word;
  words[at] = words[at]! ^ (1 << bit);
}

/** `b60`: power came back, or a reset was over, 60 ticks after the last wake; all that is not stored is forgotten. */
function boot(session: Session, pump: PumpState, ticks: number): void {
  session.pump = bootPump(pump.nowTick - 1 + ticks, session.hal);
}

/** `n60:500:...`: another pump took this one's place 60 ticks after the last wake. All of the store is written anew. */
function replace(session: Session, pump: PumpState, token: string): void {
  const ticks = wholeNumber(replacementFields(token)[0]!);
  const options = ticks === null ? null : readReplacement(token, pump.nowTick - 1 + ticks);
  if (options !== null) session.pump = createPump(options, session.hal);
}

/** Of a token that is right. */
function applyStimulus(session: Session, pump: PumpState, token: string): void {
  const first = token.charAt(0);
  if (first === 'n') {
    replace(session, pump, token);
    return;
  }
  const command = first === 'u' || first === 'b' ? null : commandOf(token);
  if (command !== null) {
    queueCommand(pump, command);
    return;
  }
  const numbers = stimulusNumbers(token);
  if (numbers === null) return;
  if (first === 'b') boot(session, pump, numbers[0]!);
  else flipBit(session, pump, numbers[0]!, numbers[1]!, numbers[2]!);
}

/** `72:1:0:-30*31`: ticks since the last wake, then the readings; so many wakes that look the same on the line. */
interface WakeToken {
  readonly readings: (number | null | undefined)[];
  readonly count: number;
}

function readWake(token: string): WakeToken | null {
  const star = token.indexOf('*');
  const count = star < 0 ? 1 : wholeNumber(token.substring(star + 1));
  const texts = (star < 0 ? token : token.substring(0, star)).split(':');
  const readings: (number | null | undefined)[] = [];
  for (let i = 0; i < texts.length; i++) {
    const one = texts[i]!;
    const value = one === '' ? undefined : wholeNumber(one);
    if (value === null && one !== FAILED_READING) return null;
    readings.push(value);
  }
  const ticks = readings[0];
  if (ticks === null || ticks === undefined || ticks < 1 || count === null || count < 1) return null;
  return { readings: readings, count: count };
}

/** All of it is looked at before any of it is done: a line that is not understood changes nothing. */
function isRequestRight(tokens: readonly string[]): boolean {
  let wakes = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (isStimulus(token)) {
      // A stimulus belongs to the wake after it.
      if (i === tokens.length - 1 || !isStimulusRight(token)) return false;
    } else {
      const wake = readWake(token);
      if (wake === null) return false;
      wakes += wake.count;
    }
  }
  return wakes <= WAKES_MAX;
}

interface Batch {
  executed: number;
  /** When the firmware wants to wake next. */
  next: number;
  /** The checks after each wake, with points between. A list of them would take twice the memory. */
  chain: string;
  /** Stimulus tokens of the wake to come: they apply at its tick, after the quiet before it. */
  stimuli: string[];
}

function applyStimuli(session: Session, batch: Batch): void {
  for (let i = 0; i < batch.stimuli.length; i++) applyStimulus(session, pumpOf(session), batch.stimuli[i]!);
  batch.stimuli = [];
}

/** False ends the batch before this wake. */
function runWake(session: Session, readings: (number | null | undefined)[], batch: Batch): boolean {
  const pump = pumpOf(session);
  const frame = session.frame;
  const wakeTick = pump.nowTick - 1 + readings[0]!;
  // Something is due here before the host thinks so: never idle over it.
  if (batch.next < wakeTick) return false;
  if (wakeTick > pump.nowTick) idle(pump, wakeTick - pump.nowTick);
  applyStimuli(session, batch);
  frame.readings = readings;
  tick(pump, session.hal);
  batch.executed += 1;
  batch.next = nextWake(pump);
  if (batch.executed > 1) batch.chain += '.';
  batch.chain += wakeCheck(pump.log, batch.next, frame.strokes, frame.tones, frame.starved).toString(16);
  return true;
}

function runToken(session: Session, token: string, batch: Batch): boolean {
  const wake = readWake(token);
  if (wake === null) return false;
  for (let i = 0; i < wake.count; i++) {
    if (!runWake(session, wake.readings, batch)) return false;
  }
  return true;
}

function runWakes(session: Session, seq: number, text: string): string {
  const tokens = text.split(' ');
  if (!isRequestRight(tokens)) return reply(session, ['nak', seq, NAK_FIELDS]);
  const batch: Batch = { executed: 0, next: nextWake(pumpOf(session)), chain: '', stimuli: [] };
  const frame = session.frame;
  frame.strokes = 0;
  frame.tones = 0;
  frame.starved = 0;
  frame.said = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.charAt(0) === 'b' || token.charAt(0) === 'n') {
      // There is no quiet before it: the pump was off, or was another one.
      batch.stimuli.push(token);
      applyStimuli(session, batch);
      batch.next = nextWake(pumpOf(session));
    } else if (isStimulus(token)) {
      batch.stimuli.push(token);
    } else if (!runToken(session, token, batch)) {
      break;
    }
  }
  const pump = pumpOf(session);
  return reply(session, [
    'did',
    seq,
    batch.executed,
    frame.strokes,
    frame.tones,
    frame.starved,
    batch.next,
    pump.log.laneA >>> 0,
    pump.log.laneB >>> 0,
    memoryDigest(pump, frame, session.identity.checksum),
    batch.chain,
    frame.said.join(' '),
  ]);
}

function tellState(session: Session, pump: PumpState, seq: number, from: number): string {
  const values: number[] = [];
  const total = boardValues(pump, session.frame, from, from + VALUES_A_LINE, values);
  return reply(session, [
    'values',
    seq,
    memoryDigest(pump, session.frame, session.identity.checksum),
    total,
    values.join(' '),
  ]);
}

function loadState(session: Session, pump: PumpState, seq: number, from: number, text: string): string {
  const values = numbersOf(text.split(' '), 0);
  if (values === null || !putBoardValues(pump, session.frame, from, values)) {
    return reply(session, ['nak', seq, NAK_FIELDS]);
  }
  return reply(session, ['ok', seq, memoryDigest(pump, session.frame, session.identity.checksum)]);
}

function hello(session: Session, seq: number): string {
  const identity = session.identity;
  return reply(session, [
    'hello',
    seq,
    PROTOCOL,
    identity.coreHash,
    identity.board,
    identity.freeMemory(),
    identity.totalMemory(),
  ]);
}

function carryOut(session: Session, seq: number, fields: string[]): string {
  const verb = fields[0];
  fields[fields.length - 1] = session.more + fields[fields.length - 1]!;
  session.more = '';
  if (verb === 'more') {
    session.more = fields[2]!;
    return reply(session, ['ok', seq]);
  }
  if (verb === 'setup') return setUp(session, seq, fields);
  if (verb !== 'wakes' && verb !== 'state' && verb !== 'load') return reply(session, ['nak', seq, NAK_VERB]);
  const pump = session.pump;
  if (pump === null) return reply(session, ['nak', seq, NAK_NO_PUMP]);
  if (verb === 'wakes') return runWakes(session, seq, fields[2]!);
  const from = wholeNumber(fields[2]!);
  if (from === null || from < 0) return reply(session, ['nak', seq, NAK_FIELDS]);
  if (verb === 'state') return tellState(session, pump, seq, from);
  return loadState(session, pump, seq, from, fields.length > 3 ? fields[3]! : '');
}

/** The reply to what never became a line. */
export function refuse(session: Session, code: number): string {
  return reply(session, ['nak', session.lastSeq, code]);
}

/** The reply to one line. A line that is not understood changes nothing. */
export function answer(session: Session, line: string): string {
  const fields = openLine(line, session.identity.textCrc);
  if (fields === null) return refuse(session, NAK_CHECKSUM);
  const seq = fields.length > 1 ? wholeNumber(fields[1]!) : null;
  if (seq === null || fields.length < 2) return reply(session, ['nak', session.lastSeq, NAK_FIELDS]);
  if (fields[0] === 'hello' || fields[0] === 'bye') {
    // A greeting opens a session: the pump of the last one is gone.
    session.isOver = fields[0] === 'bye';
    session.pump = null;
    session.more = '';
    session.lastSeq = seq;
    session.lastReply = session.isOver ? reply(session, ['ok', seq]) : hello(session, seq);
    return session.lastReply;
  }
  if (seq === session.lastSeq) return session.lastReply;
  if (seq !== session.lastSeq + 1) return reply(session, ['nak', session.lastSeq, NAK_SEQUENCE]);
  session.lastSeq = seq;
  try {
    session.lastReply =
      fields.length < 3 ? reply(session, ['nak', seq, NAK_FIELDS]) : carryOut(session, seq, fields);
  } catch (error) {
    const atTick = session.pump === null ? 0 : session.pump.nowTick;
    session.pump = null;
    session.lastReply = reply(session, ['nak', seq, NAK_ASSERTION, atTick]);
  }
  return session.lastReply;
}
