/** `thecal program`: the clinician's programmer, as a session with a prompt or as commands in a row. */
import { createInterface } from 'node:readline/promises';
import { crc32OfWords } from '../../../hal/sim/sim-hal.ts';
import { TARGETS } from '../../../hal/targets.ts';
import { setupOf } from '../../scenario/run.ts';
import { BAD_INPUT, type ExitCode, FAILED, PASSED } from '../exit-codes.ts';
import { type Answer, Clinician, WordsError } from '../programmer/clinician.ts';
import { SimTalk } from '../programmer/sim-talk.ts';
import { readScenario } from '../../scenario/format.ts';
import { readScenarios } from '../scenario-files.ts';
import { printLines } from '../terminal.ts';
import { UserError } from '../user-error.ts';
import { VOCABULARY } from '../vocabulary.ts';

export interface ProgramOptions {
  readonly target: string;
  readonly scenario?: string;
  readonly json?: boolean;
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
  const clinician = await openClinician(options);
  try {
    return lines.length > 0
      ? await inARow(clinician, lines, options.json === true)
      : await atPrompt(clinician, options.json === true);
  } finally {
    await clinician.close();
  }
}

interface Desk {
  readonly run: (line: string) => Promise<Answer>;
  readonly lastWords: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

async function openClinician({ target, scenario: path }: ProgramOptions): Promise<Desk> {
  if (target !== 'sim') throw new UserError(`a programmer has no target "${target}" yet; there is sim`);
  const [scenario] = path === undefined ? usualScenario() : readScenarios([path]);
  if (scenario === undefined) throw new UserError(`${path}: no scenario was found`);
  const row = TARGETS.find(({ name }) => name === target);
  const open = await row?.open?.({
    coreHash: '',
    firmware: () => Promise.resolve(''),
    boardThread: '',
    notice: () => undefined,
  });
  if (open === undefined) throw new UserError(`${target} is not built in`);
  const pump = await open.createTarget({ ...setupOf(scenario, false), hasOracle: false });
  const talk = new SimTalk(pump, scenario.name);
  const clinician = new Clinician(talk, crc32OfWords);
  return {
    run: (line) => clinician.run(line),
    lastWords: () => clinician.lastWords(),
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

async function inARow(desk: Desk, lines: readonly string[], isJson: boolean): Promise<ExitCode> {
  let code: ExitCode = PASSED;
  for (const line of lines) {
    const answer = await attempted(desk, line);
    if (answer === null) return await leave(desk, BAD_INPUT);
    print(line, answer, isJson);
    if (answer.isAccepted) continue;
    code = FAILED;
    break;
  }
  return await leave(desk, code);
}

/** Null, and told, when the words make no sense. */
async function attempted(desk: Desk, line: string): Promise<Answer | null> {
  try {
    return await desk.run(line);
  } catch (error) {
    if (!(error instanceof WordsError)) throw error;
    printLines(process.stderr, [`"${line}": ${error.message}`]);
    return null;
  }
}

async function leave(desk: Desk, code: ExitCode): Promise<ExitCode> {
  printLines(process.stderr, await desk.lastWords());
  return code;
}

async function atPrompt(desk: Desk, isJson: boolean): Promise<ExitCode> {
  const prompt = process.stdin.isTTY ? 'pump> ' : '';
  const input = createInterface({ input: process.stdin, output: process.stderr, prompt });
  if (process.stdin.isTTY) printLines(process.stderr, ['help lists the commands; Ctrl-D leaves']);
  input.prompt();
  for await (const line of input) {
    if (line.trim() === 'quit') break;
    if (line.trim() !== '') {
      const answer = await attempted(desk, line);
      if (answer !== null) print(line, answer, isJson);
    }
    input.prompt();
  }
  input.close();
  return await leave(desk, PASSED);
}
