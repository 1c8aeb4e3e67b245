/**
 * BOARD: one session over the line. `answer` takes a line and gives the reply; it owns no clock and no port. A request
 * is carried out once: the same sequence number again gets the last reply again, and any other number but the next one
 * is refused.
 *
 *   hello,SEQ                     -> hello,SEQ,protocol,core hash,board,free,total
 *   setup,SEQ,stroke,...          -> ok,SEQ,state digest
 *   wakes,SEQ,token token ...     -> did,SEQ,executed,strokes,tones,starved,next,lane A,lane B,chain,said
 *   state,SEQ,from                -> values,SEQ,state digest,total,value value ...
 *   load,SEQ,from,value value ... -> ok,SEQ,state digest
 *   bye,SEQ                       -> ok,SEQ; the console is the console again
 */
import type { Command } from '../../src/core/commands.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import { stateDigest } from '../../src/core/digest.ts';
import type { PumpOptions } from '../../src/core/pump.ts';
import { createPump, queueCommand } from '../../src/core/pump.ts';
import type { PumpState } from '../../src/core/state.ts';
import { PRESCRIPTION_AT, PRESCRIPTION_WORDS } from '../../src/core/store.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import { RATE_UNITS, THERAPY_MODES } from '../../src/core/therapy.ts';
import { idle, nextWake, tick } from '../../src/core/tick.ts';
import type { PumpHal } from '../hal.ts';
import { boardValues, putBoardValues } from './board-state.ts';
import type { BoardChecksum, Frame } from './frame-hal.ts';
import { createFrame, createFrameHal } from './frame-hal.ts';
import type { TextCrc } from './link.ts';
import {
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

/** mode, unit, rates: one rate for continuous, 24 for hourly, none for the others. */
function readTherapy(numbers: readonly number[], from: number): Therapy | null {
  const mode = THERAPY_MODES[numbers[from]!];
  const unit = RATE_UNITS[numbers[from + 1]!];
  if (mode === undefined || unit === undefined) return null;
  if (mode === 'minimum' || mode === 'stopped') return { mode: mode };
  const rates = numbers.slice(from + 2);
  if (mode === 'hourly') return { mode: mode, unit: unit, rates: rates };
  return { mode: mode, unit: unit, rate: rates[0]! };
}

/** What a `setup` line says, from its third field on; null when it says no pump. */
export function readSetup(fields: readonly string[]): PumpOptions | null {
  const numbers = numbersOf(fields, 2);
  if (numbers === null || numbers.length < 8) return null;
  const therapy = readTherapy(numbers, 6);
  if (therapy === null) return null;
  return {
    strokeNl: numbers[0]!,
    reservoirNl: numbers[1]!,
    startHour: numbers[2]!,
    fillNl: numbers[3]!,
    lowReservoirNl: numbers[4]!,
    concentrationUgPerMl: numbers[5]!,
    therapy: therapy,
  };
}

function reply(session: Session, fields: readonly (string | number)[]): string {
  return sealLine(fields, session.identity.textCrc);
}

function setUp(session: Session, seq: number, fields: readonly string[]): string {
  const options = readSetup(fields);
  if (options === null) return reply(session, ['nak', seq, NAK_FIELDS]);
  session.frame = createFrame();
  session.hal = createFrameHal(session.frame, session.identity.checksum);
  const pump = createPump(options, session.hal);
  session.pump = pump;
  return reply(session, ['ok', seq, stateDigest(pump, session.identity.checksum)]);
}

/** `k5.3`: command kind 5 with its numbers. */
export function readCommand(numbers: readonly number[]): Command | null {
  const kind = COMMAND_KINDS[numbers[0]!];
  const value = numbers[1]!;
  switch (kind) {
    case 'stop':
    case 'resume':
    case 'interrogate':
      return { kind: kind };
    case 'program': {
      const therapy = readTherapy(numbers, 2);
      return therapy === null ? null : { kind: kind, concentrationUgPerMl: value, therapy: therapy };
    }
    case 'low-reservoir':
      return { kind: kind, thresholdNl: value };
    case 'refill':
      return { kind: kind, volumeNl: value };
    case 'silence':
    case 'acknowledge':
      return { kind: kind, alarm: value };
    default:
      return null;
  }
}

/** `u0.5.4`: a bit of the working (0) or a stored (1, 2) prescription flips; the fault of a scenario, not of the line. */
function flipBit(session: Session, pump: PumpState, numbers: readonly number[]): boolean {
  const copy = numbers[0]!;
  if (numbers.length < 3 || copy > 2 || numbers[1]! >= PRESCRIPTION_WORDS) return false;
  const words = copy === 0 ? pump.prescription.words : session.frame.stored;
  const place = copy === 0 ? numbers[1]! : PRESCRIPTION_AT + (copy - 1) * PRESCRIPTION_WORDS + numbers[1]!;
  words[place] = words[place]! ^ (1 << numbers[2]!);
  return true;
}

function applyStimulus(session: Session, pump: PumpState, token: string): boolean {
  const numbers = numbersOf(token.substring(1).split('.'), 0);
  if (numbers === null) return false;
  if (token.charAt(0) === 'u') return flipBit(session, pump, numbers);
  const command = readCommand(numbers);
  if (command === null) return false;
  queueCommand(pump, command);
  return true;
}

interface Batch {
  executed: number;
  isRight: boolean;
  /** Lane A of the rolling digest after each wake, with points between. A list of them would take twice the memory. */
  chain: string;
  /** Stimulus tokens of the wake to come: they apply at its tick, after the quiet before it. */
  stimuli: string[];
}

/** `72:1:0:-30`: ticks since the last wake, then the readings; null when it is no such thing. */
function readWake(text: string): (number | null | undefined)[] | null {
  const texts = text.split(':');
  const values: (number | null | undefined)[] = [];
  for (let i = 0; i < texts.length; i++) {
    const one = texts[i]!;
    const value = one === '' ? undefined : wholeNumber(one);
    if (value === null && one !== FAILED_READING) return null;
    values.push(value);
  }
  const ticks = values[0];
  return ticks === null || ticks === undefined || ticks < 1 ? null : values;
}

/** False ends the batch before this wake. */
function runWake(
  session: Session,
  pump: PumpState,
  readings: (number | null | undefined)[],
  batch: Batch,
): boolean {
  const ticks = readings[0]!;
  const wakeTick = pump.nowTick - 1 + ticks;
  // Something is due here before the host thinks so: never idle over it.
  if (nextWake(pump) < wakeTick) return false;
  if (wakeTick > pump.nowTick) idle(pump, wakeTick - pump.nowTick);
  for (let i = 0; i < batch.stimuli.length; i++) {
    if (!applyStimulus(session, pump, batch.stimuli[i]!)) batch.isRight = false;
  }
  batch.stimuli = [];
  session.frame.readings = readings;
  tick(pump, session.hal);
  batch.executed += 1;
  if (batch.executed > 1) batch.chain += '.';
  batch.chain += (pump.log.laneA >>> 0).toString(16);
  return true;
}

/** A wake, or `72:1:0:0*31`: so many wakes that look the same on the line. */
function runToken(session: Session, pump: PumpState, token: string, batch: Batch): boolean {
  const star = token.indexOf('*');
  const count = star < 0 ? 1 : wholeNumber(token.substring(star + 1));
  const readings = readWake(star < 0 ? token : token.substring(0, star));
  if (readings === null || count === null || count < 1 || count > WAKES_MAX) {
    batch.isRight = false;
    return false;
  }
  for (let i = 0; i < count; i++) {
    if (!runWake(session, pump, readings, batch)) return false;
  }
  return true;
}

function runWakes(session: Session, pump: PumpState, seq: number, text: string): string {
  const tokens = text.split(' ');
  const batch: Batch = { executed: 0, isRight: true, chain: '', stimuli: [] };
  const frame = session.frame;
  frame.strokes = 0;
  frame.tones = 0;
  frame.starved = 0;
  frame.said = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const first = token.charAt(0);
    if (first === 'k' || first === 'u') {
      batch.stimuli.push(token);
    } else if (!runToken(session, pump, token, batch)) {
      break;
    }
  }
  if (!batch.isRight) return reply(session, ['nak', seq, NAK_FIELDS]);
  return reply(session, [
    'did',
    seq,
    batch.executed,
    frame.strokes,
    frame.tones,
    frame.starved,
    nextWake(pump),
    pump.log.laneA >>> 0,
    pump.log.laneB >>> 0,
    batch.chain,
    frame.said.join(' '),
  ]);
}

