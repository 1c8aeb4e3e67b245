/**
 * HOST: the virtual board: the processor, its flash storage, and the part of the Espruino console that flashing and
 * the line need, as bytes in and bytes out. `docs/board.md` lists what it has.
 */
import { REFERENCE_MV } from '../espruino/board.ts';
import { Bench, BENCH_PINS, type Note, PINS } from './bench.ts';
import { BoardClock } from './clock.ts';
import { Machine, UncaughtError } from './machine.ts';
import { Mischief, type MischiefPlan, isCalm } from './mischief.ts';
import { FlashStorage } from './storage.ts';

export interface VirtualBoardOptions {
  /** Folder that holds the flash storage; null: in memory. */
  readonly storage: string | null;
  readonly mischief: MischiefPlan;
  /** Other things take all its memory and storage. */
  readonly isFull: boolean;
  /** How many times as fast as this computer's clock its own runs; left out: once. */
  readonly speed?: number;
  /** Faults that the bench at its pins has from the start. */
  readonly faults?: readonly string[];
  /** Where its bytes go, one character each. */
  readonly send: (text: string) => void;
  /** Its buzzer sounds. */
  readonly hear?: ((note: Note) => void) | undefined;
  /** Typed at its prompt, without echo or answer, when it is switched on for the first time. */
  readonly firstLine?: string;
}

const BANNER =
  '\r\n ____                 _ \r\n|  __|___ ___ ___ _ _|_|___ ___ \r\n|  __|_ -| . |  _| | | |   | . |\r\n' +
  '|____|___|  _|_| |___|_|_|_|___|\r\n         |_| espruino.com\r\n 2v29 (virtual board of Thecal)\r\n\r\n';
const IDENTITY = 'Espruino 2v29 VIRTUAL\r\n';
/** Pieces in which bytes reach a listener of the port. */
const PIECE_CHARACTERS = 63;
/** As the reference board's. */
const VARIABLES = 5100;
const VARIABLE_BYTES = 13;

export class VirtualBoard {
  private readonly options: VirtualBoardOptions;
  private readonly storage: FlashStorage;
  private readonly toBoard: Mischief;
  private readonly fromBoard: Mischief;
  private readonly isCalm: boolean;
  private isNew = false;
  private messages = 0;
  private machine: Machine | null = null;
  private readonly clock: BoardClock;
  private readonly bench: Bench;
  /** Of the clock's timers, the one that starts the board anew. */
  private watchdog: { readonly ms: number; readonly timer: number } | null = null;

  private isEchoOn = true;
  private isConsole = true;
  private typed = '';
  /** This line began with 0x10: no echo, no answer. */
  private isQuiet = false;
  private escape = '';
  private previous = '';
  /** Times that a script printed something. */
  private prints = 0;
  /** A timer rings and has printed nothing yet: what it prints goes in front of the prompt that stands there. */
  private isRinging = false;
  /** Received and sent while the console is taken over, up to a line end. */
  private arriving = '';
  private leaving = '';
  /** What a script asked for and happens when it has returned. */
  private wish: { readonly kind: 'reset' | 'load' | 'reboot'; readonly name: string | null } | null = null;

  constructor(options: VirtualBoardOptions) {
    this.options = options;
    this.isCalm = isCalm(options.mischief);
    this.storage = new FlashStorage(options.storage);
    this.clock = new BoardClock(options.speed ?? 1);
    this.bench = new Bench(options.faults ?? [], this.clock.nowMs());
    const next = (): number => (this.messages += 1);
    const reboot = (): void => {
      this.wish = { kind: 'reboot', name: null };
    };
    this.toBoard = new Mischief(options.mischief, next, reboot);
    this.fromBoard = new Mischief(options.mischief, next, reboot);
  }

