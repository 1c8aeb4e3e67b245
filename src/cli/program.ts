/** The command line: verbs, options, help. What a verb does is loaded when it is asked for. */
import { Argument, Command, InvalidArgumentError, type Option } from 'commander';
import { nearest, unknownWord } from '../scenario/nearest.ts';
import { productVersion } from './build-info.ts';
import { addBoardsOption, addPlaceOptions } from './boards/options.ts';
import { duration } from './duration.ts';
import { addBoard } from './commands/board/add-board.ts';
import type { InspectOptions } from './commands/inspect.ts';
import { addReport } from './commands/report/add-report.ts';
import { addTrace } from './commands/trace/add-trace.ts';
import type { ProgramOptions } from './commands/programmer.ts';
import type { RunCommandOptions } from './commands/run.ts';
import { moment } from './traces/moment.ts';
import type { ExitCode } from './exit-codes.ts';
import { LIST_NAMES, type ListName, type ListOptions } from './list/listing.ts';

const MAX_SEED = 4_294_967_295;
const MAX_JOBS = 256;
const MAX_FACTOR = 1_000_000;
const MAX_STEPS = 1_000_000;

const EXIT_CODES = `
Exit codes:
  0    passed
  1    an expectation failed
  2    bad input, nothing was run
  3    infrastructure: a port, a board, or an output that could not be written
  4    inconclusive: a fault never fired, something could not be observed
  70   a bug of ours
  130  interrupted
  Of several, the first of 130, 70, 2, 1, 3, 4, 0.

A test and teaching tool, not a medical device.`;

/** `onExit` is told how a command ended; commander itself has no place for it. */
export function createProgram(onExit: (code: ExitCode) => void): Command {
  const program = new Command('thecal')
    .description(
      'A simulated implantable intrathecal baclofen pump: runs fault scenarios against its firmware, with verdicts and evidence.',
    )
    .usage('COMMAND [options]')
    .version(productVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ optionTerm })
    .exitOverride()
    .showHelpAfterError('(try thecal --help)')
    .addHelpText('after', EXAMPLES.thecal + EXIT_CODES);
  addRun(program, onExit);
  addCheck(program, onExit);
  addList(program, onExit);
  addProgrammer(program, onExit);
  addReport(program, onExit);
  addTrace(program, onExit);
  addReplay(program, onExit);
  addDiff(program, onExit);
  addInspect(program, onExit);
  addBoard(program, onExit);
  for (const command of program.commands) {
    command.showHelpAfterError(`(try thecal ${command.name()} --help)`);
  }
  return program;
}

/** A value that may be left out follows its option directly, or it could not be told from a path. */
function optionTerm({ flags }: Option): string {
  return flags.replace(/ \[(\w+)\]$/, (_, value: string) => `[=${value.toUpperCase()}]`);
}

/** Commander answers `nothing --help` and `help nothing` with the help for everything, as if all was well. */
export function refuseUnknownCommand(program: Command, words: readonly string[]): void {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const asked = first === 'help' ? second : first;
  const known = program.commands.map((command) => command.name());
  if (asked === undefined || known.includes(asked) || asked === 'help') return;
  const near = nearest(asked, known);
  const hint = near === null ? ';' : `; did you mean ${near}?`;
  program.error(`error: '${asked}' is unknown${hint} there are ${known.join(', ')}`);
}

