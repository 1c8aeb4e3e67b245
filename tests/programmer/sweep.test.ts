/**
 * Every request of a session and every order, struck in every way, one at a time: what the pump gave is compared, tick
 * by tick, with what its own prescription asked for, and no session ends silently stopped.
 */
import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import { SESSION_LEFT_OPEN_TICKS } from '../../src/core/config.ts';
import { STOPPED } from '../../src/core/permission.ts';
import { PRESCRIBED_WORDS } from '../../src/core/prescription-words.ts';
import type { RequestName } from '../../src/core/telemetry/requests.ts';
import {
  ask,
  createExchange,
  frameDue,
  hear,
  PATIENCE_TICKS,
  type Reply,
} from '../../src/programmer/exchange.ts';
import { type Requests, update } from '../../src/programmer/update.ts';
import { numeratorAt } from '../../src/core/schedule.ts';
import { Rig, type RigOptions } from '../core/rig.ts';

const SESSION_LEFT_OPEN = ALARMS.findIndex((row) => row.name === 'session-left-open');
const NONE = 0;

/** What strikes the one try that is struck. */
const STRIKES = [
  'request-lost',
  'reply-lost',
  'request-damaged',
  'reply-damaged',
  'request-doubled',
  'request-late',
  'programmer-gone-before',
  'programmer-gone-after',
  'pump-reset-after',
] as const;
type Strike = (typeof STRIKES)[number];

const LATE_TICKS = PATIENCE_TICKS + 2;
/** Strokes of both rates come within seconds, so that a tick with the wrong one shows. */
const RATES = [2400, 4800] as const;
const optionsAt = (rate: number, sessionTimeoutTicks = NONE): Partial<RigOptions> => ({
  sessionTimeoutTicks,
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-hour', rate },
});

const prescribed = (rig: Rig): Int32Array => rig.pump.prescription.words.slice(0, PRESCRIBED_WORDS);
const OLD = prescribed(new Rig(optionsAt(RATES[0])));
const NEW = prescribed(new Rig(optionsAt(RATES[1])));

function isHeld({ pump }: Rig): boolean {
  return pump.mode.isStopCommanded === 1 || pump.telemetry.session.isOpen === 1;
}

/** Pump and programmer, tick by tick. */
class Bench {
  rig: Rig;
  private readonly exchange = createExchange();
  private readonly requests: Requests;
  private readonly strike: Strike | null;
  private readonly struckTry: number;
  private tries = 0;
  private late: { readonly tick: number; readonly bytes: Uint8Array }[] = [];
  private isGone = false;
  private isOver = false;
  /** Of the sequence of requests, once it is over. */
  outcome: number | null = null;
  /** Strokes that the active prescription asked for, as a fraction of one each tick. */
  private asked = 0;
  worst = 0;
  commands: number[] = [];

  constructor(rig: Rig, requests: (rig: Rig) => Requests, strike: Strike | null, struckTry: number) {
    this.rig = rig;
    this.requests = requests(rig);
    this.strike = strike;
    this.struckTry = struckTry;
    this.next(this.requests.next());
  }

  /** Tries that were made; without a strike it is the number of requests. */
  get triesMade(): number {
    return this.tries;
  }

  run(ticks: number): this {
    for (let n = 0; n < ticks; n++) this.step();
    return this;
  }

  private next(step: ReturnType<Requests['next']>): void {
    if (step.done === true) {
      this.isOver = true;
      this.outcome = step.value;
    } else ask(this.exchange, step.value);
  }

  private step(): void {
    const now = this.rig.pump.nowTick;
    const arriving = this.late.filter(({ tick }) => tick === now).map(({ bytes }) => bytes);
    this.late = this.late.filter(({ tick }) => tick > now);
    const bytes = this.isGone || this.isOver ? null : frameDue(this.exchange, now, PATIENCE_TICKS);
    let strike: Strike | null = null;
    if (bytes !== null) {
      this.tries += 1;
      if (this.tries === this.struckTry) strike = this.strike;
      arriving.push(...this.carried(bytes, strike, now));
    }
    const repliesBefore = this.rig.replies.length;
    const before = { confirmed: this.rig.pump.motor.requested, events: this.rig.events.length };
    this.rig.at(now, ...arriving.map((frame) => ({ kind: 'frame', bytes: frame }) as const)).runTo(now);
    this.judge(now, before.confirmed);
    for (const event of this.rig.events.slice(before.events)) {
      if (event.kind === 'command') this.commands.push(event.argument);
    }
    if (strike === 'programmer-gone-after') this.isGone = true;
    for (const reply of this.rig.replies.slice(repliesBefore)) this.hear(reply, strike);
    if (strike === 'pump-reset-after') {
      this.rig = Rig.restarted(this.rig.stored!, now + 1);
      // A restart drops what is owed, less than a stroke, and begins anew.
      this.asked = 0;
    }
  }

  /** What reaches the pump of a frame that is sent. */
  private carried(bytes: Uint8Array, strike: Strike | null, now: number): Uint8Array[] {
    switch (strike) {
      case 'request-lost':
        return [];
      case 'programmer-gone-before':
        this.isGone = true;
        return [];
      case 'request-damaged': {
        const damaged = bytes.slice();
        damaged[(7 * this.tries) % bytes.length]! ^= 16;
        return [damaged];
      }
      case 'request-doubled':
        return [bytes, bytes];
      case 'request-late':
        this.late.push({ tick: now + LATE_TICKS, bytes });
        return [];
      default:
        return [bytes];
    }
  }

