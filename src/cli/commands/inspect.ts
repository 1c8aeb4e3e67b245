/** `thecal inspect`: the whole state of a recorded run at a tick. */
import { isEvent, parseWanted, type Wanted } from '../../replay/seek.ts';
import type { Paint } from '../../report/paint.ts';
import {
  alarmLines,
  alarmsIn,
  faultLines,
  fieldLines,
  momentText,
  signalLines,
} from '../../report/state-text.ts';
import { grouped } from '../../report/words.ts';
import { unprovenText } from '../../report/trace-words.ts';
import { formatInstant } from '../../scenario/time.ts';
import type { RunState } from '../../replay/inspector.ts';
import { signalNumber } from '../../scenario/signal-text.ts';
import { type ExitCode, PASSED } from '../exit-codes.ts';
import { Session } from '../inspect/session.ts';
import { paintFor, printLines, widthOf } from '../terminal.ts';
import { UserError } from '../user-error.ts';

export interface InspectOptions {
  /** Tick. */
  readonly at?: number;
  readonly until?: string;
  readonly step?: number;
  readonly back?: number;
  readonly walk?: boolean;
  readonly json?: boolean;
}

const LINES_AROUND = 6;

export async function inspectCommand(path: string, options: InspectOptions): Promise<ExitCode> {
  const wanted = options.until === undefined ? null : parseWanted(options.until);
  if (typeof wanted === 'string') throw new UserError(`--until: ${wanted}`);
  if (options.walk === true && options.json === true) {
    throw new UserError('--walk is for a person and --json for a program: give one of them');
  }
  const session = await Session.open(path);
  const tick = tickOf(session, options, wanted);
  if (options.walk === true) {
    const { walk } = await import('../inspect/terminal-walk.ts');
    return await walk(session, tick);
  }
  const unproven = unprovenText(session.trace, tick);
  if (unproven !== null) printLines(process.stderr, [`${path}: ${unproven}`]);
  const state = await session.at(tick);
  if (options.json === true) process.stdout.write(`${JSON.stringify(jsonOf(session, state), null, 2)}\n`);
  else printLines(process.stdout, linesOf(session, state, paintFor(process.stdout), widthOf(process.stdout)));
  return PASSED;
}

/** Where to begin, then what to look for from there, then steps. Without a beginning: the end, or the start to look from. */
function tickOf(session: Session, { at, step, back, until }: InspectOptions, wanted: Wanted | null): number {
  const { lastTick, path } = session;
  if (at !== undefined && at > lastTick) {
    throw new UserError(
      `--at: ${formatInstant(at)} is behind the end of ${path}, which is at ${formatInstant(lastTick)}`,
    );
  }
  let tick = at ?? (wanted === null && step === undefined ? lastTick : -1);
  if (wanted !== null) {
    tick = found(
      session.after(tick, wanted),
      `--until: nothing of ${path} after ${since(tick)} is ${until ?? ''}`,
    );
  }
  if (step !== undefined) {
    tick = found(
      session.after(tick, isEvent, step),
      `--step ${step}: ${path} tells no more after ${since(tick)}`,
    );
  }
  if (back !== undefined) {
    tick = found(
      session.before(tick, isEvent, back),
      `--back ${back}: ${path} tells no more before ${since(tick)}`,
    );
  }
  return Math.max(0, tick);
}

function since(tick: number): string {
  return tick < 0 ? 'its start' : formatInstant(tick);
}

function found(tick: number | null, otherwise: string): number {
  if (tick === null) throw new UserError(otherwise);
  return tick;
}

function linesOf(session: Session, state: RunState, paint: Paint, width: number): string[] {
  const { own, later } = session.linesFrom(state.tick, LINES_AROUND);
  const { manifest } = session.trace;
  const section = (title: string, lines: readonly string[]): string[] => [
    '',
    paint.bold(title),
    ...lines.map((line) => `  ${line}`),
  ];
  return [
    paint.bold(
      `${session.path}: ${manifest.scenario}${manifest.run === 'control' ? ' (the run without faults)' : ''}`,
    ),
    momentText(state.tick, session.startTick),
    ...section('alarms', alarmLines(state.fields, paint)),
    ...section('faults', faultLines(state)),
    ...section('signals', signalLines(state)),
    ...section('happened', [
      ...session.linesBefore(state.tick, LINES_AROUND).map((line) => paint.dim(`  ${line}`)),
      ...(own.length === 0 ? [`${state.tick} nothing`] : own).map((line) => paint.bold(`> ${line}`)),
    ]),
    ...section(
      'after this',
      (later.length === 0 ? ['nothing'] : later).map((line) => paint.dim(`  ${line}`)),
    ),
    ...section(`firmware, as it goes into tick ${grouped(state.tick + 1)}`, fieldLines(state, width - 2)),
  ];
}

function jsonOf(session: Session, { tick, fields, signals, faults }: RunState): object {
  const { own, later } = session.linesFrom(tick, LINES_AROUND);
  const { scenario, run } = session.trace.manifest;
  return {
    version: 1,
    file: session.path,
    scenario,
    run,
    tick,
    alarms: alarmsIn(fields),
    faults,
    signals: Object.fromEntries(
      [...signals].map(([name, value]) => [name, value === null ? null : signalNumber(name, value)]),
    ),
    fields: Object.fromEntries(fields),
    before: session.linesBefore(tick, LINES_AROUND),
    now: own,
    after: later,
  };
}
