import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ConsolePort, PortError, portErrorOf } from '../../hal/espruino/console-port.ts';
import { planUpload, upload, UploadError, type UploadResult } from '../../hal/espruino/uploader.ts';
import { FakeBoard } from './fake-board.ts';
import { firmware as small } from './small-firmware.ts';

const PATIENCE = 0.01;

/** As long as the real one. */
function firmware(core: string, bytes = 4000): string {
  return small(core, bytes);
}

function flash(board: FakeBoard, core: string, bytes?: number, mayReplace = false): Promise<UploadResult> {
  return upload(board.open(), {
    code: firmware(core, bytes),
    coreHash: core,
    variablesNeeded: 2400,
    mayReplace,
    onStep: () => undefined,
    patience: PATIENCE,
  });
}

async function troubleOf(promise: Promise<unknown>): Promise<UploadError | PortError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UploadError || error instanceof PortError) return error;
    throw error;
  }
  throw new Error('no trouble');
}

describe('an upload', () => {
  it('puts a firmware on an empty board, and a second one beside it', async () => {
    const board = new FakeBoard();
    const first = await flash(board, 'one');
    expect(first).toMatchObject({
      board: 'PICO_R1_3',
      name: 'thecal.a',
      wasThere: false,
      rewrittenChunks: 0,
    });
    expect(board.firmware()).toBe('one');
    expect((await flash(board, 'two')).name).toBe('thecal.b');
    expect(board.firmware()).toBe('two');
    expect((await flash(board, 'three')).name).toBe('thecal.a');
    board.powerUp();
    expect(board.firmware()).toBe('three');
    expect(board.bootError).toBeNull();
  });

  it('sends no Ctrl-C, and 0x10 nowhere but before a statement', async () => {
    const board = new FakeBoard();
    // Every byte there is, so that whatever is not wrapped would show.
    const bytes = String.fromCharCode(...Array.from({ length: 255 }, (_, i) => i));
    const code = `${firmware('one').slice(0, 300)}\n/*${bytes.replace('*/', '')}*/`;
    await upload(board.open(), {
      code,
      coreHash: 'one',
      variablesNeeded: 100,
      mayReplace: false,
      onStep: () => undefined,
      patience: PATIENCE,
    });
    expect(board.received).not.toContain('\x03');
    expect(board.received.replaceAll('\n\x10', '\n')).not.toContain('\x10');
    expect(board.read('thecal.a')).toBe(code);
  });

  it('leaves a board alone that has this very firmware', async () => {
    const board = new FakeBoard();
    await flash(board, 'one');
    const writes = board.flashWrites;
    expect(await flash(board, 'one')).toMatchObject({ name: 'thecal.a', wasThere: true });
    expect(board.flashWrites).toBe(writes);
  });

  it('gives the watchdog of a free-running pump to the interpreter before the reset, and starts none', async () => {
    const board = new FakeBoard();
    await flash(board, 'one');
    expect(board.watchdog).toBe('off');
    await upload(board.open(), {
      code: `${firmware('free', 900)}\nthecal.look=function(){};E.enableWatchdog(10,false)`,
      coreHash: 'free',
      variablesNeeded: 100,
      mayReplace: false,
      onStep: () => undefined,
      patience: PATIENCE,
    });
    expect(board.watchdog).toBe('by hand');
    await flash(board, 'two');
    expect(board.watchdog).toBe('automatic');
    const { received } = board;
    expect(received.lastIndexOf('E.enableWatchdog(')).toBeLessThan(received.lastIndexOf('reset()'));
  });

  it('tells how far it is', async () => {
    const steps: string[] = [];
    await upload(new FakeBoard().open(), {
      code: firmware('one', 1100),
      coreHash: 'one',
      variablesNeeded: 100,
      mayReplace: false,
      onStep: ({ phase, done, total }) => steps.push(phase === 'write' ? `${done}/${total}` : phase),
      patience: PATIENCE,
    });
    expect(steps).toEqual(['connect', 'prepare', '0/3', '1/3', '2/3', '3/3', 'verify', 'switch', 'hello']);
  });

  it('compacts storage that is full of what was erased', async () => {
    const board = new FakeBoard({ storageBytes: 20_000 });
    for (const core of ['one', 'two', 'three', 'four', 'five', 'six']) {
      await flash(board, core, 8000);
      expect(board.firmware()).toBe(core);
    }
  });
});

