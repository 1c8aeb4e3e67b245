/** `thecal report accuracy`: measures on the simulated pump, and writes text, JSON or a page. */
import { statSync } from 'node:fs';
import { AccuracyError, measureAccuracy } from '../../../report/accuracy.ts';
import { accuracyPage } from '../../../report/accuracy-page.ts';
import { accuracyText } from '../../../report/accuracy-text.ts';
import { coreHash, productVersion } from '../../build-info.ts';
import { type ExitCode, INFRASTRUCTURE, PASSED } from '../../exit-codes.ts';
import { pageParts } from '../../page-parts.ts';
import { isStdoutTaken, prepareOutputs, writeSink } from '../../run/outputs.ts';
import { readScenarios } from '../../scenario-files.ts';
import { printLines } from '../../terminal.ts';
import { openTrace } from '../../traces/open-trace.ts';
import { scenarioIn } from '../../traces/replay-of.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { MachineError, UserError } from '../../user-error.ts';

export interface AccuracyOptions {
  readonly json?: string;
  readonly html?: string;
}

/** What is no folder and not called like a scenario is taken for a trace. */
function scenariosIn(file: string): Scenario[] {
  const isTrace = !/\.ya?ml$/i.test(file) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isTrace ? [scenarioIn(file, openTrace(file).manifest)] : readScenarios([file]);
}

export async function accuracyCommand(file: string, options: AccuracyOptions): Promise<ExitCode> {
  const scenarios = scenariosIn(file);
  const [scenario] = scenarios;
  if (scenario === undefined || scenarios.length > 1) {
    throw new UserError(`${file}: accuracy is measured of one scenario's pump; name one file`);
  }
  const outputs = prepareOutputs(options, [{ ...scenario, file }]);
  const style = outputs.html === null ? '' : (await pageParts()).style;
  const { createSimTarget } = await import('../../../../hal/sim/target.ts');
  try {
    const accuracy = await measureAccuracy(scenario, createSimTarget);
    const manifest = { product: 'thecal', productVersion: productVersion(), coreHash: await coreHash() };
    if (!isStdoutTaken(outputs)) printLines(process.stdout, accuracyText(accuracy));
    writeSink(outputs.json, () => `${JSON.stringify({ version: 1, manifest, ...accuracy }, null, 2)}\n`);
    writeSink(outputs.html, () => accuracyPage(accuracy, style));
    return PASSED;
  } catch (error) {
    if (error instanceof AccuracyError) throw new UserError(`${scenario.file}: ${error.message}`);
    if (!(error instanceof MachineError)) throw error;
    printLines(process.stderr, [error.message]);
    return INFRASTRUCTURE;
  }
}
