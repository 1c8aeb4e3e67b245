/**
 * BOARD: the entry of the bundle. Leaves one function behind, `thecal(line) -> reply`, and the console to whoever
 * loads it: `docs/board.md` shows how a board hands its lines over.
 */
import type { BoardIdentity } from './session.ts';
import { answer, createSession } from './session.ts';

declare const __CORE_HASH__: string;

/** What the interpreter gives. Text or bytes go into its native CRC-32. */
declare const E: { CRC32(data: string | ArrayBuffer): number };
declare const process: { env: { BOARD: string }; memory(): { free: number; total: number } };

const identity: BoardIdentity = {
  coreHash: __CORE_HASH__,
  board: process.env.BOARD,
  textCrc: function (text) {
    return E.CRC32(text);
  },
  checksum: {
    crc32: function (words, count) {
      return E.CRC32(words.slice(0, count).buffer);
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

(globalThis as unknown as { thecal: (line: string) => string }).thecal = function (line) {
  return answer(session, line);
};