describe('a line that loses things', () => {
  it('asks again, whichever one statement or answer is lost', async () => {
    const clean = new FakeBoard();
    await flash(clean, 'one');
    for (let lost = 1; lost <= clean.statements; lost++) {
      for (const what of ['lostStatements', 'lostAnswers'] as const) {
        const board = new FakeBoard();
        await flash(board, 'zero');
        board.statements = 0;
        board[what].add(lost);
        await flash(board, 'one');
        expect(board.firmware()).toBe('one');
      }
    }
  });
});

describe('an upload that is cut', () => {
  async function writesOf(prepare: (board: FakeBoard) => Promise<unknown>): Promise<number> {
    const board = new FakeBoard();
    await prepare(board);
    const before = board.flashWrites;
    await flash(board, 'new');
    return board.flashWrites - before;
  }

  const PREPARED: readonly (readonly [string, readonly string[]])[] = [
    ['on a new board', []],
    ['with the old one under a', ['old']],
    ['with the old one under b', ['older', 'old']],
    ['after a whole round', ['oldest', 'older', 'old']],
  ];

  for (const [where, earlier] of PREPARED) {
    it(`by a power cut at each write to flash in turn, ${where}`, async () => {
      const prepare = async (board: FakeBoard): Promise<void> => {
        for (const core of earlier) await flash(board, core);
      };
      const writes = await writesOf(prepare);
      expect(writes).toBeGreaterThan(9);
      const old = earlier.at(-1) ?? null;
      let stillOld = 0;
      for (let cut = 1; cut <= writes; cut++) {
        const board = new FakeBoard();
        await prepare(board);
        board.powerCutAt = board.flashWrites + cut;
        expect(await troubleOf(flash(board, 'new'))).toBeInstanceOf(PortError);
        if (old !== null) {
          expect([old, 'new']).toContain(board.firmware());
          expect(board.bootError).toBeNull();
          if (board.firmware() === old) stillOld += 1;
        }
        await flash(board, 'new');
        expect(board.firmware()).toBe('new');
        board.powerUp();
        expect(board.firmware()).toBe('new');
      }
      if (old !== null) expect(stillOld).toBe(writes);
    });

    it(`by pulling the cable before each statement in turn, ${where}`, async () => {
      const counted = new FakeBoard();
      for (const core of earlier) await flash(counted, core);
      counted.statements = 0;
      await flash(counted, 'new');
      const old = earlier.at(-1) ?? null;
      for (let cut = 1; cut <= counted.statements; cut++) {
        const board = new FakeBoard();
        for (const core of earlier) await flash(board, core);
        const port = board.open();
        board.statements = 0;
        const cutting: ConsolePort = {
          ...port,
          write: (text) => {
            if (board.statements >= cut) board.pullCable();
            return port.write(text);
          },
        };
        const attempt = upload(cutting, {
          code: firmware('new'),
          coreHash: 'new',
          variablesNeeded: 100,
          mayReplace: false,
          onStep: () => undefined,
          patience: PATIENCE,
        });
        if (cut < counted.statements) expect(await troubleOf(attempt)).toBeInstanceOf(PortError);
        else await attempt;
        board.powerUp();
        if (old !== null) expect([old, 'new']).toContain(board.firmware());
        await flash(board, 'new');
        expect(board.firmware()).toBe('new');
      }
    });
  }
});

