/** `thecal trace ...`: verbs, options, help. */
import type { Command } from 'commander';
import type { ExitCode } from '../../exit-codes.ts';
import { moment } from '../../traces/moment.ts';
import type { CatOptions } from './cat.ts';

const CAT_EXAMPLES = `
Examples:
  thecal trace cat kink.trace                                  everything, a line each
  thecal trace cat kink.trace --since "2 d" --until "2 d 1 h"  an hour of it
  thecal trace cat kink.trace --only raise,clear,permission    those kinds alone
  thecal trace cat kink.trace | grep -v ' stroke '             lines begin with their tick
  thecal trace cat kink.trace --json | jq .tick                JSON lines
  thecal trace cat board.trace --line --since 173089           what was said to a board, and what it said

Kinds are the words behind the tick; docs/trace.md lists them. A time is written as in
scenarios, or as a tick: 172943.
Of a trace that was altered, --until prints what stands before that.
Exit codes: 0 printed   2 no trace, or not as it was written
`;

const VERIFY_EXAMPLES = `
Examples:
  thecal trace verify kink.trace        is every byte as it was written?
  thecal trace verify night/*.trace     the same of many
  thecal trace verify kink.trace --json for programs

What was altered is told by its block, the ticks in it, and its bytes in the file.
Exit codes: 0 whole   1 altered   2 no trace   4 as written, and without an end
`;

export function addTrace(program: Command, onExit: (code: ExitCode) => void): void {
  const trace = program.command('trace').description('print a trace, or prove that it is as it was written');
  trace
    .command('cat')
    .description('a trace as text, one line for everything that happened')
    .argument('<trace>', 'a trace, from `thecal run --trace`')
    .option('--since <time>', 'from this moment on', moment)
    .option('--until <time>', 'up to this moment', moment)
    .option('--only <kinds>', 'only lines of these kinds, with commas between')
    .option('--line', 'instead, what went over the line to the board')
    .option('--json', 'one JSON value a line')
    .addHelpText('after', CAT_EXAMPLES)
    .action(async (path: string, options: CatOptions) => {
      const { catCommand } = await import('./cat.ts');
      onExit(await catCommand(path, options));
    });
  trace
    .command('verify')
    .description('prove every byte of traces against the chain of digests in them')
    .argument('<traces...>', 'traces, from `thecal run --trace`')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', VERIFY_EXAMPLES)
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { verifyCommand } = await import('./verify.ts');
      onExit(verifyCommand(paths, options));
    });
  for (const command of trace.commands) {
    command.showHelpAfterError(`(try thecal trace ${command.name()} --help)`);
  }
}
