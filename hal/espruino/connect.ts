/**
 * HOST: from an open port to a board that answers the line, wherever it was left: at its prompt, in the middle of a
 * half-typed line, or serving. Sends no 0x03, ever: it would cut into a pump that runs.
 */
import type { LineOptions, LinePort } from './client.ts';
import { BoardLostError, LineClient, LineError, openReply } from './client.ts';
import type { TextCrc } from './link.ts';
import { PROTOCOL } from './link.ts';

/** Clears an open line of the console, brackets and all, without running it. */
export const CLEAR_LINE = '\x1b[2H';
/** At the start of a line: no echo and no answer to this one. */
export const QUIET = '\x10';

/** The interpreter on a computer looks at its input twenty times a second. */
const ANSWER_MS = 600;
const SILENCE_MS = 120;
const TRIES = 4;

export interface BoardHello {
  readonly coreHash: string;
  readonly board: string;
  /** -1 where the engine does not say. */
  readonly freeVariables: number;
  readonly totalVariables: number;
}

export interface BoardLineOptions extends LineOptions {
  readonly port: LinePort;
  readonly crc: TextCrc;
  /** Hash of the core in this process; a board with another one is refused. Null takes any. */
  readonly coreHash: string | null;
}

/** One open port and the session on it; lives over many scenarios. */
export class BoardLine {
  readonly client: LineClient;
  readonly port: LinePort;
  private readonly options: BoardLineOptions;
  private marks = 0;

  constructor(options: BoardLineOptions) {
    this.options = options;
    this.port = options.port;
    this.client = new LineClient(options.port, options.crc, options);
  }

  /** To be called before anything else, and again when the board may have been switched off. */
  async establish(): Promise<BoardHello> {
    try {
      return await this.begin();
    } catch (error) {
      if (!(error instanceof BoardLostError)) throw error;
      // It was switched off just then.
      return await this.begin();
    }
  }

  private async begin(): Promise<BoardHello> {
    if (!(await this.isServing())) {
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
      await this.quiet();
    }
    return await this.greet();
  }

  /** A greeting opens a session: no pump. */
  async greet(): Promise<BoardHello> {
    const { port, coreHash: own } = this.options;
    const [protocol, coreHash = '', board = '', free, total] = await this.client.ask('hello', [], 'hello');
    if (Number(protocol) !== PROTOCOL) {
      throw new LineError(
        `${port.name}: speaks protocol ${protocol}, this host ${PROTOCOL}; flash the board again`,
      );
    }
    if (own !== null && coreHash !== own) {
      throw new LineError(`${port.name}: carries core ${coreHash}, this host ${own}; flash the board again`);
    }
    return { coreHash, board, freeVariables: Number(free), totalVariables: Number(total) };
  }

  /** The console is the console again, as a person expects it; nobody minds if it is too late for that. */
  async leave(): Promise<void> {
    try {
      await this.client.ask('bye', [], 'ok');
      this.port.write(`${QUIET}echo(1)\n`);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
    }
  }

  /** A board that serves says that this was no message; a console has nothing to say. */
  private async isServing(): Promise<boolean> {
    const { port, crc } = this.options;
    port.write(`${CLEAR_LINE}\n`);
    for (let waitMs = ANSWER_MS; ; waitMs = SILENCE_MS) {
      const line = await port.receive(waitMs);
      if (line === null) return false;
      if (openReply(line, crc)?.[0] === 'nak') {
        await this.quiet();
        return true;
      }
    }
  }

  private firmwareKind(): Promise<string> {
    const kinds = 'typeof thecal!="function"?"none":thecal.serve?"lockstep":"free-running"';
    return atPrompt(this.port, (this.marks += 1), kinds);
  }

  private async quiet(): Promise<void> {
    while ((await this.port.receive(SILENCE_MS)) !== null);
  }
}

/** What an expression is, in the words of `print`, on a board at its prompt. `mark` tells this answer from others. */
export async function atPrompt(port: LinePort, mark: number, expression: string): Promise<string> {
  for (let i = 0; i < TRIES; i++) {
    port.write(`${CLEAR_LINE}${QUIET}echo(0)\n${QUIET}print("SYNC",${mark},${expression})\n`);
    const deadlineMs = performance.now() + ANSWER_MS * (i + 1);
    for (;;) {
      const line = await port.receive(Math.max(0, deadlineMs - performance.now()));
      if (line === null) break;
      const found = /SYNC (\d+) (.*)$/.exec(line.trim());
      if (found !== null && Number(found[1]) === mark) return found[2]!;
    }
  }
  throw new LineError(
    `${port.name}: nothing there answers as an Espruino board; is it one, and is the baud rate right?`,
  );
}
