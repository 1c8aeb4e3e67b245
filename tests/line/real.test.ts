/** The line to a build of the real interpreter, named by ESPRUINO_BIN: troubles at the host's end. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { greetBoard, openLineTarget } from '../../hal/espruino/board-target.ts';
import type { LinePort } from '../../hal/espruino/client.ts';
import { openConsolePort } from '../../hal/espruino/console-port.ts';
import { type Interpreter, startInterpreter } from '../../hal/espruino/interpreter.ts';
import { SerialLine } from '../../hal/espruino/serial-line.ts';
import { upload } from '../../hal/espruino/uploader.ts';
import type { LineTotals } from '../../hal/target-options.ts';
import type { TargetDigest } from '../../hal/target.ts';
import { NO_MISCHIEF, type MischiefPlan } from '../../hal/virtual/mischief.ts';
import { SETUP } from '../canaries/checks.ts';
import { CORE, firmware, optionsOf, shortRun, simDigest, troubled } from './bench.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';
/** A session takes seconds on the real one, which looks at its input twenty times a second. */
const STEP = process.env['THECAL_LONG'] === undefined ? 9 : 1;
const UNTIL_TICK = 5400;

describe('a real interpreter (ESPRUINO_BIN)', () => {
  beforeEach(({ skip }) => skip(BINARY === '', 'ESPRUINO_BIN names no build of the interpreter'));

  let interpreter: Interpreter;
  let port: SerialLine;
  let expected: TargetDigest;

  beforeAll(async () => {
    if (BINARY === '') return;
    expected = await simDigest(SETUP, UNTIL_TICK);
    interpreter = await startInterpreter(BINARY);
    const console = await openConsolePort(interpreter.path, 115_200);
    await upload(console, {
      code: await firmware(),
      coreHash: CORE,
      variablesNeeded: 0,
      mayReplace: false,
      onStep: () => {},
    });
    await console.close();
    port = await SerialLine.open(interpreter.path);
  }, 120_000);

  afterAll(async () => {
    if (BINARY === '') return;
    await port.close();
    await interpreter.close();
  });

  async function runWith(
    plan: Partial<MischiefPlan>,
  ): Promise<{ digest: TargetDigest; line: LineTotals; messages: number }> {
    const kept: LinePort = {
      name: port.name,
      traffic: port.traffic,
      write: (text) => port.write(text),
      receive: (timeoutMs) => port.receive(timeoutMs),
      reopen: () => port.reopen(),
      close: () => Promise.resolve(),
    };
    const line = troubled(kept, { ...NO_MISCHIEF, ...plan });
    const target = await openLineTarget(
      'board',
      line,
      optionsOf({ line: { timeoutMs: 1500 } }),
      () => undefined,
    );
    try {
      const pump = await target.createTarget(SETUP);
      const digest = await shortRun(pump, UNTIL_TICK);
      const totals = target.line();
      if (totals === null) throw new Error('a board has a line');
      return { digest, line: totals, messages: line.messages() };
    } finally {
      await target.close();
    }
  }

  it('says hello, as its own kind of board, with the memory it has', { timeout: 120_000 }, async () => {
    const hello = await greetBoard({ exec: BINARY, coreHash: CORE, firmware });
    expect(hello).toMatchObject({ coreHash: CORE, board: 'LINUX' });
    expect(hello.freeVariables).toBeGreaterThan(500);
  });

  it('ends in the digest of the simulation', { timeout: 60_000 }, async () => {
    const { digest, line } = await runWith({});
    expect(digest).toEqual(expected);
    expect(line).toMatchObject({ retries: 0, lost: 0, broken: 0, refused: 0, stale: 0, reboots: 0 });
  });

  for (const trouble of ['lose', 'double', 'flip', 'late'] as const) {
    it(`${trouble}: messages in turn, ends in the same digest`, { timeout: 1_200_000 }, async () => {
      const calm = await runWith({});
      for (let message = 1; message <= calm.messages; message += STEP) {
        const { digest, line } = await runWith({ [trouble]: [message] });
        expect(digest, `message ${message}`).toEqual(expected);
        expect(line.reboots).toBe(0);
      }
    });
  }
});
