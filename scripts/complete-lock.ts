/**
 * Completes package-lock.json with the platform packages that npm left out of it.
 *
 * npm drops the builds for other systems from a lock file when the registry at hand does not carry them, and then
 * `npm ci` refuses that very file. Their names say which system and processor they are for, and their parents pin
 * their versions, so the entries can be written without asking any registry. Run it after a change of packages.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from './core-hash.ts';

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly optional?: boolean;
}

interface Lock {
  packages: Record<string, LockEntry>;
}

const SYSTEMS = [
  'android',
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

/** Does Node find `name` from the package at `path`, going up one `node_modules` after the other? */
function isFound(lock: Lock, path: string, name: string): boolean {
  const parts = path === '' ? [] : path.split(/\/(?=node_modules\/)/);
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const place = [...parts.slice(0, depth), `node_modules/${name}`].join('/');
    if (lock.packages[place] !== undefined) return true;
  }
  return false;
}

/** Names of the optional packages that some package asks for and the lock file does not hold. */
export function missingFromLock(lock: Lock): { name: string; version: string; parent: LockEntry }[] {
  const missing = [];
  for (const [path, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (!isFound(lock, path, name)) missing.push({ name, version, parent });
    }
  }
  return missing;
}

function platformEntry(name: string, version: string, parent: LockEntry): LockEntry {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = SYSTEMS.find((one) => words.includes(one));
  const cpu = PROCESSORS.find((one) => words.includes(one));
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(
      `${name}@${version} is missing from the lock file, and its name does not tell its platform`,
    );
  }
  const musl = words.some((word) => word.startsWith('musl'));
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === undefined ? {} : { dev: parent.dev }),
    ...(os === 'linux' ? { libc: [musl ? 'musl' : 'glibc'] } : {}),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    os: [os],
    ...(parent.engines === undefined ? {} : { engines: parent.engines }),
  };
}

export function completeLock(lock: Lock): string[] {
  const missing = missingFromLock(lock);
  for (const { name, version, parent } of missing) {
    lock.packages[`node_modules/${name}`] = platformEntry(name, version, parent);
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  return missing.map(({ name, version }) => `${name}@${version}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = join(PROJECT_ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  for (const added of completeLock(lock)) console.log(`added ${added}`);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
