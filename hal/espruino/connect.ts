/**
 * HOST: from an open port to a board that answers the line, wherever it was left: at its prompt, in the middle of a
 * half-typed line, or serving. Sends no 0x03, ever: it would cut into a pump that runs.
 */
import type { ActiveFault } from '../../sim/faults/fault.ts';
import type { LineOptions, LinePort } from './client.ts';
import { BoardLostError, LineClient, LineError, openReply, PortVanishedError } from './client.ts';
import { LineFaults } from './line-faults.ts';
import type { TextCrc } from './link.ts';
import { otherBoard } from './board-table.ts';
import { PROTOCOL } from './link.ts';
import type { SessionPort } from './recording-port.ts';

/** Clears an open line of the console, brackets and all, without running it. */
export const CLEAR_LINE = '\x1b[2H';
/** At the start of a line: no echo and no answer to this one. */
export const QUIET = '\x10';

/** The interpreter on a computer looks at its input twenty times a second. */
const ANSWER_MS = 600;
const SILENCE_MS = 120;
/** Who talks for longer without a pause does not answer anybody. */
const CHATTER_MS = 3000;
const TRIES = 4;

/** Nothing answers, or something that is no board. */
export class NoEspruinoError extends LineError {}

export interface BoardHello {
  readonly coreHash: string;
  readonly board: string;
  /** null where the engine does not say. */
  readonly freeVariables: number | null;
  readonly totalVariables: number;
}

export interface BoardLineOptions extends LineOptions {
  readonly crc: TextCrc;
  /** Hash of the core in this process; a board with another one is refused. Null takes any. */
  readonly coreHash: string | null;
  /** What the board has to call itself; left out: anything. */
  readonly boardId?: string | undefined;
  /** Of the last question at the prompt before the first one; left out: none. */
  readonly lastMark?: number | undefined;
}

/** One open port and the session on it; lives over many scenarios. */
export class BoardLine {
  readonly client: LineClient;
  readonly port: SessionPort;
  readonly faults = new LineFaults();
  private readonly options: BoardLineOptions;
  private marks: number;

  constructor(options: BoardLineOptions, portOver: (faults: LineFaults) => SessionPort) {
    this.options = options;
    this.marks = options.lastMark ?? 0;
    this.port = portOver(this.faults);
    this.client = new LineClient(this.port, options.crc, options);
  }

  /** To be called before anything else, and again when the board may have been switched off. */
  async establish(): Promise<BoardHello> {
    try {
      return await this.begin();
    } catch (error) {
      if (error instanceof PortVanishedError) {
        this.client.counts.reopened += 1;
        await this.port.reopen();
      } else if (!(error instanceof BoardLostError)) throw error;
      // It was switched off just then.
      return await this.begin();
    }
  }

  private async begin(): Promise<BoardHello> {
    if (!(await isServing(this.port, this.options.crc))) {
      const { name } = this.port;
      const firmware = await this.firmwareKind();
      if (firmware === 'none') {
        throw new LineError(`${name}: no firmware on this board: thecal board flash --port ${name}`);
      }
      if (firmware === 'free-running') {
        throw new LineError(
          `${name}: the free-running firmware is on this board, which takes no line. It answers at its prompt, and goes on; for lockstep: thecal board flash --port ${name}`,
        );
      }
      this.port.write(`${QUIET}thecal.serve()\n`);
      await quiet(this.port);
    }
    return await this.greet();
  }

  /** A run begins with the greeting to come. */
  beginRun(seed: number): void {
    this.faults.begin(seed);
    this.port.begin(this.client.lastNumber, this.marks);
  }

  /** A greeting opens a session: no pump. */
  async greet(): Promise<BoardHello> {
    const { coreHash: own, boardId } = this.options;
    const [protocol, coreHash = '', board = '', free, total] = await this.client.ask('hello', [], 'hello');
    if (Number(protocol) !== PROTOCOL) {
      return await this.refuse(`speaks protocol ${protocol}, this host ${PROTOCOL}; flash the board again`);
    }
    const mistaken = otherBoard(boardId, board);
    if (mistaken !== null) return await this.refuse(mistaken);
    if (own !== null && coreHash !== own) {
      return await this.refuse(`carries core ${coreHash}, this host ${own}; flash the board again`);
    }
    const freeVariables = Number(free) < 0 ? null : Number(free);
    return { coreHash, board, freeVariables, totalVariables: Number(total) };
  }

