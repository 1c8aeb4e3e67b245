/** The interpreter's globals for a bundle that runs over pins: what it does with them is recorded, time is ours. */
import { createContext, runInContext } from 'node:vm';
import crc32 from 'crc-32';
import { Rotor } from '../../hal/virtual/rotor.ts';
import { Timers } from '../../hal/virtual/timers.ts';

/** What breaks off a callback: nothing of it runs any more, and the interpreter goes on with the next one. */
const CTRL_C = new Error('Ctrl-C');

export interface FakePinsOptions {
  readonly board?: string;
  /** Leave out what some boards lack. */
  readonly isBare?: boolean;
  readonly files?: Map<string, string>;
}

export class FakePins {
  nowMs = 1_000_000_000_000;
  readonly files: Map<string, string>;
  freeBytes = 10_000;
  /** Values of `digitalWrite` to the four windings, in order. */
  readonly windings: number[] = [];
  readonly notes: { readonly atMs: number; readonly freq: number }[] = [];
  readonly printed: string[] = [];
  kicks = 0;
  watchdog: string | null = null;
  /** Shares of the reference that the ADC sees, by pin. */
  readonly analog: Record<string, number> = { A5: 0.2 + 1 / 1000, A6: 0.45 };
  isTurning = true;
  /** Flash that refuses every write. */
  isWorn = false;
  /** The next pressure reading never comes. */
  isHanging = false;
  /** The next step, or the next note but the first of a tone, is broken off. */
  breaksOff: 'step' | 'note' | null = null;
  isSounding = false;
  /** Steps since the windings were last let go. */
  private steps = 0;
  /** The clock was set: timers keep to the time that passes. */
  clockOffsetMs = 0;
  private readonly timers = new Timers();
  private readonly rotor = new Rotor();
  private pulse: (() => void) | null = null;
  private readonly context: object;

  constructor(code: string, options: FakePinsOptions = {}) {
    this.files = options.files ?? new Map<string, string>();
    const add = (run: () => void, ms: number, isRepeated: boolean): number =>
      this.timers.start(this.nowMs + ms, isRepeated ? ms : null, run);
    class Pin {
      readonly name: string;
      constructor(name: string) {
        this.name = name;
      }
    }
    const isBare = options.isBare === true;
    this.context = createContext({
      Pin,
      process: {
        env: { BOARD: options.board ?? 'PICO_R1_3' },
        memory: () => ({ free: 2000, total: 5100 }),
      },
      print: (text: unknown) => this.printed.push(String(text)),
      getTime: () => (this.nowMs + this.clockOffsetMs) / 1000,
      setTimeout: (run: () => void, ms: number) => add(run, ms, false),
      setInterval: (run: () => void, ms: number) => add(run, ms, true),
      setWatch: (callback: () => void) => {
        this.pulse = callback;
        return 1;
      },
      digitalWrite: (pins: unknown, value: number) => {
        if (!Array.isArray(pins)) {
          this.isSounding = value !== 0;
          return;
        }
        this.windings.push(value);
        if (value === 0) this.steps = 0;
        else this.steps += 1;
        const isWhole = this.rotor.energise(value);
        if (this.steps > 1) this.breakOffAt('step');
        // The mechanism's own switch closes once in a stroke.
        if (isWhole && this.isTurning) this.pulse?.();
      },
      analogRead: (pin: Pin) => {
        while (this.isHanging);
        return this.analog[pin.name] ?? NaN;
      },
      analogWrite: (_pin: Pin, _value: number, { freq }: { freq: number }) => {
        this.notes.push({ atMs: this.nowMs, freq });
        this.isSounding = true;
        if (this.notes.length > 1) this.breakOffAt('note');
      },
      require: () => ({
        read: (name: string) => this.files.get(name),
        write: (name: string, data: string | Uint8Array) => {
          if (this.isWorn) throw new Error('Unable to find or create file');
          this.files.set(name, typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
        },
        erase: (name: string) => this.files.delete(name),
        ...(isBare ? {} : { getFree: () => this.freeBytes }),
      }),
      E: {
        CRC32: (data: string | Uint8Array) =>
          crc32.buf(typeof data === 'string' ? Buffer.from(data, 'latin1') : data) >>> 0,
        ...(isBare
          ? {}
          : {
              getTemperature: () => 37.25,
              getAnalogVRef: () => 3.3,
              enableWatchdog: (seconds: number, isAutomatic: boolean) => {
                this.watchdog = `${seconds} ${isAutomatic}`;
              },
              kickWatchdog: () => {
                this.kicks += 1;
              },
            }),
      },
    });
    runInContext(code, this.context);
  }

  say(text: string): string {
    return this.sayLine(`${text},${(crc32.buf(Buffer.from(text)) & 65535).toString(16)}`);
  }

  /** With its check, as it is typed. */
  sayLine(line: string): string {
    return runInContext(`thecal(${JSON.stringify(line)})`, this.context) as string;
  }

  /** A look at the clock that finds it that many seconds on. */
  lookAhead(seconds: number): void {
    runInContext(`thecal.look(${this.nowMs + seconds * 1000})`, this.context);
  }

  /** The same, and Ctrl-C in the middle of its tick: nothing on the board can catch that. */
  breakOffLook(seconds: number): void {
    this.isHanging = true;
    try {
      runInContext(`thecal.look(${this.nowMs + seconds * 1000})`, this.context, { timeout: 50 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
    this.isHanging = false;
  }

  private breakOffAt(place: 'step' | 'note'): void {
    if (this.breaksOff !== place) return;
    this.breaksOff = null;
    throw CTRL_C;
  }

  /** Time passes, and what falls due runs. */
  pass(seconds: number): void {
    const endMs = this.nowMs + seconds * 1000;
    for (let due = this.timers.take(endMs); due !== null; due = this.timers.take(endMs)) {
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      try {
        due.run();
      } catch (error) {
        if (error !== CTRL_C) throw error;
      }
    }
    this.nowMs = endMs;
  }

  /** The processor is busy with something else; the timers' moments come late and all at once. */
  stall(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  events(kind: string): number[][] {
    return this.printed
      .filter((line) => line.startsWith(`${kind},`))
      .map((line) => line.split(',').slice(1, -1).map(Number));
  }

  status(): {
    tick: number;
    requested: number;
    confirmed: number;
    stalls: number;
    missed: number;
    jumps: number;
    storeFailures: number;
  } {
    const [tick, requested, confirmed, stalls, missed, jumps, storeFailures] = this.say('status,9')
      .split(',')
      .slice(2)
      .map(Number) as [number, number, number, number, number, number, number];
    return { tick, requested, confirmed, stalls, missed, jumps, storeFailures };
  }
}
