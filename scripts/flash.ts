/** `npm run`-less door to `thecal board flash`, from the sources: `npx tsx scripts/flash.ts --port PATH`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from './core-hash.ts';

const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', join(PROJECT_ROOT, 'src/cli/main.ts'), 'board', 'flash', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
