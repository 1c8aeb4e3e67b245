/** `thecal list`: what there is, from the tables that the program itself works with. */
import { type ExitCode, PASSED } from '../exit-codes.ts';
import { listCommands } from '../list/commands.ts';
import { listFaults } from '../list/faults.ts';
import type { Lister, ListName } from '../list/listing.ts';
import {
  listAlarms,
  listBoards,
  listPorts,
  listScenarios,
  listSignals,
  listTargets,
} from '../list/tables.ts';
import { paintFor, printLines } from '../terminal.ts';

const LISTERS: Readonly<Record<ListName, Lister>> = {
  scenarios: listScenarios,
  faults: listFaults,
  alarms: listAlarms,
  signals: listSignals,
  commands: listCommands,
  targets: listTargets,
  ports: listPorts,
  boards: listBoards,
};

export async function listCommand(name: ListName, options: { readonly json?: boolean }): Promise<ExitCode> {
  const { rows, lines } = await LISTERS[name]();
  if (options.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else printLines(process.stdout, lines(paintFor(process.stdout)));
  return PASSED;
}
