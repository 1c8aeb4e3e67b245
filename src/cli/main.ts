/** The program `thecal`. Whatever happens ends here as an exit code and, for people, as words without a stack. */
import { CommanderError } from 'commander';
import { BytesError } from '../trace/bytes.ts';
import { diagnostics } from './diagnostics.ts';
import { BAD_INPUT, BUG, type ExitCode, INFRASTRUCTURE, INTERRUPTED, PASSED } from './exit-codes.ts';
import { createProgram, refuseUnknownCommand } from './program.ts';
import { SIGNALS } from './run/interruption.ts';
import { printLines, statusLine, watchPipes } from './terminal.ts';
import { MachineError, UserError } from './user-error.ts';

/** A bare `--realtime` has its factor left out, and must not take the next word for it. `-V` is as usual as `-v`. */
function normalised(words: readonly string[]): string[] {
  if (words[0] === '-V') return ['--version'];
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, index) => (word === '--realtime' && index < end ? '--realtime=1' : word));
}

async function main(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = PASSED;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    refuseUnknownCommand(program, words);
    await program.parseAsync(normalised(words), { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its own refusals by now; help and version are no refusal.
    if (error instanceof CommanderError) return error.exitCode === 0 ? PASSED : BAD_INPUT;
    if (error instanceof UserError) {
      printLines(process.stderr, error.lines);
      return BAD_INPUT;
    }
    if (error instanceof BytesError) {
      printLines(process.stderr, [
        `a trace holds what this version can't read: ${error.message}; "thecal trace cat TRACE" prints it up to there, and which version wrote it`,
      ]);
      return BAD_INPUT;
    }
    // Whatever opens a port or talks to a board says so under this name.
    if (error instanceof MachineError || (error instanceof Error && error.name === 'InfrastructureError')) {
      printLines(process.stderr, [error.message]);
      return INFRASTRUCTURE;
    }
    return await reportBug(error);
  }
}

async function reportBug(error: unknown): Promise<ExitCode> {
  const what = error instanceof Error ? error.message : String(error);
  printLines(process.stderr, [
    `thecal: a bug of ours: ${what.replace(/\s+/g, ' ')}; please report it with the command line you used (THECAL_LOG=debug shows more)`,
  ]);
  try {
    (await diagnostics()).debug({ err: error }, 'bug');
  } catch {
    // The report above has said it; a second bug on top of it must not go round in a circle.
  }
  return BUG;
}

/** Before these listen themselves, and while they write. The other verbs are short, and die of a signal as is usual. */
function listenEarly(verb: string): void {
  if (!['run', 'report', 'replay'].includes(verb)) return;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      statusLine.erase();
      printLines(process.stderr, ['interrupted']);
      process.exit(INTERRUPTED);
    });
  }
}

listenEarly(process.argv[2] ?? '');
watchPipes();
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => void reportBug(error).then((code) => process.exit(code)));
}
process.exitCode = await main(process.argv.slice(2));
