/** HOST: a serial port as bytes, for what is done over a board's console before the line is there: flashing. */

export interface ConsolePort {
  /** For messages. */
  readonly name: string;
  /** Resolves when the bytes have left. Latin-1: a character is a byte. */
  write(text: string): Promise<void>;
  /** What has come in since the last call, waiting for it if nothing has; '' when nothing comes in time. */
  read(timeoutMs: number): Promise<string>;
  close(): Promise<void>;
}

export type PortTrouble = 'no-board' | 'which-board' | 'no-rights' | 'port-busy' | 'port-lost';

/** The port does not open, or is gone. The message says what to do. */
export class PortError extends Error {
  override readonly name = 'InfrastructureError';
  readonly kind: PortTrouble;

  constructor(kind: PortTrouble, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What the package throws on before it asks the system: a port of no name, from an empty variable of a script. */
export function mustHaveName(path: string): void {
  if (path === '')
    throw new PortError(
      'no-board',
      'the name of the port is empty: "thecal list ports" shows those there are',
    );
}

/** What the system said when a port would not open, as what to do about it. */
export function portErrorOf(path: string, reason: string): PortError {
  if (/no such file|cannot find|not found|ENOENT|ENXIO|ENODEV|no such device/i.test(reason)) {
    return new PortError(
      'no-board',
      `${path}: there is no such port. Plug the board in, with a cable that carries data, and look it up with "thecal list ports"`,
    );
  }
  if (/permission|access denied|EACCES|EPERM/i.test(reason)) {
    return new PortError(
      'no-rights',
      `${path}: you may not open this port. On Linux: sudo usermod -a -G dialout $USER (group uucp on some systems), then log in again`,
    );
  }
  if (/busy|lock|EBUSY|EAGAIN|temporarily unavailable/i.test(reason)) {
    return new PortError(
      'port-busy',
      `${path}: another program has this port open. Close it (a terminal, an IDE, another thecal; "fuser ${path}" names it) and try again`,
    );
  }
  if (/inappropriate ioctl|is a directory|ENOTTY|EISDIR/i.test(reason)) {
    return new PortError(
      'no-board',
      `${path}: this is not a serial port. "thecal list ports" shows those there are`,
    );
  }
  return new PortError('no-board', `${path}: the port does not open: ${reason}. Is this the board's port?`);
}

/** Bytes that have come in and were not fetched, and whoever waits for some. */
export class Inbox {
  private waiting = '';
  private wake: (() => void) | null = null;
  private failure: Error | null = null;

  put(text: string): void {
    this.waiting += text;
    this.wake?.();
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }

  async take(timeoutMs: number): Promise<string> {
    if (this.waiting === '' && this.failure === null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
    const text = this.waiting;
    this.waiting = '';
    if (text === '' && this.failure !== null) throw this.failure;
    return text;
  }
}

/** Opens a serial port, or a pseudo-terminal. Rejects with a `PortError`. */
export async function openConsolePort(path: string, baudRate: number): Promise<ConsolePort> {
  mustHaveName(path);
  const { SerialPort } = await import('serialport');
  const inbox = new Inbox();
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error === null) resolve();
      else reject(portErrorOf(path, error.message));
    });
  });
  const lost = (): PortError =>
    new PortError(
      'port-lost',
      `${path}: the port went away while it was in use. Check cable and power, plug the board in again and repeat the command`,
    );
  port.on('data', (bytes: Buffer) => inbox.put(bytes.toString('latin1')));
  port.on('error', () => inbox.fail(lost()));
  port.on('close', () => inbox.fail(lost()));
  return {
    name: path,
    write: (text) =>
      new Promise((resolve, reject) => {
        if (!port.isOpen) {
          reject(lost());
          return;
        }
        port.write(Buffer.from(text, 'latin1'), (error) => {
          if (error !== null && error !== undefined) reject(lost());
          else port.drain(() => resolve());
        });
      }),
    read: (timeoutMs) => inbox.take(timeoutMs),
    close: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}
