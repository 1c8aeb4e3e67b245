/**
 * HOST: what runs on the board at a port, asked so that it goes on running: no byte 0x03, no reset, and no greeting,
 * which would end the pump of a session.
 */
import { type LinePort, LineError, openReply, PortVanishedError } from './client.ts';
import { atPrompt, isServing, leavePrompt } from './connect.ts';
import { PortError } from './console-port.ts';
import { sealLine, type TextCrc } from './link.ts';
import { SerialLine } from './serial-line.ts';

/** `docs/board.md` says what each means. */
export type BoardState = 'unknown' | 'absent' | 'open' | 'prompt' | 'flashed' | 'running' | 'lost';

export interface BoardLook {
  readonly state: BoardState;
  /** What a person should know besides. */
  readonly remark: string;
  /** What it calls itself; null when it was not heard saying so. */
  readonly boardId: string | null;
  /** Of the firmware on it; null when there is none, or it is not at its prompt to say. */
  readonly coreHash: string | null;
}

/** The board is at its prompt, and this is what its console knows of the firmware. */
const WHO =
  '[process.env.BOARD,typeof thecal=="function"?thecal.core:"",typeof thecal=="function"?typeof thecal.serve:""].join()';

export async function lookAtPort(path: string, baudRate: number, crc: TextCrc): Promise<BoardLook> {
  let port: SerialLine;
  try {
    port = await SerialLine.open(path, { baud: baudRate });
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    if (error.kind === 'port-busy') return unheard('open', 'busy: another program has this port open');
    return unheard(error.kind === 'no-board' ? 'absent' : 'open', error.message);
  }
  try {
    return await lookAtLine(port, crc);
  } finally {
    await port.close();
  }
}

export async function lookAtLine(port: LinePort, crc: TextCrc): Promise<BoardLook> {
  let hasAnswered = false;
  try {
    if (await isServing(port, crc)) {
      return unheard(
        'running',
        'a session is open on it and no program on this computer has the port; the next run takes it over',
      );
    }
    await atPrompt(port, 1, '1');
    hasAnswered = true;
    const [boardId = '', coreHash = '', serves] = (await atPrompt(port, 2, WHO)).split(',');
    const found = { boardId, coreHash: coreHash === '' ? null : coreHash };
    const pump = found.coreHash === null || serves === 'function' ? null : await askPump(port, crc);
    leavePrompt(port);
    if (found.coreHash === null) return { ...found, state: 'prompt', remark: 'no firmware' };
    if (serves === 'function') return { ...found, state: 'flashed', remark: 'firmware for lockstep' };
    if (pump === null) return { ...found, state: 'flashed', remark: 'free-running firmware, no pump set up' };
    return { ...found, state: 'running', remark: `a free-running pump, ${pump}` };
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    if (error instanceof PortVanishedError) return unheard('lost', error.message);
    if (hasAnswered) return unheard('lost', `${port.name}: it answered once and not again`);
    return unheard(
      'open',
      port.traffic.bytesIn === 0 ? 'no answer' : 'something answers, and not as Espruino does at its prompt',
    );
  }
}

/** How far a free-running pump is; null: there is none. */
async function askPump(port: LinePort, crc: TextCrc): Promise<string | null> {
  const question = JSON.stringify(sealLine(['status', 1], crc));
  const fields = openReply(await atPrompt(port, 3, `thecal(${question})`), crc);
  if (fields?.[0] !== 'status') return null;
  const [, , tick, requested, confirmed, , , , , failure] = fields;
  const how = failure === '' ? '' : `, ended by "${failure}"`;
  return `tick ${tick}, ${confirmed} of ${requested} strokes confirmed${how}`;
}

function unheard(state: BoardState, remark: string): BoardLook {
  return { state, remark, boardId: null, coreHash: null };
}
