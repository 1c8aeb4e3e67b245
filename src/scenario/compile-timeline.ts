/**
 * From the entries of the timeline, in file order and each with its own kind of time, to one list sorted by tick.
 * Here is what no entry can know alone: ids, the order of faults and clears, the reservoir's size, the end of the run,
 * and the concentration in force when a therapy is programmed.
 */
import type { ClinicalOrder, Prescription } from '../../hal/target.ts';
import { PUMP_LAYERS } from '../../sim/faults/fault.ts';
import type { Therapy } from '../core/therapy.ts';
import { compileTimed } from './compile-expectation.ts';
import { compileTherapy, tooFastAt } from './compile-therapy.ts';
import { nearest, quoted } from './nearest.ts';
import type { Path, Report } from './problem.ts';
import { formatQuantity, KINDS } from './quantity.ts';
import type { TimelineEntry } from './scenario.ts';
import type { Document, Entry, RUNS } from './schema.ts';
import type { Screening } from './screening.ts';
import { checkScreening } from './screening.ts';
import { formatDuration } from './time.ts';
import type { FaultWords, Vocabulary } from './vocabulary.ts';

/** What `every` may multiply to: a run of seven years with an entry every hour still fits. */
const MAX_ENTRIES = 100_000;
/** Within a tick: the world changes, then fluid, then orders, then questions. */
const RANK: Readonly<Record<TimelineEntry['kind'], number>> = {
  fault: 0,
  clear: 0,
  refill: 1,
  replace: 1,
  screening: 1,
  command: 2,
  session: 2,
  expect: 3,
};

/** What a control keeps: all but the faults, their clears, and the looks at them. */
const DONE_BY_PEOPLE: readonly TimelineEntry['kind'][] = [
  'refill',
  'replace',
  'screening',
  'command',
  'session',
];

export interface TimelineContext {
  readonly vocabulary: Vocabulary;
  /** Each undefined where the file got it wrong; what depends on it is then not judged. */
  readonly untilTick: number | undefined;
  readonly reservoirNl: number | undefined;
  readonly lowReservoirNl: number | undefined;
  readonly concentration: number | undefined;
  readonly therapy: Therapy | null;
  readonly patient: PatientWords | undefined;
  readonly ids: Ids;
  readonly lineOf: (path: Path) => number;
  readonly report: Report;
}

type PatientWords = Document['patient'];

/** Names are unique in a file, whatever they name. */
export class Ids {
  private readonly lines = new Map<string, number>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  claim(id: string, line: number, path: Path, isOwn: boolean): void {
    const taken = this.lines.get(id);
    if (taken === undefined) {
      this.lines.set(id, line);
    } else if (isOwn) {
      this.report(
        [...path, 'id'],
        `${quoted(id)} already names the entry on line ${taken}: choose another id`,
      );
    } else {
      this.report(
        path,
        `without an id this entry is called ${quoted(id)}, as the one on line ${taken} is: give it an id of its own`,
      );
    }
  }
}

/** What an entry is called by others, though it may be wrong otherwise. */
interface Named {
  readonly index: number;
  readonly isFault: boolean;
}

/** A right entry with the ticks at which it falls due. */
interface Timed {
  readonly entry: Entry;
  readonly index: number;
  readonly ticks: readonly number[];
}

/** Compiled apart, since the concentration in force may differ. */
export type Timelines = Readonly<Record<(typeof RUNS)[number], readonly TimelineEntry[]>>;

/** `raw` are the entries as YAML gave them, `entries` those that are right, at the same indexes. */
export function compileTimeline(
  raw: readonly unknown[],
  entries: readonly (Entry | undefined)[],
  context: TimelineContext,
): Timelines {
  const named = nameEntries(raw, entries, context);
  const ticks = new Ticks(entries, named, context);
  const timed: Timed[] = [];
  entries.forEach((entry, index) => {
    if (entry === undefined) return;
    const due = ticks.due(index);
    if (due !== null) timed.push({ entry, index, ticks: due });
  });
  checkClears(timed, entries, named, context);
  const reported = new Set<number>();
  const of = (run: (typeof RUNS)[number]): TimelineEntry[] =>
    compileEntries(
      timed.filter(({ entry }) => stands(entry, run)),
      reported,
      context,
    );
  return { main: of('main'), control: of('control') };
}

/** Looks of the main timeline stay behind with the faults they are about. */
function stands(entry: Entry, run: (typeof RUNS)[number]): boolean {
  if (run === 'control' && !DONE_BY_PEOPLE.includes(kindOf(entry))) return false;
  const only = 'only' in entry ? entry.only : undefined;
  return only === undefined || only === run;
}

