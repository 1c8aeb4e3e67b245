/** `thecal list`: what there is, from the tables that the program itself works with. */
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../exit-codes.ts';
import { listCommands } from '../list/commands.ts';
import { listFaults } from '../list/faults.ts';
import { listBoards, listPorts } from '../list/bench.ts';
import type { Lister, ListName, ListOptions } from '../list/listing.ts';
import { listAlarms, listScenarios, listSignals, listTargets } from '../list/tables.ts';
import { paintFor, printLines, widthOf } from '../terminal.ts';
import { UserError } from '../user-error.ts';

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

export async function listCommand(name: ListName, options: ListOptions): Promise<ExitCode> {
  if (options.ask === true && name !== 'boards') {
    throw new UserError(`--ask asks boards what runs on them: write "thecal list boards --ask", not ${name}`);
  }
  if (options.boards !== undefined && name !== 'boards' && name !== 'ports') {
    throw new UserError(
      `--boards names the boards file: it goes with "thecal list boards" and "thecal list ports", not ${name}`,
    );
  }
  const { rows, json, problem, lines } = await LISTERS[name](options);
  if (options.json === true) process.stdout.write(`${JSON.stringify(json ?? rows, null, 2)}\n`);
  else if (problem !== undefined) printLines(process.stderr, [problem]);
  else printLines(process.stdout, lines(paintFor(process.stdout), widthOf(process.stdout)));
  return problem === undefined ? PASSED : INFRASTRUCTURE;
}
