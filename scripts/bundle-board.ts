/**
 * The board bundle: a board file of `hal/espruino` and all of `src/core` as one small script, `dist/board.js` for
 * lockstep over the line and `dist/board-free.js` for running on its own over real pins.
 *
 * What is in it is checked: every file of `src/core` that holds code, and nothing foreign. Names of the firmware's
 * own fields are shortened, since the board keeps every name in every record; names that the interpreter or the
 * language gave are kept.
 *
 * `npx tsx scripts/bundle-board.ts` prints size and memory cost, board by board; with ESPRUINO_BIN it measures them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build, transformSync, type Plugin } from 'esbuild';
import ts from 'typescript';
import { BOARD_TYPES, fitOf, VARIABLES_NEEDED, VARIABLES_SPARE } from '../hal/espruino/board-table.ts';
import { boardFiles } from './check-dialect.ts';
import { coreHash, PROJECT_ROOT, projectPath, sourceFiles } from './core-hash.ts';

/** Entry, and the file it becomes. */
export const BOARD_BUNDLES = {
  lockstep: { entry: 'hal/espruino/main.ts', output: 'board.js' },
  freeRunning: { entry: 'hal/espruino/free-main.ts', output: 'board-free.js' },
} as const;

export type BoardBundleName = keyof typeof BOARD_BUNDLES;

export interface BoardBundle {
  readonly code: string;
  readonly coreHash: string;
  /** Files in it, as the project writes their paths. */
  readonly inputs: readonly string[];
}

const LANGUAGE = [
  Object,
  Array,
  String,
  Number,
  Math,
  JSON,
  Function,
  Promise,
  Int32Array,
  ArrayBuffer,
  Error,
];

/** Names of the language: of the constructors, and of whatever they make. */
function namesOfLanguage(): Set<string> {
  const names = new Set<string>();
  for (const one of LANGUAGE) {
    for (const start of [one, (one as { prototype?: unknown }).prototype]) {
      for (let at: unknown = start; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
        for (const name of Object.getOwnPropertyNames(at)) names.add(name);
      }
    }
  }
  return names;
}

/**
 * Fields that may get a shorter name: declared by the firmware or the board files, and neither of the language nor in
 * a `declare` or a cast, which is how a board file says what the interpreter gives and gets. The order of fields, which the state digest
 * follows, stays as it is.
 */
function ownNames(files: readonly string[]): string[] {
  const own = new Set<string>();
  const foreign = namesOfLanguage();
  const visit = (node: ts.Node, isDeclared: boolean): void => {
    const isForeign =
      isDeclared ||
      ts.isAsExpression(node.parent) ||
      (ts.canHaveModifiers(node) &&
        (ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) ?? false));
    if (
      (ts.isPropertySignature(node) ||
        ts.isMethodSignature(node) ||
        ts.isPropertyAssignment(node) ||
        ts.isShorthandPropertyAssignment(node)) &&
      ts.isIdentifier(node.name)
    ) {
      (isForeign ? foreign : own).add(node.name.text);
    }
    ts.forEachChild(node, (child) => visit(child, isForeign));
  };
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    ts.forEachChild(source, (child) => visit(child, false));
  }
  return [...own].filter((name) => !foreign.has(name)).sort();
}

/** Does anything of this file run, or is it types alone? */
function holdsCode(file: string): boolean {
  const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', minify: true });
  return code.replace(/^export\{\};?/, '').trim() !== '';
}

/** Of the core, what only a host may do: it vouches for the memory of the pump that it runs, and has room for tables. */
const HOST_ONLY = ['src/core/calm.ts', 'src/core/quiet-ticks.ts', 'src/core/summed-words.ts'];

/** What is wrong with the list of inputs, in words; empty when it is right. */
export function checkInputs(inputs: readonly string[], root: string = PROJECT_ROOT): string[] {
  const allowed = new Set(boardFiles(root).map((file) => projectPath(file, root)));
  const foreign = inputs.filter((input) => !allowed.has(input));
  const missing = sourceFiles(join(root, 'src/core'), root)
    .filter(holdsCode)
    .map((file) => projectPath(file, root))
    .filter((file) => !inputs.includes(file) && !HOST_ONLY.includes(file));
  return [
    ...foreign.map((file) => `${file} is no board file and would land on the board: pass it in instead`),
    ...missing.map((file) => `${file} is firmware and would not be on the board: import it, or delete it`),
  ];
}

/** Sentences for people, which nothing on a board reads and which would cost it 100 variables. */
const FOR_PEOPLE: readonly (readonly [file: string, sentence: RegExp, instead: string])[] = [
  ['src/core/alarms/table.ts', /^ +reason: '[^']+',\n/gm, ''],
  ['src/core/invariants.ts', /'(INV-\d+) [^']+'/g, "'$1'"],
];

