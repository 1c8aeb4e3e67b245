/** `thecal program`: the clinician's programmer, as a session with a prompt or as commands in a row. */
import { createInterface } from 'node:readline/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LineError } from '../../../hal/espruino/client.ts';
import { PortError } from '../../../hal/espruino/console-port.ts';
import { crc32OfWords } from '../../../hal/sim/checksum.ts';
import { TARGETS } from '../../../hal/targets.ts';
import { setupOf } from '../../scenario/run.ts';
import { PLACE_OPTIONS, type PlaceOptions } from '../boards/options.ts';
import { choosePlace } from '../boards/place.ts';
import { BAD_INPUT, type ExitCode, FAILED, INTERRUPTED, PASSED } from '../exit-codes.ts';
import { BoardTalk } from '../programmer/board-talk.ts';
import { type Answer, Clinician, WordsError } from '../programmer/clinician.ts';
import { SimTalk } from '../programmer/sim-talk.ts';
import { Interruption } from '../run/interruption.ts';
import { readScenario } from '../../scenario/format.ts';
import { readScenarios } from '../scenario-files.ts';
import { printLines, statusLine } from '../terminal.ts';
import { MachineError, UserError } from '../user-error.ts';
import { VOCABULARY } from '../vocabulary.ts';

export interface ProgramOptions extends PlaceOptions {
  readonly target?: string;
  readonly scenario?: string;
  readonly json?: boolean;
  readonly confirm?: boolean;
}

/** Where no scenario is named. */
const USUAL_PUMP = `version: 1
name: a pump to be programmed
pump: { mechanism: peristaltic, reservoir: 40 mL, fill: 38 mL }
drug: { concentration: 500 ug/mL }
therapy: { mode: continuous, dose: 300 ug/day }
until: 1 d
`;

export async function programCommand(lines: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { clinician, close } = await openClinician(options);
  try {
    return lines.length > 0
      ? await inARow(clinician, lines, options.json === true)
      : await atPrompt(clinician, options.json === true);
  } catch (error) {
    if (error instanceof LineError || error instanceof PortError) {
      const whatNow = 'see that the board is there and has power, then start this again';
      throw new MachineError([error.message, whatNow, ...clinician.lostWords()].join('\n'));
    }
    throw error;
  } finally {
    await close();
  }
}

interface Desk {
  readonly clinician: Clinician;
  readonly close: () => Promise<void>;
}

async function openClinician(options: ProgramOptions): Promise<Desk> {
  const { target, scenario, port, board, fixture, exec, confirm = false } = options;
  const isPlaced = [port, board, fixture, exec].some((word) => word !== undefined);
  const name = target ?? (isPlaced ? 'board' : 'sim');
  if (name !== 'sim' && name !== 'board') {
    throw new UserError(`a programmer has no target "${name}"; there are sim and board`);
  }
  if (name === 'sim') {
    const given = PLACE_OPTIONS.find((option) => options[option] !== undefined);
    if (given !== undefined) {
      throw new UserError(
        `--${given} is about a board, and the pump of sim is on none: leave it out, or name a board`,
      );
    }
    return await openSimulated(scenario, confirm);
  }
  if (scenario !== undefined) throw new UserError('--scenario is for sim: a board has its own pump');
  const talk = await BoardTalk.open(await choosePlace(options));
  return { clinician: new Clinician(talk, crc32OfWords, confirm), close: () => talk.close() };
}

async function openSimulated(path: string | undefined, isConfirming: boolean): Promise<Desk> {
  const [scenario, another] = path === undefined ? usualScenario() : readScenarios([path]);
  if (another !== undefined) {
    throw new UserError(`--scenario ${path}: there are several scenarios; name the file of one`);
  }
  if (scenario === undefined) throw new UserError(`${path}: no scenario was found`);
  const open = await TARGETS.find(({ name }) => name === 'sim')?.open({
    coreHash: '',
    firmware: () => Promise.resolve(''),
    boardThread: '',
    notice: () => undefined,
  });
  if (open === undefined) throw new UserError('sim is not built in');
  const pump = await open.createTarget({ ...setupOf(scenario, false), hasOracle: false });
  const talk = new SimTalk(pump, scenario.name);
  return {
    clinician: new Clinician(talk, crc32OfWords, isConfirming),
    close: async () => {
      await talk.close();
      await open.close();
    },
  };
}

