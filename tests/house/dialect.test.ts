import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boardFiles, checkSource, formatViolation } from '../../scripts/check-dialect.ts';
import { projectPath } from '../../scripts/core-hash.ts';

function problems(text: string, fileName = 'src/core/planted.ts'): string[] {
  return checkSource(text, fileName).map(formatViolation);
}

const RECORD = 'use a plain record, or an array with a loop over it';
const DOWN = 'use a for loop that counts down';
const DIGITS = 'use integer parts joined as text';
const LITERAL = 'use an array literal or a for loop that pushes';
const FLOOR = 'use Math.floor(a / b): the core is integers only';
const FIELD = 'use one const for each field: const a = record.a';
const FIRST = 'use the definition first: the board hoists nothing, not even functions';
const LATER = 'use state in a record, looked at in a later tick';
const ONE_VARIABLE = 'use a function that takes it as a parameter: all rounds share one variable';
const INTEGERS = 'use integers with + - * %, Math.floor, abs, min and max, or an integer table';

/** What is planted, and the whole message it has to give: position within the planted text, what, and what instead. */
const PLANTED: readonly (readonly [string, ...string[]])[] = [
  ['const { a } = r;', `1:7  destructuring: ${FIELD}`],
  ['const [a] = r;', `1:7  destructuring: ${FIELD}`],
  ['function f({ a }) { return a; }', `1:12  destructuring: ${FIELD}`],
  ['for (const [k] of r) f(k);', `1:12  destructuring: ${FIELD}`],
  ['[a, b] = r;', '1:1  destructuring: use one assignment for each field: a = record.a'],
  ['({ a } = r);', '1:2  destructuring: use one assignment for each field: a = record.a'],
  ['const a = [...b];', '1:12  spread: use concat or slice'],
  ['f(...b);', '1:3  spread: use a loop, or an array as one argument'],
  ['const a = { ...b };', '1:13  spread: use Object.assign({}, record), or field by field'],
  ['function f(...a) { return a; }', '1:12  rest parameter: use an array as an ordinary parameter'],
  [
    'function f(a = 1) { return a; }',
    '1:12  default parameter: use an ordinary parameter that every caller passes',
  ],
  ['const a = { [b]: 1 };', '1:13  computed key: use an assignment after the literal: record[key] = value'],
  ['const a = b ** 2;', '1:13  **: use repeated multiplication, or a named constant'],
  ['a **= 2;', '1:3  **: use repeated multiplication, or a named constant'],
  ['function* f() { return 1; }', '1:1  generator: use an array, or a function called once a step'],
  [
    'function* f() { yield 1; }',
    '1:1  generator: use an array, or a function called once a step',
    '1:17  yield: use an array, or state in a record',
  ],
  ['async function f() { return 1; }', `1:1  async function: ${LATER}`],
  ['const f = async () => 1;', `1:11  async function: ${LATER}`],
  ['await f();', `1:1  await: ${LATER}`],
  ['const a = 1n;', '1:11  BigInt literal 1n: use integers under 2^53, or two 32-bit words'],
  ['const a = BigInt(1);', '1:11  BigInt: use integers under 2^53, or two 32-bit words'],
  ['const a = f`x`;', '1:11  tagged template: use a plain call with the values as arguments'],
  [
    'const a = String.raw`x`;',
    '1:11  tagged template: use a plain call with the values as arguments',
    '1:11  String.raw: use String.fromCharCode',
  ],
  ['out: for (;;) break out;', '1:1  label out: use a function of its own that returns early'],
  ['class A { #x = 1; }', '1:11  private name #x: use a plain field of a record'],
  ['class A { x; }', '1:11  class field x without a value: use a field with its initial value'],
  [
    'class A extends Error { x = 1; }',
    '1:9  class that extends Error: use Error itself: a class of its own loses its message on the board',
  ],
  [
    'if (e instanceof Error) f();',
    '1:7  instanceof: use a `kind` field: error classes are unrelated on the board',
  ],
  [
    'switch (a) { default: f(); break; case 1: g(); }',
    '1:14  case after default: use default as the last clause',
  ],
  ['var a = 1;', '1:1  var: use const or let, before the first use'],
  ['with (a) f();', '1:1  with: use plain property access'],
  ['function F() { return new.target; }', '1:23  new.target: use a parameter'],
  ['const a = import.meta.url;', '1:11  import.meta: use a parameter'],
  ['const a = import("./b.ts");', '1:11  import(): use a static import: the board runs one bundle'],
  ['const a = { 1: 2 };', '1:13  integer-like key 1: use an array: the board orders such keys differently'],
  [
    "const a = { '10': 2 };",
    "1:13  integer-like key '10': use an array: the board orders such keys differently",
  ],
  [
    'a.length = 0;',
    '1:1  assignment to length: use splice(0, list.length): a length is read only on the board',
  ],

  ['const a = 0.5;', '1:11  decimal literal 0.5: use an integer in a smaller unit'],
  ['const a = 5e-1;', '1:11  decimal literal 5e-1: use an integer in a smaller unit'],
  [
    'const a = 9007199254740993;',
    '1:11  integer 9007199254740993 beyond 2^53: use a larger unit, or two words',
  ],
  ['const a = -0;', '1:11  -0: use 0: the board knows no negative zero'],
  ["const a = '\\u{1F600}';", '1:11  \\u{...}: use ASCII text'],
  ["const a = 'µg';", '1:11  text beyond ASCII: use ASCII text: strings are bytes on the board'],
  [
    'const a = /a(?=b)/;',
    '1:11  lookahead or lookbehind in a regular expression: use indexOf and comparisons',
  ],
  [
    'const a = /(?<!a)b/;',
    '1:11  lookahead or lookbehind in a regular expression: use indexOf and comparisons',
  ],
  [
    'const a = /a/u;',
    '1:11  regular expression with a named group or one of the flags d, s, u, v, y: use a plain group and the flags g, i, m',
  ],

  ...['Map', 'Set', 'WeakMap'].map(
    (name) => [`const a = new ${name}();`, `1:15  ${name}: ${RECORD}`] as const,
  ),
  ["const a = Symbol('x');", '1:11  Symbol: use a string literal or an integer constant'],
  ['const a = new Proxy(b, c);', '1:15  Proxy: use a plain function'],
  ['const a = Reflect.get(b, c);', '1:11  Reflect: use plain property access'],
  ["throw new RangeError('x');", '1:11  RangeError: use Error, or assert() of src/core/assert.ts'],

  ...['from', 'of'].map(
    (name) => [`const a = Array.${name}(b);`, `1:11  Array.${name}: ${LITERAL}`] as const,
  ),
  ...['flat', 'flatMap'].map(
    (name) => [`a.${name}();`, `1:3  .${name}(): use two nested for loops`] as const,
  ),
  ['a.at(-1);', '1:3  .at(): use an index: list[list.length - 1]'],
  ...['reduceRight', 'lastIndexOf', 'findLast'].map(
    (name) => [`a.${name}(f);`, `1:3  .${name}(): ${DOWN}`] as const,
  ),
  ['a.entries();', '1:3  .entries(): use a for loop over the index'],
  ['a.sort();', '1:3  .sort(): use an order kept while inserting: the sort of the board is not stable'],
  ...['freeze', 'seal'].map(
    (name) => [`Object.${name}(a);`, `1:1  Object.${name}: use \`as const\` and readonly types`] as const,
  ),
  ['Object.is(a, b);', '1:1  Object.is: use ==='],
  ['Object.defineProperty(a, b, c);', '1:1  Object.defineProperty: use a plain assignment'],
  [
    'JSON.stringify(a, null, 2);',
    '1:1  JSON.stringify with a second argument: use the first argument alone: the board ignores the others',
  ],

  [
    'Math.imul(a, b);',
    '1:1  Math.imul: use mul32(a, b): ((a & 65535) * b + ((((a >>> 16) * b) & 65535) << 16)) | 0',
  ],
  ['Math.trunc(a);', '1:1  Math.trunc: use Math.floor(x) for x >= 0, -Math.floor(-x) below'],
  ['Math.round(a);', '1:1  Math.round: use Math.floor((2 * a + b) / (2 * b)) for a / b rounded'],
  ['Math.ceil(a);', '1:1  Math.ceil: use Math.floor((a + b - 1) / b) for a / b rounded up'],
  ['Math.sqrt(a);', '1:1  Math.sqrt: use a comparison of squares, or an integer table'],
  ['Math.pow(a, 2);', '1:1  Math.pow: use repeated multiplication, or a named constant'],
  ['Math.sign(a);', '1:1  Math.sign: use two comparisons'],
  ['Math.clz32(a);', '1:1  Math.clz32: use a loop over x >>> 1'],
  [
    'Math.random();',
    '1:1  Math.random: use nothing: the core owns no randomness; what varies comes in through the HAL',
  ],
  ...['exp', 'sin', 'log2', 'hypot', 'fround', 'PI'].map(
    (name) => [`f(Math.${name});`, `1:3  Math.${name}: ${INTEGERS}`] as const,
  ),

  ['Number.isInteger(a);', '1:1  Number.isInteger: use Math.floor(x) === x'],
  ['Number.isFinite(a);', '1:1  Number.isFinite: use x - x === 0'],
  ['Number.isNaN(a);', '1:1  Number.isNaN: use x !== x'],
  [
    'Number.isSafeInteger(a);',
    '1:1  Number.isSafeInteger: use Math.floor(x) === x && Math.abs(x) <= MAX_EXACT',
  ],
  ['f(Number.MAX_SAFE_INTEGER);', '1:3  Number.MAX_SAFE_INTEGER: use MAX_EXACT of src/core/units.ts'],
  ['f(Number.EPSILON);', '1:3  Number.EPSILON: use === between integers'],
  ['parseFloat(a);', '1:1  parseFloat: use integers in a smaller unit'],
  ...['toFixed', 'toPrecision', 'toExponential', 'toLocaleString'].map(
    (name) => [`a.${name}(1);`, `1:3  .${name}(): ${DIGITS}`] as const,
  ),
  ["a.replaceAll('b', 'c');", '1:3  .replaceAll(): use split(...).join(...)'],
  ['a.codePointAt(0);', '1:3  .codePointAt(): use charCodeAt'],

  ['Date.now();', '1:1  Date: use the tick, pump.nowTick'],
  ['performance.now();', '1:1  performance: use the tick, pump.nowTick'],
  ['setTimeout(f, 1);', '1:1  setTimeout: use an absolute tick in the state, compared with pump.nowTick'],
  ['setInterval(f, 1);', '1:1  setInterval: use a row in the table of duties, src/core/tasks.ts'],
  ['console.log(a);', '1:1  console: use an event through hal.telemetry'],
  ['process.exit(1);', '1:1  process: use a parameter'],
  ["require('x');", '1:1  require: use import'],

  [
    'function f() { return g(); }\nfunction g() { return 1; }',
    `1:23  g is used before its definition: ${FIRST}`,
  ],
  ['const f = () => LIMIT;\nconst LIMIT = 1;', `1:17  LIMIT is used before its definition: ${FIRST}`],
  ['const a = new A();\nclass A { x = 1; }', `1:15  A is used before its definition: ${FIRST}`],
  [
    'function f() {\n  g();\n  function g() { return 1; }\n}',
    `2:3  g is used before its definition: ${FIRST}`,
  ],
  ['function f(x) {\n  x = y;\n  const y = 1;\n}', `2:7  y is used before its definition: ${FIRST}`],
  ['const t = { g };\nfunction g() { return 1; }', `1:13  g is used before its definition: ${FIRST}`],
  [
    'for (let i = 0; i < 3; i += 1) a.push(() => i);',
    `1:45  loop variable i captured in a closure: ${ONE_VARIABLE}`,
  ],
  [
    'for (const x of b) a.push(function () { return x; });',
    `1:48  loop variable x captured in a closure: ${ONE_VARIABLE}`,
  ],

  ['function f(a, b) { return a / b; }', `1:29  division: ${FLOOR}`],
  ['function f(a, b) { return Math.floor(a / b + 1); }', `1:40  division: ${FLOOR}`],
  ['function f(a, b) { return Math.min(a / b, 1); }', `1:38  division: ${FLOOR}`],
  ['let a = 3 / b;', `1:11  division: ${FLOOR}`],
  ['a /= 2;', '1:3  /=: use x = Math.floor(x / y): the core is integers only'],
];

