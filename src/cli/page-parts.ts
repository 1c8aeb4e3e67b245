/** Script and style of a page with pictures: as built, or from the sources by the script that builds them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { PageParts } from '../report/html.ts';
import { IS_FROM_SOURCE, packageRoot } from './package-root.ts';
import { UserError } from './user-error.ts';

export async function pageParts(): Promise<PageParts> {
  const pack = (bytes: Uint8Array): string => deflateRawSync(bytes, { level: 9 }).toString('base64');
  if (IS_FROM_SOURCE) {
    const module = pathToFileURL(join(packageRoot(), 'scripts', 'bundle-page.ts')).href;
    const { bundlePage } = (await import(module)) as {
      bundlePage(): Promise<{ readonly script: string; readonly style: string }>;
    };
    return { ...(await bundlePage()), pack };
  }
  return { script: built('page.js'), style: built('page.css'), pack };
}

function built(name: string): string {
  const file = join(packageRoot(), 'dist', name);
  if (!existsSync(file))
    throw new UserError(`${file} is missing: build the program again with "npm run build"`);
  return readFileSync(file, 'utf8');
}
