/**
 * Reading a scenario: from the bytes of a file to a `Scenario`, or to all that is wrong with it at once.
 *
 *   bytes -> YAML with places -> schema (types, units, defaults) -> compile (what needs more than one place)
 *
 * Each stage goes on with what the one before left intact, so that one slip doesn't hide the next. No problem is
 * followed by another that only repeats it: what is wrong already is not judged again.
 */
import { compileListed, type ListedWords } from './compile-expectation.ts';
import { compileTherapy } from './compile-therapy.ts';
import { checkVolume, compileTimeline, Ids, type Timelines } from './compile-timeline.ts';
import { type Finding, type Path, type Problem, placed, type Report } from './problem.ts';
import type { Expectation, Scenario } from './scenario.ts';
import type { Document, Schemas } from './schema.ts';
import { buildSchemas } from './schema.ts';
import { check, listOrEmpty, mapOrEmpty, salvage, salvageParts } from './schema-parts.ts';
import { WEEKDAYS } from './time.ts';
import type { Vocabulary } from './vocabulary.ts';
import { readSource, type Source } from './yaml-source.ts';

export { formatProblem, type Problem } from './problem.ts';

/** `hash` is SHA-256 in hex; handed in, since what computes it differs between Node and a page. */
export function readScenario(
  bytes: Uint8Array,
  file: string,
  vocabulary: Vocabulary,
  hash: (bytes: Uint8Array) => string,
): { scenario: Scenario } | { problems: Problem[] } {
  const read = readSource(bytes, 'scenario');
  if ('problems' in read)
    return { problems: read.problems.map((problem) => ({ file, path: '', ...problem })) };
  const { source } = read;
  const schemas = schemasOf(vocabulary);
  const checked = check(schemas.document, source.data);
  const findings: Finding[] = [...checked.findings];
  const report: Report = (path, message, at = 'value') => findings.push({ path, message, at });

  const parts = checked.isRight ? checked.value : salvageDocument(schemas, source.data);
  const compiled = compile(parts, source, vocabulary, report);
  if (checked.isRight && findings.length === 0) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return { scenario: complete(checked.value, compiled, { file, hash: hash(bytes), text }) };
  }
  return { problems: placed(findings, source.locate, file) };
}

/** A vocabulary is one for a whole program, and building its schema costs more than reading a file. */
const schemasByVocabulary = new WeakMap<Vocabulary, Schemas>();

function schemasOf(vocabulary: Vocabulary): Schemas {
  const known = schemasByVocabulary.get(vocabulary);
  if (known !== undefined) return known;
  const schemas = buildSchemas(vocabulary);
  schemasByVocabulary.set(vocabulary, schemas);
  return schemas;
}

/** A document of which any part may be missing because it is wrong. */
type Parts = Partial<Omit<Document, 'pump' | Listing | 'timeline' | 'control'>> & {
  readonly pump?: Partial<Document['pump']>;
  readonly timeline?: readonly (Document['timeline'][number] | undefined)[];
  readonly control?: Lists | undefined;
} & Lists;
type Listing = 'always' | 'never' | 'finally';
type Lists = { readonly [L in Listing]?: readonly (ListedWords | undefined)[] };
const LISTINGS = ['always', 'never', 'finally'] as const satisfies readonly Listing[];

function salvageDocument({ document, pump, entry, expectation }: Schemas, data: unknown): Parts {
  const raw = mapOrEmpty(data);
  const lists = (from: Record<string, unknown>): Lists =>
    Object.fromEntries(
      LISTINGS.map((name) => [name, listOrEmpty(from[name]).map((item) => salvage(expectation[name], item))]),
    );
  return {
    ...salvageParts<Document>(document, data),
    pump: salvageParts(pump, raw['pump']),
    timeline: listOrEmpty(raw['timeline']).map((item) => salvage(entry, item)),
    ...lists(raw),
    control: raw['control'] === undefined ? undefined : lists(mapOrEmpty(raw['control'])),
  };
}

/** What `compile` makes of the parts that need more than the schema. */
interface Compiled {
  readonly therapy: Scenario['therapy'] | null;
  readonly timelines: Timelines;
  readonly lists: Record<Listing, readonly Expectation[]>;
  readonly controlLists: Record<Listing, readonly Expectation[]>;
  readonly lookEveryTicks: readonly number[];
}