function withoutSentences(root: string): Plugin {
  return {
    name: 'without-sentences',
    setup(on) {
      for (const [file, sentence, instead] of FOR_PEOPLE) {
        on.onLoad({ filter: new RegExp(`/${file.replaceAll('.', '[.]')}$`) }, () => {
          const text = readFileSync(join(root, file), 'utf8');
          const short = text.replace(sentence, instead);
          if (short === text) throw new Error(`${file} has no sentence to leave out`);
          return { contents: short, loader: 'ts' };
        });
      }
    },
  };
}

const CONSTANT = /^var ([A-Z][A-Z0-9_]*) = (.*);$/gm;

/**
 * A bundle that is not minified yet, without its numbers that have a name, and these by name. The board looks a name up
 * along all that were declared before it, and keeps each; a number in its place costs neither.
 */
function takeConstants(bundle: string): { rest: string; constants: Record<string, string> } {
  const values: Record<string, number> = {};
  const rest = bundle.replace(CONSTANT, (line, name: string, expression: string) => {
    if (!/^[\w.+*/ -]+$/.test(expression)) return line;
    const value: unknown = runInNewContext(expression, { ...values });
    if (typeof value !== 'number') return line;
    values[name] = value;
    return '';
  });
  const constants = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return { rest, constants };
}

