/** From what a person looks for in a trace, such as `alarm:catheter-occlusion`, to the records that are it. */
import { ALARMS } from '../core/alarms/table.ts';
import { EVENT_ARGUMENTS, EVENT_KINDS, type EventKind } from '../core/events.ts';
import { PERMISSIONS } from '../core/permission.ts';
import { SESSION_STEPS } from '../core/telemetry/session.ts';
import { nearest, unknownWord } from '../scenario/nearest.ts';
import type { TraceRecord } from '../trace/read.ts';
import { OTHER_WORDS, recordLine, recordWord } from '../trace/text.ts';

export type Wanted = (record: TraceRecord) => boolean;

/** Strokes, hours, digests and tones go on all the time. */
const ROUTINE: ReadonlySet<string> = new Set(['stroke', 'hour', 'state', 'tone']);

export const isTelling: Wanted = (record) => !ROUTINE.has(recordWord(record));
/** The state digest says nothing that happened. */
export const isEvent: Wanted = (record) => record.kind !== 'state';

/**
 * `raise`, a kind; `alarm:occlusion`, an alarm raised whose name has this in it; `fault:kink`, a fault laid on; or
 * any kind with a word of its line, `permission:stopped`. Returns what is wrong with it as a text.
 */
export function parseWanted(text: string): Wanted | string {
  const [word = '', ...rest] = text.trim().split(':');
  const part = rest.join(':').toLowerCase();
  const kind = word === 'alarm' ? 'raise' : word;
  const kinds: readonly string[] = [...OTHER_WORDS, ...EVENT_KINDS];
  if (!kinds.includes(kind)) {
    const near = nearest(word, ['alarm', ...kinds]);
    const hint = near === null ? ';' : `; did you mean ${near}?`;
    return `"${text}" is nothing that a trace tells${hint} write a kind such as raise or command, or alarm:NAME, fault:NAME`;
  }
  const names = namesBehind(kind);
  if (names !== null && !names.some((name) => name.toLowerCase().includes(part))) {
    return unknownWord(word, part, names, `there are ${names.join(', ')}`);
  }
  return (record) => recordWord(record) === kind && behindKind(record).includes(part);
}

/** What may stand behind an event of this kind where that is one of a few names; else null. */
function namesBehind(kind: string): readonly string[] | null {
  switch (EVENT_ARGUMENTS[kind as EventKind]) {
    case 'alarm':
      return ALARMS.map(({ name }) => name);
    case 'permission':
      return PERMISSIONS;
    case 'step':
      return SESSION_STEPS;
    default:
      return null;
  }
}

/** The line without its tick and kind. */
function behindKind(record: TraceRecord): string {
  return recordLine(record).split(' ').slice(2).join(' ').toLowerCase();
}
