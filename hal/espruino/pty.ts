/**
 * HOST: pseudo-terminals. The system makes them by five functions of its C library that Node doesn't offer, so the
 * package koffi calls them. One end (`fd`) is the device, the other a path that any serial program can open.
 */
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { ReadStream } from 'node:tty';

const PATH_BYTES = 256;
/** Larger than any system's `struct termios`. */
const TERMIOS_BYTES = 256;
/** Children inherit what is not marked, and a pseudo-terminal that a stranger holds is never seen to close. */
const CLOSE_ON_EXEC: Partial<Record<NodeJS.Platform, number>> = { linux: 0o2000000, darwin: 0x1000000 };
/** A terminal that nobody reads takes a few kB and then no more. */
const RETRY_MS = 2;
/** As a real board's console: what nobody fetches is lost in the end. */
const QUEUE_BYTES = 1024 * 1024;

/** There is no pseudo-terminal to be had on this machine; the message says why. */
export class NoPtyError extends Error {
  override readonly name = 'NoPtyError';
}

/** The name for a port is that of something else. */
export class PortNameError extends Error {}

/** Both ends of a raw pseudo-terminal. Whoever has it closes both file descriptors. */
export interface PtyPair {
  /** The device's end. */
  readonly fd: number;
  /** Held open, because a device's end without any other end reads as an error. */
  readonly portFd: number;
  /** What a serial program opens. */
  readonly path: string;
}

interface Libc {
  openpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsnameR(fd: number, name: Buffer, bytes: number): number;
  tcgetattr(fd: number, termios: Buffer): number;
  cfmakeraw(termios: Buffer): void;
  tcsetattr(fd: number, when: number, termios: Buffer): number;
}

let libc: Libc | null = null;

async function loadLibc(): Promise<Libc> {
  if (libc !== null) return libc;
  try {
    const { default: koffi } = await import('koffi');
    // This very process has the C library in it, under whatever name it goes here.
    const own = koffi.load(null);
    libc = {
      openpt: own.func('int posix_openpt(int flags)'),
      grantpt: own.func('int grantpt(int fd)'),
      unlockpt: own.func('int unlockpt(int fd)'),
      ptsnameR: own.func('int ptsname_r(int fd, _Out_ uint8_t *name, size_t bytes)'),
      tcgetattr: own.func('int tcgetattr(int fd, _Out_ uint8_t *termios)'),
      cfmakeraw: own.func('void cfmakeraw(_Inout_ uint8_t *termios)'),
      tcsetattr: own.func('int tcsetattr(int fd, int when, uint8_t *termios)'),
    };
    return libc;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new NoPtyError(`no pseudo-terminals here: the package koffi does not load (${reason})`);
  }
}

/** `isBlocking` is for a child that reads its end as an ordinary terminal. */
export async function openPtyPair(isBlocking: boolean): Promise<PtyPair> {
  const c = await loadLibc();
  const flags =
    constants.O_RDWR |
    constants.O_NOCTTY |
    (CLOSE_ON_EXEC[process.platform] ?? 0) |
    (isBlocking ? 0 : constants.O_NONBLOCK);
  const fd = c.openpt(flags);
  if (fd < 0)
    throw new NoPtyError('no pseudo-terminals here: the system refuses to open one (is /dev/ptmx there?)');
  try {
    const name = Buffer.alloc(PATH_BYTES);
    if (c.grantpt(fd) !== 0 || c.unlockpt(fd) !== 0 || c.ptsnameR(fd, name, PATH_BYTES) !== 0) {
      throw new NoPtyError(
        'no pseudo-terminals here: the system opens one and does not unlock it (is /dev/pts mounted?)',
      );
    }
    const path = name.toString('latin1', 0, name.indexOf(0));
    const portFd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    const termios = Buffer.alloc(TERMIOS_BYTES);
    c.tcgetattr(portFd, termios);
    c.cfmakeraw(termios);
    c.tcsetattr(portFd, 0, termios);
    return { fd, portFd, path };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A name that stays the same over restarts. Returns the function that takes it away again, if it is still ours. */
export function linkPort(link: string, path: string): () => void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === false) {
    throw new PortNameError(`${link}: there is something that is no link; give the port another name`);
  }
  const temporary = `${link}.${process.pid}.tmp`;
  symlinkSync(path, temporary);
  try {
    renameSync(temporary, link);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
  const remove = (): void => {
    process.off('exit', remove);
    try {
      if (readlinkSync(link) === path) unlinkSync(link);
    } catch {
      // Gone already: that was the wish.
    }
  };
  process.on('exit', remove);
  return remove;
}

/** The device's end of a pseudo-terminal, for a device that lives in this process. */
export class Pty {
  /** What a serial program opens: the link where there is one. */
  readonly path: string;
  private readonly pair: PtyPair;
  private readonly input: ReadStream;
  private readonly unlink: (() => void) | null;
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  private constructor(pair: PtyPair, link: string | null) {
    this.pair = pair;
    this.unlink = link === null ? null : linkPort(link, pair.path);
    this.path = link ?? pair.path;
    this.input = new ReadStream(pair.fd);
    // A terminal in trouble has nothing more to say; the port beyond it sees the end for itself.
    this.input.on('error', () => this.close());
  }

  static async open(link: string | null = null): Promise<Pty> {
    const pair = await openPtyPair(false);
    try {
      return new Pty(pair, link);
    } catch (error) {
      closeSync(pair.portFd);
      closeSync(pair.fd);
      throw error;
    }
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.input.on('data', listener);
  }

  /** Never waits: the stream of `node:tty` would, and with it the whole process, once nobody reads. */
  write(bytes: Uint8Array | string): void {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
    if (this.isClosed || buffer.length === 0 || this.queuedBytes + buffer.length > QUEUE_BYTES) return;
    this.queue.push(buffer);
    this.queuedBytes += buffer.length;
    if (this.timer === null) this.flush();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.unlink?.();
    this.input.destroy();
    closeSync(this.pair.portFd);
  }

  private flush(): void {
    this.timer = null;
    while (this.queue.length > 0) {
      const first = this.queue[0]!;
      let written: number;
      try {
        written = writeSync(this.pair.fd, first);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
          this.close();
          return;
        }
        this.timer = setTimeout(() => this.flush(), RETRY_MS);
        return;
      }
      this.queuedBytes -= written;
      if (written === first.length) this.queue.shift();
      else this.queue[0] = first.subarray(written);
    }
  }
}
