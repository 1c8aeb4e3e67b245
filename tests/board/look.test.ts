/** What runs on a board, found out in a way that it goes on running. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openLineTarget, textCrc } from '../../hal/espruino/board-target.ts';
import { type LinePort, PortVanishedError } from '../../hal/espruino/client.ts';
import { sealLine } from '../../hal/espruino/link.ts';
import { lookAtLine, lookAtPort } from '../../hal/espruino/look.ts';
import { SerialLine, USUAL_BAUD } from '../../hal/espruino/serial-line.ts';
import { openInProcess } from '../../hal/virtual/in-process.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { type BoardPlan, powerOnBoard } from '../../hal/virtual/power.ts';
import { filesOf } from '../../hal/virtual/target.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';
import { SETUP } from '../canaries/checks.ts';
import { CORE, DEAF, optionsOf } from '../line/bench.ts';
import { createSimTarget } from '../../hal/sim/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'thecal-look-'));
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function planOf(files: BoardPlan['files']): BoardPlan {
  return { link: null, storage: null, mischief: NO_MISCHIEF, isFull: false, files };
}

async function boardWith(files: BoardPlan['files']): Promise<string> {
  const board = await powerOnBoard(planOf(files));
  open.push(board);
  return board.path;
}

const lockstep = async (): Promise<BoardPlan['files']> => await filesOf(optionsOf());

/** The free-running firmware, with what it says of its pump made up: the virtual board has no pins. */
async function freeRunning(status: string | null): Promise<BoardPlan['files']> {
  const { code } = await bundleBoard('freeRunning');
  const made =
    status === null
      ? ''
      : `\nvar real=thecal;thecal=function(l){return l.indexOf("status,")==0?${JSON.stringify(status)}:real(l)};thecal.core=real.core`;
  return [{ name: '.bootcde', content: code + made }];
}

const statusOf = (...fields: (string | number)[]): string => sealLine(['status', 1, ...fields], textCrc);

describe('a board is asked what runs on it, and', () => {
  it('is at its prompt without firmware, where it then answers a person as before', async () => {
    const path = await boardWith([]);
    expect(await lookAtPort(path, USUAL_BAUD, textCrc)).toEqual({
      state: 'prompt',
      remark: 'no firmware',
      boardId: 'VIRTUAL',
      coreHash: null,
    });
    const port = await SerialLine.open(path);
    open.push(port);
    port.write('1+1\n');
    let heard = await port.receive(2000);
    while (heard !== null && heard.trim() !== '=2') heard = await port.receive(2000);
    expect(heard).not.toBeNull();
  });

  it('has the firmware for lockstep', async () => {
    const path = await boardWith(await lockstep());
    expect(await lookAtPort(path, USUAL_BAUD, textCrc)).toMatchObject({
      state: 'flashed',
      boardId: 'VIRTUAL',
      coreHash: CORE,
    });
  });

  it.each([
    ['no pump set up', null, 'flashed', 'free-running firmware, no pump set up'],
    [
      'a pump',
      statusOf(7200, 100, 99, 0, 0, 0, 0, ''),
      'running',
      'a free-running pump, tick 7200, 99 of 100 strokes confirmed',
    ],
    [
      'a pump that has failed',
      statusOf(71, 1, 0, 0, 0, 0, 0, 'INV-1'),
      'running',
      'a free-running pump, tick 71, 0 of 1 strokes confirmed, ended by "INV-1"',
    ],
  ])('runs on its own with %s', async (_what, status, state, remark) => {
    const path = await boardWith(await freeRunning(status));
    expect(await lookAtPort(path, USUAL_BAUD, textCrc)).toMatchObject({ state, remark, coreHash: CORE });
  });

  it('runs on its own, which takes no session', async () => {
    const port = await SerialLine.open(await boardWith(await freeRunning(null)));
    const target = openLineTarget('board', port, optionsOf({ line: {} }), () => undefined);
    await expect(target).rejects.toThrow(
      /the free-running firmware is on this board.*thecal board flash --port/,
    );
  });

  it('has a session open, which goes on as if nobody had asked', async () => {
    const port = await SerialLine.open(await boardWith(await lockstep()));
    const target = await openLineTarget('virtual', port, optionsOf({ line: {} }), () => undefined);
    open.push(target);
    const pump = await target.createTarget(SETUP);
    await pump.advance(1799, DEAF);
    await port.close();
    expect(await lookAtPort(port.name, USUAL_BAUD, textCrc)).toMatchObject({ state: 'running' });
    await port.reopen();
    await pump.advance(3600, DEAF);
    const twin = await createSimTarget(SETUP);
    await twin.advance(3600, DEAF);
    expect(await pump.digest()).toEqual(await twin.digest());
    expect(target.line()).toMatchObject({ reboots: 0 });
  });

  it('is not disturbed while another program has its port', async () => {
    const path = await boardWith(await lockstep());
    open.push(await SerialLine.open(path));
    expect(await lookAtPort(path, USUAL_BAUD, textCrc)).toMatchObject({
      state: 'open',
      remark: 'busy: another program has this port open',
    });
  });

  it('is absent, or what is there is no port', async () => {
    const look = (name: string) => lookAtPort(join(folder, name), USUAL_BAUD, textCrc);
    expect(await look('nothing')).toMatchObject({
      state: 'absent',
      remark: expect.stringContaining('there is no such port') as unknown,
    });
    writeFileSync(join(folder, 'file'), '');
    expect(await look('file')).toMatchObject({ boardId: null, coreHash: null });
  });
});

