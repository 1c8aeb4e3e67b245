import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

interface Rule {
  readonly name: string;
  readonly comment: string;
}

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: readonly Rule[];
};

function violationsIn(root: string): Violation[] {
  const cruiser = join(PROJECT_ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const folders = ['src', 'hal', 'sim', 'scripts', 'tests'];
  const output = execFileSync(process.execPath, [cruiser, '--output-type', 'json', ...folders], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

/** One line for a violation; of a package only its name counts, not where it is installed. */
function named({ from, to, rule }: Violation): string {
  return `${from} -> ${to.replace(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$/, 'package $1')}: ${rule.name}`;
}

/** A tree of its own under the real rules: each file imports what its line says. */
function cruise(files: Readonly<Record<string, string>>): string[] {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'thecal-layers-')));
  try {
    for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      copyFileSync(join(PROJECT_ROOT, name), join(root, name));
    }
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
    for (const folder of ['src', 'hal', 'sim', 'scripts', 'tests']) mkdirSync(join(root, folder));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${text}\n`);
    }
    return violationsIn(root).map(named).sort();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const LEAVES = {
  'src/report/page/draw.ts': 'export const draw = 1;',
  'hal/hal.ts': 'export interface PumpHal { x: number }',
  'hal/signals.ts': 'export const SIGNALS = [];',
  'src/core/units.ts': 'export const TICK_MS = 1000; export type Unit = number;',
  'src/core/tick.ts':
    "import type { PumpHal } from '../../hal/hal.ts'; export function tick(hal: PumpHal) { return hal.x; }",
  'src/trace/record.ts': "import { TICK_MS } from '../core/units.ts'; export const RECORD = TICK_MS;",
  'sim/world.ts':
    "import type { PumpHal } from '../hal/hal.ts'; export const WORLD = (hal: PumpHal) => hal.x;",
  'hal/target.ts': "import type { Unit } from '../src/core/units.ts'; export interface Target { unit: Unit }",
  'hal/state-fields.ts': "import { TICK_MS } from '../src/core/units.ts'; export const fields = [TICK_MS];",
  'hal/sim/target.ts':
    "import { fields } from '../state-fields.ts'; import { TICK_MS } from '../../src/core/units.ts'; import { WORLD } from '../../sim/world.ts'; import { SIGNALS } from '../signals.ts'; import { RECORD } from '../../src/trace/record.ts'; import crc from 'crc-32'; export const target = [fields, TICK_MS, WORLD, SIGNALS, RECORD, crc];",
  'hal/espruino/main.ts':
    "import { tick } from '../../src/core/tick.ts'; import { send } from './link.ts'; tick(send);",
  'hal/espruino/link.ts': 'export const send = { x: 1 };',
  'hal/espruino/target.ts':
    "import { target } from '../sim/target.ts'; import { readFileSync } from 'node:fs'; import { SerialPort } from 'serialport'; export const board = [target, readFileSync, SerialPort];",
  'hal/targets.ts':
    "import type { Target } from './target.ts'; export const TARGETS = { sim: () => import('./sim/target.ts') }; export type T = Target;",
  'src/scenario/run.ts':
    "import { parse } from 'yaml'; import { z } from 'zod'; import { TARGETS } from '../../hal/targets.ts'; import { SIGNALS } from '../../hal/signals.ts'; export const run = [parse, z, TARGETS, SIGNALS];",
  'src/serve/serve.ts':
    "import { createServer } from 'node:http'; import { run } from '../scenario/run.ts'; export const serve = [createServer, run];",
  'src/serve/planted-leaf.ts': 'export const serve = 1;',
  'src/trace/write.ts': "import type { Target } from '../../hal/target.ts'; export type Line = Target;",
  'src/cli/main.ts':
    "import { Command } from 'commander'; import { board } from '../../hal/espruino/target.ts'; import { SIGNALS } from '../../hal/signals.ts'; const { serve } = await import('../serve/serve.ts'); console.log(Command, board, SIGNALS, serve);",
  'scripts/tool.ts':
    "import { build } from 'esbuild'; import { TICK_MS } from '../src/core/units.ts'; console.log(build, TICK_MS);",
};

/** An import planted into a sound tree, and the rule that has to refuse it. */
const PLANTED: readonly (readonly [file: string, text: string, to: string, rule: string])[] = [
  [
    'sim/planted.ts',
    "import { TICK_MS } from '../src/core/units.ts'; f(TICK_MS);",
    'src/core/units.ts',
    'world-imports-itself',
  ],
  [
    'sim/planted-type.ts',
    "import type { Unit } from '../src/core/units.ts'; f<Unit>();",
    'src/core/units.ts',
    'world-imports-itself',
  ],
  [
    'sim/planted-signals.ts',
    "import { SIGNALS } from '../hal/signals.ts'; f(SIGNALS);",
    'hal/signals.ts',
    'world-imports-itself',
  ],
  [
    'sim/planted-package.ts',
    "import crc from 'crc-32'; f(crc);",
    'package crc-32',
    'no-package-below-targets',
  ],
  [
    'src/core/planted.ts',
    "import { PumpHal } from '../../hal/hal.ts'; f(PumpHal);",
    'hal/hal.ts',
    'core-sees-hal-as-types',
  ],
  [
    'src/core/planted-target.ts',
    "import type { Target } from '../../hal/target.ts'; f<Target>();",
    'hal/target.ts',
    'core-imports-itself',
  ],
  [
    'src/core/planted-world.ts',
    "import { WORLD } from '../../sim/world.ts'; f(WORLD);",
    'sim/world.ts',
    'core-imports-itself',
  ],
  [
    'src/core/planted-node.ts',
    "import { readFileSync } from 'node:fs'; f(readFileSync);",
    'fs',
    'node-at-the-edge',
  ],
  [
    'src/core/planted-package.ts',
    "import { z } from 'zod'; f(z);",
    'package zod',
    'no-package-below-targets',
  ],
  ['src/core/planted-nowhere.ts', "import { x } from './nowhere.ts'; f(x);", './nowhere.ts', 'no-unresolved'],
  [
    'src/trace/planted-value.ts',
    "import { Target } from '../../hal/target.ts'; f(Target);",
    'hal/target.ts',
    'trace-sees-target-as-types',
  ],
  [
    'src/trace/planted.ts',
    "import { WORLD } from '../../sim/world.ts'; f(WORLD);",
    'sim/world.ts',
    'trace-below-targets',
  ],
  [
    'src/programmer/planted.ts',
    "import { WORLD } from '../../sim/world.ts'; f(WORLD);",
    'sim/world.ts',
    'programmer-below-targets',
  ],
  [
    'src/trace/planted-up.ts',
    "import { run } from '../scenario/run.ts'; f(run);",
    'src/scenario/run.ts',
    'trace-below-targets',
  ],
  [
    'hal/hal.ts',
    "import type { Unit } from '../src/core/units.ts'; export interface PumpHal { x: Unit }",
    'src/core/units.ts',
    'hal-contract-imports-nothing',
  ],
  [
    'hal/signals.ts',
    "import { TICK_MS } from '../src/core/units.ts'; export const SIGNALS = [TICK_MS];",
    'src/core/units.ts',
    'signals-import-nothing',
  ],
  [
    'hal/target.ts',
    "import { TICK_MS } from '../src/core/units.ts'; export interface Target { x: typeof TICK_MS }",
    'src/core/units.ts',
    'target-contract-is-types',
  ],
  [
    'hal/target.ts',
    "import type { WORLD } from '../sim/world.ts'; export interface Target { x: typeof WORLD }",
    'sim/world.ts',
    'target-contract-below-targets',
  ],
  [
    'hal/sim/planted.ts',
    "import { run } from '../../src/scenario/run.ts'; f(run);",
    'src/scenario/run.ts',
    'target-stands-alone',
  ],
  [
    'hal/sim/planted-board.ts',
    "import { board } from '../espruino/target.ts'; f(board);",
    'hal/espruino/target.ts',
    'only-virtual-builds-on-line',
  ],
  [
    'hal/sim/planted-node.ts',
    "import { readFileSync } from 'node:fs'; f(readFileSync);",
    'fs',
    'node-at-the-edge',
  ],
  ['hal/sim/planted-package.ts', "import { z } from 'zod'; f(z);", 'package zod', 'targets-use-crc-32-only'],
  [
    'hal/replay/planted.ts',
    "import { target } from '../sim/target.ts'; f(target);",
    'hal/sim/target.ts',
    'only-hardware-builds-on-sim',
  ],
  [
    'hal/espruino/pin-hal.ts',
    "import { RECORD } from '../../src/trace/record.ts'; f(RECORD);",
    'src/trace/record.ts',
    'board-side-is-small',
  ],
  [
    'hal/espruino/pin-hal.ts',
    "import { board } from './target.ts'; f(board);",
    'hal/espruino/target.ts',
    'board-side-is-small',
  ],
  [
    'hal/espruino/pin-hal.ts',
    "import { PumpHal } from '../hal.ts'; f(PumpHal);",
    'hal/hal.ts',
    'board-side-sees-hal-as-types',
  ],
  [
    'hal/espruino/pin-hal.ts',
    "import { readFileSync } from 'node:fs'; f(readFileSync);",
    'fs',
    'node-at-the-edge',
  ],
  [
    'hal/espruino/board.ts',
    "import crc from 'crc-32'; f(crc);",
    'package crc-32',
    'no-package-below-targets',
  ],
  [
    'hal/targets.ts',
    "import { target } from './sim/target.ts'; export const TARGETS = { target };",
    'hal/sim/target.ts',
    'registry-is-lazy',
  ],
  [
    'hal/targets.ts',
    "import { serve } from '../src/serve/planted-leaf.ts'; f(serve);",
    'src/serve/planted-leaf.ts',
    'registry-below-runner',
  ],
  [
    'hal/fields.ts',
    "import { target } from './sim/target.ts'; f(target);",
    'hal/sim/target.ts',
    'shared-by-targets-below-targets',
  ],
  [
    'hal/sim/planted-registry.ts',
    "import { TARGETS } from '../targets.ts'; f(TARGETS);",
    'hal/targets.ts',
    'target-stands-alone',
  ],
  [
    'src/scenario/planted.ts',
    "import { target } from '../../hal/sim/target.ts'; f(target);",
    'hal/sim/target.ts',
    'runner-talks-to-a-target',
  ],
  [
    'src/report/planted-node.ts',
    "import { writeFileSync } from 'node:fs'; f(writeFileSync);",
    'fs',
    'node-at-the-edge',
  ],
  [
    'src/report/planted-package.ts',
    "import pino from 'pino'; f(pino);",
    'package pino',
    'runner-uses-browser-packages',
  ],
  [
    'src/report/planted-plot.ts',
    "import uPlot from 'uplot'; f(uPlot);",
    'package uplot',
    'plots-in-pages-only',
  ],
  [
    'src/report/planted-page.ts',
    "import { draw } from './page/draw.ts'; f(draw);",
    'src/report/page/draw.ts',
    'page-is-the-end',
  ],
  [
    'src/replay/planted.ts',
    "import { serve } from '../serve/serve.ts'; f(serve);",
    'src/serve/serve.ts',
    'runner-below-edge',
  ],
  [
    'src/serve/planted.ts',
    "import { main } from '../cli/planted.ts'; f(main);",
    'src/cli/planted.ts',
    'serve-below-cli',
  ],
  [
    'src/cli/planted.ts',
    "import { SerialPort } from 'serialport'; f(SerialPort); export const main = 1;",
    'package serialport',
    'serial-in-one-place',
  ],
  [
    'src/cli/planted-dev.ts',
    "import { build } from 'esbuild'; f(build);",
    'package esbuild',
    'no-development-package',
  ],
  [
    'src/cli/planted-script.ts',
    "import { tool } from '../../scripts/tool.ts'; f(tool);",
    'scripts/tool.ts',
    'product-ends-at-its-folders',
  ],
];

describe('who may import whom', () => {
  it('lets every import that goes downward pass', () => {
    expect(cruise(LEAVES)).toEqual([]);
  });

  it('refuses each planted import by its own rule', () => {
    const files: Record<string, string> = { ...LEAVES };
    // Two plants may share a file: a sound file gives way to its planted imports.
    for (const [file] of PLANTED) files[file] = '';
    for (const [file, text] of PLANTED) files[file] = `${files[file] ?? ''}${text}\n`;
    const found = cruise(files);
    const expected = PLANTED.map(([file, , to, rule]) => `${file} -> ${to}: ${rule}`);
    expect(found).toEqual(expected.sort());
  });

  it('refuses a circle, also one of types alone', () => {
    const found = cruise({
      'src/core/a.ts': "import { b } from './b.ts'; export const a = () => b;",
      'src/core/b.ts': "import { a } from './a.ts'; export const b = () => a;",
      'sim/c.ts': "import type { D } from './d.ts'; export interface C { d: D }",
      'sim/d.ts': "import type { C } from './c.ts'; export interface D { c: C }",
    });
    expect(found).toEqual(['sim/c.ts -> sim/d.ts: no-cycle', 'src/core/a.ts -> src/core/b.ts: no-cycle']);
  });

  it.each([
    [
      'world-imports-itself',
      'sim shares nothing with the firmware, not even types: state the value in sim on its own and let a test compare both, or take it as an option of the world.',
    ],
    [
      'core-sees-hal-as-types',
      'src/core sees hal/ only as types, so that nothing of a target lands on the board: write `import type`, and receive the object as a parameter.',
    ],
    [
      'node-at-the-edge',
      'Only src/cli, src/serve, hal/virtual and the host side of hal/espruino touch Node; all else runs in a browser page: let src/cli read or write it and pass text or bytes in.',
    ],
    [
      'no-cycle',
      'Files import each other in a circle, and the board hoists nothing: move what both need into a third file below them, or hand it over as a parameter.',
    ],
  ])('says what to do instead of breaking %s', (rule, message) => {
    expect(forbidden.find(({ name }) => name === rule)?.comment).toBe(message);
  });

  it('has no rule that no planted import breaks, and none without advice', () => {
    const planted = new Set(PLANTED.map(([, , , rule]) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual(['no-cycle']);
    expect(forbidden.filter(({ comment }) => !comment.includes(': ')).map(({ name }) => name)).toEqual([]);
  });

  it('is kept by the product', () => {
    expect(violationsIn(PROJECT_ROOT).map(named)).toEqual([]);
  });
});
