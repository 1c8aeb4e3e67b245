/** A result as JUnit XML. */
import type { Result } from '../scenario/result.ts';
export function junitReport(result: Result): string {
  return String(result.version);
}
