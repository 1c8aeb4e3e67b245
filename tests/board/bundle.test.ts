import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import crc32 from 'crc-32';
import { beforeAll, describe, expect, it } from 'vitest';
import { BOARD_TYPES, fitOf, VARIABLES_NEEDED } from '../../hal/espruino/board-table.ts';
import {
  type BoardBundle,
  type BoardBundleName,
  bundleBoard,
  checkInputs,
  measureBundle,
  recordedVariables,
} from '../../scripts/bundle-board.ts';
import { coreHash, PROJECT_ROOT, projectPath, sourceFiles } from '../../scripts/core-hash.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';
const NAMES = ['lockstep', 'freeRunning'] as const;

describe('the board bundle', () => {
  const bundles = {} as Record<BoardBundleName, BoardBundle>;

  beforeAll(async () => {
    for (const name of NAMES) bundles[name] = await bundleBoard(name);
  });

  it('carries the hash of the core, in ASCII and without a byte that a console takes for an order', () => {
    for (const name of NAMES) {
      const { code } = bundles[name];
      expect(code).toContain(coreHash());
      expect(/^[\x20-\x7e\n]*$/.test(code)).toBe(true);
      // In the flash storage of a Pico: one copy, with its small files.
      expect(code.length).toBeLessThan(40_000);
    }
  });

  it('holds every file of the core that holds code, and nothing foreign', () => {
    const core = sourceFiles(join(PROJECT_ROOT, 'src/core')).map((file) => projectPath(file));
    const { inputs } = bundles.lockstep;
    expect(core.filter((file) => !inputs.includes(file))).toEqual([
      'src/core/calm.ts',
      'src/core/quiet-ticks.ts',
      'src/core/state.ts',
      'src/core/summed-words.ts',
      'src/core/therapy.ts',
    ]);
    expect(checkInputs([...inputs, 'hal/espruino/target.ts'])).toEqual([
      'hal/espruino/target.ts is no board file and would land on the board: pass it in instead',
    ]);
    expect(checkInputs(inputs.filter((file) => file !== 'src/core/dosing.ts'))).toEqual([
      'src/core/dosing.ts is firmware and would not be on the board: import it, or delete it',
    ]);
  });

  it('keeps the names that others call by, and shortens the firmware its own', () => {
    const { code } = bundles.lockstep;
    for (const kept of ['thecal', 'serve', 'core', 'CRC32', 'setConsole', 'memory'])
      expect(code).toContain(kept);
    for (const gone of ['confirmedCount', 'isAcknowledged', 'computedDosePg'])
      expect(code).not.toContain(gone);
  });

  it('answers a greeting', () => {
    const E = { CRC32: (text: string) => crc32.str(text) >>> 0 };
    const hello = `hello,1,${(E.CRC32('hello,1') & 65535).toString(16)}`;
    const board = { env: { BOARD: 'TEST' }, memory: () => ({ free: 1, total: 2 }) };
    const said = runInNewContext(`${bundles.lockstep.code};thecal(${JSON.stringify(hello)})`, {
      E,
      process: board,
    }) as string;
    expect(said).toMatch(new RegExp(`^hello,1,\\d+,${coreHash()},TEST,1,2,[0-9a-f]+$`));
  });

  it('has a record of what it takes, within what the uploader asks of a board', () => {
    expect(existsSync(join(PROJECT_ROOT, 'docs/board.md'))).toBe(true);
    for (const name of NAMES) {
      const recorded = recordedVariables(name);
      expect(recorded, name).not.toBeNull();
      expect(recorded).toBeLessThanOrEqual(VARIABLES_NEEDED[name]);
      expect(recorded).toBeGreaterThan(VARIABLES_NEEDED[name] - 300);
      // The reference board.
      expect(VARIABLES_NEEDED[name]).toBeLessThanOrEqual(3500);
    }
  });

  it('is judged for each board in the docs as the table does', () => {
    const docs = readFileSync(join(PROJECT_ROOT, 'docs/board.md'), 'utf8');
    for (const board of BOARD_TYPES) expect(docs, board.name).toContain(`| ${board.name} |`);
    const pico = BOARD_TYPES.find(({ name }) => name === 'Pico')!;
    for (const name of NAMES) {
      expect(fitOf(pico, bundles[name].code.length, VARIABLES_NEEDED[name])).toMatchObject({
        fitsVariables: true,
        copies: 1,
      });
    }
  });

  it('takes no more in the real interpreter than the uploader asks of a board', (test) => {
    if (BINARY === '') test.skip('ESPRUINO_BIN names no build of the interpreter');
    for (const name of NAMES) {
      const memory = measureBundle(BINARY, bundles[name].code, name, 200);
      expect(memory.afterWakes, name).toBeLessThanOrEqual(VARIABLES_NEEDED[name]);
      // Nothing grows with the wakes but what the first of them bring.
      expect(memory.afterWakes - memory.setUp).toBeLessThan(60);
    }
  }, 180_000);
});
