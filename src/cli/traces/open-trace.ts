/** A trace file as it is asked for on the command line, or words for what is wrong with it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BytesError } from '../../trace/bytes.ts';
import { NoTraceError, type ReadTrace, readTrace, type Trace } from '../../trace/read.ts';
import { alteredLines, looseText, provenTick } from '../../report/trace-words.ts';
import { sha256 } from '../hashing.ts';
import { shellWord } from '../run/reproduce.ts';
import { UNFINISHED } from '../run/output-file.ts';
import { printLines } from '../terminal.ts';
import { reasonOf, UserError } from '../user-error.ts';

/** Flaws are for the caller to tell. */
export function readTraceFile(path: string): ReadTrace {
  const bytes = bytesOf(path);
  try {
    return readTrace(bytes, sha256);
  } catch (error) {
    if (!(error instanceof NoTraceError || error instanceof BytesError)) throw error;
    throw new UserError(`${path}: ${error.message}`);
  }
}

/**
 * A trace to work with. One that was cut short says so and is used. Nothing is shown of one that was altered, but to
 * whoever wants no more than what stands before that, up to `throughTick`.
 */
export function openTrace(path: string, throughTick = Number.POSITIVE_INFINITY): Trace {
  const read = readTraceFile(path);
  if ('flaws' in read) {
    if (read.before !== null && throughTick <= provenTick(read.before)) {
      printLines(process.stderr, [
        `${path}: altered, but not so far: "thecal trace verify ${shellWord(path)}" says where`,
      ]);
      return read.before;
    }
    throw new UserError(
      `${path}: not as it was written, so nothing of it is taken for true`,
      ...alteredLines(shellWord(path), read),
    );
  }
  const loose = looseText(read.trace);
  if (loose !== null) printLines(process.stderr, [`${path}: ${loose}`]);
  return read.trace;
}

function bytesOf(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new UserError(`${path}: this is a folder; name the traces in it`);
    // It would never end.
    if (stats.isCharacterDevice()) throw new UserError(`${path}: this is a device and no trace`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${reasonOf(error)}${unfinishedBeside(path)}`);
  }
}

/** A run that was interrupted or killed has left its trace under another name. */
function unfinishedBeside(path: string): string {
  try {
    const left = readdirSync(dirname(path)).find(
      (name) => name.startsWith(`${basename(path)}.`) && name.endsWith(UNFINISHED),
    );
    return left === undefined
      ? ''
      : `; a run that was interrupted, or still runs, left ${join(dirname(path), left)}`;
  } catch {
    return '';
  }
}
