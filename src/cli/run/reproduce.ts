/** The command line that shows a result again: as printed, in the folder where the run was started. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, extname, sep } from 'node:path';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ForkOrigin } from '../../trace/format.ts';
import { fromHere } from '../scenario-files.ts';

export interface HowRun {
  readonly targetName: string;
  readonly isTickByTick: boolean;
  /** Options that name the board, with their values. */
  readonly board: readonly (readonly [option: string, value: string])[];
  /** null: the run parts from no other one. */
  readonly fork?: ForkOrigin | null;
}

export function reproduceLine(
  start: string,
  scenario: Scenario,
  { targetName, isTickByTick, board, fork = null }: HowRun,
): string {
  const words = [start, 'run'];
  if (fork?.isOther !== false) words.push(shellWord(scenario.file));
  // A fork has the seed of its parent.
  if (fork === null) words.push('--seed', String(scenario.seed));
  else words.push('--fork', shellWord(fork.trace), '--at', String(fork.tick));
  if (targetName !== 'sim') words.push('--target', targetName);
  for (const [option, value] of board) words.push(option, shellWord(value));
  if (isTickByTick) words.push('--tick-by-tick');
  return words.join(' ');
}

/**
 * How this program was started: from an install by its name, from a clone by its file. `npx` finds an installed program
 * from the folders below it only, and elsewhere would fetch some package of that name.
 */
export function startWords(
  script: string = process.argv[1] ?? 'thecal',
  folder: string = process.cwd(),
  path: string = process.env['PATH'] ?? '',
): string {
  if (extname(script) === '.ts') return `npx tsx ${shellWord(fromHere(script, folder))}`;
  if (/^thecal(\.cmd)?$/.test(basename(script))) {
    const home = dirname(script);
    const installation = BIN.test(home) ? home.replace(BIN, '') : null;
    if (installation !== null && `${folder}${sep}`.startsWith(`${installation}${sep}`)) return 'npx thecal';
    if (installation === null && path.split(delimiter).includes(home)) return 'thecal';
  }
  // From a clone `npx` goes by a link in its own cache, which is no place to name.
  const file = existsSync(script) ? realpathSync(script) : script;
  return `node ${shellWord(fromHere(file, folder))}`;
}

const BIN = /[/\\]node_modules[/\\][.]bin$/;

/** Quoted for a POSIX shell where it has to be. A path that looks like an option is made to look like a path. */
export function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
