/** HOST: the target `board`: whatever is at a port, or a real interpreter started in its place. */
import crc32 from 'crc-32';
import type { LineEntry, LineReplay } from '../../src/trace/line.ts';
import type { TargetFactory } from '../target.ts';
import type { OpenTarget, TargetOptions } from '../target-options.ts';
import { LineError, type LinePort } from './client.ts';
import { type BoardHello, BoardLine } from './connect.ts';
import { noInterpreter, openInterpreterConsole, startInterpreter } from './interpreter.ts';
import { RecordedPort } from './recorded-port.ts';
import { RecordingPort } from './recording-port.ts';
import { SerialLine } from './serial-line.ts';
import { BoardTarget } from './target.ts';
import { upload, UploadError } from './uploader.ts';

export const textCrc = (text: string): number => crc32.bstr(text) >>> 0;

/** Scenarios one after the other on one open line. `end` is called after the line is closed. */
export async function openLineTarget(
  name: string,
  port: LinePort,
  options: TargetOptions,
  end: () => Promise<void> | void,
): Promise<OpenTarget> {
  const line = new BoardLine(
    { crc: textCrc, coreHash: options.coreHash, boardId: options.boardId, ...options.line },
    (faults) => new RecordingPort(port, faults, options.keepsLine === true),
  );
  try {
    await line.establish();
  } catch (error) {
    await closePlace({ port, end });
    throw error;
  }
  return {
    createTarget: (setup) => BoardTarget.open(name, setup, line),
    line: () => ({ ...line.client.counts, ...port.traffic }),
    takeLine: () => line.port.takeEntries(),
    close: async () => {
      try {
        await line.leave();
      } finally {
        await closePlace({ port, end });
      }
    },
  };
}

export async function openBoardTarget(options: TargetOptions): Promise<OpenTarget> {
  const place = await openPlace(options);
  return await openLineTarget('board', place.port, options, place.end);
}

/** Who is there, whichever core it carries. */
export async function greetBoard(
  options: Omit<TargetOptions, 'boardThread' | 'notice'>,
): Promise<BoardHello> {
  const { port, end } = await openPlace(options);
  const line = new BoardLine(
    { crc: textCrc, coreHash: null, boardId: options.boardId, ...options.line },
    (faults) => new RecordingPort(port, faults, false),
  );
  try {
    const hello = await line.establish();
    await line.leave();
    return hello;
  } finally {
    await closePlace({ port, end });
  }
}

/** Nothing, or something else, where an interpreter has its prompt. */
export function isNoPrompt(error: unknown): boolean {
  return error instanceof UploadError && (error.kind === 'not-espruino' || error.kind === 'no-answer');
}

/** An open port, and what is behind it. */
export interface Place {
  readonly port: LinePort;
  readonly end: () => Promise<void> | void;
}

/** A port in trouble must not keep what is behind it from being ended. */
export async function closePlace({ port, end }: Place): Promise<void> {
  try {
    await port.close();
  } finally {
    await end();
  }
}

/** `firmware` is for an interpreter, which starts with empty flash. */
export async function openPlace(options: Omit<TargetOptions, 'boardThread' | 'notice'>): Promise<Place> {
  const { port: path, exec, baud, signal } = options;
  if (exec !== undefined) return await openInterpreter(exec, options);
  if (path === undefined) {
    throw new LineError('no board named: give --port PATH, --board NAME or --exec PATH');
  }
  return { port: await SerialLine.open(path, { baud, signal, ...options.line }), end: () => undefined };
}

async function openInterpreter(
  exec: string,
  { firmware, coreHash, signal, line }: Pick<TargetOptions, 'firmware' | 'coreHash' | 'signal' | 'line'>,
): Promise<Place> {
  const interpreter = await startInterpreter(exec);
  try {
    signal?.throwIfAborted();
    const console = await openInterpreterConsole(exec, interpreter);
    signal?.addEventListener('abort', () => void console.close(), { once: true });
    try {
      await upload(console, {
        code: await firmware(),
        coreHash,
        variablesNeeded: 0,
        mayReplace: false,
        onStep: () => undefined,
      });
    } finally {
      await console.close();
    }
    return {
      port: await SerialLine.open(interpreter.path, { signal, ...line }),
      end: () => interpreter.close(),
    };
  } catch (error) {
    const failure = interpreter.failure();
    await interpreter.close();
    throw failure ?? (isNoPrompt(error) ? noInterpreter(exec) : error);
  }
}

/** A session with a board that was recorded, for one run: no board, and no waiting. */
export class RecordedSession {
  private readonly entries: Iterator<LineEntry, undefined>;
  private readonly name: string;
  private port: RecordedPort | null = null;

  /** `name` is that of the target on which it was recorded. */
  constructor(name: string, entries: Iterator<LineEntry, undefined>) {
    this.name = name;
    this.entries = entries;
  }

  /** Rejects with a `LineError` where the beginning of the session is missing. */
  readonly createTarget: TargetFactory = async (setup) => {
    const first = this.entries.next().value;
    if (first?.kind !== 'begin') throw new LineError('the recording of the line has no beginning');
    const line = new BoardLine(
      { crc: textCrc, coreHash: null, lastNumber: first.seq, lastMark: first.mark },
      (faults) => {
        this.port = new RecordedPort(`recorded ${this.name}`, this.entries, textCrc, (id) =>
          faults.struckAgain(id),
        );
        return this.port;
      },
    );
    return await BoardTarget.open(this.name, setup, line);
  };

  /** null: no run has begun. `isOver`: one has come to its end. */
  outcome(isOver: boolean): LineReplay | null {
    return this.port?.outcome(isOver) ?? null;
  }
}
