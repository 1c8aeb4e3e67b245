/** Over the virtual board's pseudo-terminal and a serial port: the upload is cut at each of its steps in turn. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePort, openConsolePort } from '../../hal/espruino/console-port.ts';
import { upload, type UploadStep } from '../../hal/espruino/uploader.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { type PoweredBoard, powerOnBoard } from '../../hal/virtual/power.ts';
import { firmware } from './small-firmware.ts';

const BAUD = 115_200;

class CutError extends Error {}

describe('an upload over a pseudo-terminal', () => {
  let folder = '';
  let prepared = '';
  const link = (): string => join(folder, 'port');

  function powerOn(storage: string): Promise<PoweredBoard> {
    return powerOnBoard({ link: link(), storage, mischief: NO_MISCHIEF, isFull: false, files: [] });
  }

  async function withPort<T>(act: (port: ConsolePort) => Promise<T>): Promise<T> {
    const port = await openConsolePort(link(), BAUD);
    try {
      return await act(port);
    } finally {
      await port.close();
    }
  }

  function flash(core: string, onStep: (step: UploadStep) => void = () => undefined): Promise<string> {
    return withPort(async (port) => {
      const code = firmware(core);
      await upload(port, { code, coreHash: core, variablesNeeded: 100, mayReplace: false, onStep });
      return core;
    });
  }

  /** What runs there, asked at the prompt. */
  function bootedCore(): Promise<string> {
    return withPort(async (port) => {
      let heard = '';
      await port.write(
        '\x1b[2H\n\x10print("BOO"+"TED="+(typeof thecal=="undefined"?"nothing":thecal.core)+";")\n',
      );
      for (let tries = 0; tries < 20 && !/BOOTED=\w+;/.test(heard); tries++) heard += await port.read(500);
      return /BOOTED=(\w+);/.exec(heard)?.[1] ?? `no answer in ${heard}`;
    });
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'thecal-pty-'));
    prepared = join(folder, 'prepared');
    const board = await powerOn(prepared);
    await flash('old');
    board.close();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function stepsOf(storage: string): Promise<number> {
    const board = await powerOn(storage);
    let steps = 0;
    await flash('new', () => (steps += 1));
    board.close();
    return steps;
  }

  for (const what of ['host', 'power'] as const) {
    it(`loses its ${what} at each step: boots the old one or the new one, and takes the next try`, async () => {
      const counted = join(folder, `counted-${what}`);
      cpSync(prepared, counted, { recursive: true });
      const steps = await stepsOf(counted);
      expect(steps).toBeGreaterThan(10);
      for (let cut = 0; cut < steps; cut++) {
        const storage = join(folder, `${what}${cut}`);
        cpSync(prepared, storage, { recursive: true });
        let board = await powerOn(storage);
        let count = 0;
        const attempt = flash('new', () => {
          if (count++ !== cut) return;
          if (what === 'power') board.close();
          else throw new CutError();
        });
        await expect(attempt, `cut at step ${cut}`).rejects.toThrow(
          what === 'host' ? CutError : /port went away/,
        );
        if (what === 'power') {
          board = await powerOn(storage);
          const booted = await bootedCore();
          // The last step is the hello of what was switched to.
          expect(booted, `cut at step ${cut}`).toBe(cut < steps - 1 ? 'old' : 'new');
        }
        expect(await flash('new')).toBe('new');
        board.close();
        board = await powerOn(storage);
        expect(await bootedCore()).toBe('new');
        board.close();
      }
    });
  }
});