describe('the dialect of the board', () => {
  it.each(PLANTED.map(([text, ...expected]) => ({ text, expected })))(
    'refuses $text',
    ({ text, expected }) => {
      expect(problems(text)).toEqual(expected.map((line) => `src/core/planted.ts:${line}`));
    },
  );

  it.each([
    'export const TICKS_PER_SECOND = 1000 / TICK_MS;',
    'const TABLE = [1000 / 8, { a: 6 / 2 }];',
    'function f(a, b) { return Math.floor((a * 2 + b) / (b * 2)); }',
    'function f(a, b) { return Math.floor((a / b) as number); }',
    'const a = b?.c ?? 1;',
    'a ??= 1; b ||= 2; c &&= 3;',
    'const big = 9007199254740991; const hex = 0xffff_ffff; const million = 1e6;',
    'const pairs = Object.entries(a); const copy = Object.assign({}, a);',
    'function f(n) { return n === 0 ? 0 : f(n - 1); }',
    'for (let i = 0; i < 3; i += 1) a[i] = i;',
    'const rows = [{ step: function (pump) { return pump.x; } }, { step: (pump) => pump.y }];',
    'switch (a) { case 1: f(); break; default: g(); }',
    'class A { x = 1; get y() { return this.x; } }',
    "import type { PumpHal } from '../../hal/hal.ts'; const a = (hal: PumpHal) => hal.motor;",
    'type Later = ReturnType<typeof f>; interface I { map: Map<string, Date>; } function f() { return 1; }',
    'declare const process: unknown;',
    'function f(Map: number, at: number) { return { Map, at, Set: Map }; }',
    'const spread = 1; // ... a /= 0.5, Math.imul\n',
    'const text = "a / b"; const re = /^[a-z]+(?:x|y)$/gi;',
  ])('allows %s', (text) => {
    expect(problems(text)).toEqual([]);
  });

  it('gives the board side its timers and require, and nothing of Node', () => {
    const text = "const storage = require('Storage'); setInterval(f, 1000); console.log(Date.now());";
    expect(problems(text, 'hal/espruino/main.ts')).toEqual([
      'hal/espruino/main.ts:1:59  console: use an event through hal.telemetry',
      'hal/espruino/main.ts:1:71  Date: use the tick, pump.nowTick',
    ]);
  });

  it('is kept by every file that ends up on the board [SR-SW-1]', () => {
    const files = boardFiles();
    expect(files.length).toBeGreaterThan(0);
    const found = files.flatMap((file) => problems(readFileSync(file, 'utf8'), projectPath(file)));
    expect(found).toEqual([]);
  });
});