function compile(parts: Parts, source: Source, vocabulary: Vocabulary, report: Report): Compiled {
  const lineOf = (path: Path): number => source.locate(path, 'value').line;
  const ids = new Ids(report);
  const reservoirNl = parts.pump?.reservoir;
  const concentration = parts.drug?.concentration;

  for (const key of ['fill', 'low-reservoir'] as const) {
    const volumeNl = parts.pump?.[key];
    if (volumeNl !== undefined) checkVolume(volumeNl, reservoirNl, ['pump', key], report);
  }
  const therapy =
    parts.therapy === undefined || concentration === undefined
      ? null
      : compileTherapy(parts.therapy, concentration, ['therapy'], report);
  const timelines = compileTimeline(listOrEmpty(mapOrEmpty(source.data)['timeline']), parts.timeline ?? [], {
    vocabulary,
    untilTick: parts.until,
    reservoirNl,
    lowReservoirNl: parts.pump?.['low-reservoir'],
    concentration,
    therapy,
    patient: parts.patient,
    ids,
    lineOf,
    report,
  });

  const looks: number[] = [];
  const compileLists = (lists: Lists, prefix: Path, label: string): Record<Listing, Expectation[]> => {
    const compiled: Record<Listing, Expectation[]> = { always: [], never: [], finally: [] };
    for (const listing of LISTINGS) {
      lists[listing]?.forEach((words, index) => {
        if (words === undefined) return;
        const path = [...prefix, listing, index];
        const line = lineOf(path);
        if (words.id !== undefined) ids.claim(words.id, line, path, true);
        if ('look-every' in words && words['look-every'] !== undefined) looks.push(words['look-every']);
        const head = { id: words.id ?? path.join('.'), line };
        const expectation = compileListed(words, label + listing, parts.until ?? 0, head, path, report);
        if (expectation !== null) compiled[listing].push(expectation);
      });
    }
    return compiled;
  };
  return {
    therapy,
    timelines,
    lists: compileLists(parts, [], ''),
    controlLists: compileLists(parts.control ?? {}, ['control'], 'control: '),
    lookEveryTicks: [...new Set(looks)],
  };
}

function complete(
  document: Document,
  compiled: Compiled,
  origin: Pick<Scenario, 'file' | 'hash' | 'text'>,
): Scenario {
  const { start, pump, drug, catheter, patient, environment, control } = document;
  const { therapy, timelines, lists, controlLists, lookEveryTicks } = compiled;
  if (therapy === null) throw new Error('a scenario without problems has a therapy');
  return {
    version: 1,
    name: document.name,
    why: document.why ?? '',
    requirements: document.requirements,
    incident: document.incident ?? null,
    ...origin,
    seed: document.seed,
    start: { weekday: WEEKDAYS.indexOf(start.weekday), hour: start.time },
    pump: {
      mechanism: pump.mechanism,
      reservoirNl: pump.reservoir,
      fillNl: pump.fill,
      lowReservoirNl: pump['low-reservoir'],
      lowVolumeFade: pump['low-volume-fade'],
      tolerancePpm: pump.tolerance,
      sessionTimeoutTicks: pump['session-timeout'],
    },
    drug: { name: drug.name, concentrationUgPerMl: drug.concentration },
    catheter: {
      lengthMm: catheter.length,
      compliancePlPerPa: catheter.compliance,
      isPrimed: catheter.primed === 'yes',
      mixingTanks: catheter.mixing,
    },
    patient: {
      isUsedToTherapy: patient['used-to'] === 'therapy',
      needsTenthUg: patient.needs,
      group: patient.group,
    },
    environment: {
      noise: environment.noise,
      posture: environment.posture,
      cough: environment.cough,
      flights: environment.flights,
      temperatureMilliC: environment.temperature,
    },
    therapy,
    timeline: timelines.main,
    ...lists,
    lookEveryTicks,
    allow: document.allow,
    control:
      control === undefined ? null : { timeline: timelines.control, ...controlLists, allow: control.allow },
    untilTick: document.until,
  };
}
