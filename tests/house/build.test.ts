import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildProduct } from '../../scripts/build.ts';
import { coreHash, PROJECT_ROOT } from '../../scripts/core-hash.ts';

let root = '';

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'thecal-build-')));
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
  write('package.json', '{ "version": "1.2.3", "type": "module" }');
  write('src/core/time.ts', 'export const TICK_MS = 1000;\n');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the build', () => {
  it('makes one file that starts, with version and core hash in it and heavy packages loaded when asked for', async () => {
    write(
      'src/cli/main.ts',
      `import { Command } from 'commander';
       import pino from 'pino';
       declare const __THECAL_VERSION__: string, __CORE_HASH__: string;
       new Command().argument('<word>').action(async (word) => {
         pino({ level: 'silent' }).info('nothing');
         const { z } = await import('zod');
         const { SerialPort } = await import('serialport');
         const { Piscina } = await import('piscina');
         console.log(z.string().parse(word), __THECAL_VERSION__, __CORE_HASH__, typeof SerialPort, typeof Piscina);
       }).parseAsync();`,
    );
    write('src/cli/worker.ts', 'export default (job: { n: number }) => job.n + 1;\n');
    const built = await buildProduct(root);
    expect(built).toEqual([join(root, 'dist/thecal.js'), join(root, 'dist/worker.js')]);

    const program = join(root, 'dist/thecal.js');
    expect(statSync(program).mode & 0o111).toBe(0o111);
    expect(execFileSync(program, ['hello'], { encoding: 'utf8' })).toBe(
      `hello 1.2.3 ${coreHash(root)} function function\n`,
    );
    const chunks = readdirSync(join(root, 'dist/chunks'));
    const zod = chunks.reduce(
      (most, file) => Math.max(most, statSync(join(root, 'dist/chunks', file)).size),
      0,
    );
    expect(statSync(program).size).toBeLessThan(zod);
  });

  it('keeps the first line of a main file that brings its own', async () => {
    write('src/cli/main.ts', "#!/usr/bin/env node\nconsole.log('started');\n");
    await buildProduct(root);
    expect(execFileSync(join(root, 'dist/thecal.js'), { encoding: 'utf8' })).toBe('started\n');
  });

  it('fails when there is nothing to build', async () => {
    await expect(buildProduct(root)).rejects.toThrow('src/cli/main.ts is missing: there is nothing to build');
  });
});

describe('the core hash', () => {
  it('changes with a content, a name and a new file, and not with line ends [SR-SW-3]', () => {
    const before = coreHash(root);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    write('src/core/time.ts', 'export const TICK_MS = 1000;\r\n');
    expect(coreHash(root)).toBe(before);
    write('src/core/time.ts', 'export const TICK_MS = 1001;\n');
    const changed = coreHash(root);
    write('src/core/detection/stall.ts', '');
    const added = coreHash(root);
    rmSync(join(root, 'src/core/detection/stall.ts'));
    write('src/core/detection/stalled.ts', '');
    expect(new Set([before, changed, added, coreHash(root)]).size).toBe(4);
  });

  it('refuses to name a core that is not there', () => {
    rmSync(join(root, 'src/core/time.ts'));
    expect(() => coreHash(root)).toThrow('src/core holds no source files');
  });
});
