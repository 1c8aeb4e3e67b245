/** Over the virtual board's own console and storage: the power goes at each statement of an upload in turn. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePort, Inbox, PortError } from '../../hal/espruino/console-port.ts';
import { upload } from '../../hal/espruino/uploader.ts';
import { VirtualBoard } from '../../hal/virtual/board.ts';
import { loadEngine } from '../../hal/virtual/machine.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';

interface Bench {
  readonly port: ConsolePort;
  readonly statements: () => number;
  off(): void;
}

/** A board over a storage folder; it loses its power when so many statements have come in. */
function powerOn(storage: string, cutAt = Infinity): Bench {
  const inbox = new Inbox();
  const board = new VirtualBoard({
    storage,
    mischief: NO_MISCHIEF,
    isFull: false,
    send: (text) => inbox.put(text),
  });
  board.powerOn();
  let statements = 0;
  let isOn = true;
  const off = (): void => {
    if (isOn) board.powerOff();
    isOn = false;
  };
  const port: ConsolePort = {
    name: 'virtual',
    write: (text) => {
      if (text.startsWith('\x10')) statements += 1;
      if (statements >= cutAt) {
        off();
        inbox.fail(new PortError('port-lost', 'the power went'));
      }
      if (!isOn) return Promise.reject(new PortError('port-lost', 'the power went'));
      board.receive(text);
      return Promise.resolve();
    },
    read: (timeoutMs) => inbox.take(timeoutMs),
    close: () => {
      off();
      return Promise.resolve();
    },
  };
  return { port, statements: () => statements, off };
}

async function coreOf(storage: string): Promise<string> {
  const { port, off } = powerOn(storage);
  await port.write('\x10print("CO"+"RE="+(typeof thecal=="undefined"?"none":thecal.core)+";")\n');
  let heard = '';
  for (let tries = 0; tries < 5 && !/CORE=\w+;/.test(heard); tries++) heard += await port.read(50);
  off();
  return /CORE=(\w+);/.exec(heard)?.[1] ?? 'no answer';
}

describe('an upload to the virtual board', () => {
  let folder = '';
  let code = '';
  let coreHash = '';
  /** The same firmware, telling another hash: the one before. */
  let older = '';
  const olderHash = '0'.repeat(64);

  beforeAll(async () => {
    await loadEngine();
    folder = mkdtempSync(join(tmpdir(), 'thecal-virtual-'));
    ({ code, coreHash } = await bundleBoard());
    older = code.replaceAll(coreHash, olderHash);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function flash(bench: Bench, firmware: string, hash: string): Promise<string> {
    const { name } = await upload(bench.port, {
      code: firmware,
      coreHash: hash,
      variablesNeeded: 2400,
      mayReplace: false,
      onStep: () => undefined,
      patience: 0.1,
    });
    bench.off();
    return name;
  }

  it('boots the old firmware or the new one, whenever it is cut, and can be flashed again [SR-UPD-1]', async () => {
    const prepared = join(folder, 'prepared');
    expect(await flash(powerOn(prepared), older, olderHash)).toBe('thecal.a');
    expect(await coreOf(prepared)).toBe(olderHash);

    const counted = join(folder, 'counted');
    cpSync(prepared, counted, { recursive: true });
    const bench = powerOn(counted);
    expect(await flash(bench, code, coreHash)).toBe('thecal.b');
    expect(await coreOf(counted)).toBe(coreHash);
    const statements = bench.statements();
    expect(statements).toBeGreaterThan(40);

    for (let cut = 1; cut <= statements; cut++) {
      const place = join(folder, `cut${cut}`);
      cpSync(prepared, place, { recursive: true });
      await expect(flash(powerOn(place, cut), code, coreHash), `cut at ${cut}`).rejects.toThrow(
        'the power went',
      );
      expect([olderHash, coreHash], `cut at ${cut}`).toContain(await coreOf(place));
      await flash(powerOn(place), code, coreHash);
      expect(await coreOf(place)).toBe(coreHash);
      rmSync(place, { recursive: true });
    }
  }, 240_000);
});
