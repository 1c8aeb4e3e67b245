/**
 * The hash of the firmware core. It names "the very same core" in traces, in results and in a board's hello.
 *
 * SHA-256 over the sorted relative paths and the contents of every source file in `src/core`; line ends are
 * normalised, so that a checkout with other line ends is still the same core.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const PROJECT_ROOT = resolve(fileURLToPath(import.meta.url), '../..');

/** Every TypeScript file under `directory`, as absolute paths in code-unit order of the part below `root`. */
export function sourceFiles(directory: string, root: string = PROJECT_ROOT): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => (projectPath(a, root) < projectPath(b, root) ? -1 : 1));
}

/** A path as the project writes it: relative to its root, with forward slashes on every system. */
export function projectPath(file: string, root: string = PROJECT_ROOT): string {
  return relative(root, file).split(sep).join('/');
}

export function coreHash(root: string = PROJECT_ROOT): string {
  const files = sourceFiles(join(root, 'src/core'), root);
  if (files.length === 0) throw new Error('src/core holds no source files, so there is no core to hash');
  const hash = createHash('sha256');
  for (const file of files) {
    const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${projectPath(file, root)}\0${Buffer.byteLength(text)}\0${text}`);
  }
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(coreHash());