  /** As a programmer at the factory does it, past the console: on a board that was ever flashed, what is there stays. */
  install(files: readonly { readonly name: string; readonly content: string }[]): void {
    if (this.storage.list().length > 0) return;
    this.isNew = true;
    for (const { name, content } of files) {
      const problem = this.storage.write(name, bytes(content), 0, 0);
      if (problem !== null) throw new Error(`virtual board: ${name}: ${problem}`);
    }
  }

  powerOn(): void {
    if (this.options.isFull) this.storage.fill();
    this.start('.bootcde');
    const { firstLine } = this.options;
    if (this.isNew && firstLine !== undefined) this.receive(`\x10${firstLine}\n`);
    this.isNew = false;
  }

  powerOff(): void {
    this.clock.clear();
    this.watchdog = null;
    this.machine?.dispose();
    this.machine = null;
  }

  receive(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.isConsole) this.type(text.charAt(i));
      else this.arrive(text.charAt(i));
    }
  }

  /** As after power-up, `file` in place of the boot code. A watchdog is stopped by the power alone. */
  private start(file: string, watchdogMs = 0): void {
    this.powerOff();
    this.isEchoOn = true;
    this.isConsole = true;
    this.isQuiet = false;
    this.typed = '';
    this.escape = '';
    this.arriving = '';
    this.leaving = '';
    this.wish = null;
    this.kick(watchdogMs);
    this.machine = new Machine((name, values) => this.native(name, values));
    const always = this.storage.read('.bootrst');
    const code = this.storage.read(file);
    if (code === null && always === null) this.send(BANNER);
    for (const script of [always, code]) {
      if (script !== null) this.guarded((machine) => machine.evaluate(script.toString('latin1')));
    }
    this.prompt('\r\n>');
    this.grantWish();
  }

  /** Unless a script took the console, or wants another start. */
  private prompt(text: string): void {
    if (this.wish === null && this.isConsole && this.isEchoOn) this.send(text);
  }

  /** Whatever a script throws is printed and the board goes on. */
  private guarded(act: (machine: Machine) => void): void {
    const { machine } = this;
    if (machine === null) return;
    try {
      this.clock.during(() => act(machine));
    } catch (error) {
      if (!(error instanceof UncaughtError)) throw error;
      this.print(`${error.message}\r\n`);
    }
  }

  private grantWish(): void {
    const { wish } = this;
    if (wish === null) return;
    this.wish = null;
    if (wish.kind === 'reboot') this.start('.bootcde');
    // Boot code is for power-up and for load(), a reset leaves it out.
    else this.start(wish.kind === 'reset' ? '' : (wish.name ?? '.bootcde'), this.watchdog?.ms);
  }

  private type(character: string): void {
    this.interpret(character);
    this.previous = character;
  }

  private interpret(character: string): void {
    const code = character.charCodeAt(0);
    if (this.escape !== '') {
      this.escape += character;
      if (this.escape === '\x1b[') return;
      if (!/[A-Za-z~]/.test(character) && this.escape.length < 8) return;
      if (this.escape === '\x1b[2H' && this.typed !== '') this.clearLine(`${this.backToPrompt()}>`);
      this.escape = '';
    } else if (code === 0x1b) {
      this.escape = character;
    } else if (code === 0x03) {
      this.clearLine('\r\n>');
    } else if (code === 0x05 && this.typed === '') {
      this.send(IDENTITY);
    } else if (code === 0x10) {
      if (this.typed === '') this.isQuiet = true;
    } else if (code === 0x08 || code === 0x7f) {
      if (this.typed !== '') this.echo('\b \b');
      this.typed = this.typed.slice(0, -1);
    } else if (character === '\r' || character === '\n') {
      // A terminal ends a line with the one, a program with the other or with both.
      if (!(character === '\n' && this.previous === '\r')) this.enter(this.typed);
    } else if (code >= 0x20 || character === '\t') {
      this.typed += character;
      this.echo(character);
    }
  }

  /** From the end of what was typed over all its lines, as the real console moves. */
  private backToPrompt(): string {
    const lines = this.typed.split('\n');
    const across = '\x1b[D'.repeat(lines.at(-1)?.length ?? 0);
    return `${across}${'\x1b[A'.repeat(lines.length - 1)}\r\x1b[J`;
  }

  private clearLine(picture: string): void {
    this.typed = '';
    if (this.isEchoOn) this.send(picture);
    this.isQuiet = false;
  }

  private echo(text: string): void {
    if (this.isEchoOn && !this.isQuiet) this.send(text);
  }

  private enter(line: string): void {
    if (line.trim() !== '' && !isWhole(line)) {
      this.typed = `${line}\n`;
      this.echo('\r\n:');
      return;
    }
    this.typed = '';
    if (!(this.isQuiet && line === '')) this.echo('\r\n');
    const isQuiet = this.isQuiet;
    if (this.carryOut(line, isQuiet) || !isQuiet) this.prompt('>');
    this.isQuiet = false;
    this.grantWish();
  }

  /** True when anything was printed meanwhile. */
  private carryOut(line: string, isQuiet: boolean): boolean {
    const { prints } = this;
    if (line.trim() === '') return false;
    this.guarded((machine) => {
      const value = machine.answer(line);
      if (this.isEchoOn && !isQuiet && this.isConsole) this.send(`=${value}\r\n`);
    });
    return this.prints > prints;
  }

  /** A character while the console is taken over. */
  private arrive(character: string): void {
    // A terminal ends a line with a carriage return; what is left of both is no message of its own.
    if (character === '\n' && this.arriving === '') {
      this.hand(character);
      return;
    }
    this.arriving += character;
    if (character !== '\n' && character !== '\r') return;
    const line = this.arriving;
    this.arriving = '';
    for (const one of this.toBoard.pass(line) ?? []) this.hand(one);
    this.grantWish();
  }

  private hand(line: string): void {
    for (let at = 0; at < line.length; at += PIECE_CHARACTERS) {
      this.guarded((machine) => machine.data(line.slice(at, at + PIECE_CHARACTERS)));
    }
    this.grantWish();
  }

  private print(text: string): void {
    if (this.isRinging && this.isConsole && this.isEchoOn) this.send(this.backToPrompt());
    this.isRinging = false;
    this.prints += 1;
    if (this.isConsole || this.isCalm) {
      this.send(text);
      return;
    }
    // Trouble comes to whole messages.
    this.leaving += text;
    if (this.wish?.kind === 'reboot') return;
    for (let end = this.leaving.indexOf('\n'); end >= 0; end = this.leaving.indexOf('\n')) {
      const line = this.leaving.slice(0, end + 1);
      this.leaving = this.leaving.slice(end + 1);
      const { delayMs } = this.options.mischief;
      for (const one of this.fromBoard.pass(line) ?? []) {
        if (delayMs === 0) this.send(one);
        else setTimeout(() => this.send(one), delayMs);
      }
    }
  }

  private send(text: string): void {
    this.options.send(text);
  }

  private native(name: string, values: readonly unknown[]): unknown {
    const { storage } = this;
    switch (name) {
      case 'out':
        this.print(String(values[0]));
        return null;
      case 'write':
        return storage.write(String(values[0]), bytes(values[1]), Number(values[2]), Number(values[3]));
      case 'read':
        return storage.read(String(values[0]))?.toString('latin1') ?? null;
      case 'list':
        return storage.list();
      case 'erase':
        return storage.erase(String(values[0]));
      case 'eraseAll':
        storage.eraseAll();
        return null;
      case 'free':
        return storage.freeBytes();
      case 'stats':
        return {
          totalBytes: 262144,
          freeBytes: storage.freeBytes(),
          fileCount: storage.list().length,
          trashBytes: 0,
        };
      case 'memory':
        // Another engine's use says nothing about variables; only a full board is full anywhere.
        return {
          free: this.options.isFull ? 12 : -1,
          total: VARIABLES,
          history: 0,
          blocksize: VARIABLE_BYTES,
        };
      case 'console':
        this.isConsole = values[0] === true;
        return null;
      case 'echo':
        this.isEchoOn = values[0] === true;
        return null;
      case 'load':
        this.wish = { kind: 'load', name: typeof values[0] === 'string' ? values[0] : null };
        return null;
      case 'reset':
      case 'reboot':
        this.wish = { kind: name, name: null };
        return null;
      case 'time':
        return this.clock.nowMs() / 1000;
      case 'timer':
        return this.startTimer(Number(values[0]), values[1] === true);
      case 'untimer':
        this.clock.stop(Number(values[0]));
        return null;
      case 'watchdog':
      case 'kick':
        this.kick(name === 'kick' ? (this.watchdog?.ms ?? 0) : Number(values[0]) * 1000);
        return null;
      default:
        return this.nativeOfPins(name, values);
    }
  }

  private nativeOfPins(name: string, values: readonly unknown[]): unknown {
    const { bench } = this;
    const nowMs = this.clock.nowMs();
    switch (name) {
      case 'pins':
        return PINS;
      case 'digital':
        this.pulse(bench.write(values[0] as readonly string[], Number(values[1]), nowMs));
        return null;
      case 'analog':
        return bench.share(String(values[0]), nowMs);
      case 'pwm': {
        const note = bench.sound(String(values[0]), Number(values[2]), nowMs);
        if (note !== null) this.options.hear?.(note);
        return null;
      }
      case 'temperature':
        return bench.celsius(nowMs);
      case 'reference':
        return REFERENCE_MV / 1000;
      default:
        throw new Error(`native ${name}, which the virtual board has not`);
    }
  }

  private startTimer(ms: number, isRepeated: boolean): number {
    const id = this.clock.start(ms, isRepeated, () => {
      this.ring((machine) => machine.timer(id));
    });
    return id;
  }

  /** Seen once the script that moved the motor has returned, as an interrupt is. */
  private pulse(times: number): void {
    for (let i = 0; i < times; i++) {
      this.clock.start(0, false, () => this.ring((machine) => machine.pulse(BENCH_PINS.feedback)));
    }
  }

  /** Something that nobody typed. */
  private ring(act: (machine: Machine) => void): void {
    const { prints } = this;
    this.isRinging = true;
    this.guarded(act);
    this.isRinging = false;
    if (this.prints > prints) this.prompt(`>${this.typed}`);
    this.grantWish();
  }

  /** 0 ms: the interpreter sees to it by itself. */
  private kick(ms: number): void {
    if (this.watchdog !== null) this.clock.stop(this.watchdog.timer);
    this.watchdog = null;
    if (ms <= 0) return;
    const timer = this.clock.start(ms, false, () => this.start('.bootcde'));
    this.watchdog = { ms, timer };
  }
}

function bytes(text: unknown): Buffer {
  return Buffer.from(String(text), 'latin1');
}

const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Is this all of a statement, as the console sees it: no bracket, no template and no comment left open? */
export function isWhole(text: string): boolean {
  let open = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (text.startsWith('//', i)) {
      const end = text.indexOf('\n', i);
      if (end < 0) break;
      i = end;
    } else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      if (end < 0) return false;
      i = end + 1;
    } else if (c === '"' || c === "'" || c === '`') {
      for (i += 1; i < text.length && text.charAt(i) !== c; i++) {
        if (text.charAt(i) === '\\') i += 1;
        else if (text.charAt(i) === '\n' && c !== '`') break;
      }
      if (i >= text.length) return c !== '`';
    } else if ('([{'.includes(c)) {
      open += c;
    } else if (CLOSERS[c] !== undefined) {
      // One too many is the engine's to complain about.
      if (!open.endsWith(CLOSERS[c])) return true;
      open = open.slice(0, -1);
    }
  }
  return open === '';
}