  /** It answers, so it can be left as it was found. */
  private async refuse(why: string): Promise<never> {
    await this.leave();
    throw new LineError(`${this.port.name}: ${why}`);
  }

  /** The console is the console again, as a person expects it; nobody minds if it is too late for that. */
  async leave(): Promise<void> {
    try {
      await this.client.ask('bye', [], 'ok');
      leavePrompt(this.port);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
    }
  }

  /**
   * From here on these faults are at work; what is asked is about this tick and later ones. Returns how many of them
   * have restarted the board: nobody tells the client, who has to find out.
   */
  async disturb(faults: readonly ActiveFault[], tick: number): Promise<number> {
    let restarts = 0;
    for (const fault of faults) {
      if (fault.kind !== 'board-reboot' || fault.appliedTick < tick) continue;
      // Who restarts it stands at the board and does not need the line.
      this.faults.activate([], tick);
      if (!(await this.restart())) continue;
      this.faults.struck(fault);
      restarts += 1;
    }
    this.faults.activate(faults, tick);
    return restarts;
  }

  /** The line is as good as it is. What was held comes now, and counts for the run in which it was held. */
  async calm(): Promise<void> {
    this.faults.activate([], 0);
    if (!this.port.release()) return;
    try {
      this.client.counts.stale += await quiet(this.port);
    } catch (error) {
      // The port is gone, or never falls silent; nobody needs it any more.
      if (!(error instanceof LineError)) throw error;
    }
  }

  /** As a person at the console would. True when it is another life: what was noted in the one before is gone. */
  private async restart(): Promise<boolean> {
    const { port } = this;
    await this.leave();
    await atPrompt(port, (this.marks += 1), 'thecal.isOld=true');
    port.write(`${QUIET}load()\n`);
    await quiet(port);
    const isOld = await atPrompt(port, (this.marks += 1), 'thecal.isOld');
    leavePrompt(port);
    await quiet(port);
    return isOld === 'undefined';
  }

  private firmwareKind(): Promise<string> {
    const kinds = 'typeof thecal!="function"?"none":thecal.serve?"lockstep":"free-running"';
    return atPrompt(this.port, (this.marks += 1), kinds);
  }
}

/** A board that serves says that this was no message, and goes on; a console has nothing to say. */
export async function isServing(port: LinePort, crc: TextCrc): Promise<boolean> {
  const endMs = performance.now() + CHATTER_MS;
  port.write(`${CLEAR_LINE}\n`);
  for (let waitMs = ANSWER_MS; performance.now() < endMs; waitMs = SILENCE_MS) {
    const line = await port.receive(waitMs);
    if (line === null) return false;
    if (openReply(line, crc)?.[0] === 'nak') {
      await quiet(port);
      return true;
    }
  }
  return false;
}

/** Until nothing more comes in. How many lines came. */
async function quiet(port: LinePort): Promise<number> {
  const endMs = performance.now() + CHATTER_MS;
  for (let lines = 0; performance.now() < endMs; lines++) {
    if ((await port.receive(SILENCE_MS)) === null) return lines;
  }
  throw noEspruino(port);
}

/** The console answers a person again, as a person expects it. */
export function leavePrompt(port: LinePort): void {
  port.write(`${QUIET}echo(1)\n`);
}

/** What an expression is, in the words of `print`, on a board at its prompt. `mark` tells this answer from others. */
export async function atPrompt(port: LinePort, mark: number, expression: string): Promise<string> {
  for (let i = 0; i < TRIES; i++) {
    port.write(`${CLEAR_LINE}${QUIET}echo(0)\n${QUIET}print("SYNC",${mark},${expression})\n`);
    const deadlineMs = performance.now() + ANSWER_MS * (i + 1);
    do {
      const line = await port.receive(Math.max(0, deadlineMs - performance.now()));
      if (line === null) break;
      const found = /SYNC (\d+) (.*)$/.exec(line.trim());
      if (found !== null && Number(found[1]) === mark) return found[2]!;
    } while (performance.now() < deadlineMs);
  }
  throw noEspruino(port);
}

function noEspruino(port: LinePort): NoEspruinoError {
  return new NoEspruinoError(
    `${port.name}: nothing there answers as an Espruino board; is it one, and is the baud rate right?`,
  );
}
