/** What is not the same about two runs before anything has happened. */
import type { TraceManifest } from '../trace/format.ts';
import { forkText } from '../trace/text.ts';

export interface ManifestDifference {
  readonly field: string;
  readonly a: string;
  readonly b: string;
}

/** In the order in which they explain a difference. */
const FIELDS = [
  ['product version', (m) => m.productVersion],
  ['core hash', (m) => m.coreHash],
  ['scenario', (m) => m.scenario],
  ['scenario hash', (m) => m.scenarioHash],
  ['seed', (m) => String(m.seed)],
  ['run', (m) => m.run],
  ['fork', (m) => (m.fork === undefined ? 'none' : forkText(m.fork))],
  ['target', (m) => m.target],
  ['board', (m) => m.board ?? 'none'],
  ['engine', (m) => m.engine],
  ['tools', (m) => m.tools],
  ['stepping', (m) => m.stepping],
  ['length of a tick', (m) => `${m.tickMs} ms`],
] as const satisfies readonly (readonly [string, (manifest: TraceManifest) => string])[];

export function manifestDifferences(a: TraceManifest, b: TraceManifest): ManifestDifference[] {
  return FIELDS.map(([field, of]) => ({ field, a: of(a), b: of(b) })).filter((one) => one.a !== one.b);
}