function nameEntries(
  raw: readonly unknown[],
  entries: readonly (Entry | undefined)[],
  context: TimelineContext,
): Map<string, Named> {
  const named = new Map<string, Named>();
  raw.forEach((item, index) => {
    if (typeof item !== 'object' || item === null) return;
    const { id, fault } = item as Record<string, unknown>;
    const name = typeof id === 'string' ? id : fault;
    if (typeof name !== 'string') return;
    if (entries[index] !== undefined) {
      const path = ['timeline', index];
      context.ids.claim(name, context.lineOf(path), path, typeof id === 'string');
    }
    if (!named.has(name)) named.set(name, { index, isFault: fault !== undefined });
  });
  return named;
}

/** When each entry falls due; asked for in any order, since `after` may point forwards. */
class Ticks {
  private readonly known = new Map<number, readonly number[] | null>();
  private readonly open = new Set<number>();
  private readonly entries: readonly (Entry | undefined)[];
  private readonly named: ReadonlyMap<string, Named>;
  private readonly context: TimelineContext;
  private count = 0;

  constructor(
    entries: readonly (Entry | undefined)[],
    named: ReadonlyMap<string, Named>,
    context: TimelineContext,
  ) {
    this.entries = entries;
    this.named = named;
    this.context = context;
  }

  /** Null when it is wrong, or hangs on an entry that is wrong; reported once. */
  due(index: number): readonly number[] | null {
    const known = this.known.get(index);
    if (known !== undefined) return known;
    const entry = this.entries[index];
    if (entry === undefined) return null;
    this.open.add(index);
    const ticks = this.work(entry, index);
    this.open.delete(index);
    this.known.set(index, ticks);
    return ticks;
  }

  private work(entry: Entry, index: number): readonly number[] | null {
    const path = ['timeline', index];
    if (entry.every !== undefined) return this.repeat(entry.every, path);
    if (entry.at !== undefined) return this.within(entry.at, [...path, 'at']);
    const anchor = this.anchor(entry.after ?? '', [...path, 'after']);
    return anchor === null ? null : this.within(anchor + (entry.by ?? 0), [...path, 'by']);
  }

  private within(tick: number, path: Path): readonly number[] | null {
    const { untilTick, report } = this.context;
    if (untilTick === undefined || tick <= untilTick) return [tick];
    report(
      path,
      `${formatDuration(tick)} is after the end of the run, until: ${formatDuration(untilTick)}; bring it forward or let the run last longer`,
    );
    return null;
  }

  private repeat(period: number, path: Path): readonly number[] | null {
    const { untilTick, report } = this.context;
    if (untilTick === undefined) return null;
    if (this.within(period, [...path, 'every']) === null) return null;
    const times = Math.floor(untilTick / period);
    this.count += times;
    if (this.count > MAX_ENTRIES) {
      report(
        [...path, 'every'],
        `makes ${times} entries until ${formatDuration(untilTick)}, and a timeline holds ${MAX_ENTRIES}; choose a longer period or a shorter run`,
      );
      return null;
    }
    return Array.from({ length: times }, (_, n) => period * (n + 1));
  }

  private anchor(id: string, path: Path): number | null {
    const { report } = this.context;
    const target = this.named.get(id);
    if (target === undefined) {
      report(path, unknownId(id, [...this.named.keys()]));
      return null;
    }
    if (this.open.has(target.index)) {
      report(path, `${quoted(id)} waits for this entry, directly or through others: give one of them an at`);
      return null;
    }
    if (this.entries[target.index]?.every !== undefined) {
      report(
        path,
        `${quoted(id)} comes again and again, so after it is no one time: write at, or every beside it`,
      );
      return null;
    }
    return this.due(target.index)?.[0] ?? null;
  }
}

function unknownId(id: string, known: readonly string[]): string {
  const near = nearest(id, known);
  const hint =
    near === null
      ? 'give the entry that is meant this id'
      : `did you mean ${near}? Else give the entry that is meant this id`;
  return `no entry of the timeline has the id ${quoted(id)}; ${hint}`;
}

