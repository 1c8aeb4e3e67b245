/** The bundled library of scenarios, for whoever enumerates it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT, projectPath } from './core-hash.ts';

export const LIBRARY = 'sim/scenarios';

/** Every scenario of the library, as a path below its folder with forward slashes, in order. */
export function libraryFiles(root: string = PROJECT_ROOT): string[] {
  const folder = join(root, LIBRARY);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => projectPath(join(entry.parentPath, entry.name), folder))
    .sort();
}
