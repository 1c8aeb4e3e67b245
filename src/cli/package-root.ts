/** Where the package lies, whether it runs from `dist`, from its sources or out of `node_modules`. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** True where TypeScript runs as it is, during development. */
export const IS_FROM_SOURCE = import.meta.url.endsWith('.ts');

/** The nearest folder above this very code that is a package; code moves into chunks when it is built. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the package of this program has no package.json');
    folder = above;
  }
  return folder;
}

export function libraryFolder(): string {
  return join(packageRoot(), 'sim', 'scenarios');
}
