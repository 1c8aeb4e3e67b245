/**
 * BOARD: the entry of the bundle. Leaves `thecal` behind and starts nothing:
 *
 *   thecal(line)    one line, one reply
 *   thecal.serve()  takes the console over and answers the line there until somebody says `bye`
 *   thecal.core     the hash of the core
 */
import { LINE_MAX, NAK_TOO_LONG } from './link.ts';
import type { BoardIdentity } from './session.ts';
import { answer, createSession, refuse } from './session.ts';

declare const __CORE_HASH__: string;

/** A port of the interpreter: what arrives comes in pieces of any length. */
declare interface ConsolePort {
  on(event: 'data', listener: (data: string) => void): void;
  removeListener(event: 'data', listener: (data: string) => void): void;
  write(text: string): void;
}

/** What the interpreter gives. Text or bytes go into its native CRC-32. */
declare const E: {
  CRC32(data: string | Uint8Array): number;
  getConsole(): string;
  setConsole(port: ConsolePort | null): void;
};
/** Names that others call by, so the bundle keeps them. */
declare interface BoardFirmware {
  (line: string): string;
  core: string;
  serve(port: ConsolePort | undefined): void;
}
declare const process: { env: { BOARD: string }; memory(): { free: number; total: number } };

const identity: BoardIdentity = {
  coreHash: __CORE_HASH__,
  board: process.env.BOARD,
  textCrc: function (text) {
    return E.CRC32(text);
  },
  checksum: {
    crc32: function (words, count) {
      // A view, since this interpreter's `slice` makes a plain array of a typed one.
      return E.CRC32(new Uint8Array(words.buffer, words.byteOffset, count * 4));
    },
  },
  freeMemory: function () {
    return process.memory().free;
  },
  totalMemory: function () {
    return process.memory().total;
  },
};

const session = createSession(identity);

/** `port` is where the host is; left out, it is whatever the console is on now. */
function serve(port: ConsolePort | undefined): void {
  const own =
    port === undefined ? (globalThis as unknown as Record<string, ConsolePort>)[E.getConsole()]! : port;
  let line = '';
  let isTooLong = false;

  function gather(piece: string): void {
    if (isTooLong) return;
    line += piece;
    if (line.length <= LINE_MAX) return;
    isTooLong = true;
    line = '';
  }

  function listen(data: string): void {
    // A person at a terminal ends lines with a carriage return, a program with a line feed, some with both.
    const pieces = (data.indexOf('\r') < 0 ? data : data.split('\r').join('\n')).split('\n');
    for (let i = 0; i < pieces.length; i++) {
      gather(pieces[i]!);
      if (i === pieces.length - 1) return;
      const whole = line;
      line = '';
      if (isTooLong) {
        isTooLong = false;
        own.write(refuse(session, NAK_TOO_LONG) + '\n');
      } else if (whole.length > 0) {
        own.write(answer(session, whole) + '\n');
      }
      if (session.isOver) {
        session.isOver = false;
        own.removeListener('data', listen);
        E.setConsole(own);
        return;
      }
    }
  }

  own.on('data', listen);
  E.setConsole(null);
}

const thecal = function (line: string) {
  return answer(session, line);
} as BoardFirmware;
thecal.core = identity.coreHash;
thecal.serve = serve;
(globalThis as unknown as { thecal: BoardFirmware }).thecal = thecal;
