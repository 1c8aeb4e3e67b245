/** `thecal list faults`: what each breaks, what can reveal it, and its options in the units of a scenario. */
import type { OptionSpec } from '../../../sim/faults/fault.ts';
import { FAULTS } from '../../../sim/faults/index.ts';
import { fold } from '../../report/fold.ts';
import type { Paint } from '../../report/paint.ts';
import { optionText } from '../../scenario/option-text.ts';
import type { Listing } from './listing.ts';

interface OptionRow {
  readonly name: string;
  readonly type: OptionSpec['type'];
  readonly default: string;
  readonly min: string | null;
  readonly max: string | null;
  readonly choices: readonly string[] | null;
  readonly meaning: string;
}

function optionRow(option: OptionSpec): OptionRow {
  const text = (value: number | undefined): string | null =>
    value === undefined ? null : optionText(option.type, value);
  return {
    name: option.name,
    type: option.type,
    default: optionText(option.type, option.default),
    min: text(option.min),
    max: text(option.max),
    choices: option.choices ?? null,
    meaning: option.meaning,
  };
}

function rangeText({ min, max, choices }: OptionRow): string {
  if (choices !== null) return `one of ${choices.join(', ')}`;
  if (min !== null && max !== null) return `${min} to ${max}`;
  if (min !== null) return `from ${min}`;
  return max === null ? 'any' : `up to ${max}`;
}

export function listFaults(): Listing {
  const rows = FAULTS.map(({ kind, layer, summary, revealedBy, options }) => ({
    kind,
    layer,
    summary,
    revealedBy,
    options: options.map(optionRow),
  }));
  const lines = (paint: Paint, width: number): string[] => {
    const said = (text: string): string[] => fold(`  ${text}`, width, '    ');
    return rows.flatMap(({ kind, layer, summary, revealedBy, options }, index) => [
      ...(index === 0 ? [] : ['']),
      `${paint.bold(kind)}  ${paint.dim(`(${layer})`)}`,
      ...said(summary),
      ...said(
        `revealed by: ${revealedBy.length === 0 ? 'nothing; the pump cannot know' : revealedBy.join(', ')}`,
      ),
      ...options.flatMap((option) =>
        said(`${option.name}: ${option.meaning}; ${rangeText(option)}, default ${option.default}`),
      ),
    ]);
  };
  return { rows, lines };
}
