/**
 * A board as the uploader sees it: a console that runs statements, and a flash storage with the real one's habits.
 * Files are made first and filled afterwards, flash is written only once before it is erased, erasing zeroes the
 * header, boot code is erased before it is written. What is in flash survives; a power cut can come at any write to
 * it and leaves half of that write.
 */
import { createContext, runInContext } from 'node:vm';
import crc32 from 'crc-32';
import { type ConsolePort, Inbox, PortError } from '../../hal/espruino/console-port.ts';

interface FlashFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FakeBoardOptions {
  readonly boardId?: string;
  readonly variables?: number;
  readonly storageBytes?: number;
}

const ERASED = 0xff;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export class FakeBoard {
  readonly options: Required<FakeBoardOptions>;
  /** In the order in which they were made. */
  files: FlashFile[] = [];
  trashBytes = 0;
  /** Writes to flash so far, and the one at which the power goes. */
  flashWrites = 0;
  powerCutAt = Infinity;
  /** Statements run since the last boot, and every byte that came in. */
  received = '';
  inbox: Inbox | null = null;
  isMute = false;
  /** Statements that are lost on the way, and answers, by their number. */
  readonly lostStatements = new Set<number>();
  readonly lostAnswers = new Set<number>();
  statements = 0;
  bootError: string | null = null;
  /** Whom the watchdog counts on: a firmware that kicks it, or the interpreter. Only the power ends it. */
  watchdog: 'off' | 'by hand' | 'automatic' = 'off';
  private context = createContext({});
  private line = '';
  private isEchoing = true;
  /** The power is gone: the statement that still runs here has no effect any more. */
  private isDead = false;

  constructor(options: FakeBoardOptions = {}) {
    this.options = { boardId: 'PICO_R1_3', variables: 5100, storageBytes: 49152, ...options };
    this.powerUp();
  }

  /** A host opens the port. */
  open(): ConsolePort {
    const inbox = new Inbox();
    this.inbox = inbox;
    return {
      name: '/dev/fake',
      write: (text) => {
        if (this.inbox !== inbox) return Promise.reject(new PortError('port-lost', 'the cable is out'));
        this.receive(text);
        return Promise.resolve();
      },
      read: async (timeoutMs) => {
        // The fake has answered by now or never will: no test waits for a clock.
        await new Promise((resolve) => setImmediate(resolve));
        return inbox.take(Math.min(timeoutMs, 1));
      },
      close: () => {
        if (this.inbox === inbox) this.inbox = null;
        return Promise.resolve();
      },
    };
  }

  /** The cable is pulled: whoever has the port learns of it at the next use. */
  pullCable(): void {
    this.inbox?.fail(new PortError('port-lost', 'the cable is out'));
    this.inbox = null;
  }

  powerUp(): void {
    this.line = '';
    this.isEchoing = true;
    this.startEngine();
    const code = this.read('.bootcde');
    this.bootError = null;
    if (code === undefined) return;
    try {
      runInContext(code, this.context);
    } catch (error) {
      this.bootError = String(error);
    }
  }

  /** What the firmware that runs says it is. */
  firmware(): string | null {
    const said: unknown = runInContext('typeof thecal === "undefined" ? null : thecal.core', this.context);
    return said as string | null;
  }

  read(name: string): string | undefined {
    const file = this.files.find((one) => one.name === name);
    return file === undefined ? undefined : latin1(file.bytes);
  }

  free(): number {
    const used = this.files.reduce((sum, { bytes }) => sum + 32 + bytes.length, 0);
    return this.options.storageBytes - used - this.trashBytes;
  }

  private say(text: string): void {
    if (!this.isMute && !this.isDead) this.inbox?.put(text);
  }

  private flash(act: () => void, half: () => void): void {
    if (this.isDead) throw new Error('no power');
    this.flashWrites += 1;
    if (this.flashWrites !== this.powerCutAt) {
      act();
      return;
    }
    half();
    this.isDead = true;
    throw new Error('no power');
  }

  private erase(name: string): void {
    const index = this.files.findIndex((one) => one.name === name);
    if (index < 0) return;
    const gone = (): void => {
      this.trashBytes += 32 + this.files[index]!.bytes.length;
      this.files.splice(index, 1);
    };
    this.flash(gone, () => undefined);
  }

  private write(name: string, data: string, offset = 0, size = 0): boolean {
    const total = size === 0 ? data.length : size;
    if (offset === 0) {
      const old = this.files.find((one) => one.name === name);
      if (old !== undefined && latin1(old.bytes) === data && total === data.length) return true;
      this.erase(name);
      if (this.free() < total + 32) throw new Error('Unable to find or create file');
      const made = { name, bytes: new Uint8Array(total).fill(ERASED) };
      this.flash(
        () => this.files.push(made),
        () => this.files.push(made),
      );
    }
    const file = this.files.find((one) => one.name === name);
    if (file === undefined) throw new Error('Unable to find or create file');
    if (offset + data.length > file.bytes.length) throw new Error('Too much data for file size');
    for (let i = 0; i < data.length; i++) {
      if (file.bytes[offset + i] !== ERASED) throw new Error('File already written with different data');
    }
    const put = (count: number): void => {
      for (let i = 0; i < count; i++) file.bytes[offset + i] = data.charCodeAt(i);
    };
    this.flash(
      () => put(data.length),
      () => put(data.length >> 1),
    );
    return true;
  }

  private startEngine(): void {
    const storage = {
      read: (name: string, offset = 0, length?: number) =>
        this.read(name)?.slice(offset, length === undefined ? undefined : offset + length),
      write: (name: string, data: string, offset?: number, size?: number) =>
        this.write(name, data, offset, size),
      erase: (name: string) => this.erase(name),
      compact: () => {
        this.trashBytes = 0;
      },
      getFree: () => this.free(),
      getStats: () => ({ freeBytes: this.free(), trashBytes: this.trashBytes }),
    };
    const { boardId, variables } = this.options;
    this.context = createContext({
      require: () => storage,
      process: {
        env: { BOARD: boardId },
        version: '2v29',
        memory: () => ({ total: variables, free: variables, blocksize: 13 }),
      },
      E: {
        CRC32: (text: string) => crc32.buf(Buffer.from(text, 'latin1')) >>> 0,
        enableWatchdog: (_seconds: number, isAutomatic: boolean) => {
          this.watchdog = isAutomatic ? 'automatic' : 'by hand';
        },
        setBootCode: (code: string) => {
          this.erase('.bootcde');
          this.write('.bootcde', code);
        },
      },
      atob: (text: string) => Buffer.from(text, 'base64').toString('latin1'),
      print: (text: unknown) => this.say(`${String(text)}\r\n`),
      echo: (isOn: number) => {
        this.isEchoing = isOn !== 0;
      },
      reset: () => {
        this.startEngine();
        this.isEchoing = true;
        this.say('\r\n|_| espruino.com\r\n 2v29 (c) 2026\r\n>');
      },
      load: () => this.powerUp(),
    });
  }

  private receive(text: string): void {
    for (const character of text) {
      this.received += character;
      if (character !== '\n') {
        this.line += character;
        continue;
      }
      const line = this.line.slice(this.line.lastIndexOf('\x1b[2H') + 1).replace('[2H', '');
      this.line = '';
      this.runLine(line);
    }
  }

  private runLine(line: string): void {
    const isQuiet = line.startsWith('\x10');
    const statement = line.replace('\x10', '');
    if (statement === '') {
      if (!isQuiet) this.say('\r\n>');
      return;
    }
    this.statements += 1;
    if (this.lostStatements.has(this.statements)) return;
    if (this.isEchoing && !isQuiet) this.say(`${statement}\r\n`);
    const wasMute = this.isMute;
    if (this.lostAnswers.has(this.statements)) this.isMute = true;
    try {
      runInContext(statement, this.context);
    } catch (error) {
      this.say(`Uncaught ${String(error)}\r\n`);
    }
    this.isMute = wasMute;
    if (this.isDead) {
      this.isDead = false;
      this.powerCutAt = Infinity;
      this.pullCable();
      this.powerUp();
      return;
    }
    if (!isQuiet) this.say('>');
  }
}
