/** HOST: a port whose messages go through the faults of the line; without any it is the port itself. */
import { numberOption } from '../../sim/faults/fault.ts';
import { below } from '../../sim/prng.ts';
import type { LinePort } from './client.ts';
import type { Direction, LineFaults, Strike } from './line-faults.ts';

interface HeldReply {
  readonly line: string;
  readonly dueMs: number;
}

type OnStrike = (faultId: string, direction: Direction, text: string) => void;

export class TroubledPort implements LinePort {
  readonly name: string;
  readonly traffic: LinePort['traffic'];
  private readonly port: LinePort;
  private readonly faults: LineFaults;
  private readonly onStrike: OnStrike;
  /** Requests on their way to the board, by the timers that will send them. */
  private readonly leaving = new Map<NodeJS.Timeout, string>();
  private arriving: HeldReply[] = [];

  /** `onStrike` is told what was struck, as it would have been. */
  constructor(port: LinePort, faults: LineFaults, onStrike: OnStrike = () => undefined) {
    this.port = port;
    this.faults = faults;
    this.onStrike = onStrike;
    this.name = port.name;
    this.traffic = port.traffic;
  }

  write(text: string): void {
    const strike = this.judge('to-board', text);
    switch (strike?.fault.kind) {
      case 'link-loss':
        return;
      case 'link-corrupt':
        this.port.write(flipped(text, strike.drawn));
        return;
      case 'link-delay': {
        const timer = setTimeout(
          () => {
            this.leaving.delete(timer);
            this.port.write(text);
          },
          numberOption(strike.fault, 'held-ms'),
        );
        this.leaving.set(timer, text);
        return;
      }
      default:
        this.port.write(text);
    }
  }

  async receive(timeoutMs: number): Promise<string | null> {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const nowMs = performance.now();
      const due = this.arriving.findIndex(({ dueMs }) => dueMs <= nowMs);
      if (due >= 0) return this.arriving.splice(due, 1)[0]!.line;
      const nextMs = Math.min(deadlineMs, ...this.arriving.map(({ dueMs }) => dueMs));
      const line = await this.port.receive(Math.max(0, nextMs - nowMs));
      const arrived = line === null ? null : this.arrive(line);
      if (arrived !== null) return arrived;
      const isNothingHeld = line === null && this.arriving.length === 0;
      if (isNothingHeld || performance.now() >= deadlineMs) return null;
    }
  }

  reopen(): Promise<void> {
    return this.port.reopen();
  }

  close(): Promise<void> {
    return this.port.close();
  }

  /** What is still held arrives now: late is not lost. False when nothing was. */
  release(): boolean {
    const isAnyHeld = this.leaving.size + this.arriving.length > 0;
    for (const [timer, text] of this.leaving) {
      clearTimeout(timer);
      this.port.write(text);
    }
    this.leaving.clear();
    this.arriving = this.arriving.map(({ line }) => ({ line, dueMs: 0 }));
    return isAnyHeld;
  }

  private judge(direction: Direction, text: string): Strike | null {
    const strike = this.faults.judge(direction, isSealed(text));
    if (strike !== null) this.onStrike(strike.fault.id, direction, text);
    return strike;
  }

  /** What the host gets of a line now, null if nothing. */
  private arrive(line: string): string | null {
    // The line end of an echo is no message.
    if (line.trim() === '') return line;
    const strike = this.judge('from-board', line);
    switch (strike?.fault.kind) {
      case 'link-loss':
        return null;
      case 'link-corrupt':
        return flipped(line, strike.drawn);
      case 'link-delay':
        this.arriving.push({ line, dueMs: performance.now() + numberOption(strike.fault, 'held-ms') });
        return null;
      default:
        return line;
    }
  }
}

/** A message of the line is plain text; what is said to the console begins with a control character. */
function isSealed(text: string): boolean {
  return /^[ -~]+$/.test(text.trim());
}

/**
 * One bit of one character, never of a line end. Of the low five, so that no character becomes a control character: a
 * 0x03 would break off whatever runs on a board.
 */
function flipped(text: string, drawn: number): string {
  const first = text.length - text.trimStart().length;
  const at = first + below(text.trim().length, drawn);
  const code = text.charCodeAt(at) ^ (1 << (drawn % 5));
  return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
}
