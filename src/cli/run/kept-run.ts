/**
 * A run on a board whose trace nobody asked for. It is kept all the same, since a line that went wrong once may not go
 * wrong again when somebody looks. A folder holds the last few of them, each in a folder of its own.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, UserError } from '../user-error.ts';
import { shellWord } from './reproduce.ts';

const HOME = '.thecal';
const IGNORE = join(HOME, '.gitignore');
const RUNS = join(HOME, 'runs');
const RUNS_KEPT = 10;
/** When it began, which sorts, and the process. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d{6}Z-(\d+)$/;

export class KeptRun {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder, so that it is known before the run that there can be one. */
  static begin(start: Date): KeptRun {
    const moment = start.toISOString().replace(/\.\d+/, '').replaceAll(':', '');
    const folder = join(RUNS, `${moment}-${process.pid}`);
    const made: string[] = [];
    // A run that never came to its board leaves nothing, and must not push out one that did.
    process.once('exit', () => removeEmpty(made));
    try {
      // One by one: asked for all at once, Node tries for ever in a place such as /proc.
      if (makeFolder(HOME)) made.push(HOME);
      if (!existsSync(IGNORE)) {
        writeFileSync(IGNORE, '*\n');
        made.push(IGNORE);
      }
      for (const part of [RUNS, folder]) if (makeFolder(part)) made.push(part);
    } catch (error) {
      throw new UserError(
        `${folder}: no place for what goes over the line to the board: ${reasonOf(error)}; nothing was run`,
        '--trace PATH keeps it elsewhere, --no-trace does without',
      );
    }
    return new KeptRun(folder);
  }

  /** Lets go of the runs before the last ones. Returns what kept it from that. */
  end(): string[] {
    try {
      if (readdirSync(this.folder).length === 0) return [];
      const runs = readdirSync(RUNS).filter((name) => RUN_NAME.test(name));
      for (const name of runs.sort().slice(0, -RUNS_KEPT)) {
        if (!isRunning(Number(RUN_NAME.exec(name)?.[1]))) rmSync(join(RUNS, name), { recursive: true });
      }
      return [];
    } catch (error) {
      return [`${RUNS}: old runs could not be let go: ${reasonOf(error)}`];
    }
  }

  /** `traces` that may be there, those that tell most first; `start` is how this program is started. */
  lines(traces: readonly string[], start: string): string[] {
    const first = traces.find((path) => existsSync(path));
    if (first === undefined) return [];
    return [
      '',
      `kept in ${this.folder}, as are the last ${RUNS_KEPT} runs on a board; to play what went over the line once more:`,
      `  ${start} replay ${shellWord(first)}`,
    ];
  }
}

/** False: it is there, from before or just now from another run. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  }
}

/** What was made, the last of it first. */
function removeEmpty(made: readonly string[]): void {
  try {
    for (const path of made.toReversed()) {
      if (path === IGNORE) rmSync(path);
      else rmdirSync(path);
    }
  } catch {
    // Something is in that one.
  }
}

/** Other runs may be going on in the same folder. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
