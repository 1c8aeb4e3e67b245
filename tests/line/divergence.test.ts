/** A board whose firmware differs is found at the very wake, and the difference has a name. */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { SETUP } from '../canaries/checks.ts';
import { CORE, openBench, shortRun } from './bench.ts';

/** The board's bundle with one line of its core changed, and the hash of the sound one. */
async function planted(file: string, from: string, to: string): Promise<string> {
  const path = join(PROJECT_ROOT, file);
  const sound = readFileSync(path, 'utf8');
  if (!sound.includes(from)) throw new Error(`${file} holds no "${from}"`);
  const result = await build({
    entryPoints: [join(PROJECT_ROOT, 'hal/espruino/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2015',
    define: { __CORE_HASH__: JSON.stringify(CORE) },
    plugins: [
      {
        name: 'planted',
        setup(on) {
          on.onLoad({ filter: /[.]ts$/ }, (args) =>
            args.path === path ? { contents: sound.replace(from, to), loader: 'ts' } : null,
          );
        },
      },
    ],
  });
  return result.outputFiles[0]!.text;
}

async function runOn(code: string): Promise<void> {
  const bench = await openBench({ code });
  try {
    await shortRun(
      await bench.createTarget({
        ...SETUP,
        therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
      }),
    );
  } finally {
    await bench.close();
  }
}

/** Stroke k falls in tick 72k - 1, and a stop from 500 to 900 pushes all after it back. */
describe('a board with another firmware than it says', () => {
  it('one stroke too many at stroke 4 is found in its tick, by its field [SR-SW-2]', async () => {
    const code = await planted(
      'src/core/motor.ts',
      'motor.requested += 1;',
      'motor.requested += motor.requested === 3 ? 2 : 1;',
    );
    await expect(runOn(code)).rejects.toMatchObject({
      name: 'DivergenceError',
      message: expect.stringMatching(
        /^board and host differ at tick 287; first field .*motor\.requested: host 4, board 5\n/,
      ) as string,
    });
  });

  it('a wake too early is found where the board wants it', async () => {
    const code = await planted(
      'src/core/tick.ts',
      'const now = pump.nowTick;\n  const isMidRepair',
      'const now = pump.nowTick;\n  if (now > 287 && now < 311) return 310;\n  const isMidRepair',
    );
    await expect(runOn(code)).rejects.toMatchObject({
      name: 'DivergenceError',
      message: expect.stringContaining('the board has something to do at tick 310') as string,
    });
  });

  it('an assertion on the board alone is a difference', async () => {
    const code = await planted(
      'src/core/motor.ts',
      'motor.requested += 1;',
      'motor.requested += 1; if (motor.requested === 9) throw new Error("assertion: planted");',
    );
    await expect(runOn(code)).rejects.toMatchObject({
      name: 'DivergenceError',
      message: expect.stringContaining('ended in an assertion') as string,
    });
  });

  it('another core is refused at hello, with both hashes [SR-SW-3]', async () => {
    const bench = openBench({ options: { coreHash: 'f00d' } });
    await expect(bench).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringMatching(
        new RegExp(`carries core ${CORE}, this host f00d; flash the board again`),
      ) as string,
    });
  });

  it('a board without firmware says how to get it', async () => {
    await expect(openBench({ code: '' })).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringContaining('thecal board flash') as string,
    });
  });
});
