/**
 * The programmer in a simulated run: a session of the timeline, frame by frame and one a tick, with what the wand does
 * to frames in between. Plain data, as everything that a run depends on.
 */
import type { ActiveFault } from '../../sim/faults/fault.ts';
import { numberOption, remembered } from '../../sim/faults/fault.ts';
import type { World } from '../../sim/world.ts';
import { activeFaults, markFaultFired } from '../../sim/world.ts';
import type { Exchange, Reply } from '../../src/programmer/exchange.ts';
import { ask, createExchange, frameDue, hear, PATIENCE_TICKS } from '../../src/programmer/exchange.ts';
import type { UpdateGoal, WordsCrc } from '../../src/programmer/update.ts';
import { replay, update } from '../../src/programmer/update.ts';

/** A frame that comes late comes after the programmer has asked again. */
const LATE_TICKS = PATIENCE_TICKS + 2;
/** Which bit of a damaged frame flips goes through all of them in turn: a step that has no factor in common with 8. */
const DAMAGE_STEP = 37;

export interface Wand {
  exchange: Exchange;
  goal: UpdateGoal | null;
  /** To the goal's requests, in their order. */
  replies: Reply[];
  /** The first tick in which a request may be sent. */
  readyTick: number;
  /** Frames that are still on their way to the pump. */
  late: { readonly tick: number; readonly bytes: readonly number[] }[];
  /** What becomes of the reply in this tick. */
  replyTrouble: 'none' | 'lost' | 'damaged';
}

export function createWand(): Wand {
  return {
    exchange: createExchange(),
    goal: null,
    replies: [],
    readyTick: 0,
    late: [],
    replyTrouble: 'none',
  };
}

/** Somebody comes with a programmer; one that was still at work is put aside. */
export function beginSession(wand: Wand, goal: UpdateGoal, tick: number, crc: WordsCrc): void {
  wand.exchange = createExchange();
  wand.goal = goal;
  wand.replies = [];
  wand.readyTick = tick;
  askNext(wand, crc);
}

function askNext(wand: Wand, crc: WordsCrc): void {
  const request = wand.goal === null ? null : replay(update(wand.goal, crc), wand.replies);
  if (request === null) wand.goal = null;
  else ask(wand.exchange, request);
}

/** The tick in which the wand has something to do. */
export function nextWandTick(wand: Wand): number {
  const { exchange, late } = wand;
  const lateTick = late.length === 0 ? Number.MAX_SAFE_INTEGER : late[0]!.tick;
  if (exchange.request === null) return lateTick;
  const sendTick = exchange.tries === 0 ? wand.readyTick : exchange.sentAt + PATIENCE_TICKS;
  return Math.min(lateTick, sendTick);
}

/** The frames that reach the pump in this tick. */
export function framesAt(wand: Wand, world: World, tick: number): ArrayLike<number>[] {
  const arriving: ArrayLike<number>[] = wand.late
    .filter((frame) => frame.tick <= tick)
    .map(({ bytes }) => bytes);
  wand.late = wand.late.filter((frame) => frame.tick > tick);
  wand.replyTrouble = 'none';
  if (tick < wand.readyTick) return arriving;
  const bytes = frameDue(wand.exchange, tick, PATIENCE_TICKS);
  if (bytes === null) {
    if (wand.exchange.failure !== null) wand.goal = null;
    return arriving;
  }
  const fault = strikingFault(world, tick);
  if (fault === null) return [...arriving, bytes];
  const strikes = fault.options['strikes'];
  switch (strikes) {
    case 'request-lost':
      return arriving;
    case 'request-damaged':
      return [...arriving, flipped(bytes, remembered(fault, 'tries'))];
    case 'request-doubled':
      return [...arriving, bytes, bytes];
    case 'request-late':
      wand.late.push({ tick: tick + LATE_TICKS, bytes: Array.from(bytes) });
      return arriving;
    default:
      wand.replyTrouble = strikes === 'reply-lost' ? 'lost' : 'damaged';
      return [...arriving, bytes];
  }
}

/** What the pump said in this tick. */
export function hearPump(wand: Wand, bytes: Uint8Array, tick: number, crc: WordsCrc): void {
  if (wand.goal === null || wand.replyTrouble === 'lost') return;
  const heard = wand.replyTrouble === 'damaged' ? flipped(bytes, tick) : bytes;
  const reply = hear(wand.exchange, heard);
  wand.readyTick = tick + 1;
  if (reply === null) {
    if (wand.exchange.failure !== null) wand.goal = null;
    return;
  }
  wand.replies.push(reply);
  askNext(wand, crc);
}

/** The fault that strikes the request that is being sent, if one does. */
function strikingFault(world: World, tick: number): ActiveFault | null {
  for (const fault of activeFaults(world)) {
    if (fault.kind !== 'wand-trouble') continue;
    const number = remembered(fault, 'tries') + 1;
    fault.memory['tries'] = number;
    const since = number - numberOption(fault, 'first');
    const spacing = numberOption(fault, 'spacing');
    if (since < 0 || (spacing === 0 ? since > 0 : since % spacing > 0)) continue;
    markFaultFired(world, fault.id, tick);
    return fault;
  }
  return null;
}

function flipped(bytes: Uint8Array, drawn: number): Uint8Array {
  const copy = bytes.slice();
  const bit = (drawn * DAMAGE_STEP) % (8 * copy.length);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
