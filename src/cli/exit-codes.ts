/** How a run ends for whoever started it: a contract with scripts and CI, extended freely, never renumbered. */
import type { Verdict } from '../scenario/result.ts';

export const PASSED = 0;
/** An expectation or an invariant failed. */
export const FAILED = 1;
/** The command line, a file or an output path is wrong; nothing was run. */
export const BAD_INPUT = 2;
/** The line or the board failed, which says nothing about the pump. */
export const INFRASTRUCTURE = 3;
/** A fault never fired, or an expectation could not be observed. */
export const INCONCLUSIVE = 4;
/** Our own bug. */
export const BUG = 70;
/** By Ctrl-C or a request to terminate; what had finished by then is written. */
export const INTERRUPTED = 130;

export type ExitCode =
  | typeof PASSED
  | typeof FAILED
  | typeof BAD_INPUT
  | typeof INFRASTRUCTURE
  | typeof INCONCLUSIVE
  | typeof BUG
  | typeof INTERRUPTED;

/** The first of these that any part of a run earns is the exit code of the whole. */
const PRECEDENCE = [INTERRUPTED, BUG, BAD_INPUT, FAILED, INFRASTRUCTURE, INCONCLUSIVE, PASSED] as const;

const OF_VERDICT: Readonly<Record<Verdict, ExitCode>> = {
  error: BUG,
  failed: FAILED,
  infrastructure: INFRASTRUCTURE,
  inconclusive: INCONCLUSIVE,
  passed: PASSED,
};

export function exitCodeOf(verdicts: readonly Verdict[], others: readonly ExitCode[] = []): ExitCode {
  const earned = [...verdicts.map((verdict) => OF_VERDICT[verdict]), ...others];
  return PRECEDENCE.find((code) => earned.includes(code)) ?? PASSED;
}
