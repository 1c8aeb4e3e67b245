/** The command line that shows a result again: as printed, in the folder where the run was started. */
import { basename, dirname, extname, sep } from 'node:path';
import type { Scenario } from '../../scenario/scenario.ts';
import { fromHere } from '../scenario-files.ts';

export interface HowRun {
  readonly targetName: string;
  readonly isTickByTick: boolean;
}

export function reproduceLine(
  start: string,
  scenario: Scenario,
  { targetName, isTickByTick }: HowRun,
): string {
  const words = [start, 'run', shellWord(scenario.file), '--seed', String(scenario.seed)];
  if (targetName !== 'sim') words.push('--target', targetName);
  if (isTickByTick) words.push('--tick-by-tick');
  return words.join(' ');
}

/** How this program was started: from an install by its name, from a clone by its file. */
export function startWords(
  script: string = process.argv[1] ?? 'thecal',
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (extname(script) === '.ts') return `npx tsx ${shellWord(fromHere(script))}`;
  if (/^thecal(\.cmd)?$/.test(basename(script))) {
    const folder = dirname(script);
    if (folder.endsWith(['node_modules', '.bin'].join(sep))) return 'npx thecal';
    if ((env['PATH'] ?? '').split(sep === '/' ? ':' : ';').includes(folder)) return 'thecal';
  }
  return `node ${shellWord(fromHere(script))}`;
}

/** Quoted for a POSIX shell where it has to be. A path that looks like an option is made to look like a path. */
export function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