const EXAMPLES = {
  thecal: `
Examples:
  thecal run                                   the bundled library
  thecal run my-scenario.yaml --json out.json  one scenario, its result as JSON
  thecal replay kink.trace                     a recorded run, run again and compared
  thecal check scenarios/                      every problem of every file, nothing run
  thecal list faults                           what can break, and its options
`,
  run: `
Examples:
  thecal run                                        the bundled library
  thecal run --filter occlusion                     those of it about occlusions
  thecal run night/ --jobs 4 --junit night.xml      a folder, for CI
  thecal run kink.yaml --seed 3 --trace kink.trace  another seed, with a trace
  thecal run kink.yaml --html kink.html             charts of what happened, to look at in a browser
  thecal run kink.yaml --vcd kink.vcd               waveforms, for GTKWave or Surfer
  thecal run kink.yaml --json - | jq .summary       standard output holds JSON alone
  thecal run --fork life.trace --at "3 y 41 d" kink.yaml --trace what-if.trace
                                                    what if there had been a kink on that day
  thecal run kink.yaml --realtime=60                a simulated minute each second
  thecal run --target virtual                       the firmware on a virtual board, in another engine
  thecal run --target board --port /dev/ttyACM0     the firmware on a board, the world here
  thecal run --target board --board pico            on the board that thecal.boards.yaml calls pico
  thecal run --target board --fixture pressure-rig  on whichever board there has that wired to it

A trace of several scenarios goes into a folder, one file each; the run without
faults, where a scenario asks for one, lies beside it as NAME.control.
THECAL_LOG=debug prints diagnostics, NO_COLOR=1 leaves out colours.
${EXIT_CODES}`,
  program: `
Examples:
  thecal program                                              a prompt; help lists the commands
  thecal program status                                       one look
  thecal program "set dose 320 ug/day" review commit status   in a row; it ends where one is refused
  thecal program --confirm "set group adult-spinal" "set dose 450 ug/day" commit
                                                              a soft limit is met, named and taken
  thecal program --scenario kink.yaml --json prescription     that scenario's pump, for programs
  echo "status" | thecal program                              commands from a file or a pipe
  thecal program --port /dev/ttyACM0 status                   the pump that runs on that board

A board needs the free-running firmware; its pump goes on, whatever happens here. It answers
once a second: "status", with its forecasts, takes some seconds, of a therapy of several rates
about twenty.
Exit codes: 0 all taken   1 the pump refused one   2 words that mean nothing   3 port or pump lost
`,
  check: `
Examples:
  thecal check kink.yaml       file:line:column of every problem
  thecal check night/ --json   the same for programs
`,
  replay: `
Examples:
  thecal replay kink.trace          the same again, by this program and its firmware?
  thecal replay kink.trace --json   for programs

The scenario and the seed in the trace are run in this process, whatever target they
ran on. If this is not the version or firmware that recorded it, that is said first.
Of a run on a board its answers are played to the host again, without the board, and
held to what this firmware would have answered.
Exit codes: 0 identical   1 differs   2 no trace, or not as it was written
            4 identical as far as the recording goes, and it breaks off
`,
  inspect: `
Examples:
  thecal inspect life.trace --at "3 y 41 d 6 h 15 min"        everything as it was then
  thecal inspect kink.trace --until alarm:occlusion           where that alarm is raised first
  thecal inspect kink.trace --until fault:kink --step 3       three events after the fault
  thecal inspect kink.trace --at 173089 --back 1              the event before
  thecal inspect kink.trace --until raise --json | jq .fields for programs
  thecal inspect kink.trace --walk                            with the arrow keys, like a debugger

--until takes a kind of line (raise, permission, command, fault, ...), alone or with a word of
the line: permission:stopped, alarm:NAME, fault:NAME. Without --at it looks from the start;
without either, the end is shown. What is shown is after the tick.
Exit codes: 0 shown   2 no trace, nothing there, or the run does not go as recorded
`,
  diff: `
Examples:
  thecal diff before.trace after.trace          first tick and field that differ
  thecal diff before.trace after.trace --json   for programs

Exit codes: 0 identical   1 differs   2 no trace, or not as it was written
            4 alike as far as both go, and one breaks off; or nothing that both have kept
`,
  list: `
Examples:
  thecal list signals          what a scenario can ask about
  thecal list faults --json    the same table for programs
  thecal list ports            serial ports, and which of your boards is at each
  thecal list boards           the boards of thecal.boards.yaml, and which are plugged in
  thecal list boards --ask     the same, and what runs on each; a pump that runs goes on
`,
} as const;

function addRun(program: Command, onExit: (code: ExitCode) => void): void {
  const run = program
    .command('run')
    .description('run scenarios on a target')
    .argument('[paths...]', 'scenario files, and folders with *.yaml or *.yml (default: the bundled library)')
    .option('--target <name>', 'what runs the firmware; see `thecal list targets`', 'sim');
  // The two share one value, and the last one written would count.
  const isTraceAsked = new Set<boolean>();
  run.on('option:trace', () => isTraceAsked.add(true)).on('option:no-trace', () => isTraceAsked.add(false));
  addPlaceOptions(run)
    .option(
      '--tick-by-tick',
      'execute every tick, not only those in which something is due: same result, slower',
    )
    .option('--realtime [factor]', 'by the clock, or FACTOR times as fast', factor)
    .option('--seed <n>', "instead of each scenario's own", wholeNumber(0, MAX_SEED))
    .option(
      '--jobs <n>',
      'scenarios side by side (default: one for each processor)',
      wholeNumber(1, MAX_JOBS),
    )
    .option('--json <file>', 'the result as JSON; - is standard output')
    .option('--junit <file>', 'the result as JUnit XML; - is standard output')
    .option('--html <file>', 'charts and evidence as one page that works offline; - is standard output')
    .option('--vcd <path>', 'waveforms for GTKWave or Surfer: of one scenario a file, of several a folder')
    .option('--vcd-last <time>', 'only so much of each waveform, up to its end, such as "2 d"', duration)
    .option('--trace <path>', 'the trace of one scenario into a file, of several into a folder')
    .option('--no-trace', 'on a board: do without the trace that is kept of each run, in .thecal/runs')
    .option('--trace-last <time>', 'keep the last days of a trace only, such as "30 d"', duration)
    .option(
      '--fork <trace>',
      'go on from the run in this trace, with the timeline of the scenario from --at on',
    )
    .option('--at <time>', 'where a fork begins: such as "3 y 41 d", or a tick of the trace', moment)
    .option('--filter <text>', 'only scenarios with this in their name or path, in any case')
    .addHelpText('after', EXAMPLES.run)
    .action(async (paths: string[], options: RunCommandOptions) => {
      if (isTraceAsked.size > 1) run.error('error: --trace and --no-trace contradict each other');
      const { runCommand } = await import('./commands/run.ts');
      onExit(await runCommand(paths, options));
    });
}

