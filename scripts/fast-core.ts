/**
 * The core in the form in which Node runs it, made from the core's own text when the product is built. Two loops become
 * rows of plain statements, which the engine can inline: the one over the alarm table, in which each call goes somewhere
 * else, and the walk over the state for its digest. Arrays that a function needs for a moment are kept, and the checksum
 * comes from native code. A board gets the core as it stands.
 *
 * `tests/engines/fast-core.test.ts` holds both forms to the same digests.
 */
import { readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';
import type { PumpHal } from '../hal/hal.ts';
import { prescriptionWords } from '../hal/prescription-words.ts';
import { ALARMS } from '../src/core/alarms/table.ts';
import { createPump } from '../src/core/pump.ts';
import { storeWords } from '../src/core/store.ts';
import { PROJECT_ROOT } from './core-hash.ts';

/** A replacement that is made exactly once, or the core has changed and this file has to follow. */
function replaced(text: string, from: string, by: string): string {
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`the fast form of the core finds ${parts.length - 1} times, not once: ${from}`);
  return parts.join(by);
}

const ROW_LOOP = '  for (let i = 0; i < rows.length; i++) {\n    const verdict = table[i]!.verdict(pump);\n';

/** A copy of the loop's body for each row of the table, each with its own verdict by name. */
function unrolled(text: string): string {
  const from = text.indexOf(ROW_LOOP);
  const to = text.indexOf('\n  }\n', from);
  if (from < 0 || to < 0) throw new Error('the fast form of the core finds no loop over the alarm table');
  const body = text.slice(from + ROW_LOOP.length, to);
  const rows = ALARMS.map((_, i) => {
    const row = body.replaceAll('continue;', `break row${i};`).replace(/\bi\b/g, String(i));
    return `  row${i}: {\n    const verdict = verdict${i}(pump);\n${row}\n  }`;
  });
  const names = ALARMS.map((_, i) => `const verdict${i} = ALARMS[${i}]!.verdict;`);
  return replaced(text, text.slice(from, to + 4), rows.join('\n')) + names.join('\n');
}

/** A HAL that does nothing, for the shape of a new pump. */
function idleHal(): PumpHal {
  return {
    motor: { stroke: () => {}, confirmedCount: () => null },
    outletPressure: { readPa: () => null },
    supply: { readRestingMv: () => null, readLoadedMv: () => null },
    temperature: { readMilliC: () => null },
    annunciator: { play: () => {} },
    watchdog: { kick: () => {} },
    store: { words: storeWords(0), write: () => {}, read: () => false },
    telemetry: { event: () => {}, stateDigest: () => {}, reply: () => {} },
    checksum: { crc32: () => 0 },
  };
}

function newPump(): object {
  const therapy = { mode: 'continuous', unit: 'nl-per-hour', rate: 1000 } as const;
  const build = {
    strokeNl: 500,
    reservoirNl: 40_000_000,
    startHour: 0,
    sessionTimeoutTicks: 0,
    implantTick: 0,
  };
  const words = prescriptionWords({ lowReservoirNl: 1, concentrationUgPerMl: 1, therapy });
  return createPump({ ...build, fillNl: 1, words }, idleHal());
}

/** Statements that put each integer under `node` as `putNode` of the digest does, two words each. */
function storesOf(node: object, path: string, statements: string[], start: number): number {
  let count = start;
  for (const [key, value] of Object.entries(node) as [string, number | object][]) {
    const place = Array.isArray(node) ? `${path}[${key}]!` : `${path}.${key}`;
    if (typeof value === 'number') {
      statements.push(
        `value = ${place}; words[${count}] = value | 0;` +
          ` words[${count + 1}] = value >= 0 && value < HIGH_WORD ? 0 : Math.floor(value / HIGH_WORD) | 0;`,
      );
      count += 2;
    } else if (value instanceof Int32Array) {
      statements.push(`words[${count}] = mul32(checksum.crc32(${place}, ${place}.length), MIX);`);
      count += 1;
    } else count = storesOf(value, place, statements, count);
  }
  return count;
}

function stored(text: string): string {
  const statements: string[] = [];
  const count = storesOf(newPump(), 'pump', statements, 0);
  const call = 'putNode(scratch, 0, pump as unknown as Node, checksum)';
  const row = `function putState(words: Int32Array, pump: PumpState, checksum: Checksum): number {
  let value = 0;
  ${statements.join('\n  ')}
  return ${count};
}`;
  return replaced(text, call, 'putState(scratch, pump, checksum)') + row;
}

/** Arrays that live no longer than their function: by file, as they are made there and of which length. */
const PASSING: Readonly<Record<string, readonly [made: string, length: string][]>> = {
  'src/core/store.ts': [
    ['const second = new Int32Array(into.length);', 'into.length'],
    ['const stored = new Int32Array(record.length);', 'record.length'],
  ],
  'src/core/ledger-record.ts': [['const words = new Int32Array(LEDGER_WORDS);\n  words[0]', 'LEDGER_WORDS']],
  'src/core/log.ts': [
    ['const entry = new Int32Array(ENTRY_WORDS);\n  entry[0]', 'ENTRY_WORDS'],
    ['const entry = new Int32Array(ENTRY_WORDS);\n  if', 'ENTRY_WORDS'],
  ],
  'src/core/boot-record.ts': [['const stored = new Int32Array(BOOT_WORDS);\n  const isThere', 'BOOT_WORDS']],
};

/** They are made once: in Node making one takes longer than what is done with it, and memory there is plenty. */
function keeping(text: string, passing: readonly [made: string, length: string][]): string {
  let kept = text;
  passing.forEach(([made, length], i) => {
    kept = replaced(kept, made, made.replace(`new Int32Array(${length})`, `keptWords(${i}, ${length})`));
  });
  return `${kept}
const allKept: Int32Array[][] = [];
function keptWords(place: number, length: number): Int32Array {
  const ofPlace = (allKept[place] ??= []);
  return (ofPlace[length] ??= new Int32Array(length));
}
`;
}

/** The text of a file in its fast form; of most it is the text itself. */
export function fastForm(path: string, text: string): string {
  const file = path.split(sep).slice(-3).join('/');
  if (file === 'src/core/tick.ts') return unrolled(text);
  if (file === 'src/core/digest.ts') return stored(text);
  const passing = PASSING[file];
  return passing === undefined ? text : keeping(text, passing);
}

/** The checksum of native code for that of any engine. */
export function useNativeChecksum(builder: PluginBuild): void {
  builder.onResolve({ filter: /[/]checksum[.]ts$/ }, ({ path, resolveDir }) =>
    resolve(resolveDir, path) === join(PROJECT_ROOT, 'hal/sim/checksum.ts')
      ? { path: join(PROJECT_ROOT, 'src/cli/checksum.ts') }
      : undefined,
  );
}

export const fastCore: Plugin = {
  name: 'fast-core',
  setup(builder) {
    useNativeChecksum(builder);
    builder.onLoad({ filter: /[/\\]src[/\\]core[/\\][^/\\]+[.]ts$/ }, ({ path }) => ({
      contents: fastForm(path, readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};
