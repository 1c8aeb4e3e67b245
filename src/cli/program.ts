/** The command line: verbs, options, help. What a verb does is loaded when it is asked for. */
import { Command, InvalidArgumentError } from 'commander';
import { productVersion } from './build-info.ts';
import type { RunCommandOptions } from './commands/run.ts';
import type { ExitCode } from './exit-codes.ts';

const MAX_SEED = 4_294_967_295;

/** `onExit` is told how a command ended; commander itself has no place for it. */
export function createProgram(onExit: (code: ExitCode) => void): Command {
  const program = new Command('thecal')
    .description(
      'An implantable intrathecal baclofen pump as software: run fault scenarios against its firmware.',
    )
    .version(productVersion(), '--version', 'print the version')
    .exitOverride()
    .helpOption('--help', 'show this help');

  program
    .command('run')
    .description('run scenarios (default: the bundled library) on a target')
    .argument('[paths...]', 'scenario files, or folders searched for *.yaml and *.yml')
    .option('--target <name>', 'what runs the firmware', 'sim')
    .option(
      '--tick-by-tick',
      'execute every tick instead of jumping from event to event: the same result, slower',
    )
    .option(
      '--realtime <factor>',
      'as fast as a clock, or FACTOR times that fast; write --realtime=FACTOR',
      factor,
    )
    .option('--seed <n>', "in place of each scenario's own seed", wholeNumber(0, MAX_SEED))
    .option('--jobs <n>', 'scenarios side by side (default: one for each processor)', wholeNumber(1, 256))
    .option('--json <file>', 'write the result as JSON; - is standard output')
    .option('--junit <file>', 'write the result as JUnit XML')
    .option('--trace <path>', 'write the trace to a file, or of several scenarios into a folder')
    .option('--filter <text>', 'only scenarios with this in their name or path')
    .action(async (paths: string[], options: RunCommandOptions) => {
      const { runCommand } = await import('./commands/run.ts');
      onExit(await runCommand(paths, options));
    });
  return program;
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function factor(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 1e6) {
    throw new InvalidArgumentError('Write a number above 0, such as 60 for a minute a second.');
  }
  return value;
}
