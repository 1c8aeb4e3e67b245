/** HOST: a serial port as the line needs it: whole lines with time-outs, and errors that say what to do. */
import { ReadlineParser } from '@serialport/parser-readline';
import { SerialPort } from 'serialport';
import type { LinePort } from './client.ts';
import { LineError, PortVanishedError } from './client.ts';
import { mustHaveName, portErrorOf } from './console-port.ts';

export const USUAL_BAUD = 115_200;

/** A board that was unplugged and comes back needs some seconds until its port is there again. */
const REOPEN_MS = 10_000;
const REOPEN_PAUSE_MS = 200;
/** Closing a port whose other end is gone may never call back. */
const CLOSE_MS = 1000;

export interface SerialLineOptions {
  readonly baud?: number | undefined;
  /** How long a port that is gone may take to be there again; left out: 10 s. */
  readonly reopenMs?: number | undefined;
  /** Aborted, it ends whatever waits for this port, for good. */
  readonly signal?: AbortSignal | undefined;
}

type Waiter = (line: string | null) => void;

export class SerialLine implements LinePort {
  readonly name: string;
  readonly traffic = { bytesOut: 0, bytesIn: 0 };
  private readonly baudRate: number;
  private readonly signal: AbortSignal | undefined;
  private reopenMs: number;
  private port: SerialPort | null = null;
  private lines: string[] = [];
  private waiter: Waiter | null = null;
  private hasVanished = false;

  private constructor(path: string, { baud = USUAL_BAUD, reopenMs = REOPEN_MS, signal }: SerialLineOptions) {
    this.name = path;
    this.baudRate = baud;
    this.reopenMs = reopenMs;
    this.signal = signal;
    signal?.addEventListener('abort', () => this.waiter?.(null), { once: true });
  }

  static async open(path: string, options: SerialLineOptions = {}): Promise<SerialLine> {
    mustHaveName(path);
    const line = new SerialLine(path, options);
    await line.open();
    return line;
  }

  write(text: string): void {
    if (this.port === null || this.hasVanished) return;
    this.traffic.bytesOut += text.length;
    // A failed write is a request without a reply, and is dealt with as one.
    this.port.write(text, 'latin1', () => undefined);
  }

  receive(timeoutMs: number): Promise<string | null> {
    if (this.signal?.aborted === true) return Promise.reject(this.interrupted());
    const line = this.lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.hasVanished) {
      return Promise.reject(
        new PortVanishedError(
          `${this.name}: the port went away while it was in use; was the board unplugged?`,
        ),
      );
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.waiter?.(null), timeoutMs);
      this.waiter = (found) => {
        clearTimeout(timer);
        this.waiter = null;
        resolve(found);
      };
    });
  }

  async reopen(): Promise<void> {
    await this.close();
    const startMs = performance.now();
    for (;;) {
      if (this.signal?.aborted === true) throw this.interrupted();
      try {
        await this.open();
        return;
      } catch (error) {
        if (performance.now() - startMs >= this.reopenMs) throw this.vanishedFor(this.reopenMs, error);
        await new Promise((resolve) => setTimeout(resolve, REOPEN_PAUSE_MS));
      }
    }
  }

  async close(): Promise<void> {
    const { port } = this;
    this.port = null;
    this.lines = [];
    this.waiter?.(null);
    if (port?.isOpen !== true) return;
    // What was said last, that the console may echo again, is still on its way.
    await inTime((done) => port.drain(done));
    await inTime((done) => port.close(done));
  }

  private interrupted(): LineError {
    return new LineError(`${this.name}: interrupted`);
  }

  private vanishedFor(waitedMs: number, error: unknown): PortVanishedError {
    this.hasVanished = true;
    // Who has waited in vain once tries again and waits no more.
    this.reopenMs = 0;
    const why = error instanceof Error ? error.message : String(error);
    const howLong = waitedMs === 0 ? 'is not there' : `was not there again within ${waitedMs / 1000} s`;
    return new PortVanishedError(
      `${this.name}: the port went away while it was in use, and ${howLong}: ${why}`,
    );
  }

  private async open(): Promise<void> {
    const port = new SerialPort({ path: this.name, baudRate: this.baudRate, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => {
        if (error === null) resolve();
        else reject(portErrorOf(this.name, error.message));
      });
    });
    this.port = port;
    this.hasVanished = false;
    const parser = port.pipe(new ReadlineParser({ delimiter: '\n', encoding: 'latin1' }));
    port.on('data', (bytes: Buffer) => {
      this.traffic.bytesIn += bytes.length;
    });
    parser.on('data', (line: string) => {
      if (this.port !== port) return;
      if (this.waiter !== null) this.waiter(line);
      else this.lines.push(line);
    });
    port.on('error', () => undefined);
    port.on('close', () => {
      if (this.port !== port) return;
      this.hasVanished = true;
      this.waiter?.(null);
    });
  }
}

/** Until it is done; a port that is gone or stuck is not waited for. */
function inTime(act: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_MS);
    act(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
