/** Requests to a free-running pump and their replies, by this computer's clock; what it prints meanwhile is passed on. */
import { LineError } from '../../hal/espruino/client.ts';
import type { Heard, Wand } from '../../hal/espruino/wand.ts';
import {
  ask,
  createExchange,
  type Exchange,
  frameDue,
  hear,
  nextSend,
  type Reply,
  type Request,
} from '../programmer/exchange.ts';

/** A pump answers in its next tick, and what is late by more than this is lost. [E] */
const PATIENCE_MS = 3000;

export class WandTalk {
  private readonly wand: Wand;
  private readonly place: string;
  private readonly onOther: (heard: Exclude<Heard, { readonly kind: 'reply' }>) => void;
  private exchange: Exchange = createExchange();
  private hasLeft = false;

  /** `place` is what people call it. What `onOther` throws ends the request, or the listening, in which it was heard. */
  constructor(wand: Wand, place: string, onOther: WandTalk['onOther']) {
    this.wand = wand;
    this.place = place;
    this.onOther = onOther;
  }

  /** Rejects with a `LineError` when the pump does not answer. */
  async request(request: Request): Promise<Reply> {
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

  /** What the pump prints, until then. */
  async listen(untilMs: number): Promise<void> {
    for (let leftMs = untilMs - performance.now(); leftMs > 0; leftMs = untilMs - performance.now()) {
      await this.hear(leftMs);
    }
  }

  /** After the line was lost. */
  async reopen(): Promise<void> {
    this.exchange = createExchange();
    await this.wand.reopen();
  }

  /** Whoever still waits for an answer is rejected once the port is closed. */
  leave(): void {
    this.hasLeft = true;
    this.wand.leave();
  }

  private async hear(timeoutMs: number): Promise<Uint8Array | null> {
    const heard = await this.wand.hear(timeoutMs);
    if (this.hasLeft) throw new LineError(`${this.place}: nobody asks any more`);
    if (heard?.kind === 'reply') return heard.bytes;
    if (heard !== null) this.onOther(heard);
    return null;
  }
}
