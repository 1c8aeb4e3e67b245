/**
 * The core in the form in which Node runs it, made from the core's own text when the product is built. Two loops become
 * rows of plain statements, which the engine can inline: the one over the alarm table, in which each call goes somewhere
 * else, and the walk over the state for its digest. What a function needs for a moment is kept, and the checksum comes
 * from native code. A board gets the core as it stands.
 *
 * Whoever changes a text that is replaced here is told by the build: it has to be found exactly once, and the two loops
 * letter by letter as they were when this file last followed them. `tests/engines/fast-core.test.ts` holds both forms to
 * the same digests.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import type { PumpHal } from '../hal/hal.ts';
import { prescriptionWords } from '../hal/prescription-words.ts';
import { ALARMS } from '../src/core/alarms/table.ts';
import { createPump } from '../src/core/pump.ts';
import { storeWords } from '../src/core/store.ts';

/** A replacement that is made exactly once, or the core has changed and this file has to follow. */
function replaced(text: string, from: string, by: string): string {
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`the fast form of the core finds ${parts.length - 1} times, not once: ${from}`);
  return parts.join(by);
}

/** A part of a text, which has to be what it was when this file last followed it. */
function known(text: string, from: number, to: number, what: string, hash: string): string {
  const part = text.slice(from, to);
  const is = createHash('sha256').update(part).digest('hex').slice(0, 12);
  if (from < 0 || to < from || is !== hash) {
    throw new Error(
      `the fast form of the core knows another ${what}: let it follow, then write ${is} into it`,
    );
  }
  return part;
}

const ROW_LOOP = '  for (let i = 0; i < rows.length; i++) {\n    const verdict = table[i]!.verdict(pump);\n';

/** A copy of the loop's body for each row of the table, each with its own verdict by name. */
function unrolled(text: string): string {
  const from = text.indexOf(ROW_LOOP);
  const to = text.indexOf('\n  }\n', from);
  const body = known(text, from, to, 'loop over the alarm table', '44edca071ce8').slice(ROW_LOOP.length);
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

/** A statement that puts one integer as `putNode` of the digest does: two words. */
function leafStore(place: string, count: number): string {
  const leaf = `v${count}`;
  return (
    `const ${leaf} = ${place}; words[${count}] = ${leaf} | 0;` +
    ` words[${count + 1}] = ${leaf} >= 0 && ${leaf} < HIGH_WORD ? 0 : Math.floor(${leaf} / HIGH_WORD) | 0;`
  );
}

/** Statements that put all under `node`, which has a name there; the first word of each leaf by its path. */
function storesOf(
  node: object,
  name: string,
  path: string,
  statements: string[],
  places: Map<string, number>,
  start: number,
): number {
  let count = start;
  for (const [key, value] of Object.entries(node) as [string, number | object][]) {
    const place = Array.isArray(node) ? `${name}[${key}]!` : `${name}.${key}`;
    const leaf = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'number') {
      statements.push(leafStore(place, count));
      places.set(leaf, count);
      count += 2;
    } else if (value instanceof Int32Array) {
      statements.push(`words[${count}] = mul32(checksum.crc32(${place}, ${place}.length), MIX);`);
      count += 1;
    } else {
      const inner = `${name}_${key}`;
      statements.push(`const ${inner} = ${place};`);
      count = storesOf(value, inner, leaf, statements, places, count);
    }
  }
  return count;
}

/** The list of the leaves that a calm changes, as the text has it. */
function calmLeaves(text: string): string[] {
  const list = /CALM_LEAVES[^=]*= \[(.*?)\];/s.exec(text)?.[1] ?? '';
  return [...list.matchAll(/'([\w.]+)'/g)].map((match) => match[1] ?? '');
}

function stored(text: string): string {
  const statements: string[] = [];
  const places = new Map<string, number>();
  const count = storesOf(newPump(), 'pump', '', statements, places, 0);
  const calmPlaces: number[] = [];
  const inCalm = calmLeaves(text).map((leaf) => {
    const place = places.get(leaf);
    if (place === undefined) throw new Error(`the state has no leaf ${leaf}, which a calm is said to change`);
    calmPlaces.push(place, place + 1);
    return leafStore(`pump.${leaf}`, place);
  });
  const from = text.indexOf('function putNode(');
  known(text, from, text.indexOf('\n}\n', from), 'walk over the state', '5de7bae741fc');
  const walks: readonly (readonly [call: string, row: string])[] = [
    ['putNode(scratch, 0, pump as unknown as Node, checksum)', 'putState(scratch, pump, checksum)'],
    [
      'return stateDigest(pump, checksum);',
      'if (_isBegun) putCalm(_digest, pump); else sumAnew(_digest, putState(_digest.words, pump, checksum), checksum);' +
        ' return _digest.crc >>> 0;',
    ],
  ];
  const rows = `function putState(words: Int32Array, pump: PumpState, checksum: Checksum): number {
  ${statements.join('\n  ')}
  return ${count};
}
const CALM_PLACES = [${calmPlaces.join(', ')}];
function putCalm(digest: SummedWords, pump: PumpState): void {
  const words = scratch;
  ${inCalm.join('\n  ')}
  changeWords(digest, words, CALM_PLACES);
}`;
  const fast = walks.reduce((text, [call, row]) => replaced(text, call, row), text);
  return `import { changeWords, sumAnew } from './summed-words.ts';\n${fast}${rows}`;
}

