/** HOST: the port of a session with a board. It notes what passes, where somebody keeps it. */
import type { LineEntry } from '../../src/trace/line.ts';
import { type LinePort, PortVanishedError } from './client.ts';
import type { LineFaults } from './line-faults.ts';
import { TroubledPort } from './troubled-port.ts';

/** What a session needs of its port beside lines. */
export interface SessionPort extends LinePort {
  /** What is still held arrives now: late is not lost. False when nothing was. */
  release(): boolean;
  /** A run begins, with the host's last numbers of a request and at the prompt. */
  begin(seq: number, mark: number): void;
  /** What passes from here on is about this tick and later ones. */
  about(tick: number): void;
  /** How many wakes the next request may have, which goes by how fast the board was. */
  mostWakes(usual: number): number;
  /** What has passed since the last call, and since the run began. */
  takeEntries(): readonly LineEntry[];
}

/** `Omit` of each member of a union. */
type WithoutMoment<Entry> = Entry extends LineEntry ? Omit<Entry, 'tick' | 'ms'> : never;

export class RecordingPort implements SessionPort {
  readonly name: string;
  readonly traffic: LinePort['traffic'];
  private readonly port: TroubledPort;
  private readonly isKept: boolean;
  private entries: LineEntry[] = [];
  private tick = 0;
  private beganMs = 0;

  constructor(port: LinePort, faults: LineFaults, isKept: boolean) {
    this.port = new TroubledPort(port, faults, (fault, direction, text) =>
      this.note({ kind: 'struck', fault, direction, text }),
    );
    this.isKept = isKept;
    this.name = port.name;
    this.traffic = port.traffic;
  }

  begin(seq: number, mark: number): void {
    this.beganMs = performance.now();
    this.tick = 0;
    // The run before has ended, and what came after that belongs to none.
    this.entries = [];
    this.note({ kind: 'begin', seq, mark });
  }

  about(tick: number): void {
    this.tick = tick;
  }

  mostWakes(usual: number): number {
    this.note({ kind: 'wakes', most: usual });
    return usual;
  }

  takeEntries(): readonly LineEntry[] {
    const { entries } = this;
    this.entries = [];
    return entries;
  }

  write(text: string): void {
    this.note({ kind: 'out', text });
    this.port.write(text);
  }

  async receive(timeoutMs: number): Promise<string | null> {
    try {
      const text = await this.port.receive(timeoutMs);
      if (text !== null) this.note({ kind: 'in', text });
      return text;
    } catch (error) {
      if (error instanceof PortVanishedError) this.note({ kind: 'lost', why: error.message });
      throw error;
    }
  }

  async reopen(): Promise<void> {
    try {
      await this.port.reopen();
      this.note({ kind: 'reopened', why: null });
    } catch (error) {
      if (error instanceof PortVanishedError) this.note({ kind: 'reopened', why: error.message });
      throw error;
    }
  }

  release(): boolean {
    return this.port.release();
  }

  close(): Promise<void> {
    return this.port.close();
  }

  private note(entry: WithoutMoment<LineEntry>): void {
    if (!this.isKept) return;
    const { tick } = this;
    this.entries.push({ tick, ms: Math.round(performance.now() - this.beganMs), ...entry });
  }
}
