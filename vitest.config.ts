import { defineConfig } from 'vitest/config';
import { buildStamps } from './scripts/build.ts';

/** `THECAL_LONG=1` asks the tests themselves for longer runs and rarer scenarios; nothing here depends on it. */
export default defineConfig({
  define: buildStamps(),
  test: {
    include: ['tests/**/*.test.ts'],
    globals: false,
    environment: 'node',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './scripts/last-line-reporter.ts'],
  },
});
