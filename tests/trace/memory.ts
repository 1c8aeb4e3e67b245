/** A trace in memory, for tests that want its lines or its bytes. */
import { sha256 } from '../../src/cli/hashing.ts';
import type { TraceManifest } from '../../src/trace/format.ts';
import { readTrace, records, type Trace } from '../../src/trace/read.ts';
import { endLine, recordLine } from '../../src/trace/text.ts';
import { createTraceWriter, type TraceOptions, type TraceWriter } from '../../src/trace/write.ts';

export const MANIFEST: TraceManifest = {
  product: 'thecal',
  productVersion: '0.0.0',
  coreHash: 'c'.repeat(64),
  run: 'main',
  scenario: 'A test',
  scenarioFile: 'test.yaml',
  scenarioHash: 'd'.repeat(64),
  scenarioText: 'name: A test\n',
  seed: 7,
  target: 'sim',
  board: null,
  boardsFile: null,
  engine: 'host',
  tools: 'none',
  stepping: 'jumps',
  tickMs: 1000,
};

export interface MemoryTrace {
  readonly writer: TraceWriter;
  bytes(): Uint8Array;
  trace(): Trace;
  /** Without the manifest, which differs between targets. */
  lines(): string[];
}

export function memoryTrace(
  manifest: Partial<TraceManifest> = {},
  options: TraceOptions = { keepsSnapshots: false, keepsValues: false },
): MemoryTrace {
  const parts: Uint8Array[] = [];
  const writer = createTraceWriter(
    {
      begin: (firstLine) => void parts.push(firstLine),
      block: ({ head, body }) => void parts.push(head, body),
    },
    sha256,
    options,
  );
  writer.manifest({ ...MANIFEST, ...manifest });
  const bytes = (): Uint8Array => {
    writer.flush();
    return Buffer.concat(parts);
  };
  const trace = (): Trace => {
    const read = readTrace(bytes(), sha256);
    if ('flaws' in read) throw new Error(JSON.stringify(read.flaws));
    return read.trace;
  };
  const lines = (): string[] => {
    const { blocks, end } = trace();
    return [...records(blocks)].map(recordLine).concat(end === null ? [] : [endLine(end)]);
  };
  return { writer, bytes, trace, lines };
}
