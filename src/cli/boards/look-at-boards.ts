/** The state of every board of the boards file: by its port alone, or by asking it. */
import { textCrc } from '../../../hal/espruino/board-target.ts';
import { boardIdOf, otherBoard } from '../../../hal/espruino/board-table.ts';
import { PortError } from '../../../hal/espruino/console-port.ts';
import { type BoardState, lookAtPort } from '../../../hal/espruino/look.ts';
import { USUAL_BAUD } from '../../../hal/espruino/serial-line.ts';
import { SerialPortError, type SerialPortRow } from '../../../hal/espruino/serial-port.ts';
import { coreHash } from '../build-info.ts';
import { findPort, portsFor } from './find-port.ts';
import type { BoardEntry } from './inventory.ts';

export interface BoardRow extends BoardEntry {
  readonly state: BoardState;
  /** Where it is now, or null. */
  readonly path: string | null;
  /** What it says that it is, when asked. */
  readonly says: {
    readonly boardId: string;
    readonly coreHash: string | null;
    readonly isSameCore: boolean | null;
  } | null;
  readonly remark: string;
}

/** One after the other: two entries may mean the same port, and only one can have it open. */
export async function lookAtBoards(
  entries: readonly BoardEntry[],
  mayAsk: boolean,
): Promise<readonly BoardRow[]> {
  const ports = await portsUnlessUnknown(entries);
  const rows: BoardRow[] = [];
  for (const entry of entries) {
    const isLookedUp = entry.port.usb !== undefined || entry.port.serial !== undefined;
    if (ports instanceof SerialPortError && isLookedUp) {
      rows.push({
        ...entry,
        state: 'unknown',
        path: null,
        says: null,
        remark: `cannot be looked up: ${ports.short}`,
      });
    } else rows.push(await lookAt(entry, ports instanceof SerialPortError ? [] : ports, mayAsk));
  }
  return rows;
}

/** Where the machine cannot list its ports, why: boards that are named by a path are found all the same. */
async function portsUnlessUnknown(
  entries: readonly BoardEntry[],
): Promise<readonly SerialPortRow[] | SerialPortError> {
  try {
    return await portsFor(entries);
  } catch (error) {
    if (error instanceof SerialPortError) return error;
    throw error;
  }
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
  if (!mayAsk) return { ...row, path, state: 'open', remark: 'not asked; --ask does' };
  const {
    state,
    remark,
    boardId,
    coreHash: core,
  } = await lookAtPort(path, entry.baud ?? USUAL_BAUD, textCrc);
  if (boardId === null) return { ...row, path, state, remark };
  const isSameCore = core === null ? null : core === (await coreHash());
  const says = { boardId, coreHash: core, isSameCore };
  return { ...row, path, state, says, remark: [remark, ...warnings(entry, says)].join('; ') };
}

function warnings(
  { name, board }: BoardEntry,
  { boardId, isSameCore }: NonNullable<BoardRow['says']>,
): string[] {
  const mistaken = otherBoard(boardIdOf(board), boardId);
  if (mistaken !== null) return [mistaken];
  return isSameCore === false ? [`another core than this program's: thecal board flash --board ${name}`] : [];
}