  private hear(bytes: Uint8Array, strike: Strike | null): void {
    if (this.isGone || this.isOver || strike === 'reply-lost') return;
    const heard = bytes.slice();
    if (strike === 'reply-damaged') heard[heard.length >> 1]! ^= 1;
    const reply: Reply | null = hear(this.exchange, heard);
    if (reply !== null) this.next(this.requests.next(reply));
    else if (this.exchange.failure !== null) this.isGone = true;
  }

  /** The share of a stroke that this tick was asked for, by the words in force after it, and what was pushed in it. */
  private judge(now: number, requestedBefore: number): void {
    const { pump } = this.rig;
    const numerator = isHeld(this.rig) ? 0 : numeratorAt(pump.prescription, 0, now, pump.build.startHour);
    this.asked += numerator / pump.dosing.denominator;
    this.asked -= pump.motor.requested - requestedBefore;
    this.worst = Math.max(this.worst, Math.abs(this.asked));
  }
}

const goalOf = (leave: 'commit' | 'rollback' | 'open') => (rig: Rig) =>
  update({ words: NEW, leave, isConfirmed: true }, (words, count) => rig.hal.checksum.crc32(words, count));

function* order(name: RequestName, ...words: number[]): Requests {
  return (yield { name, words })[0]!;
}

function started(rate = RATES[0], timeout = NONE): Rig {
  return new Rig(optionsAt(rate, timeout)).runTo(99);
}

/** Enough for each try, the patience after it, and the alarm. */
const RUN_TICKS = 4 * SESSION_LEFT_OPEN_TICKS;

describe.each(['commit', 'rollback', 'open'] as const)('a session that is to end with %s', (leave) => {
  const good = new Bench(started(), goalOf(leave), null, 0).run(RUN_TICKS);
  const requests = good.triesMade;

  it('goes through without a strike', () => {
    expect(good.outcome).toBe(0);
    expect(requests).toBeGreaterThan(5);
    expect(good.worst).toBeLessThanOrEqual(1);
    expect(prescribed(good.rig)).toEqual(leave === 'commit' ? NEW : OLD);
    expect(good.rig.pump.telemetry.session.isOpen).toBe(leave === 'open' ? 1 : 0);
  });

  it.each(STRIKES)(
    'struck at each of its requests by %s gives no dose that is wrong, and does not end silently stopped [SR-SESSION-1, SR-SESSION-3, SR-TEL-3]',
    (strike) => {
      for (let struck = 1; struck <= requests; struck++) {
        for (const timeout of [NONE, SESSION_LEFT_OPEN_TICKS + 60]) {
          const where = `${strike} at try ${struck}, time-out ${timeout}`;
          const bench = new Bench(started(RATES[0], timeout), goalOf(leave), strike, struck).run(RUN_TICKS);
          const { rig } = bench;
          const { pump } = rig;
          expect(bench.worst, where).toBeLessThanOrEqual(1);
          // One prescription or the other, whole.
          expect([OLD, NEW], where).toContainEqual(prescribed(rig));
          const isStopped = pump.mode.permission === STOPPED;
          if (isStopped) {
            expect(timeout, where).toBe(NONE);
            expect(pump.alarms.rows[SESSION_LEFT_OPEN]!.isActive, where).toBe(1);
          }
          // What does not end the programmer is made good by asking again.
          const isMadeGood = !strike.startsWith('programmer') && strike !== 'pump-reset-after';
          if (isMadeGood) {
            expect(bench.outcome, where).toBe(0);
            expect(prescribed(rig), where).toEqual(leave === 'commit' ? NEW : OLD);
            expect(isStopped, where).toBe(leave === 'open' && timeout === NONE);
          }
        }
      }
    },
  );
});

describe.each<[RequestName, ...number[]]>([
  ['stop'],
  ['resume'],
  ['low-reservoir', 3_000_000],
  ['refill', 30_000_000],
  ['silence', SESSION_LEFT_OPEN],
  ['acknowledge', SESSION_LEFT_OPEN],
])('the order %s', (name, ...words) => {
  it.each(STRIKES)(
    'struck by %s is carried out once, or not at all where nobody asked again [SR-TEL-3, SR-TEL-4]',
    (strike) => {
      // The greeting is the first try, the order the second.
      for (const struck of [1, 2]) {
        const bench = new Bench(started(), () => order(name, ...words), strike, struck).run(60);
        const where = `${strike} at try ${struck}`;
        const times = bench.commands.filter((code) => code === COMMAND_KINDS.indexOf(name as 'stop') * 16);
        const isCutOff =
          strike === 'programmer-gone-before' || (struck === 1 && strike === 'programmer-gone-after');
        // A reset after the greeting is before the order, which is then of a number that the pump does not expect.
        expect(times.length, where).toBe(isCutOff ? 0 : 1);
        expect(bench.worst, where).toBeLessThanOrEqual(1);
        const isAnswered = !strike.startsWith('programmer') && strike !== 'pump-reset-after';
        if (isAnswered) expect(bench.outcome, where).toBe(0);
      }
    },
  );
});