function checkClears(
  timed: readonly Timed[],
  entries: readonly (Entry | undefined)[],
  named: ReadonlyMap<string, Named>,
  context: TimelineContext,
): void {
  const { report } = context;
  const ticksOf = new Map(timed.map(({ index, ticks }) => [index, ticks] as const));
  const clearedBy = new Map<string, number>();
  for (const { entry, index, ticks } of timed) {
    if (!('fault' in entry) || entry.lasts === undefined) continue;
    clearedBy.set(entry.id ?? entry.fault, index);
    const endTick = Math.max(...ticks) + entry.lasts;
    if (context.untilTick === undefined || endTick <= context.untilTick) continue;
    report(
      ['timeline', index, 'lasts'],
      `ends at ${formatDuration(endTick)}, after the end of the run, until: ${formatDuration(context.untilTick)}; leave lasts out, or let the run last longer`,
    );
  }
  entries.forEach((entry, index) => {
    if (entry === undefined || !('clear' in entry)) return;
    const path = ['timeline', index, 'clear'];
    const target = named.get(entry.clear);
    if (target === undefined) {
      report(
        path,
        unknownId(
          entry.clear,
          [...named].filter(([, { isFault }]) => isFault).map(([name]) => name),
        ),
      );
      return;
    }
    if (!target.isFault) {
      report(
        path,
        `${quoted(entry.clear)} is not a fault, so there is nothing to clear; name the id of a fault`,
      );
      return;
    }
    const fault = entries[target.index];
    if (fault?.every !== undefined || entry.every !== undefined) {
      report(
        path,
        'a fault that repeats, or a clear that does, is no single pair; write each fault and its clear with at',
      );
      return;
    }
    const before = clearedBy.get(entry.clear);
    if (before !== undefined) {
      report(
        path,
        `${quoted(entry.clear)} is cleared on line ${context.lineOf(['timeline', before])} already; remove one of the two`,
      );
      return;
    }
    clearedBy.set(entry.clear, index);
    const faultTick = ticksOf.get(target.index)?.[0];
    const clearTick = ticksOf.get(index)?.[0];
    if (faultTick === undefined || clearTick === undefined) return;
    if (clearTick < faultTick || (clearTick === faultTick && index < target.index)) {
      report(
        path,
        `${quoted(entry.clear)} begins at ${formatDuration(faultTick)}, after this clear at ${formatDuration(clearTick)}; clear it later`,
      );
    } else if (clearTick === faultTick) {
      report(
        path,
        `${quoted(entry.clear)} begins in this very tick and would change nothing; clear it later`,
      );
    }
  });
}

interface Moment {
  readonly tick: number;
  readonly entry: Entry;
  readonly index: number;
  /** `.1`, `.2` ... behind the ids of an entry that repeats. */
  readonly suffix: string;
}

/** `reported`: indexes of entries that were called wrong already, here or in the other run. */
function compileEntries(
  timed: readonly Timed[],
  reported: Set<number>,
  context: TimelineContext,
): TimelineEntry[] {
  const moments: Moment[] = timed.flatMap(({ entry, index, ticks }) =>
    ticks.flatMap((tick, n) => {
      const suffix = entry.every === undefined ? '' : `.${n + 1}`;
      const moment = { tick, entry, index, suffix };
      if (!('fault' in entry) || entry.lasts === undefined) return moment;
      const clear = { clear: (entry.id ?? entry.fault) + suffix };
      return [moment, { tick: tick + entry.lasts, entry: clear, index, suffix: '' }];
    }),
  );
  moments.sort(
    (a, b) => a.tick - b.tick || RANK[kindOf(a.entry)] - RANK[kindOf(b.entry)] || a.index - b.index,
  );
  const programming: Programming = {
    concentration: context.concentration,
    therapy: context.therapy,
    firstStartTick: context.patient?.['used-to'] === 'nothing' ? startTick(context.therapy, 0) : USED_TO,
    lowReservoirNl: context.lowReservoirNl,
    screening: null,
    faultsInPump: new Set(),
    endedFaults: new Map(),
  };
  const compiled: TimelineEntry[] = [];
  for (const moment of moments) {
    const complaints: Parameters<Report>[] = [];
    const report: Report = (...complaint) => complaints.push(complaint);
    const entry = compileMoment(moment, programming, { ...context, report });
    // A wrong entry that repeats is wrong once.
    if (complaints.length > 0 && !reported.has(moment.index)) {
      reported.add(moment.index);
      for (const complaint of complaints) context.report(...complaint);
    }
    if (entry !== null) compiled.push(entry);
  }
  return compiled;
}

function kindOf(entry: Entry): TimelineEntry['kind'] {
  if ('fault' in entry) return 'fault';
  if ('clear' in entry) return 'clear';
  if ('refill' in entry) return 'refill';
  if ('replace' in entry) return 'replace';
  if ('screening' in entry) return 'screening';
  if ('session' in entry) return 'session';
  return 'command' in entry ? 'command' : 'expect';
}

