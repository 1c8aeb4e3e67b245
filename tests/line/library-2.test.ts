/** Half of the library on the virtual board, over its pseudo-terminal. */
import { join } from 'node:path';
import { openVirtualTarget } from '../../hal/virtual/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { optionsOf } from './bench.ts';
import { libraryIsEqualOn } from './library.ts';

const boardThread = join(PROJECT_ROOT, 'hal/virtual/worker.ts');
libraryIsEqualOn(() => openVirtualTarget(optionsOf({ boardThread, line: {} })), 1, 2);
