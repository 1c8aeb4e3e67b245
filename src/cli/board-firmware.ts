/** The firmware for boards: as built, or from the sources by the script that builds it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { coreHash } from './build-info.ts';
import { IS_FROM_SOURCE, packageRoot } from './package-root.ts';
import { UserError } from './user-error.ts';

/** `coreHash` is that of the core in it: on a board that says another, it is not what runs there. */
export interface BoardFirmware {
  readonly code: string;
  readonly coreHash: string;
}

export async function boardFirmware(name: 'lockstep' | 'freeRunning'): Promise<BoardFirmware> {
  if (IS_FROM_SOURCE) {
    const script = pathToFileURL(join(packageRoot(), 'scripts', 'bundle-board.ts')).href;
    const { bundleBoard } = (await import(script)) as {
      bundleBoard(of: typeof name): Promise<BoardFirmware>;
    };
    return await bundleBoard(name);
  }
  const file = join(packageRoot(), 'dist', name === 'lockstep' ? 'board.js' : 'board-free.js');
  if (!existsSync(file))
    throw new UserError(`${file} is missing: build the program again with "npm run build"`);
  return { code: readFileSync(file, 'latin1'), coreHash: await coreHash() };
}

export async function lockstepFirmware(): Promise<string> {
  return (await boardFirmware('lockstep')).code;
}

/** What a thread of a virtual board starts with. */
export function boardThreadFile(): string {
  return join(packageRoot(), IS_FROM_SOURCE ? 'hal/virtual/worker.ts' : 'dist/virtual-board.js');
}