function addCheck(program: Command, onExit: (code: ExitCode) => void): void {
  program
    .command('check')
    .description('find every problem of scenarios, without running them')
    .argument('<paths...>', 'scenario files, and folders with *.yaml or *.yml')
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', EXAMPLES.check)
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { checkCommand } = await import('./commands/check.ts');
      onExit(checkCommand(paths, options));
    });
}

function addProgrammer(program: Command, onExit: (code: ExitCode) => void): void {
  const programmer = program
    .command('program')
    .description("the clinician's programmer: talk to a pump through its telemetry")
    .argument('[commands...]', 'what to do, each in quotes (default: ask at a prompt)')
    .option('--target <name>', 'whose pump: sim, or board (default: board where one is named, else sim)')
    .option('--scenario <file>', 'the pump of this scenario, without its timeline')
    .option('--confirm', 'take the soft limits that the pump asks about, and say which they were')
    .option('--json', 'a JSON object for each command, one a line');
  addPlaceOptions(programmer)
    .addHelpText('after', EXAMPLES.program)
    .action(async (commands: string[], options: ProgramOptions) => {
      const { programCommand } = await import('./commands/programmer.ts');
      onExit(await programCommand(commands, options));
    });
}

function addList(program: Command, onExit: (code: ExitCode) => void): void {
  const list = program
    .command('list')
    .description('show what there is: scenarios, faults, alarms, ...')
    .addArgument(new Argument('<what>', 'which list').choices(LIST_NAMES).argParser(listName))
    .option('--json', 'print the rows as JSON')
    .option('--ask', 'of boards: open the ports and ask what runs there');
  addBoardsOption(list)
    .addHelpText('after', EXAMPLES.list)
    .action(async (name: ListName, options: ListOptions) => {
      const { listCommand } = await import('./commands/list.ts');
      onExit(await listCommand(name, options));
    });
}

/** The choices are for the help alone: commander's own refusal of another word knows none that is near. */
function listName(text: string): ListName {
  const name = LIST_NAMES.find((known) => known === text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(unknownWord('list', text, LIST_NAMES, `there are ${LIST_NAMES.join(', ')}`));
}

function addReplay(program: Command, onExit: (code: ExitCode) => void): void {
  program
    .command('replay')
    .description('run a trace again from its inputs alone: identical, or where it differs first')
    .argument('<trace>', 'a trace, from `thecal run --trace`')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', EXAMPLES.replay)
    .action(async (path: string, options: { json?: boolean }) => {
      const { replayCommand } = await import('./commands/replay.ts');
      onExit(await replayCommand(path, options));
    });
}

function addDiff(program: Command, onExit: (code: ExitCode) => void): void {
  program
    .command('diff')
    .description('where two traces differ first')
    .argument('<first>', 'a trace, from `thecal run --trace`')
    .argument('<second>', 'another one')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', EXAMPLES.diff)
    .action(async (first: string, second: string, options: { json?: boolean }) => {
      const { diffCommand } = await import('./commands/diff.ts');
      onExit(diffCommand(first, second, options));
    });
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

function addInspect(program: Command, onExit: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('the whole state of a recorded run at any tick: firmware, signals, alarms, faults')
    .argument('<trace>', 'a trace, from `thecal run --trace`')
    .option('--at <time>', 'at this moment (default: the end)', moment)
    .option('--until <what>', 'go on to the next of these, such as alarm:occlusion')
    .option('--step <n>', 'then so many events on', wholeNumber(1, MAX_STEPS))
    .option('--back <n>', 'then so many events back', wholeNumber(1, MAX_STEPS))
    .option('--walk', 'walk through it with the keys')
    .option('--json', 'print the state as JSON')
    .addHelpText('after', EXAMPLES.inspect)
    .action(async (path: string, options: InspectOptions) => {
      const { inspectCommand } = await import('./commands/inspect.ts');
      onExit(await inspectCommand(path, options));
    });
}

function factor(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > MAX_FACTOR) {
    throw new InvalidArgumentError(`Write a number above 0 and up to ${MAX_FACTOR}, such as 60.`);
  }
  return value;
}
