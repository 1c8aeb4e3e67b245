import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeLock, missingFromLock } from '../../scripts/complete-lock.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';

const text = readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8');

describe('the lock file', () => {
  it('holds the packages of every platform, else `npm ci` refuses it: npx tsx scripts/complete-lock.ts', () => {
    const lock = JSON.parse(text) as Parameters<typeof missingFromLock>[0];
    expect(missingFromLock(lock).map(({ name }) => name)).toEqual([]);
  });

  it('names no registry, so that everybody installs from their own', () => {
    expect(text).not.toContain('"resolved"');
  });

  it('is completed from what the names say', () => {
    const lock = {
      packages: {
        'node_modules/tool': {
          version: '1.2.3',
          dev: true,
          optionalDependencies: { '@tool/cli-linux-x64-musl': '1.2.3', '@tool/cli-win32-arm64': '1.2.3' },
        },
        'node_modules/@tool/cli-win32-arm64': { version: '1.2.3' },
      },
    };
    expect(completeLock(lock)).toEqual(['@tool/cli-linux-x64-musl@1.2.3']);
    expect(lock.packages).toHaveProperty(['node_modules/@tool/cli-linux-x64-musl'], {
      version: '1.2.3',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    expect(missingFromLock(lock)).toEqual([]);
  });
});
