/** The firmware for boards: as built, or from the sources by the script that builds it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IS_FROM_SOURCE, packageRoot } from './package-root.ts';
import { UserError } from './user-error.ts';

export async function lockstepFirmware(): Promise<string> {
  if (IS_FROM_SOURCE) {
    const script = pathToFileURL(join(packageRoot(), 'scripts', 'bundle-board.ts')).href;
    const { bundleBoard } = (await import(script)) as { bundleBoard(): Promise<{ code: string }> };
    return (await bundleBoard()).code;
  }
  const file = join(packageRoot(), 'dist', 'board.js');
  if (!existsSync(file))
    throw new UserError(`${file} is missing: build the program again with "npm run build"`);
  return readFileSync(file, 'latin1');
}

/** What a thread of a virtual board starts with. */
export function boardThreadFile(): string {
  return join(packageRoot(), IS_FROM_SOURCE ? 'hal/virtual/worker.ts' : 'dist/virtual-board.js');
}
