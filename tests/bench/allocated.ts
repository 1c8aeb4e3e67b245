/** What the firmware allocates, counted in a process of its own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Allocated {
  /** Bytes per executed tick. */
  readonly jumping: number;
  readonly ticking: number;
}

/** Room for all that is allocated meanwhile. */
const MEGABYTES = 128;

export function allocated(): Allocated {
  const room = [`--min-semi-space-size=${MEGABYTES}`, `--max-semi-space-size=${MEGABYTES}`];
  const file = join(import.meta.dirname, 'allocations.ts');
  const said = execFileSync(process.execPath, ['--expose-gc', ...room, '--import', 'tsx', file], {
    encoding: 'utf8',
  });
  return JSON.parse(said) as Allocated;
}