describe('what goes wrong, and what to do', () => {
  it('no answer', async () => {
    const board = new FakeBoard();
    board.isMute = true;
    const trouble = await troubleOf(flash(board, 'one'));
    expect(trouble.kind).toBe('no-answer');
    expect(trouble.message).toMatch(/unplug the board and plug it in again/);
  });

  it('something that is no Espruino', async () => {
    const inbox = ['login: ', 'Password: '];
    const port: ConsolePort = {
      name: '/dev/modem',
      write: () => Promise.resolve(),
      read: (timeoutMs) =>
        new Promise((resolve) => setTimeout(() => resolve(inbox.shift() ?? ''), Math.min(timeoutMs, 2))),
      close: () => Promise.resolve(),
    };
    const trouble = await troubleOf(
      upload(port, {
        code: 'x',
        coreHash: 'x',
        variablesNeeded: 1,
        mayReplace: false,
        onStep: () => undefined,
        patience: PATIENCE,
      }),
    );
    expect(trouble.kind).toBe('not-espruino');
    expect(trouble.message).toMatch(/not Espruino's prompt/);
  });

  it('a board with too few variables, by its name', async () => {
    const board = new FakeBoard({ boardId: 'PUCKJS', variables: 2630 });
    const trouble = await troubleOf(flash(board, 'one'));
    expect(trouble.kind).toBe('too-few-variables');
    expect(trouble.message).toMatch(/Puck\.js with 2630 variables, and the firmware needs 2700/);
    expect(board.flashWrites).toBe(0);
  });

  it('storage for one copy only: refused, until the old one is given up by name', async () => {
    const board = new FakeBoard({ storageBytes: 10_000 });
    await flash(board, 'one', 7000);
    const trouble = await troubleOf(flash(board, 'two', 7000));
    expect(trouble.kind).toBe('storage-full');
    expect(trouble.message).toMatch(/--replace/);
    // It runs again at once, and not only after the next start.
    expect(board.firmware()).toBe('one');
    board.powerUp();
    expect(board.firmware()).toBe('one');
    await flash(board, 'two', 7000, true);
    expect(board.firmware()).toBe('two');
  });

  it('storage too small even without the old one: which is not given up in vain', async () => {
    const board = new FakeBoard({ storageBytes: 10_000 });
    await flash(board, 'one', 4000);
    const trouble = await troubleOf(flash(board, 'two', 12_000, true));
    expect(trouble.kind).toBe('storage-full');
    expect(trouble.message).not.toMatch(/--replace/);
    board.powerUp();
    expect(board.firmware()).toBe('one');
  });

  it('no answers after the reset: the pump that was there runs again, on its own watchdog', async () => {
    const board = new FakeBoard();
    await upload(board.open(), {
      code: `${firmware('free', 900)}\nthecal.look=function(){};E.enableWatchdog(10,false)`,
      coreHash: 'free',
      variablesNeeded: 100,
      mayReplace: false,
      onStep: () => undefined,
      patience: PATIENCE,
    });
    const port = board.open();
    const deaf: ConsolePort = {
      ...port,
      write: (text) => {
        if (text.includes('reset()')) board.isMute = true;
        return port.write(text);
      },
    };
    const attempt = upload(deaf, {
      code: firmware('two'),
      coreHash: 'two',
      variablesNeeded: 100,
      mayReplace: false,
      onStep: () => undefined,
      patience: PATIENCE,
    });
    expect((await troubleOf(attempt)).message).toContain('after its reset');
    expect(board.firmware()).toBe('free');
    expect(board.watchdog).toBe('by hand');
  });

  it('a cut upload on storage for one copy is made good without giving anything up', async () => {
    const board = new FakeBoard({ storageBytes: 10_000 });
    board.powerCutAt = 4;
    await troubleOf(flash(board, 'one', 7000));
    await flash(board, 'one', 7000);
    expect(board.firmware()).toBe('one');
  });

  it('a new firmware that is mute: the old one is put back', async () => {
    const board = new FakeBoard();
    await flash(board, 'one');
    const trouble = await troubleOf(
      upload(board.open(), {
        code: `thecal=function(){return "what?"};thecal.core="mute"//${'x'.repeat(600)}`,
        coreHash: 'mute',
        variablesNeeded: 100,
        mayReplace: false,
        onStep: () => undefined,
        patience: PATIENCE,
      }),
    );
    expect(trouble.kind).toBe('no-hello');
    expect(trouble.message).toMatch(/The old one has been put back/);
    expect(board.firmware()).toBe('one');
  });

  it('ports that do not open', () => {
    const kinds = (
      [
        ['Error: No such file or directory, cannot open /dev/x', 'no-board'],
        ['Error: Permission denied, cannot open /dev/x', 'no-rights'],
        ['Error Resource temporarily unavailable Cannot lock port', 'port-busy'],
        ['Opening COM3: Access denied', 'no-rights'],
        ['Error: Inappropriate ioctl', 'no-board'],
      ] as const
    ).map(([reason, kind]) => [portErrorOf('/dev/x', reason).kind, kind]);
    for (const [got, wanted] of kinds) expect(got).toBe(wanted);
    expect(portErrorOf('/dev/x', 'Permission denied').message).toMatch(/dialout/);
  });
});

describe('the plan', () => {
  it('says what would be sent', () => {
    const code = readFileSync(new URL('./uploader.test.ts', import.meta.url), 'latin1');
    const plan = planUpload(code, 'hash');
    expect(plan).toMatchObject({
      bytes: code.length,
      chunks: Math.ceil(code.length / 512),
      coreHash: 'hash',
    });
    expect(plan.bootCode).toMatch(/^eval\(/);
    expect(plan.crc32).toMatch(/^[0-9a-f]{8}$/);
  });
});
