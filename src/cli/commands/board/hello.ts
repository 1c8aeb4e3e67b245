/** `thecal board hello`: who is at the port, and does it carry the firmware of this program? */
import type { BoardHello } from '../../../../hal/espruino/connect.ts';
import { coreHash } from '../../build-info.ts';
import { BAD_INPUT, type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { lockstepFirmware } from '../../board-firmware.ts';
import { printLines } from '../../terminal.ts';

export interface HelloOptions {
  readonly port?: string;
  readonly exec?: string;
  readonly baud?: number;
  readonly json?: boolean;
}

export async function helloCommand(options: HelloOptions): Promise<ExitCode> {
  const { port, exec, baud } = options;
  if ((port === undefined) === (exec === undefined)) {
    printLines(process.stderr, [
      'name the board: --port PATH ("thecal list ports" shows them), or --exec PATH for an interpreter on this machine',
    ]);
    return BAD_INPUT;
  }
  const own = await coreHash();
  try {
    const { greetBoard } = await import('../../../../hal/espruino/board-target.ts');
    const hello = await greetBoard({ port, exec, baud, coreHash: own, firmware: lockstepFirmware });
    const isSame = hello.coreHash === own;
    const lines =
      options.json === true
        ? [JSON.stringify({ ...hello, hostCoreHash: own, isSameCore: isSame }, null, 2)]
        : helloLines(hello, own, isSame);
    printLines(process.stdout, lines);
    return isSame ? PASSED : INFRASTRUCTURE;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'InfrastructureError')) throw error;
    printLines(process.stderr, [error.message]);
    return INFRASTRUCTURE;
  }
}

function helloLines(
  { board, coreHash: hash, ...memory }: BoardHello,
  own: string,
  isSame: boolean,
): string[] {
  const free =
    memory.freeVariables < 0 ? 'not told' : `${memory.freeVariables} of ${memory.totalVariables} variables`;
  return [
    `board  ${board}`,
    `free   ${free}`,
    `core   ${hash}`,
    isSame ? 'the same core as in this program' : `this program has ${own}: flash the board again`,
  ];
}