function usualScenario() {
  const read = readScenario(new TextEncoder().encode(USUAL_PUMP), '', VOCABULARY, () => '');
  if ('problems' in read) throw new Error('the usual pump is no scenario');
  return [read.scenario];
}

function print(line: string, answer: Answer, isJson: boolean): void {
  if (!isJson) printLines(process.stdout, answer.lines);
  else printLines(process.stdout, [JSON.stringify({ command: line, ...answer })]);
}

/** Ends where one is refused or means nothing. One that is no command at all is found before the first is sent. */
async function inARow(clinician: Clinician, lines: readonly string[], isJson: boolean): Promise<ExitCode> {
  for (const line of lines) {
    if (!told(line, () => clinician.check(line))) return BAD_INPUT;
  }
  const abort = new AbortController();
  const interruption = new Interruption(() => abort.abort());
  interruption.listen();
  try {
    for (const line of lines) {
      const code = await inTurn(clinician, line, isJson);
      if (code !== PASSED) return await leave(clinician, code);
      await nextTurn(); // a command may have kept the signal waiting
      if (abort.signal.aborted) return await leave(clinician, INTERRUPTED);
    }
    return await leave(clinician, PASSED);
  } finally {
    interruption.stop();
  }
}

async function inTurn(clinician: Clinician, line: string, isJson: boolean): Promise<ExitCode> {
  const answer = await attempted(clinician, line);
  if (answer === null) return BAD_INPUT;
  print(line, answer, isJson);
  return answer.isAccepted ? PASSED : FAILED;
}

/** A pump answers once a second, and some commands ask it many times. */
const PATIENCE_MS = 2000;

/** Whoever waits longer than that sees for what, and that it goes on. */
async function withPatience<T>(line: string, work: Promise<T>): Promise<T> {
  const startMs = performance.now();
  const timer = setInterval(() => {
    const waitedMs = performance.now() - startMs;
    if (waitedMs >= PATIENCE_MS) statusLine.draw(`${line}: ${Math.floor(waitedMs / 1000)} s`);
  }, 500);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    statusLine.erase();
  }
}

/** False, and said, when the words make no sense. */
function told(line: string, check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    sayWords(line, error);
    return false;
  }
}

/** Null, and told, when the words make no sense. */
async function attempted(clinician: Clinician, line: string): Promise<Answer | null> {
  try {
    return await withPatience(line, clinician.run(line));
  } catch (error) {
    sayWords(line, error);
    return null;
  }
}

function sayWords(line: string, error: unknown): void {
  if (!(error instanceof WordsError)) throw error;
  printLines(process.stderr, [`"${line}": ${error.message}`]);
}

async function leave(clinician: Clinician, code: ExitCode): Promise<ExitCode> {
  printLines(process.stderr, await clinician.lastWords());
  return code;
}

/** A person goes on after a slip. What comes from a pipe ends there, as in a row: it was written for what went before. */
async function atPrompt(clinician: Clinician, isJson: boolean): Promise<ExitCode> {
  const isPerson = process.stdin.isTTY;
  const input = createInterface({
    input: process.stdin,
    output: process.stderr,
    prompt: isPerson ? 'pump> ' : '',
  });
  if (isPerson) printLines(process.stderr, ['help lists the commands; Ctrl-D leaves']);
  input.prompt();
  let code: ExitCode = PASSED;
  for await (const line of input) {
    if (line.trim() === 'quit') break;
    if (line.trim() !== '') code = await inTurn(clinician, line, isJson);
    if (!isPerson && code !== PASSED) break;
    input.prompt();
  }
  input.close();
  return await leave(clinician, isPerson ? PASSED : code);
}
