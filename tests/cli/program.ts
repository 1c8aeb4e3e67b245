/** The built program as its users have it: built once for a test file, in a folder of its own, run as a child. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildProduct } from '../../scripts/build.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';

export const FIXTURES = join(PROJECT_ROOT, 'tests/cli/fixtures');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error holds the text. */
  said(text: string): Promise<void>;
}

export class Program {
  /** The package: sources are links, `dist` is its own. */
  package = '';
  /** Current folder of every run; empty at first. */
  folder = '';

  get file(): string {
    return join(this.package, 'dist/thecal.js');
  }

  start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return follow(
      spawn(process.execPath, [this.file, ...words], { cwd: this.folder, env: { ...process.env, ...env } }),
    );
  }

  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, env).ended;
  }

  /** A line as a person would paste it into a shell. */
  shell(line: string): Promise<Ended> {
    return follow(spawn('/bin/sh', ['-c', line], { cwd: this.folder })).ended;
  }
}

function follow(child: ChildProcess): Started {
  let stdout = '';
  let stderr = '';
  const listeners: (() => void)[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      listeners.push(look);
      look();
      void ended.then(() => reject(new Error(`it ended without saying ${text}: ${stderr}`)));
    });
  return { child, ended, said };
}

/** To be called at the head of a test file. */
export function builtProgram(): Program {
  const program = new Program();
  let home = '';
  beforeAll(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'thecal-cli-')));
    program.package = join(home, 'package');
    program.folder = join(home, 'work');
    mkdirSync(program.package);
    mkdirSync(program.folder);
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(program.package, 'node_modules'));
    // Copies: the bundler names what it takes in by where it really is.
    for (const name of ['src', 'hal', 'sim', 'package.json']) {
      cpSync(join(PROJECT_ROOT, name), join(program.package, name), { recursive: true });
    }
    await buildProduct(program.package);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  return program;
}
