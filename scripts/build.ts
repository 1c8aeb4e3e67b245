/**
 * Builds the command line program: `src/cli/main.ts` and all it needs become `dist/thecal.js`, one start-up file
 * and chunks that load when they are asked for. Product version and core hash are stamped in as constants.
 */
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildBoardBundles } from './bundle-board.ts';
import { bundlePage } from './bundle-page.ts';
import { coreHash, PROJECT_ROOT } from './core-hash.ts';
import { fastCore } from './fast-core.ts';

/** Stay packages at run time: some bring native code, one starts worker threads from its own files. */
const EXTERNAL = ['quickjs-emscripten', 'serialport', '@serialport/*', 'koffi', 'piscina'];

/** Bundled CommonJS packages call `require` for Node's own modules, and a module has no `require` of its own. */
const BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";
const SHEBANG = '#!/usr/bin/env node\n';

/** The constants known at build time, as source text. Run without a build they are not defined. */
export function buildStamps(root: string = PROJECT_ROOT): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { __THECAL_VERSION__: JSON.stringify(version), __CORE_HASH__: JSON.stringify(coreHash(root)) };
}

/** Returns the files written that can be started. */
export async function buildProduct(root: string = PROJECT_ROOT): Promise<string[]> {
  const main = join(root, 'src/cli/main.ts');
  if (!existsSync(main)) throw new Error('src/cli/main.ts is missing: there is nothing to build');
  const entryPoints: Record<string, string> = { thecal: main };
  const worker = join(root, 'src/cli/worker.ts');
  if (existsSync(worker)) entryPoints.worker = worker;

  const board = join(root, 'hal/virtual/worker.ts');
  if (existsSync(board)) entryPoints['virtual-board'] = board;

  const outdir = join(root, 'dist');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: EXTERNAL,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: BANNER },
    define: buildStamps(root),
    plugins: [fastCore(root)],
    legalComments: 'eof',
    logLevel: 'warning',
  });

  const program = join(outdir, 'thecal.js');
  const text = readFileSync(program, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(program, SHEBANG + text);
  chmodSync(program, 0o755);
  await buildBoardBundles(root);
  if (existsSync(join(root, 'src/report/page'))) {
    const { script, style } = await bundlePage(root);
    writeFileSync(join(outdir, 'page.js'), script);
    writeFileSync(join(outdir, 'page.css'), style);
  }
  return Object.keys(entryPoints).map((name) => join(outdir, `${name}.js`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    for (const file of await buildProduct()) console.log(`built ${file}  ${statSync(file).size} bytes`);
  } catch (error) {
    console.error(`build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