/** The patient has had the drug before the run. */
const USED_TO = -1;

/** The tick itself when this therapy gives something. */
function startTick(therapy: Therapy | null, tick: number): number | null {
  return therapy === null || therapy.mode === 'stopped' || therapy.mode === 'minimum' ? null : tick;
}

/** What a prescription says of the patient, for the rules of his group; of a group without any, nothing. */
function patientOf(
  programming: Programming,
  therapy: Therapy,
  tick: number,
  { patient }: TimelineContext,
): Pick<Prescription, 'patientGroup' | 'firstStartTick'> {
  programming.firstStartTick ??= startTick(therapy, tick);
  if (patient === undefined || patient.group === 'none') return {};
  return { patientGroup: patient.group, firstStartTick: programming.firstStartTick ?? tick };
}

/** What the pump was last told; a rate by the day means another dose after a change of concentration. */
interface Programming {
  concentration: number | undefined;
  therapy: Therapy | null;
  /** When the patient's therapy began; null: it did not yet. */
  firstStartTick: number | null;
  lowReservoirNl: number | undefined;
  screening: Screening | null;
  /** Faults that sit in the pump, and those that went with one that was replaced, with the tick of it. */
  readonly faultsInPump: Set<string>;
  readonly endedFaults: Map<string, number>;
}

function compileMoment(
  { tick, entry, index, suffix }: Moment,
  programming: Programming,
  context: TimelineContext,
): TimelineEntry | null {
  const path: Path = ['timeline', index];
  const line = context.lineOf(path);
  const id = entry.id === undefined ? null : entry.id + suffix;
  if ('fault' in entry) {
    const name = id ?? entry.fault + suffix;
    const { faults } = context.vocabulary;
    if (faults.some(({ kind, layer }) => kind === entry.fault && PUMP_LAYERS.includes(layer))) {
      programming.faultsInPump.add(name);
    }
    const options = completeOptions(entry, faults);
    return { tick, line, id: name, kind: 'fault', fault: entry.fault, options };
  }
  if ('clear' in entry) {
    programming.faultsInPump.delete(entry.clear);
    const endTick = programming.endedFaults.get(entry.clear);
    if (endTick !== undefined) {
      context.report(
        path,
        `${quoted(entry.clear)} ended when the pump was replaced at ${formatDuration(endTick)}: leave its end out`,
      );
    }
    return { tick, line, id, kind: 'clear', target: entry.clear };
  }
  if ('refill' in entry) {
    checkVolume(entry.refill, context.reservoirNl, [...path, 'refill'], context.report);
    const { concentration } = entry;
    const strength = concentration === undefined ? {} : { concentrationUgPerMl: concentration };
    return { tick, line, id, kind: 'refill', volumeNl: entry.refill, ...strength };
  }
  if ('replace' in entry) {
    const replacement = compileReplacement(entry, tick, programming, path, context);
    for (const name of programming.faultsInPump) programming.endedFaults.set(name, tick);
    programming.faultsInPump.clear();
    return replacement === null ? null : { tick, line, id, kind: 'replace', ...replacement };
  }
  if ('screening' in entry) {
    const next = { tick, doseTenthUg: entry.screening.dose };
    checkScreening(next, programming.screening, programming.therapy, [...path, 'screening'], context.report);
    programming.screening = next;
    return { line, id, kind: 'screening', ...next };
  }
  if ('command' in entry) {
    const command = compileCommand(entry.command, tick, programming, [...path, 'command'], context);
    return command === null ? null : { tick, line, id, kind: 'command', command };
  }
  if ('session' in entry) {
    const { program, leave, confirm } = entry.session;
    const command =
      program === undefined
        ? null
        : compileCommand({ program, confirm: 'yes' }, tick, programming, [...path, 'session'], context);
    if (program !== undefined && command?.kind !== 'program') return null;
    const wanted = command?.kind === 'program' ? command : null;
    return { tick, line, id, kind: 'session', program: wanted, leave, isConfirmed: confirm === 'yes' };
  }
  const head = { id: id ?? `timeline.${index}${suffix}`, line };
  const expectation = compileTimed(entry.expect, head, [...path, 'expect'], context.report);
  if (expectation === null) return null;
  const endTick = tick + (expectation.withinTicks ?? 0) + (expectation.heldForTicks ?? 0);
  if (context.untilTick !== undefined && endTick > context.untilTick) {
    context.report(
      [...path, 'expect'],
      `can be judged only at ${formatDuration(endTick)}, after the end of the run, until: ${formatDuration(context.untilTick)}; shorten within or held, or let the run last longer`,
    );
  }
  return { tick, line, id: head.id, kind: 'expect', expectation };
}

