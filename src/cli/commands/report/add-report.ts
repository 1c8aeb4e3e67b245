/** `thecal report ...`: verbs, options, help. */
import type { Command } from 'commander';
import type { ExitCode } from '../../exit-codes.ts';
import { duration } from '../../duration.ts';
import type { AccuracyOptions } from './accuracy.ts';
import type { ReportOptions } from './from-trace.ts';

const EXAMPLES = `
Examples:
  thecal report kink.trace --html kink.html                     charts of a run that has been
  thecal report kink.trace --vcd kink.vcd --vcd-last "6 h"      its last six hours as waveforms
  thecal report accuracy sim/scenarios/steady-therapy.yaml      trumpet curve of a pump, as tables

The run is made again from the inputs in the trace, and has to be what was recorded.
Exit codes: 0 written   1 not what was recorded   2 no trace, or not as it was written
            3 an output could not be written   4 written, of a trace without an end that would prove it
`;

const ACCURACY_EXAMPLES = `
Examples:
  thecal report accuracy sim/scenarios/steady-therapy.yaml                       tables in the terminal
  thecal report accuracy sim/scenarios/valve-accumulator.yaml --html valve.html  curves, to look at in a browser
  thecal report accuracy kink.trace --json -                                     figures of the pump in a trace
`;

export function addReport(program: Command, onExit: (code: ExitCode) => void): void {
  const report = program
    .command('report')
    .description('documents from a trace, and the accuracy of a pump')
    .argument('<trace>', 'a trace, from `thecal run --trace`')
    .option('--html <file>', 'charts and evidence as one page that works offline; - is standard output')
    .option('--vcd <file>', 'waveforms for GTKWave or Surfer')
    .option('--vcd-last <time>', 'only so much of the waveform, up to its end, such as "2 d"', duration)
    .option('--json <file>', 'the result as JSON; - is standard output')
    .option('--junit <file>', 'the result as JUnit XML; - is standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: ReportOptions) => {
      const { reportCommand } = await import('./from-trace.ts');
      onExit(await reportCommand(path, options));
    });
  report
    .command('accuracy')
    .description('start-up and trumpet curve in the manner of IEC 60601-2-24, and occlusions by rate')
    .argument(
      '<scenario>',
      'a scenario or a trace; its pump and catheter are measured, without what happens in it',
    )
    .option('--json <file>', 'the figures as JSON; - is standard output')
    .option('--html <file>', 'the curves as one page that works offline; - is standard output')
    .addHelpText('after', ACCURACY_EXAMPLES)
    .showHelpAfterError('(try thecal report accuracy --help)')
    .action(async (file: string, _: AccuracyOptions, command: Command) => {
      const { accuracyCommand } = await import('./accuracy.ts');
      // Both verbs have --json and --html, and the outer one would keep them for itself.
      onExit(await accuracyCommand(file, command.optsWithGlobals<AccuracyOptions>()));
    });
}
