/** Everything that a run leaves on disk, planned and tried before the run, so that no result is lost at its end. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { gtkwaveView } from '../../report/gtkwave-view.ts';
import { junitReport } from '../../report/junit.ts';
import { type VcdEntry, vcdDocument } from '../../report/vcd.ts';
import type { Result } from '../../scenario/result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { statusLine } from '../terminal.ts';
import { MachineError, reasonOf, UserError } from '../user-error.ts';
import type { Job, Outcome } from './job.ts';
import { behindLinks, OutputFile } from './output-file.ts';

export interface OutputOptions {
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly vcd?: string;
  readonly vcdLast?: number;
  /** false: none. */
  readonly trace?: string | false;
  /** Ticks. */
  readonly traceLast?: number;
  /** A trace that is read. */
  readonly fork?: string;
}

export interface TraceFiles {
  readonly main: OutputFile;
  readonly control: OutputFile | null;
}

export interface VcdFiles {
  readonly waves: OutputFile;
  /** How GTKWave shows them; null for a waveform whose name does not end in `.vcd`. */
  readonly view: OutputFile | null;
}

/** `-` is standard output. */
export type Sink = OutputFile | '-';

export interface Outputs {
  readonly json: Sink | null;
  readonly junit: Sink | null;
  readonly html: Sink | null;
  /** One for each scenario, or none at all. */
  readonly vcds: readonly VcdFiles[];
  /** Ticks that a waveform goes back from the end; null: to the start. */
  readonly vcdLastTicks: number | null;
  /** One for each scenario, or none at all. */
  readonly traces: readonly TraceFiles[];
}

/** `keptFolder` is a new one, for traces that nobody asked for; null: there are none. */
export function prepareOutputs(
  options: OutputOptions,
  scenarios: readonly Scenario[],
  keptFolder: string | null = null,
): Outputs {
  const empty = (['json', 'junit', 'html', 'vcd', 'trace'] as const).find((name) => options[name] === '');
  if (empty !== undefined) {
    throw new UserError(`--${empty}: the name of the file is empty; nothing was run`);
  }
  const onStdout = (['json', 'junit', 'html'] as const).filter((name) => isStdout(options[name]));
  if (onStdout.length > 1) {
    const [one = '', other = ''] = onStdout;
    throw new UserError(`--${one} and --${other} both want standard output; give one of them a file`);
  }
  for (const name of ['trace', 'vcd'] as const) {
    if (isStdout(options[name]))
      throw new UserError(`--${name} needs a file or folder; it has no place on standard output`);
  }
  if (options.vcdLast !== undefined && options.vcd === undefined) {
    throw new UserError('--vcd-last says how much of a waveform is wanted: give --vcd, too');
  }
  const json = sink('--json', options.json);
  const junit = sink('--junit', options.junit);
  const html = sink('--html', options.html);
  const traces = keptFolder === null ? prepareTraces(options, scenarios) : keptTraces(keptFolder, scenarios);
  const vcds = options.vcd === undefined ? [] : prepareVcds(options.vcd, scenarios);
  const views = vcds.flatMap(({ waves, view }) => [waves, view]);
  const files = [json, junit, html, ...views, ...traces.flatMap(({ main, control }) => [main, control])];
  refuseClashes(
    files.filter((file) => file instanceof OutputFile),
    scenarios,
    options.fork,
  );
  return { json, junit, html, vcds, vcdLastTicks: options.vcdLast ?? null, traces };
}

function sink(option: string, path: string | undefined): Sink | null {
  if (path === undefined) return null;
  return isStdout(path) ? '-' : OutputFile.prepare(option, path);
}

/** By whatever name: text for people goes elsewhere then, and what standard output leads to is not replaced. */
function isStdout(path: string | false | undefined): boolean {
  return typeof path === 'string' && ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'].includes(path);
}

/** The name of each scenario's file: `path` itself for one, else in a folder of that name. */
function fileNames(option: 'trace' | 'vcd', path: string, scenarios: readonly Scenario[]): readonly string[] {
  const isFolder = scenarios.length > 1 || /[/\\]$/.test(path) || isExistingFolder(path);
  if (!isFolder) return [path];
  makeFolder(`--${option}`, path);
  return namesAfter(scenarios, option).map((name) => join(path, name));
}

function prepareVcds(path: string, scenarios: readonly Scenario[]): VcdFiles[] {
  return fileNames('vcd', path, scenarios).map((name) => {
    const view = name.endsWith('.vcd') ? OutputFile.prepare('--vcd', name.replace(/vcd$/, 'gtkw')) : null;
    return { waves: OutputFile.prepare('--vcd', name), view };
  });
}

function prepareTraces(
  { trace: path, traceLast }: OutputOptions,
  scenarios: readonly Scenario[],
): TraceFiles[] {
  if (path === undefined || path === false) return [];
  const names = fileNames('trace', path, scenarios);
  const prepare = (name: string): OutputFile => OutputFile.prepareReadable('--trace', name);
  return scenarios.map(({ control }, index) => {
    const name = names[index]!;
    const main = prepare(name);
    // The file is written anew under way, and what stood there would be gone: a pipe, or /dev/null for all of the machine.
    if (traceLast !== undefined && !main.isReplaced) {
      throw new UserError(
        `--trace ${name}: this is a pipe or a device, and --trace-last needs a file; nothing was run`,
      );
    }
    // Beside a pipe or a device there is no place.
    const hasControl = control !== null && main.isReplaced;
    return { main, control: hasControl ? prepare(`${name}.control`) : null };
  });
}

