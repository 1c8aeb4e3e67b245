/** What a programmer needs of a pump, wherever that is. */
import type { Reply, Request } from '../../programmer/exchange.ts';

export interface PumpTalk {
  /** What people call it. */
  readonly name: string;
  /** Rejects with a `LineError`, or a `SilentPumpError` in the simulation, when the pump does not answer. */
  request(request: Request): Promise<Reply>;
  /** Lets simulated time pass; null where time passes by itself. */
  readonly wait: ((ticks: number) => Promise<void>) | null;
  close(): Promise<void>;
}
