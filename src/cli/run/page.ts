/** The page of a run: of what has finished, in the order of the result. */
import { htmlReport, type PageEntry } from '../../report/html.ts';
import type { Result } from '../../scenario/result.ts';
import { pageParts } from '../page-parts.ts';
import type { Job, Outcome } from './job.ts';
import type { Outputs } from './outputs.ts';

/** Loads what a page is made of before anything runs, so that nothing is lost for want of it. */
export async function pageMaker({
  html,
}: Outputs): Promise<(result: Result, jobs: readonly Job[], outcomes: readonly Outcome[]) => string> {
  if (html === null) return () => '';
  const parts = await pageParts();
  return (result, jobs, outcomes) => htmlReport(result, entriesOf(jobs, outcomes), parts);
}

function entriesOf(jobs: readonly Job[], outcomes: readonly Outcome[]): PageEntry[] {
  return outcomes.flatMap((outcome, i) =>
    outcome.kind === 'finished'
      ? [{ result: outcome.result, why: jobs[i]!.scenario.why, recordings: outcome.recordings }]
      : [],
  );
}