/** A virtual board whose line does what a test says. */
async function lineWith(
  files: BoardPlan['files'],
  receive: (line: string | null) => string | null = (line) => line,
): Promise<LinePort & { sent: string }> {
  const port = await openInProcess(planOf(files));
  open.push(port);
  const line = {
    ...port,
    sent: '',
    write(text: string) {
      line.sent += text;
      port.write(text);
    },
    receive: async (timeoutMs: number) => receive(await port.receive(Math.min(timeoutMs, 20))),
  };
  return line;
}

describe('what is sent to it', () => {
  it.each([
    ['without firmware', () => Promise.resolve([])],
    ['with the firmware for lockstep', lockstep],
    ['that runs on its own', () => freeRunning(statusOf(1, 0, 0, 0, 0, 0, 0, ''))],
  ])('to a board %s, is nothing that would end a pump', async (_what, files) => {
    const line = await lineWith(await files());
    await lookAtLine(line, textCrc);
    expect(line.sent).toContain('SYNC');
    expect(line.sent).not.toMatch(/\x03|reset|load|hello|setup|stop|bye|serve\(/);
  });
});

describe('a board that does not answer', () => {
  const looked = async (receive: (line: string | null) => string | null) =>
    await lookAtLine(await lineWith(await lockstep(), receive), textCrc);

  it('is lost once it has answered: by silence, or as its port goes', async () => {
    let hasAnswered = false;
    const deaf = await looked((line) => {
      if (hasAnswered) return null;
      hasAnswered = line?.includes('SYNC 1') === true;
      return line;
    });
    expect(deaf).toMatchObject({ state: 'lost', remark: 'virtual board: it answered once and not again' });
    const gone = await looked(() => {
      throw new PortVanishedError('the port vanished');
    });
    expect(gone).toMatchObject({ state: 'lost', remark: 'the port vanished' });
  });

  it('is open as long as it has said nothing, or nothing that makes sense', async () => {
    const port = await lineWith([], () => null);
    const silent = { ...port, traffic: { bytesOut: 0, bytesIn: 0 } };
    expect(await lookAtLine(silent, textCrc)).toMatchObject({ state: 'open', remark: 'no answer' });
    expect(await looked((line) => (line === null ? null : 'NO CARRIER'))).toMatchObject({
      state: 'open',
      remark: 'something answers, and not as Espruino does at its prompt',
    });
  });
});

describe('a board of another kind than expected', () => {
  /** A path, and a try to run on what is there. */
  const tried = async (boardId: string) => {
    const [code, boot] = await lockstep();
    const named = { name: '.bootcde', content: `process.env.BOARD="${boardId}";${boot!.content}` };
    const path = await boardWith([code!, named]);
    const options = optionsOf({ boardId: 'PICO_R1_3', line: {} });
    return { path, target: openLineTarget('board', await SerialLine.open(path), options, () => undefined) };
  };

  it('is refused by what it says, and left at its prompt', async () => {
    const { path, target } = await tried('PIXLJS');
    await expect(target).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringContaining(
        'this board is a Pixl.js (PIXLJS), and the boards file expects a Pico (PICO_R1_3)',
      ) as unknown,
    });
    expect(await lookAtPort(path, USUAL_BAUD, textCrc)).toMatchObject({
      state: 'flashed',
      boardId: 'PIXLJS',
    });
  });

  it('is taken when it is the right one', async () => {
    const { target } = await tried('PICO_R1_3');
    open.push(await target);
    expect((await target).line()).toMatchObject({ exchanges: 1 });
  });
});
