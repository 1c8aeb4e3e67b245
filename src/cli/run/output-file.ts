/**
 * A file that is either as it was or whole: written under a temporary name beside its place and renamed at the end.
 * What is no regular file (a pipe, a terminal, /dev/null) can't be replaced and is written directly.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MachineError, reasonOf, UserError } from '../user-error.ts';

/** Ending of the name of a trace whose run has not ended, or never came to its end. */
export const UNFINISHED = '.unfinished';

/** Hidden files, swept when the process ends, however it ends. */
const unfinished = new Set<string>();

function sweep(): void {
  for (const path of unfinished) rmSync(path, { force: true });
  unfinished.clear();
}

export class OutputFile {
  /** As the user named it. */
  readonly path: string;
  /** Where the content goes until it is whole. */
  readonly temporaryPath: string;
  /** What is replaced in the end: behind any symbolic links. */
  readonly finalPath: string;

  private constructor(path: string, finalPath: string, temporaryPath: string) {
    this.path = path;
    this.finalPath = finalPath;
    this.temporaryPath = temporaryPath;
  }

  /** Makes sure that it will be possible to write there, and leaves nothing behind. */
  static prepare(option: string, path: string): OutputFile {
    const file = OutputFile.prepareAs(option, path, (name) => `.${name}.${process.pid}.tmp`);
    if (file.isReplaced) {
      if (unfinished.size === 0) process.once('exit', sweep);
      unfinished.add(file.temporaryPath);
    }
    return file;
  }

  /** Of what can be read before it is whole, and stays should it never be: under a name that shows and says so. */
  static prepareReadable(option: string, path: string): OutputFile {
    return OutputFile.prepareAs(option, path, (name) => `${name}.${process.pid}${UNFINISHED}`);
  }

  /** Of what is kept however far it comes. */
  static inPlace(path: string): OutputFile {
    return new OutputFile(path, resolve(path), resolve(path));
  }

  private static prepareAs(
    option: string,
    path: string,
    nameMeanwhile: (name: string) => string,
  ): OutputFile {
    try {
      return OutputFile.probe(path, nameMeanwhile);
    } catch (error) {
      const folder = dirname(path);
      const reason = existsSync(folder) ? reasonOf(error) : `the folder ${folder} is not there`;
      throw new UserError(`${option} ${path}: can't be written: ${reason}; nothing was run`);
    }
  }

  private static probe(path: string, nameMeanwhile: (name: string) => string): OutputFile {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) refuseFolder(stats);
    if (stats !== undefined) accessSync(path, constants.W_OK);
    // By its own name: behind /dev/fd/63, which is what a shell makes of >(jq), there is no path.
    if (stats !== undefined && !stats.isFile()) return new OutputFile(path, resolve(path), resolve(path));
    const finalPath = behindLinks(path);
    const temporaryPath = join(dirname(finalPath), nameMeanwhile(basename(finalPath)));
    closeSync(openSync(temporaryPath, 'w'));
    rmSync(temporaryPath);
    return new OutputFile(path, finalPath, temporaryPath);
  }

  /** The content has begun, under its temporary name. */
  get isUnderway(): boolean {
    return this.isReplaced && existsSync(this.temporaryPath);
  }

  /** What was there stays until the new content is whole. */
  get isReplaced(): boolean {
    return this.temporaryPath !== this.finalPath;
  }

  write(text: string): void {
    this.attempt(() => writeFileSync(this.temporaryPath, text));
    this.commit();
  }

  /** What is too long for one text, and takes seconds: signals are heard meanwhile. */
  async writeBlocks(blocks: Iterable<string>): Promise<void> {
    let handle = -1;
    this.attempt(() => {
      handle = openSync(this.temporaryPath, 'w');
    });
    try {
      for (const block of blocks) {
        this.attempt(() => writeFileSync(handle, block));
        await nextTurn();
      }
    } finally {
      closeSync(handle);
    }
    this.commit();
  }

  /** The content is whole: give it its name. Nothing happens where there never was any. */
  commit(): void {
    if (this.isUnderway) {
      this.attempt(() => renameSync(this.temporaryPath, this.finalPath));
    }
    unfinished.delete(this.temporaryPath);
  }

  discard(): void {
    if (this.isReplaced) rmSync(this.temporaryPath, { force: true });
    unfinished.delete(this.temporaryPath);
  }

  private attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new MachineError(`${this.path}: could not be written: ${reasonOf(error)}`);
    }
  }
}

/** The path of what a file really is, or would be. */
export function behindLinks(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return resolve(path);
  try {
    return realpathSync(path);
  } catch {
    return resolve(dirname(path), readlinkSync(path)); // a link to what doesn't exist yet
  }
}

function refuseFolder(stats: Stats): void {
  if (stats.isDirectory()) throw Object.assign(new Error('this is a folder'), { code: 'EISDIR' });
}
