/** A trace as people and scripts read it: one line for everything that happened, each beginning with its tick. */
import type { Stimulus } from '../../hal/target.ts';
import { type ForkOrigin, TRACE_FORMAT, type TraceEnd, type TraceManifest } from './format.ts';
import type { TraceRecord } from './read.ts';
import { alarmName, argumentText, argumentWords } from './words.ts';

/** `# thecal trace 2 scenarioHash=... scenario="..."` */
export function manifestLine({
  scenario,
  scenarioText: _,
  boardsFile,
  fork,
  ...rest
}: TraceManifest): string {
  const fields = Object.entries({
    ...rest,
    boardsFile: boardsFile?.file ?? null,
    fork: fork === undefined ? null : forkText(fork),
  })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}=${headerValue(value)}`);
  return `# thecal trace ${TRACE_FORMAT}${fields.join('')} scenario=${JSON.stringify(scenario)}`;
}

export function forkText({ trace, tick }: ForkOrigin): string {
  return `${trace} at tick ${tick}`;
}

/** In quotes where it would not be one word. */
function headerValue(value: unknown): string {
  const text = String(value);
  return /^[\w./:+-]+$/.test(text) ? text : JSON.stringify(text);
}

export function endLine({ ticks, rolling, state, verdict }: TraceEnd): string {
  return `# end ticks=${ticks} rolling=${rolling} state=${state} verdict=${verdict}`;
}

/** The word that stands behind the tick in a line; what `--only` asks for. */
export function recordWord(record: TraceRecord): string {
  if (record.kind === 'event') return record.event.kind;
  if (record.kind === 'state') return 'state';
  // Each has another word than what the firmware says of commands and alarms.
  if (record.stimulus.kind === 'command') return 'order';
  return record.stimulus.kind === 'clear' ? 'fault-cleared' : record.stimulus.kind;
}

/** All words but those of events. */
export const OTHER_WORDS = [
  'fault',
  'fault-cleared',
  'refill',
  'replace',
  'screening',
  'order',
  'state',
] as const;

export function recordLine(record: TraceRecord): string {
  switch (record.kind) {
    case 'event':
      return `${record.tick} ${record.event.kind} ${argumentText(record.event)}`;
    case 'state':
      return `${record.tick} state digest=${digestText(record.digest)}`;
    case 'stimulus':
      return `${record.tick} ${stimulusText(record.stimulus)}`;
  }
}

/** The same for programs: one record, its words as in the line. */
export function recordJson(record: TraceRecord): object {
  const head = { tick: record.tick, kind: recordWord(record) };
  switch (record.kind) {
    case 'event':
      return { ...head, ...argumentWords(record.event) };
    case 'state':
      return { ...head, digest: digestText(record.digest) };
    case 'stimulus': {
      const { kind: _, ...rest } = record.stimulus;
      return { ...head, ...rest };
    }
  }
}

export function digestText(digest: number): string {
  return (digest >>> 0).toString(16).padStart(8, '0');
}

function fieldText(name: string, value: unknown): string {
  return name === 'alarm' && typeof value === 'number' ? alarmName(value) : JSON.stringify(value);
}

function stimulusText(stimulus: Stimulus): string {
  switch (stimulus.kind) {
    case 'fault': {
      const options = Object.entries(stimulus.options).map(([name, value]) => ` ${name}=${value}`);
      return `fault id=${stimulus.id} kind=${stimulus.fault}${options.join('')}`;
    }
    case 'clear':
      return `fault-cleared id=${stimulus.id}`;
    case 'refill': {
      const { volumeNl, concentrationUgPerMl } = stimulus;
      const drug =
        concentrationUgPerMl === undefined ? '' : ` concentration-ug-per-ml=${concentrationUgPerMl}`;
      return `refill volume-nl=${volumeNl}${drug}`;
    }
    case 'replace': {
      const { fillNl, prescription, isPrimed } = stimulus;
      return `replace fill-nl=${fillNl} primed=${isPrimed ? 'yes' : 'no'} program=${JSON.stringify(prescription)}`;
    }
    case 'screening':
      return `screening dose-tenth-ug=${stimulus.doseTenthUg}`;
    case 'session': {
      const { program, leave, isConfirmed } = stimulus;
      const text = program === null ? 'none' : JSON.stringify(program);
      return `session leave=${leave} confirm=${isConfirmed ? 'yes' : 'no'} program=${text}`;
    }
    case 'command': {
      const { kind, ...fields } = stimulus.command;
      const texts = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(name, value)}`);
      return `order command=${kind}${texts.join('')}`;
    }
  }
}
