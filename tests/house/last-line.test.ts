import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { lastLine } from '../../scripts/last-line-reporter.ts';

/** What a test run of its own, over these files, prints at its end. */
function endOfRun(files: Readonly<Record<string, string>>): { status: number | null; lines: string[] } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'thecal-last-line-')));
  try {
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
    const reporters = ['default', join(PROJECT_ROOT, 'scripts/last-line-reporter.ts')];
    writeFileSync(
      join(root, 'vitest.config.mjs'),
      `export default { test: { reporters: ${JSON.stringify(reporters)} } };`,
    );
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(root, name), `import { expect, it } from 'vitest';\n${text}\n`);
    }
    const env = { ...process.env, NO_COLOR: '1' };
    for (const name of Object.keys(env))
      if (/^(VITEST|THECAL_|FORCE_COLOR|NODE_OPTIONS)/.test(name)) Reflect.deleteProperty(env, name);
    const vitest = join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', root], {
      encoding: 'utf8',
      env,
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('the last line of a test run', () => {
  it('counts in words, and speaks of skipped tests only when there are any', () => {
    expect(lastLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('follows the skipped tests and their reasons', () => {
    const { status, lines } = endOfRun({
      'a.test.js': "it('holds', () => expect(1).toBe(1));\nit('waits', (t) => t.skip('no board at hand'));",
      'b.test.js': "it('holds too', () => expect(1).toBe(1));",
    });
    expect(lines.slice(-2)).toEqual([
      'skipped: a.test.js > waits: no board at hand',
      '2 passed, 0 failed, 1 skipped',
    ]);
    expect(status).toBe(0);
  });

  it('counts what failed without a test: a file that does not load, and an error nobody caught', () => {
    const { status, lines } = endOfRun({
      'a.test.js': "throw new Error('does not load');",
      'b.test.js': "it('holds', () => { Promise.reject(new Error('nobody caught')); });",
      'c.test.js': "it('fails', () => expect(1).toBe(2));",
    });
    expect(lines.at(-1)).toBe('1 passed, 3 failed');
    expect(status).toBe(1);
  });
});
