/**
 * Ends a test run with one line that people and machines read alike: `N passed, N failed`, with `, N skipped`
 * when there are any. Skipped tests are named before it with their reasons, so that none goes unnoticed.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts: Counts = { passed: 0, failed: errors.length, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      // A file that cannot be loaded, and a hook that throws, fail without any test that failed.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          const note = result.state === 'skipped' ? result.note : undefined;
          const isOneAskedFor = module.project.config.testNamePattern?.test(test.fullName) ?? true;
          const reason = note ?? (isOneAskedFor ? 'no reason given' : 'not the one asked for by -t');
          skipped.push(`skipped: ${module.relativeModuleId} > ${test.fullName}: ${reason}`);
        }
      }
    }
    // After the summary of the default reporter, which is printed in this same turn.
    setImmediate(() => {
      for (const line of skipped) console.log(line);
      const file = process.env.THECAL_COUNTS_FILE;
      if (file === undefined) console.log(lastLine(counts));
      else writeFileSync(file, JSON.stringify(counts));
    });
  }
}
