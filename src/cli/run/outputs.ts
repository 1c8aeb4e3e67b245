/** Everything that a run leaves on disk, planned and tried before the run, so that no result is lost at its end. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { junitReport } from '../../report/junit.ts';
import type { Result } from '../../scenario/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { MachineError, reasonOf, UserError } from '../user-error.ts';
import type { Outcome } from './job.ts';
import { behindLinks, OutputFile } from './output-file.ts';

export interface OutputOptions {
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly trace?: string;
}

export interface TraceFiles {
  readonly main: OutputFile;
  readonly control: OutputFile | null;
}

/** `-` is standard output. */
export type Sink = OutputFile | '-';

export interface Outputs {
  readonly json: Sink | null;
  readonly junit: Sink | null;
  readonly html: Sink | null;
  /** One for each scenario, or none at all. */
  readonly traces: readonly TraceFiles[];
}

export function prepareOutputs(options: OutputOptions, scenarios: readonly Scenario[]): Outputs {
  const onStdout = (['json', 'junit', 'html'] as const).filter((name) => isStdout(options[name]));
  if (onStdout.length > 1) {
    const [one = '', other = ''] = onStdout;
    throw new UserError(`--${one} and --${other} both want standard output; give one of them a file`);
  }
  if (isStdout(options.trace))
    throw new UserError('--trace needs a file or folder; a trace has no place on standard output');
  const json = sink('--json', options.json);
  const junit = sink('--junit', options.junit);
  const html = sink('--html', options.html);
  const traces = options.trace === undefined ? [] : prepareTraces(options.trace, scenarios);
  const files = [json, junit, html, ...traces.flatMap(({ main, control }) => [main, control])];
  refuseClashes(
    files.filter((file) => file instanceof OutputFile),
    scenarios,
  );
  return { json, junit, html, traces };
}

function sink(option: string, path: string | undefined): Sink | null {
  if (path === undefined) return null;
  return isStdout(path) ? '-' : OutputFile.prepare(option, path);
}

/** By whatever name: text for people goes elsewhere then, and what standard output leads to is not replaced. */
function isStdout(path: string | undefined): boolean {
  return path !== undefined && ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'].includes(path);
}

function prepareTraces(path: string, scenarios: readonly Scenario[]): TraceFiles[] {
  const isFolder = scenarios.length > 1 || /[/\\]$/.test(path) || isExistingFolder(path);
  if (isFolder) makeFolder(path);
  const names = isFolder ? traceNames(scenarios).map((name) => join(path, name)) : [path];
  return scenarios.map(({ control }, index) => {
    const name = names[index]!;
    return {
      main: OutputFile.prepareReadable('--trace', name),
      control: control === null ? null : OutputFile.prepareReadable('--trace', `${name}.control`),
    };
  });
}

function isExistingFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const isFile = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = isFile ? 'this is a file, and several scenarios need a folder' : reasonOf(error);
    throw new UserError(`--trace ${path}: ${reason}; nothing was run`);
  }
}

/** `stall.yaml` becomes `stall.trace`; of two with that name, in whatever case, the second becomes `stall-2.trace`. */
export function traceNames(scenarios: readonly Pick<Scenario, 'file'>[]): string[] {
  const taken = new Set<string>();
  return scenarios.map(({ file }) => {
    const stem = basename(file, extname(file));
    let name = stem;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${stem}-${n}`;
    taken.add(name.toLowerCase());
    return `${name}.trace`;
  });
}

/** No output replaces another or one of the scenarios themselves. */
function refuseClashes(files: readonly OutputFile[], scenarios: readonly Scenario[]): void {
  const taken = new Map(scenarios.map(({ file }) => [behindLinks(file), `the scenario ${file}`]));
  for (const file of files) {
    const other = taken.get(file.finalPath);
    if (other !== undefined) {
      throw new UserError(
        `${file.path}: would be written over ${other}; choose another name; nothing was run`,
      );
    }
    if (file.temporaryPath !== file.finalPath) taken.set(file.finalPath, `another output, ${file.path}`);
  }
}

export function isStdoutTaken({ json, junit, html }: Outputs): boolean {
  return [json, junit, html].includes('-');
}

/** Returns what could not be written; the rest is. `page` makes the page with pictures. */
export function writeOutputs(
  outputs: Outputs,
  outcomes: readonly Outcome[],
  result: Result,
  page: (result: Result) => string,
): string[] {
  const problems: string[] = [];
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      problems.push(error.message);
    }
  };
  const put = (target: Sink | null, text: (result: Result) => string): void => {
    if (target === '-') process.stdout.write(text(result));
    else if (target !== null) attempt(() => target.write(text(result)));
  };
  outputs.traces.forEach(({ main, control }, index) => {
    const outcome = outcomes[index]!;
    const problem = outcome.kind === 'finished' ? outcome.traceProblem : null;
    const isWhole = outcome.kind === 'finished' && problem === null;
    if (problem !== null) problems.push(`${main.path}: could not be written: ${problem}`);
    for (const file of [main, control]) {
      if (file !== null) attempt(() => (isWhole ? file.commit() : file.discard()));
    }
  });
  put(outputs.json, (whole) => `${JSON.stringify(whole, null, 2)}\n`);
  put(outputs.junit, junitReport);
  put(outputs.html, page);
  return problems;
}
