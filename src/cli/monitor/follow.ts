/** Asks a pump how it is, again and again, and keeps what it said: through telemetry alone, and it goes on as it was. */
import { LineError } from '../../../hal/espruino/client.ts';
import type { Wand } from '../../../hal/espruino/wand.ts';
import { COMMAND_OUTCOMES } from '../../core/commands.ts';
import { EVENT_KINDS, type PumpEvent } from '../../core/events.ts';
import { PRESCRIBED_WORDS } from '../../core/prescription.ts';
import { HELLO_WORDS, STATUS_WORDS } from '../../core/telemetry/answers.ts';
import {
  ask,
  createExchange,
  type Exchange,
  frameDue,
  hear,
  nextSend,
  type Reply,
  type Request,
} from '../../programmer/exchange.ts';
import { readWords } from '../../programmer/update.ts';
import type { Picture } from './picture.ts';
import { type Sample, withSample } from './series.ts';

/** A pump answers in its next tick, and what is late by more than this is lost. */
const PATIENCE_MS = 3000;
const MOST_EVENTS = 1000;
/** Events after which another prescription may be at work. */
const CHANGES: readonly PumpEvent['kind'][] = ['command', 'session', 'refill'];

export class Follower {
  private readonly wand: Wand;
  private readonly place: string;
  private exchange: Exchange = createExchange();
  private hello: Readonly<Record<(typeof HELLO_WORDS)[number], number>> | null = null;
  private prescription: Int32Array | null = null;
  private events: readonly PumpEvent[] = [];
  private samples: readonly Sample[] = [];
  private lastTick = 0;

  /** `place` is what people call it. */
  constructor(wand: Wand, place: string) {
    this.wand = wand;
    this.place = place;
  }

  /** How the pump is now. Rejects with a `LineError` when it does not answer. */
  async look(): Promise<Picture> {
    const hello = this.hello ?? (await this.greet());
    const status = named(STATUS_WORDS, await this.request({ name: 'status', words: [] }));
    if (status.nowTick < this.lastTick) {
      // Another pump, or this one from its start: nothing that was known holds.
      this.forget();
      return await this.look();
    }
    this.lastTick = status.nowTick;
    const prescription = this.prescription ?? (await this.readPrescription());
    const presentAlarms =
      status.activeAlarms === 0 ? 0 : ((await this.request({ name: 'alarms', words: [] }))[2] ?? 0);
    this.samples = withSample(this.samples, {
      tick: status.nowTick,
      requestedStrokes: status.requestedStrokes,
      reservoirNl: status.computedReservoirNl,
      batteryPermille: status.computedBatteryPermille,
    });
    const { strokeNl, reservoirNl, startHour } = hello;
    const { place, events, samples } = this;
    return { place, strokeNl, reservoirNl, startHour, status, presentAlarms, prescription, events, samples };
  }

  /** What the pump prints meanwhile, until then. */
  async listen(untilMs: number): Promise<void> {
    for (let leftMs = untilMs - performance.now(); leftMs > 0; leftMs = untilMs - performance.now()) {
      await this.hear(leftMs);
    }
  }

  /** The outcome, in words. */
  async silence(alarm: number): Promise<string> {
    const [outcome = 0] = await this.request({ name: 'silence', words: [alarm] });
    return COMMAND_OUTCOMES[outcome] ?? `outcome ${outcome}`;
  }

  /** After the line was lost. */
  async reopen(): Promise<void> {
    this.exchange = createExchange();
    await this.wand.reopen();
  }

  leave(): void {
    this.wand.leave();
  }

  private forget(): void {
    this.exchange = createExchange();
    this.hello = null;
    this.prescription = null;
    this.events = [];
    this.samples = [];
    this.lastTick = 0;
  }

  private async greet(): Promise<NonNullable<Follower['hello']>> {
    this.exchange = createExchange();
    this.hello = named(HELLO_WORDS, await this.request({ name: 'hello', words: [] }));
    return this.hello;
  }

  private async readPrescription(): Promise<Int32Array> {
    const words = new Int32Array(PRESCRIBED_WORDS);
    const requests = readWords('prescription', words);
    let step = requests.next();
    while (step.done !== true) step = requests.next(await this.request(step.value));
    this.prescription = words;
    return words;
  }

  private async request(request: Request): Promise<Reply> {
    const { exchange } = this;
    // The pump may count otherwise since another programmer asked it: then it is greeted and asked once more.
    for (let isLast = false; ; isLast = true) {
      ask(exchange, request);
      while (exchange.request !== null) {
        const frame = frameDue(exchange, performance.now(), PATIENCE_MS);
        if (frame !== null) this.wand.send(frame);
        const leftMs = (nextSend(exchange, PATIENCE_MS) ?? 0) - performance.now();
        const bytes = await this.hear(Math.max(0, leftMs));
        const reply = bytes === null ? null : hear(exchange, bytes);
        if (reply !== null) return reply;
      }
      if (exchange.failure !== 'astray' || isLast) {
        throw new LineError(`${this.place}: the pump does not answer`);
      }
    }
  }

  /** The next frame; an event is noted. */
  private async hear(timeoutMs: number): Promise<Uint8Array | null> {
    const heard = await this.wand.hear(timeoutMs);
    if (heard === null) return null;
    if (heard.kind === 'reply') return heard.bytes;
    if (heard.kind === 'failure')
      throw new PumpEndedError(`${this.place}: ${heard.why}: nothing is delivered any more`);
    const kind = EVENT_KINDS[heard.code];
    if (kind === undefined) return null;
    if (CHANGES.includes(kind)) this.prescription = null;
    const last = this.samples.at(-1);
    // When exactly: between two looks at a pump whose clock runs fast there are many.
    if (kind === 'stroke' && last !== undefined) {
      this.samples = withSample(this.samples, {
        ...last,
        tick: heard.tick,
        requestedStrokes: heard.argument,
      });
    }
    this.events = [
      ...this.events.slice(1 - MOST_EVENTS),
      { tick: heard.tick, kind, argument: heard.argument },
    ];
    return null;
  }
}

/** The firmware on the board has stopped by itself. */
export class PumpEndedError extends LineError {}

function named<Name extends string>(names: readonly Name[], reply: Reply): Record<Name, number> {
  return Object.fromEntries(names.map((name, index) => [name, reply[index + 1] ?? 0])) as Record<
    Name,
    number
  >;
}