export async function bundleBoard(
  name: BoardBundleName = 'lockstep',
  root: string = PROJECT_ROOT,
): Promise<BoardBundle> {
  const hash = coreHash(root);
  const result = await build({
    absWorkingDir: root,
    entryPoints: [BOARD_BUNDLES[name].entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2015',
    platform: 'neutral',
    plugins: [withoutSentences(root)],
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = Object.values(result.metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const inputs = files.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])).sort();
  const problems = checkInputs(inputs, root);
  if (problems.length > 0)
    throw new Error(`the board bundle is not what it should be:\n  ${problems.join('\n  ')}`);
  const { rest, constants } = takeConstants(result.outputFiles[0]!.text);
  const minified = await build({
    stdin: { contents: rest },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2015',
    platform: 'neutral',
    charset: 'ascii',
    minify: true,
    mangleProps: new RegExp(`^(${ownNames(boardFiles(root)).join('|')})$`),
    define: { ...constants, __CORE_HASH__: JSON.stringify(hash) },
    logLevel: 'silent',
  });
  // The board ignores "use strict", and would keep it.
  const code = minified.outputFiles[0]!.text.trim().replace(/^"use strict";/, '');
  return { code, coreHash: hash, inputs };
}

/** Writes the bundles whose entry exists into `dist`; returns the files. */
export async function buildBoardBundles(root: string = PROJECT_ROOT): Promise<string[]> {
  const written: string[] = [];
  for (const name of Object.keys(BOARD_BUNDLES) as BoardBundleName[]) {
    const { entry, output } = BOARD_BUNDLES[name];
    if (!existsSync(join(root, entry))) continue;
    const { code } = await bundleBoard(name, root);
    const file = join(root, 'dist', output);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(file, code);
    written.push(file);
  }
  return written;
}

export interface BoardMemory {
  /** Of the interpreter that measured: its version, and bytes of a variable. */
  readonly version: string;
  readonly blockBytes: number;
  readonly totalVariables: number;
  /** Variables in use over those before: after loading from flash storage, after set-up, after the wakes. */
  readonly loaded: number;
  readonly setUp: number;
  readonly afterWakes: number;
  readonly wakes: number;
  readonly microsecondsPerWake: number;
}

const PIECE_CHARACTERS = 2048;

function runScript(binary: string, folder: string, script: string): string {
  writeFileSync(join(folder, 'script.js'), script);
  return execFileSync(binary, ['script.js'], {
    cwd: folder,
    input: '',
    encoding: 'latin1',
    timeout: 600_000,
  });
}

/** Set up and wakes of a lockstep board: one stroke in 72 s, hours, self-tests. */
const LOCKSTEP_RUN = `
function seal(t){return t+","+(E.CRC32(t)&65535).toString(16);}
function ask(t){return thecal(seal(t));}
function setUp(){ask("hello,1");ask("setup,2,500,40000000,0,38000000,0,0.0.500.2000000.0*8.196611000*24");}
var next=0,now=-1,seq=2,gain=0,rest=":1000:2900:2900:37000";
function wake(){var f=ask("wakes,"+(++seq)+","+(next-now)+":"+gain+rest).split(",");
if(f[0]!="did"||f[2]!="1")throw new Error(f.join());
now=next;next=parseInt(f[6]);gain=parseInt(f[3]);rest=":0:0:0:0";}
`;

/** The same on its own pins: its clock is moved by hand, reports and timers of motor and buzzer go nowhere. */
const FREE_RUN = `
var print=function(){},setTimeout=print;
function seal(t){return t+","+(E.CRC32(t)&65535).toString(16);}
var at=0;
function setUp(){var r=thecal(seal("setup,2,500,40000000,0,38000000,0,0.0.500.2000000.0*8.196611000*24"));if(r.substr(0,2)!="ok")throw new Error(r);at=Math.floor(getTime()*1000);}
function wake(){at+=72000;thecal.look(at);}
`;

/** Loads the bundle from flash storage in the real interpreter and lets it work. */
export function measureBundle(
  binary: string,
  code: string,
  name: BoardBundleName = 'lockstep',
  wakes = 1000,
): BoardMemory {
  const folder = mkdtempSync(join(tmpdir(), 'thecal-memory-'));
  try {
    for (let at = 0; at < code.length; at += PIECE_CHARACTERS) {
      const piece = JSON.stringify(code.slice(at, at + PIECE_CHARACTERS));
      runScript(binary, folder, `require("Storage").write("fw",${piece},${at},${code.length});`);
    }
    const output = runScript(
      binary,
      folder,
      `var say=print;${name === 'lockstep' ? LOCKSTEP_RUN : FREE_RUN}
      var u=function(){return process.memory().usage;},m0=0,m1=0,m2=0,m3=0,t=0;
      m0=u();eval(require("Storage").read("fw"));m1=u();setUp();m2=u();t=getTime();
      for(var i=0;i<${wakes};i++)wake();
      t=getTime()-t;m3=u();
      say("\\nMEMORY "+[m1-m0,m2-m0,m3-m0,Math.floor(t*1000000/${wakes}),process.memory().total,process.memory().blocksize,process.version].join(" "));
      clearInterval();clearWatch();`,
    );
    const found = /^MEMORY (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\S+)/m.exec(output);
    if (found === null) {
      const said = output.split('\n').filter((line) => /rror|MEMORY/.test(line));
      throw new Error(`the interpreter did not get through the bundle: ${said.slice(0, 5).join(' | ')}`);
    }
    const number = (index: number): number => Number(found[index]);
    return {
      version: found[7] ?? '',
      blockBytes: number(6),
      totalVariables: number(5),
      loaded: number(1),
      setUp: number(2),
      afterWakes: number(3),
      wakes,
      microsecondsPerWake: number(4),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The measurement that `docs/board.md` records: a line of its memory table, for 13-byte variables. */
export function recordedVariables(name: BoardBundleName, root: string = PROJECT_ROOT): number | null {
  const file = join(root, 'docs/board.md');
  if (!existsSync(file)) return null;
  const row = new RegExp(
    `^\\| \`dist/${BOARD_BUNDLES[name].output}\`(?: \\|[^|]*){3} \\| ([\\d,]+) \\|`,
    'm',
  );
  const found = row.exec(readFileSync(file, 'utf8'));
  return found === null ? null : Number(found[1]!.replaceAll(',', ''));
}

async function report(): Promise<void> {
  const binary = process.env['ESPRUINO_BIN'];
  for (const name of Object.keys(BOARD_BUNDLES) as BoardBundleName[]) {
    const { entry, output } = BOARD_BUNDLES[name];
    const { code, inputs } = await bundleBoard(name);
    console.log(`${output}: ${code.length} bytes from ${inputs.length} files (${entry})`);
    const needed = VARIABLES_NEEDED[name];
    if (binary === undefined) {
      const recorded = recordedVariables(name);
      console.log(
        `  not measured (ESPRUINO_BIN is not set); recorded in docs/board.md: ${recorded ?? 'nothing'}`,
      );
    } else {
      const memory = measureBundle(binary, code, name);
      console.log(
        `  measured in ${memory.version}, variables of ${memory.blockBytes} bytes: ${memory.loaded} loaded, ` +
          `${memory.setUp} set up, ${memory.afterWakes} after ${memory.wakes} wakes; ${memory.microsecondsPerWake} us a wake`,
      );
    }
    console.log(`  of a board it asks ${needed} variables, and ${VARIABLES_SPARE} for the interpreter:`);
    for (const board of BOARD_TYPES) {
      console.log(
        `  ${board.name.padEnd(12)} ${String(board.variables).padStart(6)}  ${fitOf(board, code.length, needed).verdict}`,
      );
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await report();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
