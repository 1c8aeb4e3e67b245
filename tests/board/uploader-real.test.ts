/** Against a build of the real interpreter, named by ESPRUINO_BIN: the upload is cut by killing it at each chunk. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import crc32 from 'crc-32';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsolePort, openConsolePort } from '../../hal/espruino/console-port.ts';
import { type Interpreter, startInterpreter } from '../../hal/espruino/interpreter.ts';
import { upload, type UploadStep } from '../../hal/espruino/uploader.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';
import { firmware } from './small-firmware.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';
const BAUD = 115_200;

async function withBoard<T>(
  folder: string,
  act: (port: ConsolePort, interpreter: Interpreter) => Promise<T>,
): Promise<T> {
  const interpreter = await startInterpreter(BINARY, folder);
  try {
    const port = await openConsolePort(interpreter.path, BAUD);
    try {
      return await act(port, interpreter);
    } finally {
      await port.close();
    }
  } finally {
    await interpreter.close();
  }
}

function flash(
  port: ConsolePort,
  core: string,
  code: string,
  onStep: (step: UploadStep) => void = () => undefined,
) {
  return upload(port, { code, coreHash: core, variablesNeeded: 100, mayReplace: false, onStep });
}

async function bootedCore(port: ConsolePort): Promise<string> {
  let heard = '';
  for (let tries = 0; tries < 20; tries++) {
    await port.write(
      '\x1b[2H\n\x10print("BOO"+"TED="+(typeof thecal=="undefined"?"nothing":thecal.core)+";")\n',
    );
    heard += await port.read(300);
    const found = /BOOTED=(\w+);/.exec(heard);
    if (found !== null) return found[1] ?? '';
  }
  throw new Error(`no prompt: ${heard}`);
}

const NOT_RUN = 'ESPRUINO_BIN names no build of the interpreter';

describe('an upload to a real interpreter', () => {
  beforeEach((test) => {
    if (BINARY === '') test.skip(NOT_RUN);
  });

  let folder = '';
  let prepared = '';

  beforeAll(async () => {
    if (BINARY === '') return;
    folder = mkdtempSync(join(tmpdir(), 'thecal-real-'));
    prepared = mkdtempSync(join(tmpdir(), 'thecal-prepared-'));
    await withBoard(prepared, (port) => flash(port, 'old', firmware('old')));
  }, 60_000);

  afterAll(() => {
    for (const made of [folder, prepared]) rmSync(made, { recursive: true, force: true });
  });

  it('puts the real firmware there, which says hello, and boots again', async () => {
    const { code, coreHash } = await bundleBoard();
    const place = join(folder, 'whole');
    cpSync(prepared, place, { recursive: true });
    await withBoard(place, async (port) => {
      expect(await flash(port, coreHash, code)).toMatchObject({ name: 'thecal.b' });
    });
    await withBoard(place, async (port) => {
      expect(await bootedCore(port)).toBe(coreHash);
      expect(await flash(port, coreHash, code)).toMatchObject({ wasThere: true });
    });
  }, 120_000);

  it('killed at each chunk and after it: boots the old one whole, and the next try succeeds', async () => {
    const steps: UploadStep[] = [];
    const counted = join(folder, 'counted');
    cpSync(prepared, counted, { recursive: true });
    await withBoard(counted, (port) => flash(port, 'new', firmware('new'), (step) => steps.push(step)));
    for (let cut = 0; cut < steps.length; cut++) {
      const place = join(folder, `cut${cut}`);
      cpSync(prepared, place, { recursive: true });
      let count = 0;
      const attempt = withBoard(place, (port, interpreter) =>
        flash(port, 'new', firmware('new'), () => {
          // By number, and only what this test started.
          if (count++ === cut) setTimeout(() => process.kill(interpreter.pid, 'SIGKILL'), cut % 3);
        }),
      );
      await expect(attempt, `cut at step ${cut}`).rejects.toThrow(/port went away|no answer/);
      const booted = await withBoard(place, bootedCore);
      expect(['old', 'new'], `cut at step ${cut}`).toContain(booted);
      if (cut < steps.length - 2) expect(booted, `cut at step ${cut}`).toBe('old');
      await withBoard(place, (port) => flash(port, 'new', firmware('new')));
      expect(await withBoard(place, bootedCore)).toBe('new');
    }
  }, 300_000);

  it('runs a pump on its own timer and pins', async () => {
    const { code, coreHash } = await bundleBoard('freeRunning');
    const ask = async (port: ConsolePort, text: string): Promise<string> => {
      const line = `${text},${(crc32.str(text) & 65535).toString(16)}`;
      let heard = '';
      for (let tries = 0; tries < 5; tries++) {
        await port.write(`\x1b[2H\n\x10print("SAY"+"S="+thecal(${JSON.stringify(line)})+";")\n`);
        for (let waits = 0; waits < 8; waits++) {
          heard += await port.read(250);
          const found = /SAYS=([^;]*);/.exec(heard);
          if (found !== null) return found[1] ?? '';
        }
      }
      throw new Error(`no answer to ${text}: ${heard.slice(-300)}`);
    };
    const place = join(folder, 'pump');
    cpSync(prepared, place, { recursive: true });
    await withBoard(place, async (port) => {
      await flash(port, coreHash, code);
      // 24 mL a day: five strokes in nine ticks.
      expect(await ask(port, 'setup,2,500,40000000,0,38000000,0,0.1.500.2000000.0*8.327685000*24')).toMatch(
        /^ok,2,/,
      );
      await new Promise((resolve) => setTimeout(resolve, 9000));
      const [, , tick, requested, confirmed, stalls, , jumps, , failure] = (
        await ask(port, 'status,3')
      ).split(',');
      expect(Number(tick)).toBeGreaterThan(7);
      expect(Number(requested)).toBeGreaterThan(3);
      expect(Number(requested)).toBeLessThanOrEqual(Math.ceil((Number(tick) + 1) / 1.8));
      // Pins that go nowhere give no pulse.
      expect(confirmed).toBe('0');
      expect([stalls, jumps, failure]).toEqual(['0', '0', '']);
    });
  }, 120_000);
});
