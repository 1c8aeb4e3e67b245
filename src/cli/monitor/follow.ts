/** Asks a pump how it is, again and again, and keeps what it said: through telemetry alone, and it goes on as it was. */
import { LineError } from '../../../hal/espruino/client.ts';
import type { Heard, Wand } from '../../../hal/espruino/wand.ts';
import { COMMAND_OUTCOMES } from '../../core/commands.ts';
import { EVENT_KINDS, type PumpEvent } from '../../core/events.ts';
import { HELLO_WORDS, STATUS_WORDS } from '../../core/telemetry/answers.ts';
import type { Reply } from '../../programmer/exchange.ts';
import { readPrescribed } from '../prescribed-words.ts';
import { WandTalk } from '../wand-talk.ts';
import type { Picture } from './picture.ts';
import { type Sample, withSample } from './series.ts';

const MOST_EVENTS = 1000;
/** Events after which another prescription may be at work. */
const CHANGES: readonly PumpEvent['kind'][] = ['command', 'session', 'refill'];

/** The firmware on the board has stopped by itself. */
export class PumpEndedError extends LineError {}

export class Follower {
  private readonly talk: WandTalk;
  private readonly place: string;
  private hello: Readonly<Record<(typeof HELLO_WORDS)[number], number>> | null = null;
  private prescription: Int32Array | null = null;
  private changes = 0;
  private events: readonly PumpEvent[] = [];
  private samples: readonly Sample[] = [];
  private lastTick = 0;
  private lastFillTick: number | null = null;

  constructor(wand: Wand, place: string) {
    this.talk = new WandTalk(wand, place, (heard) => this.note(heard));
    this.place = place;
  }

  /** How the pump is now. Rejects with a `LineError` when it does not answer. */
  async look(): Promise<Picture> {
    const { talk } = this;
    this.hello ??= named(HELLO_WORDS, await talk.request({ name: 'hello', words: [] }));
    const { strokeNl, reservoirNl, startHour, implantTick } = this.hello;
    const status = named(STATUS_WORDS, await talk.request({ name: 'status', words: [] }));
    if (status.nowTick < this.lastTick) {
      // Another pump, or this one from its start: nothing that was known holds.
      this.forget();
      return await this.look();
    }
    this.lastTick = status.nowTick;
    const prescription = this.prescription ?? (await this.readPrescription());
    const alarms = status.activeAlarms === 0 ? [] : await talk.request({ name: 'alarms', words: [] });
    this.samples = withSample(this.samples, {
      tick: status.nowTick,
      requestedStrokes: status.requestedStrokes,
      reservoirNl: status.computedReservoirNl,
      batteryPermille: status.computedBatteryPermille,
    });
    const presentAlarms = alarms[2] ?? 0;
    const { place, lastFillTick, events, samples } = this;
    return {
      place,
      strokeNl,
      reservoirNl,
      startHour,
      implantTick,
      status,
      presentAlarms,
      prescription,
      lastFillTick,
      events,
      samples,
    };
  }

  listen(untilMs: number): Promise<void> {
    return this.talk.listen(untilMs);
  }

  /** The outcome, in words. */
  async silence(alarm: number): Promise<string> {
    const [outcome = 0] = await this.talk.request({ name: 'silence', words: [alarm] });
    return COMMAND_OUTCOMES[outcome] ?? `outcome ${outcome}`;
  }

  reopen(): Promise<void> {
    return this.talk.reopen();
  }

  leave(): void {
    this.talk.leave();
  }

  private forget(): void {
    this.hello = null;
    this.prescription = null;
    this.events = [];
    this.samples = [];
    this.lastTick = 0;
    this.lastFillTick = null;
  }

  private async readPrescription(): Promise<Int32Array> {
    const { changes } = this;
    const words = await readPrescribed((request) => this.talk.request(request));
    // Changed while it was read, it is read again with the next look.
    if (changes === this.changes) this.prescription = words;
    return words;
  }

  private note(heard: Exclude<Heard, { readonly kind: 'reply' }>): void {
    if (heard.kind === 'failure')
      throw new PumpEndedError(`${this.place}: ${heard.why}: nothing is delivered any more`);
    const kind = EVENT_KINDS[heard.code];
    if (kind === undefined) return;
    if (CHANGES.includes(kind)) {
      this.changes += 1;
      this.prescription = null;
    }
    const { tick, argument } = heard;
    if (kind === 'refill') this.lastFillTick = tick;
    this.events = [...this.events.slice(1 - MOST_EVENTS), { tick, kind, argument }];
    const last = this.samples.at(-1);
    // When exactly: between two looks at a pump whose clock runs fast there are many.
    if (kind === 'stroke' && last !== undefined) {
      this.samples = withSample(this.samples, { ...last, tick, requestedStrokes: argument });
    }
  }
}

function named<Name extends string>(names: readonly Name[], reply: Reply): Record<Name, number> {
  return Object.fromEntries(names.map((name, index) => [name, reply[index + 1] ?? 0])) as Record<
    Name,
    number
  >;
}
