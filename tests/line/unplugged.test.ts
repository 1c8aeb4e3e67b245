/** A board whose port goes in the middle of a run, and comes back or doesn't; and what is left behind by it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openLineTarget } from '../../hal/espruino/board-target.ts';
import { type LinePort, PortVanishedError } from '../../hal/espruino/client.ts';
import { Pty } from '../../hal/espruino/pty.ts';
import { SerialLine } from '../../hal/espruino/serial-line.ts';
import { openInProcess } from '../../hal/virtual/in-process.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { type PoweredBoard, powerOnBoard } from '../../hal/virtual/power.ts';
import { filesOf } from '../../hal/virtual/target.ts';
import { SETUP } from '../canaries/checks.ts';
import { DEAF, optionsOf, shortRun, simDigest } from './bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'thecal-unplugged-'));
const link = join(folder, 'port');
const storage = join(folder, 'flash');
let board: PoweredBoard | null = null;

async function plugIn(): Promise<void> {
  const files = await filesOf(optionsOf());
  board = await powerOnBoard({ link, storage, mischief: NO_MISCHIEF, isFull: false, files });
}

function unplug(): void {
  board?.close();
  board = null;
}

afterEach(unplug);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a board that is unplugged', () => {
  it('and is back some seconds later goes on where it was', { timeout: 60_000 }, async () => {
    await plugIn();
    const target = await openLineTarget('board', await SerialLine.open(link), optionsOf(), () => undefined);
    try {
      const pump = await target.createTarget(SETUP);
      await pump.advance(100, DEAF);
      unplug();
      const back = new Promise((resolve) => setTimeout(resolve, 4000)).then(plugIn);
      expect(await shortRun(pump)).toEqual(await simDigest());
      await back;
      const { reopened, reboots } = target.line()!;
      expect(reopened).toBeGreaterThan(0);
      expect(reboots).toBeGreaterThan(0);
    } finally {
      await target.close();
    }
  });

  it('and does not come back is told, and everything is ended', { timeout: 60_000 }, async () => {
    await plugIn();
    let hasEnded = false;
    const port = await SerialLine.open(link, { reopenMs: 50 });
    const target = await openLineTarget('board', port, optionsOf(), () => {
      hasEnded = true;
    });
    const pump = await target.createTarget(SETUP);
    await pump.advance(100, DEAF);
    unplug();
    const run = pump.advance(90_000, DEAF);
    await expect(run).rejects.toMatchObject({ name: 'InfrastructureError' });
    await expect(run).rejects.toThrow(
      /the port went away while it was in use, and was not there again within 0.05 s: .*there is no such port/,
    );
    await pump.close();
    await target.close();
    expect(hasEnded).toBe(true);
  });

  it('and there is nothing else at its port says that it was lost, and counts no revival', async () => {
    const port = await openInProcess({
      link: null,
      storage: null,
      mischief: NO_MISCHIEF,
      isFull: false,
      files: await filesOf(optionsOf()),
    });
    let isSilent = false;
    const hung: LinePort = {
      ...port,
      receive: (timeoutMs) => (isSilent ? Promise.resolve(null) : port.receive(timeoutMs)),
    };
    const options = optionsOf({ line: { timeoutMs: 200 } });
    const target = await openLineTarget('board', hung, options, () => undefined);
    const pump = await target.createTarget(SETUP);
    await pump.advance(100, DEAF);
    isSilent = true;
    await expect(pump.advance(90_000, DEAF)).rejects.toThrow(
      /^virtual board: no answer to "wakes" after 4 tries; the board was lost, and nothing there answers any more$/,
    );
    expect(target.line()).toMatchObject({ reboots: 0 });
    await target.close();
  });

  it('while it is greeted is greeted when it is back', async () => {
    const port = await openInProcess({
      link: null,
      storage: null,
      mischief: NO_MISCHIEF,
      isFull: false,
      files: await filesOf(optionsOf()),
    });
    let isGone = true;
    const wobbly: LinePort = {
      ...port,
      receive: (timeoutMs) =>
        isGone ? Promise.reject(new PortVanishedError('gone')) : port.receive(timeoutMs),
      reopen: () => {
        isGone = false;
        return Promise.resolve();
      },
    };
    const target = await openLineTarget('board', wobbly, optionsOf(), () => undefined);
    expect(target.line()).toMatchObject({ reopened: 1, exchanges: 1 });
    await target.close();
  });
});

describe('what is behind a port', () => {
  it('is ended though the port does not close', async () => {
    const port = await openInProcess({
      link: null,
      storage: null,
      mischief: NO_MISCHIEF,
      isFull: false,
      files: await filesOf(optionsOf()),
    });
    let ends = 0;
    const stuck: LinePort = { ...port, close: () => Promise.reject(new Error('stuck')) };
    const target = await openLineTarget('board', stuck, optionsOf(), () => {
      ends += 1;
    });
    await expect(target.close()).rejects.toThrow('stuck');
    expect(ends).toBe(1);
    await port.close();
  });
});

describe('an opening that is interrupted', () => {
  it('ends whatever waits for the port, for good', async () => {
    const silent = await Pty.open();
    try {
      const opening = new AbortController();
      const port = await SerialLine.open(silent.path, { signal: opening.signal });
      const waiting = openLineTarget('board', port, optionsOf(), () => undefined);
      opening.abort();
      await expect(waiting).rejects.toThrow(/interrupted/);
      await expect(port.reopen()).rejects.toThrow(/interrupted/);
    } finally {
      silent.close();
    }
  });
});
