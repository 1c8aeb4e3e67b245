/** A programmer over a simulated pump: a frame and its reply are a tick. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Target, TargetObserver } from '../../../hal/target.ts';
import { ask, createExchange, frameDue, hear, PATIENCE_TICKS } from '../../programmer/exchange.ts';
import type { Reply, Request } from '../../programmer/exchange.ts';
import { SLICE_TICKS } from '../run/slices.ts';
import { MachineError } from '../user-error.ts';
import type { PumpTalk } from './talk.ts';

export class SimTalk implements PumpTalk {
  readonly name: string;
  private readonly target: Target;
  private readonly exchange = createExchange();
  private replies: Uint8Array[] = [];
  private readonly observer: TargetObserver = {
    event: () => undefined,
    stateDigest: () => undefined,
    afterTick: () => undefined,
    reply: (bytes) => this.replies.push(bytes),
  };

  constructor(target: Target, name: string) {
    this.target = target;
    this.name = name;
  }

  async request(request: Request): Promise<Reply> {
    const { exchange, target } = this;
    ask(exchange, request);
    while (exchange.request !== null) {
      const now = target.nowTick();
      const bytes = frameDue(exchange, now, PATIENCE_TICKS);
      if (bytes !== null) {
        target.stimulate(now, { kind: 'command', command: { kind: 'frame', bytes: Array.from(bytes) } });
      }
      this.replies = [];
      await target.advance(now, this.observer);
      for (const heard of this.replies) {
        const reply = hear(exchange, heard);
        if (reply !== null) return reply;
      }
    }
    throw new MachineError(`${this.name}: the pump does not answer`);
  }

  /** In slices, between which signals are heard. */
  readonly wait = async (ticks: number): Promise<void> => {
    for (let left = ticks; left > 0; left -= SLICE_TICKS.jumps) {
      await this.target.advance(this.target.nowTick() + Math.min(left, SLICE_TICKS.jumps) - 1, this.observer);
      await nextTurn();
    }
  };

  async close(): Promise<void> {
    await this.target.close();
  }
}
