/** `thecal check`: every problem of every file, each with its place; nothing is run. */
import { BAD_INPUT, type ExitCode, PASSED } from '../exit-codes.ts';
import { countProblems, problemText } from '../input-files.ts';
import { findScenarioFiles, readScenarioFile } from '../scenario-files.ts';
import { paintFor, printLines } from '../terminal.ts';

export function checkCommand(paths: readonly string[], options: { readonly json?: boolean }): ExitCode {
  const found = findScenarioFiles(paths);
  const files = found.files.map(readScenarioFile);
  const problems = [...found.problems, ...files.flatMap((file) => file.problems)];
  const isOk = problems.length === 0;
  if (options.json === true) {
    const report = {
      version: 1,
      isOk,
      files: files.map(({ file, problems: own }) => ({ file, isOk: own.length === 0 })),
      problems,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return isOk ? PASSED : BAD_INPUT;
  }
  const paint = paintFor(process.stdout);
  const fileCount = `${files.length} ${files.length === 1 ? 'scenario' : 'scenarios'}`;
  const where = files.length === 0 ? '; no scenario was found' : ` in ${fileCount}`;
  printLines(process.stdout, [
    ...problems.map(problemText),
    isOk ? paint.green(`ok: ${fileCount}`) : paint.red(countProblems(problems) + where),
  ]);
  return isOk ? PASSED : BAD_INPUT;
}
