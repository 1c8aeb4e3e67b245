/** A programmer over a pump that runs on its own: by the wand, in that pump's own time. */
import { closePlace, type Place } from '../../../hal/espruino/board-target.ts';
import { LineError } from '../../../hal/espruino/client.ts';
import type { Reply, Request } from '../../programmer/exchange.ts';
import type { BoardPlace } from '../boards/place.ts';
import { openWand } from '../boards/wand-place.ts';
import { WandTalk } from '../wand-talk.ts';
import type { PumpTalk } from './talk.ts';

export class BoardTalk implements PumpTalk {
  readonly name: string;
  readonly wait = null;
  private readonly place: Place;
  private readonly talk: WandTalk;

  private constructor(name: string, place: Place, talk: WandTalk) {
    this.name = name;
    this.place = place;
    this.talk = talk;
  }

  static async open(chosen: BoardPlace): Promise<BoardTalk> {
    const { name } = chosen;
    const { place, wand } = await openWand(chosen);
    const talk = new WandTalk(wand, name, (heard) => {
      if (heard.kind === 'failure')
        throw new LineError(`${name}: ${heard.why}: nothing is delivered any more`);
    });
    return new BoardTalk(name, place, talk);
  }

  async request(request: Request): Promise<Reply> {
    return await this.talk.request(request);
  }

  async close(): Promise<void> {
    try {
      this.talk.leave();
    } finally {
      await closePlace(this.place);
    }
  }
}
