/** A programmer's end of the wand at the bench: requests in, the pump's frames out, each written out by hand. */
import { FRAME_WORDS_MAX, openFrame, sealFrame } from '../../../src/core/telemetry/frame.ts';
import { type RequestName, REQUESTS } from '../../../src/core/telemetry/requests.ts';
import { stagedCheck } from '../../../src/core/telemetry/session.ts';
import { PRESCRIBED_WORDS } from '../../../src/core/prescription-words.ts';
import type { RigOptions } from '../rig.ts';
import { Rig } from '../rig.ts';

export class WandRig extends Rig {
  number = 0;

  constructor(changes: Partial<RigOptions> = {}) {
    super(changes);
  }

  /** Bytes of the next request. */
  request(name: RequestName, ...words: number[]): Uint8Array {
    this.number += 1;
    return sealFrame(REQUESTS.indexOf(name), this.number, words, words.length);
  }

  /** What the pump says to these bytes in its next tick: the words of each frame. */
  send(...frames: readonly ArrayLike<number>[]): number[][] {
    const before = this.replies.length;
    this.at(this.pump.nowTick, ...frames.map((bytes) => ({ kind: 'frame', bytes }) as const));
    this.runTo(this.pump.nowTick);
    return this.replies.slice(before).map((bytes) => [...openFrame(bytes)!.words]);
  }

  /** A request in the next tick, and the words of its reply. */
  ask(name: RequestName, ...words: number[]): number[] {
    const [reply, ...more] = this.send(this.request(name, ...words));
    if (reply === undefined || more.length > 0) throw new Error(`${more.length} replies to ${name}`);
    return reply;
  }

  /** Write and verify; the session is open. Six ticks and two at most. */
  stage(words: Int32Array): void {
    for (let from = 0; from < PRESCRIBED_WORDS; from += FRAME_WORDS_MAX - 1) {
      this.ask('write', from, ...words.slice(from, Math.min(PRESCRIBED_WORDS, from + FRAME_WORDS_MAX - 1)));
    }
    this.ask('verify', stagedCheck(this.pump.telemetry.session, this.hal));
  }
}