function tellState(session: Session, pump: PumpState, seq: number, from: number): string {
  const values = boardValues(pump, session.frame);
  return reply(session, [
    'values',
    seq,
    stateDigest(pump, session.identity.checksum),
    values.length,
    values.slice(from, from + VALUES_A_LINE).join(' '),
  ]);
}

function loadState(session: Session, pump: PumpState, seq: number, from: number, text: string): string {
  const values = numbersOf(text.split(' '), 0);
  if (values === null || !putBoardValues(pump, session.frame, from, values)) {
    return reply(session, ['nak', seq, NAK_FIELDS]);
  }
  return reply(session, ['ok', seq, stateDigest(pump, session.identity.checksum)]);
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

function carryOut(session: Session, seq: number, fields: readonly string[]): string {
  const verb = fields[0];
  if (verb === 'setup') return setUp(session, seq, fields);
  if (verb !== 'wakes' && verb !== 'state' && verb !== 'load') return reply(session, ['nak', seq, NAK_VERB]);
  const pump = session.pump;
  if (pump === null) return reply(session, ['nak', seq, NAK_NO_PUMP]);
  if (verb === 'wakes') return runWakes(session, pump, seq, fields[2]!);
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
    session.pump = null;
    session.lastReply = reply(session, ['nak', seq, NAK_ASSERTION]);
  }
  return session.lastReply;
}
