/**
 * HOST: frames of telemetry to and from a free-running pump at its board's prompt, and the events that it prints there.
 * No 0x03, no reset, no greeting of the line: the pump goes on, whatever happens here.
 */
import { LineError, type LinePort, openReply } from './client.ts';
import { atPrompt, isServing, leavePrompt, QUIET } from './connect.ts';
import {
  bytesOfHex,
  hexOfBytes,
  NAK_ASSERTION,
  NAK_NO_PUMP,
  NAK_STORED,
  sealLine,
  type TextCrc,
} from './link.ts';

export type Heard =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly tick: number; readonly code: number; readonly argument: number }
  /** Nothing is delivered any more. */
  | { readonly kind: 'failure'; readonly why: string };

const WHICH = 'typeof thecal!="function"?"none":typeof thecal.serve=="function"?"lockstep":"free-running"';
/** What the pump says starts like this, wherever the console has put it in the line. */
const SAID = /(?:reply|event|failure|nak),.*$/;
const NO_PUMP = [NAK_NO_PUMP, NAK_STORED];

export class Wand {
  private readonly port: LinePort;
  private readonly crc: TextCrc;
  private sent = 0;

  private constructor(port: LinePort, crc: TextCrc) {
    this.port = port;
    this.crc = crc;
  }

  /** Rejects with a `LineError` when no free-running firmware is there. */
  static async over(port: LinePort, crc: TextCrc): Promise<Wand> {
    const wand = new Wand(port, crc);
    await wand.greet();
    return wand;
  }

  send(frame: Uint8Array): void {
    this.sent += 1;
    const line = sealLine(['frame', this.sent, hexOfBytes(frame)], this.crc);
    this.port.write(`${QUIET}print(thecal(${JSON.stringify(line)}))\n`);
  }

  /** The next that the pump says; null when nothing came in time. Rejects with a `LineError` when there is no pump. */
  async hear(timeoutMs: number): Promise<Heard | null> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const line = await this.port.receive(Math.max(0, untilMs - performance.now()));
      if (line === null) return null;
      const heard = this.understood(line);
      if (heard !== null) return heard;
    }
  }

  /** After the port was gone or nobody answered. */
  async reopen(): Promise<void> {
    await this.port.reopen();
    await this.greet();
  }

  /** The console answers a person again; the port is left open. */
  leave(): void {
    leavePrompt(this.port);
  }

  private async greet(): Promise<void> {
    const { port } = this;
    if (await isServing(port, this.crc)) {
      throw new LineError(
        `${port.name}: a lockstep session is open on this board, and its pump has no telemetry`,
      );
    }
    const which = await atPrompt(port, 1, WHICH);
    if (which === 'free-running') return;
    leavePrompt(port);
    const what = which === 'none' ? 'no firmware' : 'the firmware for lockstep';
    throw new LineError(
      `${port.name}: ${what} is on this board: thecal board flash --free-run --port ${port.name}`,
    );
  }

  private understood(line: string): Heard | null {
    const fields = openReply(SAID.exec(line.trimEnd())?.[0] ?? '', this.crc);
    if (fields === null) return null;
    switch (fields[0]) {
      case 'reply': {
        const bytes = bytesOfHex(fields[1] ?? '');
        return bytes === null ? null : { kind: 'reply', bytes };
      }
      case 'event': {
        const [tick = 0, code = 0, argument = 0] = fields.slice(1).map(Number);
        return { kind: 'event', tick, code, argument };
      }
      case 'failure':
        return { kind: 'failure', why: fields[2] ?? '' };
      case 'nak':
        if (NO_PUMP.includes(Number(fields[2])))
          throw new LineError(`${this.port.name}: no pump is set up on this board; docs/board.md says how`);
        if (Number(fields[2]) === NAK_ASSERTION) return { kind: 'failure', why: 'its firmware has ended' };
        return null;
      default:
        return null;
    }
  }
}