function completeOptions(
  entry: { fault: string },
  faults: readonly FaultWords[],
): Record<string, number | string> {
  const given = entry as unknown as Readonly<Record<string, number | string | undefined>>;
  const specs = faults.find(({ kind }) => kind === entry.fault)?.options ?? [];
  return Object.fromEntries(specs.map((spec) => [spec.name, given[spec.name] ?? spec.default]));
}

/** For anything that is filled into, or compared with, the reservoir. */
export function checkVolume(
  volumeNl: number,
  reservoirNl: number | undefined,
  path: Path,
  report: Report,
): void {
  if (reservoirNl === undefined || volumeNl <= reservoirNl) return;
  const show = (nl: number): string => formatQuantity(nl, KINDS.volume);
  report(
    path,
    `${show(volumeNl)} is more than the reservoir holds; write at most ${show(reservoirNl)}, or a larger reservoir`,
  );
}

type ReplacementWords = Extract<Entry, { replace: unknown }>;

/** What is not said of the new pump is as the old one was programmed. */
function compileReplacement(
  words: ReplacementWords,
  tick: number,
  programming: Programming,
  path: Path,
  context: TimelineContext,
): { fillNl: number; prescription: Prescription; isPrimed: boolean } | null {
  const { reservoirNl, report } = context;
  checkVolume(words.replace, reservoirNl, [...path, 'replace'], report);
  const { concentration = programming.concentration } = words;
  if (concentration === undefined) return null;
  programming.concentration = concentration;
  if (words.therapy !== undefined) {
    programming.therapy = compileTherapy(words.therapy, concentration, [...path, 'therapy'], report);
  } else if (programming.therapy !== null) {
    const complaint = tooFastAt(programming.therapy, concentration);
    if (complaint !== null)
      report([...path, 'concentration'], `the therapy in force can't be kept: ${complaint}`);
  }
  const { therapy, lowReservoirNl } = programming;
  if (therapy === null || lowReservoirNl === undefined) return null;
  return {
    fillNl: words.replace,
    prescription: {
      therapy,
      concentrationUgPerMl: concentration,
      lowReservoirNl,
      firstStartTick: USED_TO,
      ...patientOf(programming, therapy, tick, context),
    },
    isPrimed: words.primed === 'yes',
  };
}

type CommandWords = Extract<Entry, { command: unknown }>['command'];

function compileCommand(
  words: CommandWords,
  tick: number,
  programming: Programming,
  path: Path,
  context: TimelineContext,
): ClinicalOrder | null {
  const { vocabulary, reservoirNl, report } = context;
  if (typeof words === 'string') return { kind: words };
  if ('acknowledge' in words)
    return { kind: 'acknowledge', alarm: vocabulary.alarms.indexOf(words.acknowledge) };
  if ('silence' in words) return { kind: 'silence', alarm: vocabulary.alarms.indexOf(words.silence) };
  if ('low-reservoir' in words) {
    const thresholdNl = words['low-reservoir'];
    checkVolume(thresholdNl, reservoirNl, [...path, 'low-reservoir'], report);
    programming.lowReservoirNl = thresholdNl;
    return { kind: 'low-reservoir', thresholdNl };
  }
  if ('prime' in words) return { kind: 'prime', volumeNl: words.prime };
  if ('bolus' in words) return { kind: 'bolus', doseTenthUg: words.bolus.dose, ticks: words.bolus.over };
  const bridge = words.bridge === undefined ? {} : { bridgeNl: words.bridge };
  if ('concentration' in words) programming.concentration = words.concentration;
  const { concentration } = programming;
  if (concentration === undefined) return null;
  if ('program' in words) {
    programming.therapy = compileTherapy(words.program, concentration, [...path, 'program'], report);
  }
  // The pump takes a prescription whole: for a new concentration the same therapy once more.
  const { therapy } = programming;
  if (therapy === null) return null;
  const complaint = 'concentration' in words ? tooFastAt(therapy, concentration) : null;
  if (complaint !== null)
    report([...path, 'concentration'], `the therapy in force can't be kept: ${complaint}`);
  return {
    kind: 'program',
    therapy,
    concentrationUgPerMl: concentration,
    ...patientOf(programming, therapy, tick, context),
    ...bridge,
    ...confirmationOf(words.confirm),
  };
}

/** Confirmed is what an order is when it does not say. */
function confirmationOf(confirm: 'yes' | 'no'): { isConfirmed?: false } {
  return confirm === 'yes' ? {} : { isConfirmed: false };
}
