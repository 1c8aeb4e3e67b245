/** Which program and which core this is: stamped in by the build, worked out where there was none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './package-root.ts';

declare const __THECAL_VERSION__: string | undefined;
declare const __CORE_HASH__: string | undefined;

export function productVersion(): string {
  if (typeof __THECAL_VERSION__ !== 'undefined') return __THECAL_VERSION__;
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** What runs this program, and all of the firmware that runs in this process. */
export function hostTools(): string {
  return `node ${process.versions.node}, v8 ${process.versions.v8}`;
}

/** SHA-256 over the sources of the firmware core. */
export async function coreHash(): Promise<string> {
  if (typeof __CORE_HASH__ !== 'undefined') return __CORE_HASH__;
  // From the sources, the script that stamps the build answers, so that there is one way to compute it.
  const script = pathToFileURL(join(packageRoot(), 'scripts', 'core-hash.ts')).href;
  const module = (await import(script)) as { coreHash(): string };
  return module.coreHash();
}