/** Arrays that live no longer than their function: by file, as they are made there and of which length. */
const PASSING: Readonly<Record<string, readonly [made: string, length: string][]>> = {
  'src/core/store.ts': [
    ['const second = new Int32Array(into.length);', 'into.length'],
    ['const stored = new Int32Array(record.length);', 'record.length'],
  ],
  'src/core/ledger-record.ts': [
    ['const words = new Int32Array(LEDGER_WORDS);\n  putDelivered', 'LEDGER_WORDS'],
    ['const fresh = new Int32Array(LEDGER_WORDS);', 'LEDGER_WORDS'],
  ],
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

const SLOT_OF_WEEK =
  'return (startHour * SLOTS_PER_HOUR + Math.floor(tick / TICKS_PER_HALF_HOUR)) % SLOTS_PER_WEEK;';

/** The slot is asked for several times a wake, and two divisions take longer than to see that it is the same hour. */
function keepingHour(text: string): string {
  const kept = `if (tick < hour.fromTick || tick >= hour.fromTick + TICKS_PER_HOUR || startHour !== hour.startHour) {
    hour.fromTick = tick - (tick % TICKS_PER_HOUR);
    hour.startHour = startHour;
    hour.slot =
      (startHour * SLOTS_PER_HOUR + Math.floor(hour.fromTick / TICKS_PER_HALF_HOUR)) % SLOTS_PER_WEEK;
  }
  return tick - hour.fromTick < TICKS_PER_HALF_HOUR ? hour.slot : hour.slot + 1;`;
  return `${replaced(text, SLOT_OF_WEEK, kept)}\nconst hour = { fromTick: 0, startHour: -1, slot: 0 };\n`;
}

const PRODUCT = 'return ((a & 65535) * b + ((((a >>> 16) * b) & 65535) << 16)) | 0;';

/** The instruction that the board does not have. */
function multiplied(text: string): string {
  return replaced(text, PRODUCT, 'return Math.imul(a, b);');
}

/** How a file of the core comes to its fast form. The others are as they are. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'src/core/tick.ts': unrolled,
  'src/core/digest.ts': stored,
  'src/core/schedule.ts': keepingHour,
  'src/core/units.ts': multiplied,
  ...Object.fromEntries(
    Object.entries(PASSING).map(([file, passing]) => [file, (text: string) => keeping(text, passing)]),
  ),
};

/** The files that have one, as the project writes their paths. */
export const FAST_FILES: readonly string[] = Object.keys(FORMS);

/** The text of a file of the core in its fast form; `file` is its path as the project writes it. */
export function fastForm(file: string, text: string): string {
  return FORMS[file]?.(text) ?? text;
}

const CHECKSUM = 'hal/sim/checksum.ts';

/**
 * Loads the core in its fast form, from `root` or a copy of it, each file after an `edit` of its text. The build fails
 * when a file that has a fast form is there and was not loaded in it.
 */
export function fastCore(root: string, edit = (_file: string, text: string): string => text): Plugin {
  const missing = new Set([...FAST_FILES, CHECKSUM].filter((file) => existsSync(join(root, file))));
  return {
    name: 'fast-core',
    setup(builder) {
      builder.onResolve({ filter: /[/]checksum[.]ts$/ }, ({ path, resolveDir }) => {
        if (resolve(resolveDir, path) !== join(root, CHECKSUM)) return undefined;
        missing.delete(CHECKSUM);
        return { path: join(root, 'src/cli/checksum.ts') };
      });
      builder.onLoad({ filter: /[/\\]src[/\\]core[/\\].*[.]ts$/ }, ({ path }) => {
        const file = relative(root, path).split(sep).join('/');
        missing.delete(file);
        return { contents: fastForm(file, edit(file, readFileSync(path, 'utf8'))), loader: 'ts' };
      });
      builder.onEnd(({ errors }) => {
        if (errors.length > 0 || missing.size === 0) return undefined;
        return { errors: [{ text: `not loaded in its fast form: ${[...missing].join(', ')}` }] };
      });
    },
  };
}
