/**
 * A run that parts from another one. What was done there before a tick is done again, and from that tick on what another
 * scenario says; so a fork is a scenario like any other, is run from its start, and is judged as a whole.
 */
import type { Scenario, TimelineEntry } from './scenario.ts';

export interface Fork {
  readonly scenario: Scenario;
  /** What the other scenario has done before the tick, and the parent not. */
  readonly leftOut: number;
}

/** These are the fork's own; all else is what the world is made of, and has to be the parent's. */
const OWN: ReadonlySet<string> = new Set([
  ...['version', 'name', 'why', 'requirements', 'incident', 'file', 'hash', 'text', 'seed'],
  ...['timeline', 'always', 'never', 'finally', 'lookEveryTicks', 'allow', 'control', 'untilTick'],
]);

/** `parent` as it was run, without a control where it was one. Returns what is wrong as texts. */
export function forkOf(parent: Scenario, other: Scenario, atTick: number): Fork | readonly string[] {
  const apart = Object.keys(other).filter((key) => !OWN.has(key) && !isSame(parent, other, key));
  const before = parent.timeline.filter(({ tick, kind }) => tick < atTick && kind !== 'expect');
  const timeline = [
    ...before,
    ...other.timeline.filter(({ tick, kind }) => kind === 'expect' || tick >= atTick),
  ];
  const problems = [
    ...apart.map((key) => `${key}: is another one there; the same pump goes on in the same patient`),
    ...faultProblems(timeline),
  ];
  if (problems.length > 0) return problems;
  const done = new Set(before.map(textOf));
  const leftOut = other.timeline.filter(
    (entry) => entry.tick < atTick && entry.kind !== 'expect' && !done.has(textOf(entry)),
  ).length;
  const control = other.control && {
    ...other.control,
    timeline: [
      ...before.filter(({ kind }) => kind !== 'fault' && kind !== 'clear'),
      ...other.control.timeline.filter(({ tick, kind }) => kind === 'expect' || tick >= atTick),
    ].sort(byTick),
  };
  return { scenario: { ...other, seed: parent.seed, timeline: timeline.sort(byTick), control }, leftOut };
}

/** Stable: what falls into one tick keeps its order. */
function byTick(a: TimelineEntry, b: TimelineEntry): number {
  return a.tick - b.tick;
}

function isSame(parent: Scenario, other: Scenario, key: string): boolean {
  const [a, b] = [parent, other].map((one) =>
    JSON.stringify((one as unknown as Record<string, unknown>)[key]),
  );
  return a === b;
}

/** What is done, without where it stands in its file. */
function textOf({ line: _, ...entry }: TimelineEntry): string {
  return JSON.stringify(entry);
}

/** Two files were put together, so a name may be there twice, or be gone. */
function faultProblems(timeline: readonly TimelineEntry[]): string[] {
  const laidOn = new Set<string>();
  return timeline.flatMap((entry) => {
    if (entry.kind === 'fault' && laidOn.has(entry.id)) {
      return [
        `line ${entry.line}: a fault called ${entry.id} is laid on before the fork: give this one another id`,
      ];
    }
    if (entry.kind === 'fault') laidOn.add(entry.id);
    if (entry.kind !== 'clear' || laidOn.has(entry.target)) return [];
    return [`line ${entry.line}: clears ${entry.target}, which is not laid on before the fork nor after it`];
  });
}
