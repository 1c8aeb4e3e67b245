/**
 * `npm test`: every check, then every test, whatever failed before, so that one run tells all. The last line
 * counts them: a check counts as one. With `--checks` only the checks run (`npm run check`); with `--long` only
 * the tests, which then take their longer runs (`npm run test:long`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Counts, lastLine } from './last-line-reporter.ts';

const CHECKS = ['types', 'lint', 'format', 'layers', 'dead', 'dialect'] as const;

function npm(script: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const { status, error } = spawnSync('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  if (error) console.error(`npm run ${script} could not be started: ${error.message}`);
  return status === 0;
}

function runChecks(): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const check of CHECKS) {
    const began = Date.now();
    const ok = npm(`check:${check}`);
    counts[ok ? 'passed' : 'failed'] += 1;
    console.log(`check:${check}  ${ok ? 'passed' : 'FAILED'}  ${Date.now() - began} ms`);
  }
  return counts;
}

function runTests(): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'thecal-test-'));
  const file = join(folder, 'counts.json');
  try {
    const ok = npm('test:unit', { ...process.env, THECAL_COUNTS_FILE: file });
    let counts: Counts;
    try {
      counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    } catch {
      console.error('the test runner ended without a result');
      return { passed: 0, failed: 1, skipped: 0 };
    }
    if (!ok && counts.failed === 0) {
      console.error('the test runner failed, though no test did');
      counts.failed = 1;
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const checksOnly = process.argv.includes('--checks');
const long = process.argv.includes('--long');
if (long) process.env.THECAL_LONG = '1';

const total = long ? { passed: 0, failed: 0, skipped: 0 } : runChecks();
if (!checksOnly) {
  const tests = runTests();
  total.passed += tests.passed;
  total.failed += tests.failed;
  total.skipped += tests.skipped;
}
console.log(lastLine(total));
process.exitCode = total.failed === 0 ? 0 : 1;
