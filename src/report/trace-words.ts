/** What is said of traces: what is wrong with their bytes, and where two of them part. */
import type { Difference } from '../replay/difference.ts';
import type { ManifestDifference } from '../replay/manifest.ts';
import { formatDuration, formatInstant } from '../scenario/time.ts';
import type { Flaw, ReadTrace, Trace } from '../trace/read.ts';
import type { Paint } from './paint.ts';
import { fieldName } from './state-text.ts';
import { grouped } from './words.ts';

function flawText({ block, fromOffset, toOffset, firstTick, lastTick, what }: Flaw): string {
  const name = block < 0 ? 'head of the file' : `block ${block}`;
  const ticks =
    firstTick === null || lastTick === null
      ? ''
      : firstTick === lastTick
        ? `, at ${formatInstant(firstTick)}`
        : `, ticks ${firstTick} to ${lastTick} (${formatDuration(firstTick)} to ${formatDuration(lastTick)})`;
  return `${name}, bytes ${fromOffset} to ${toOffset - 1}${ticks}: ${what}`;
}

/** The last tick that is whole before the first block that is altered, or -1; its own tick may go on in that block. */
export function provenTick(before: Trace | null): number {
  return (before?.blocks.findLast(({ kind }) => kind === 'records')?.lastTick ?? 0) - 1;
}

/** What is wrong with a trace, and what of it can be read all the same. `path` as a shell takes it. */
export function alteredLines(
  path: string,
  { flaws, before }: Exclude<ReadTrace, { readonly trace: Trace }>,
): string[] {
  const tick = provenTick(before);
  const rest =
    tick < 0
      ? 'nothing that happened stands before it'
      : `what stands before it is as it was written: thecal trace cat ${path} --until ${tick}`;
  return [...flaws.map((flaw) => `  ${flawText(flaw)}`), `  ${rest}`];
}

/** What a run that broke off has left; null of one that came to its end. */
export function looseText({ blocks, end, looseBytes }: Trace): string | null {
  if (end !== null) return null;
  const loose =
    looseBytes === 0 ? '' : `; ${grouped(looseBytes)} bytes of a block that was not finished are left out`;
  const last = blocks.findLast(({ kind }) => kind === 'records');
  const whole =
    last === undefined
      ? 'nothing that happened is in it'
      : `it is whole up to ${formatInstant(last.lastTick)}`;
  return `it has no end: its run was killed, broke off or goes on, or a copy was cut short, which is to be made again; ${whole}${loose}`;
}

/** Of a moment that a trace of the last days has let go; null where the record is there to compare with. */
export function unprovenText({ gap }: Trace, tick: number): string | null {
  if (gap === null || tick > gap.throughTick) return null;
  return `its record begins after ${formatInstant(gap.throughTick)}: up to there this is what this program does, and nothing proves that it was so then`;
}

export function manifestLines(
  differences: readonly ManifestDifference[],
  [nameA, nameB]: readonly [string, string],
): string[] {
  const width = Math.max(...differences.map(({ field }) => field.length));
  return differences.map(
    ({ field, a, b }) => `  ${field.padEnd(width)}  ${shortened(a)} (${nameA})  ${shortened(b)} (${nameB})`,
  );
}

/** Nobody compares more of a hash by eye. */
function shortened(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}

const FIELDS_SHOWN = 12;

/** First where, then both lines, what led up to it, and what the firmware's state makes of it. */
export function differenceLines(
  difference: Difference,
  [nameA, nameB]: readonly [string, string],
  paint: Paint,
): string[] {
  const { tick, field, a, b, lineA, lineB, before, state } = difference;
  const width = Math.max(nameA.length, nameB.length, 'before'.length);
  const labelled = (name: string, text: string): string => `  ${name.padEnd(width)}  ${text}`;
  return [
    paint.red(
      `differs first at ${formatInstant(tick)}: ${field} is ${cut(a)} (${nameA}), ${cut(b)} (${nameB})`,
    ),
    ...before.map((line, i) => paint.dim(labelled(i === 0 ? 'before' : '', cut(line)))),
    labelled(nameA, cut(lineA ?? 'nothing more')),
    labelled(nameB, cut(lineB ?? 'nothing more')),
    ...stateLines(state, labelled),
  ];
}

/** A message of the line can be two thousand characters long; --json has all of it. */
const CHARACTERS_SHOWN = 140;

function cut(text: string): string {
  return text.length <= CHARACTERS_SHOWN ? text : `${text.slice(0, CHARACTERS_SHOWN)}...`;
}

function stateLines(state: Difference['state'], labelled: (name: string, text: string) => string): string[] {
  if (state === null) return [];
  const { nextTick, fields, fieldCount } = state;
  const at = `${fields.length} of ${fieldCount} fields differ before ${formatInstant(nextTick)}`;
  const shown = fields
    .slice(0, FIELDS_SHOWN)
    .map(({ path, ...values }) => ({ path: fieldName(path), ...values }));
  const width = Math.max(0, ...shown.map(({ path }) => path.length));
  return [
    labelled(
      'state',
      fields.length === 0 ? `no field of the firmware differs yet before ${formatInstant(nextTick)}` : at,
    ),
    ...shown.map(({ path, a, b }) =>
      labelled('', `${path.padEnd(width)}  ${a ?? 'absent'}  ${b ?? 'absent'}`),
    ),
    ...(fields.length > FIELDS_SHOWN
      ? [labelled('', `and ${fields.length - FIELDS_SHOWN} more: --json has all`)]
      : []),
  ];
}
