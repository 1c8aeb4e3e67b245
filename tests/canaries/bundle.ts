/**
 * The laboratory as a bundle of its own, with at most one replacement in the core's source. The core is in the form in
 * which it is shipped for Node, or as it is written.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import { runInThisContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { fastCore } from '../../scripts/fast-core.ts';
import type { BadCore } from './bad-cores.ts';
import type { Lab } from './checks.ts';

type Patch = Pick<BadCore, 'file' | 'replace' | 'by'>;
/** By place and not by text. */
interface Edit {
  readonly file: string;
  readonly edit: (source: string) => string;
}

/** The source with the one replacement made; a text that is not there exactly once is an error, never a no-op. */
export function patched(source: string, patch: Patch): string {
  const times = source.split(patch.replace).length - 1;
  if (times !== 1) {
    throw new Error(`src/core/${patch.file} holds ${times} times, not once: ${patch.replace}`);
  }
  return source.replace(patch.replace, () => patch.by);
}

type Form = 'as shipped' | 'as written';

function asWritten(edit: (file: string, text: string) => string): Plugin {
  return {
    name: 'core',
    setup(builder) {
      builder.onLoad({ filter: /[/\\]src[/\\]core[/\\].*[.]ts$/ }, ({ path }) => {
        const file = relative(PROJECT_ROOT, path).split(sep).join('/');
        return { contents: edit(file, readFileSync(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}

export async function bundleLab(patch: Patch | Edit | null, form: Form = 'as shipped'): Promise<Lab> {
  let patches = 0;
  const edit = (file: string, text: string): string => {
    if (patch === null || file !== `src/core/${patch.file}`) return text;
    patches += 1;
    return 'edit' in patch ? patch.edit(text) : patched(text, patch);
  };
  const result = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: ['tests/canaries/lab.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lab',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    plugins: [form === 'as shipped' ? fastCore(PROJECT_ROOT, edit) : asWritten(edit)],
  });
  if (patch !== null && patches !== 1) throw new Error(`src/core/${patch.file} is not part of the bundle`);
  const run = runInThisContext(`(require) => { ${result.outputFiles[0]!.text}; return lab; }`) as (
    require: NodeJS.Require,
  ) => Lab;
  return run(createRequire(import.meta.url));
}