/** In a new folder nothing is replaced, and what there is of a run that was interrupted stays. */
function keptTraces(folder: string, scenarios: readonly Scenario[]): TraceFiles[] {
  const names = namesAfter(scenarios, 'trace').map((name) => join(folder, name));
  return scenarios.map(({ control }, index) => {
    const name = names[index]!;
    return {
      main: OutputFile.inPlace(name),
      control: control === null ? null : OutputFile.inPlace(`${name}.control`),
    };
  });
}

function isExistingFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function makeFolder(option: string, path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const isFile = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = isFile ? 'this is a file, and several scenarios need a folder' : reasonOf(error);
    throw new UserError(`${option} ${path}: ${reason}; nothing was run`);
  }
}

/** `stall.yaml` becomes `stall.trace`; of two with that name, in whatever case, the second becomes `stall-2.trace`. */
export function namesAfter(scenarios: readonly Pick<Scenario, 'file'>[], ending: string): string[] {
  const taken = new Set<string>();
  return scenarios.map(({ file }) => {
    const stem = basename(file, extname(file));
    let name = stem;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${stem}-${n}`;
    taken.add(name.toLowerCase());
    return `${name}.${ending}`;
  });
}

/** No output replaces another or one of the scenarios themselves. */
function refuseClashes(
  files: readonly OutputFile[],
  scenarios: readonly Scenario[],
  fork: string | undefined,
): void {
  const taken = new Map(scenarios.map(({ file }) => [behindLinks(file), `the input ${file}`]));
  if (fork !== undefined) taken.set(behindLinks(fork), `the trace ${fork}, of which this is a fork`);
  for (const file of files) {
    const other = taken.get(file.finalPath);
    if (other !== undefined) {
      throw new UserError(
        `${file.path}: would be written over ${other}; choose another name; nothing was run`,
      );
    }
    if (file.isReplaced) taken.set(file.finalPath, `another output, ${file.path}`);
  }
}

export function isStdoutTaken({ json, junit, html }: Outputs): boolean {
  return [json, junit, html].includes('-');
}

/** What nobody asked for is not worked out. */
export function writeSink(target: Sink | null, text: () => string): void {
  if (target === '-') process.stdout.write(text());
  else target?.write(text());
}

/** A run that was interrupted has a waveform, too: as far as it came. */
function vcdEntry({ scenario, reproduce }: Job, outcome: Outcome): VcdEntry | null {
  if (outcome.recordings === null) return null;
  const faults = outcome.kind === 'finished' ? outcome.result.faults : [];
  const { name, file, seed } = scenario;
  return { name, file, seed, reproduce, faults, recordings: outcome.recordings };
}

/** Where the trace of each run that was interrupted has stayed, and that it is not complete. */
export function interruptedTraces({ traces }: Outputs, outcomes: readonly Outcome[]): string[] {
  return traces.flatMap(({ main, control }, index) => {
    if (outcomes[index]!.kind === 'finished') return [];
    const left = [main, ...(control === null ? [] : [control])].filter((file) => file.isUnderway);
    if (left.length === 0) return [];
    const places = left.map((file) => file.temporaryPath).join(' and ');
    const whose = left.includes(main) ? 'what it recorded' : 'what its control recorded, which runs first,';
    return [`${main.path}: not complete, for the run was interrupted; ${whose} is in ${places}`];
  });
}

/** Returns what could not be written; the rest is. `page` makes the page with pictures. */
export async function writeOutputs(
  outputs: Outputs,
  jobs: readonly Job[],
  outcomes: readonly Outcome[],
  result: Result,
  page: (result: Result) => string,
): Promise<string[]> {
  const problems: string[] = [];
  const attempt = async (write: () => void | Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      problems.push(error.message);
    } finally {
      statusLine.erase();
    }
  };
  const put = (target: Sink | null, text: (result: Result) => string): Promise<void> =>
    attempt(() => writeSink(target, () => text(result)));
  for (const [index, { main, control }] of outputs.traces.entries()) {
    const outcome = outcomes[index]!;
    if (outcome.kind === 'cancelled') continue;
    const problem = outcome.traceProblem;
    if (problem !== null) problems.push(`${main.path}: could not be written: ${problem}`);
    for (const file of [main, control]) {
      if (file !== null) await attempt(() => (problem === null ? file.commit() : file.discard()));
    }
  }
  await put(outputs.json, (whole) => `${JSON.stringify(whole, null, 2)}\n`);
  await put(outputs.junit, junitReport);
  if (outputs.html instanceof OutputFile) statusLine.draw(`writing ${outputs.html.path}`);
  await put(outputs.html, page);
  for (const [index, { waves, view }] of outputs.vcds.entries()) {
    const entry = vcdEntry(jobs[index]!, outcomes[index]!);
    const options = { productVersion: result.manifest.productVersion, lastTicks: outputs.vcdLastTicks };
    if (entry === null) {
      for (const file of [waves, view]) file?.discard();
      continue;
    }
    statusLine.draw(`writing ${waves.path}`);
    await attempt(() => waves.writeBlocks(vcdDocument(entry, options)));
    await attempt(() => view?.write(gtkwaveView(entry, options, basename(waves.path))));
  }
  return problems;
}
