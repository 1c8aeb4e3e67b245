/** The library on a build of the real interpreter, named by ESPRUINO_BIN, behind a pseudo-terminal. */
import { it } from 'vitest';
import { openBoardTarget } from '../../hal/espruino/board-target.ts';
import { optionsOf } from './bench.ts';
import { libraryIsEqualOn } from './library.ts';

const exec = process.env['ESPRUINO_BIN'] ?? '';

if (exec === '') {
  it('is equal on the real interpreter', ({ skip }) => {
    skip('ESPRUINO_BIN names no build of the interpreter');
  });
} else {
  libraryIsEqualOn(() => openBoardTarget(optionsOf({ exec, line: {} })), 0, 1);
}
