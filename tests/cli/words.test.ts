import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { openingText } from '../../src/cli/boards/opening.ts';
import { RunBoard } from '../../src/cli/run/board.ts';
import type { Job } from '../../src/cli/run/job.ts';
import { progressText } from '../../src/cli/run/progress.ts';
import { namesAfter } from '../../src/cli/run/outputs.ts';
import { shellWord, startWords } from '../../src/cli/run/reproduce.ts';

describe('the exit code of many', () => {
  it('is the first of 130, 70, 2, 1, 3, 4, 0', () => {
    expect(exitCodeOf([])).toBe(0);
    expect(exitCodeOf(['passed', 'inconclusive'])).toBe(4);
    expect(exitCodeOf(['inconclusive', 'infrastructure', 'passed'])).toBe(3);
    expect(exitCodeOf(['infrastructure', 'failed', 'inconclusive'])).toBe(1);
    expect(exitCodeOf(['failed'], [2])).toBe(2);
    expect(exitCodeOf(['failed', 'error'], [2])).toBe(70);
    expect(exitCodeOf(['error'], [130])).toBe(130);
  });
});

describe('how the program was started', () => {
  it('is by its file from a clone, and by its name from an install', () => {
    expect(startWords('/home/me/thecal/dist/thecal.js', '/home/me/thecal', '')).toBe('node dist/thecal.js');
    expect(startWords('/home/me/thecal/dist/thecal.js', '/tmp', '')).toBe(
      'node /home/me/thecal/dist/thecal.js',
    );
    expect(startWords('/home/me/thecal/src/cli/main.ts', '/home/me/thecal', '')).toBe(
      'npx tsx src/cli/main.ts',
    );
    expect(startWords('/usr/bin/thecal', '/tmp', '/bin:/usr/bin')).toBe('thecal');
    expect(startWords('/opt/bin/thecal', '/tmp', '/bin:/usr/bin')).toBe('node /opt/bin/thecal');
  });

  it('is by npx only where npx finds what is installed', () => {
    const bin = '/home/me/work/node_modules/.bin';
    expect(startWords(`${bin}/thecal`, '/home/me/work', bin)).toBe('npx thecal');
    expect(startWords(`${bin}/thecal`, '/home/me/work/deep/er', bin)).toBe('npx thecal');
    expect(startWords(`${bin}/thecal`, '/home/me/works', bin)).toBe(`node ${bin}/thecal`);
  });

  it('is by its file where npx went by a link in its cache', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thecal-start-')));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bin = join(folder, 'cache/node_modules/.bin');
    mkdirSync(join(folder, 'clone'));
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(folder, 'clone/thecal.js'), '');
    symlinkSync(join(folder, 'clone/thecal.js'), join(bin, 'thecal'));
    expect(startWords(join(bin, 'thecal'), join(folder, 'clone'), bin)).toBe('node thecal.js');
  });
});

describe('a word for a shell', () => {
  it('comes out of the shell as it went in, and is never an option', () => {
    expect(shellWord('a/b-1.yaml')).toBe('a/b-1.yaml');
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\0\n]/.test(text));
    fc.assert(
      fc.property(fc.oneof(name, fc.constantFrom('-x', "it's", '$HOME', '*', '~', '#a', '!!')), (text) => {
        const out = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
        expect(out).toBe(text.startsWith('-') ? `./${text}` : text);
      }),
      { numRuns: 60 },
    );
  });
});

describe('names of traces', () => {
  it('are never the same, in any case', () => {
    const files = ['a/x.yaml', 'b/X.yaml', 'x-2.yml', 'c/x.yaml'].map((file) => ({ file }));
    expect(namesAfter(files, 'trace')).toEqual(['x.trace', 'X-2.trace', 'x-2-2.trace', 'x-3.trace']);
  });
});

describe('the line that shows how far a run is', () => {
  it('says what it waits for until the board is at work', () => {
    const place = {
      name: './espruino',
      port: { exec: './espruino' },
      baud: null,
      board: null,
      boardsFile: null,
      options: [],
    };
    const job = { index: 0, board: place, scenario: { name: 'A day', untilTick: 99, control: null } };
    const jobs = [job as unknown as Job];
    const board = RunBoard.of(1);
    expect(progressText(jobs, new Set(jobs), board, 2000)).toBe(
      'starting ./espruino, putting the firmware on',
    );
    board.setTicks(0, 50);
    expect(progressText(jobs, new Set(jobs), board, 2000)).toMatch(/^0\/1 {2}50 %/);
    expect(openingText({ ...place, name: 'pico', port: { usb: '0483:5740' } })).toBe(
      'looking for the board at pico',
    );
  });
});
