/** The state of every board of the boards file: by its port alone, or by asking it. */
import { textCrc } from '../../../hal/espruino/board-target.ts';
import { BOARD_TYPES, otherBoard } from '../../../hal/espruino/board-table.ts';
import { PortError } from '../../../hal/espruino/console-port.ts';
import { type BoardLook, type BoardState, lookAtPort } from '../../../hal/espruino/look.ts';
import { USUAL_BAUD } from '../../../hal/espruino/serial-line.ts';
import type { SerialPortRow } from '../../../hal/espruino/serial-port.ts';
import { coreHash } from '../build-info.ts';
import { findPort, portsFor } from './find-port.ts';
import type { BoardEntry } from './inventory.ts';

export interface BoardRow extends BoardEntry {
  readonly state: BoardState;
  /** Where it is now, or null. */
  readonly path: string | null;
  /** What it says that it is, when asked. */
  readonly says: { readonly boardId: string; readonly coreHash: string | null } | null;
  readonly remark: string;
}

/** One after the other: two entries may mean the same port, and only one can have it open. */
export async function lookAtBoards(
  entries: readonly BoardEntry[],
  mayAsk: boolean,
): Promise<readonly BoardRow[]> {
  const ports = await portsFor(entries);
  const rows: BoardRow[] = [];
  for (const entry of entries) rows.push(await lookAt(entry, ports, mayAsk));
  return rows;
}

async function lookAt(
  entry: BoardEntry,
  ports: readonly SerialPortRow[],
  mayAsk: boolean,
): Promise<BoardRow> {
  const row = { ...entry, path: null, says: null };
  let path: string | null;
  try {
    path = findPort(entry, ports);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return { ...row, state: 'open', remark: error.message };
  }
  if (path === null) return { ...row, state: 'absent', remark: '' };
  if (entry.port.exec !== undefined) {
    return { ...row, path, state: 'open', remark: 'a program, started anew for each command' };
  }
  if (!mayAsk) return { ...row, path, state: 'open', remark: 'not asked' };
  const look = await lookAtPort(path, entry.baud ?? USUAL_BAUD, textCrc);
  const { state, boardId } = look;
  const says = boardId === null ? null : { boardId, coreHash: look.coreHash };
  return { ...row, path, state, says, remark: await remarkOn(entry, path, look) };
}

async function remarkOn(
  { name, board }: BoardEntry,
  path: string,
  { boardId, coreHash: core, remark }: BoardLook,
): Promise<string> {
  const expectedId = BOARD_TYPES.find((type) => type.name === board)?.id;
  const mistaken = boardId === null ? null : otherBoard(path, expectedId, boardId);
  if (mistaken !== null) return mistaken;
  if (core === null) return remark;
  return core === (await coreHash())
    ? `${remark}, this program's core`
    : `${remark}, another core than this program's: thecal board flash --board ${name}`;
}
