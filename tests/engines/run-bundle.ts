/**
 * One bundle text, as a board would get it, in other engines than this process with its modules: V8 without them, V8
 * without its compilers, and QuickJS in WebAssembly.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { getQuickJS } from 'quickjs-emscripten';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { fastCore } from '../../scripts/fast-core.ts';

/**
 * `globalThis.answer` becomes the text; `globalThis.problem` what went wrong on the way. As every engine can run it, or
 * with the core as it is shipped for Node.
 */
export async function bundle(
  call: string,
  from: string,
  isForNode = false,
): Promise<{ text: string; inputs: string[] }> {
  const result = await build({
    absWorkingDir: PROJECT_ROOT,
    stdin: {
      contents: `import { ${call} } from './tests/engines/${from}';
        Promise.resolve().then(${call}).then(
          (text) => { globalThis.answer = text; },
          (error) => { globalThis.problem = String(error && error.stack || error); });`,
      resolveDir: PROJECT_ROOT,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    ...(isForNode
      ? { platform: 'node', target: 'node20', plugins: [fastCore(PROJECT_ROOT)] }
      : { target: 'es2015' }),
    logLevel: 'silent',
  });
  return { text: result.outputFiles[0]!.text, inputs: Object.keys(result.metafile.inputs) };
}

/** Names of the language. One that is looked up in another context's globals costs more than what is done with it. */
const LANGUAGE =
  'Array Error Infinity Int32Array JSON Map Math NaN Number Object Promise Set String Symbol Uint8Array';

export async function inNode(text: string, given: object = {}): Promise<string> {
  const scope = createContext({ ...given }, { microtaskMode: 'afterEvaluate' });
  const names = LANGUAGE.replaceAll(' ', ', ');
  runInContext(`((${names}) => {${text}\n})(${names});`, scope);
  const { answer, problem } = scope as { answer?: string; problem?: string };
  if (answer === undefined) throw new Error(`V8: ${problem ?? 'the bundle never answered'}`);
  return Promise.resolve(answer);
}

/** A bundle for Node, with what of Node it uses. */
export function inNodeAsShipped(text: string): Promise<string> {
  return inNode(text, { require: createRequire(import.meta.url), Buffer });
}

/** V8 as an interpreter, in a process of its own. */
export function inJitlessNode(text: string): string {
  const tell = `${text}\n;setImmediate(() => {
    if (globalThis.answer === undefined) throw new Error(globalThis.problem ?? 'the bundle never answered');
    process.stdout.write(globalThis.answer);
  });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--jitless', '--input-type=commonjs', '-'],
    {
      input: tell,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  if (status !== 0) throw new Error(`V8 without its compilers: ${stderr}`);
  return stdout;
}

export async function inQuickJs(text: string): Promise<string> {
  const engine = await getQuickJS();
  const context = engine.newContext();
  try {
    context.unwrapResult(context.evalCode(text, 'bundle.js')).dispose();
    const jobs = context.runtime.executePendingJobs();
    if (jobs.error) throw new Error(`QuickJS: ${JSON.stringify(context.dump(jobs.error))}`);
    const read = (name: string): string | undefined => {
      const handle = context.getProp(context.global, name);
      const value = context.dump(handle) as string | undefined;
      handle.dispose();
      return value;
    };
    const answer = read('answer');
    if (answer === undefined) throw new Error(`QuickJS: ${read('problem') ?? 'the bundle never answered'}`);
    return answer;
  } finally {
    context.dispose();
  }
}
