/** `thecal board hello`: who is at the port, and does it carry the firmware of this program? */
import type { BoardHello } from '../../../../hal/espruino/connect.ts';
import { openingText } from '../../boards/opening.ts';
import type { PlaceOptions } from '../../boards/options.ts';
import { choosePlace, locate } from '../../boards/place.ts';
import { coreHash } from '../../build-info.ts';
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { lockstepFirmware } from '../../board-firmware.ts';
import { printLines, statusLine } from '../../terminal.ts';

export interface HelloOptions extends PlaceOptions {
  readonly json?: boolean;
}

export async function helloCommand(options: HelloOptions): Promise<ExitCode> {
  const chosen = await choosePlace(options);
  const place = await locate(chosen);
  const own = await coreHash();
  const { greetBoard } = await import('../../../../hal/espruino/board-target.ts');
  statusLine.draw(openingText(chosen));
  let hello: BoardHello;
  try {
    hello = await greetBoard({ ...place, coreHash: own, firmware: lockstepFirmware });
  } finally {
    statusLine.erase();
  }
  const isSame = hello.coreHash === own;
  const lines =
    options.json === true
      ? [JSON.stringify({ ...hello, hostCoreHash: own, isSameCore: isSame }, null, 2)]
      : helloLines(hello, own, isSame);
  printLines(process.stdout, lines);
  return isSame ? PASSED : INFRASTRUCTURE;
}

function helloLines(
  { board, coreHash: hash, ...memory }: BoardHello,
  own: string,
  isSame: boolean,
): string[] {
  const free =
    memory.freeVariables === null
      ? 'not told'
      : `${memory.freeVariables} of ${memory.totalVariables} variables`;
  return [
    `board  ${board}`,
    `free   ${free}`,
    `core   ${hash}`,
    isSame ? 'the same core as in this program' : `this program has ${own}: flash the board again`,
  ];
}
