/** The laboratory as a bundle of its own, with at most one replacement in the core's source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
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

function patching(patch: Patch | Edit, onPatched: () => void): Plugin {
  const wanted = join(PROJECT_ROOT, 'src/core', patch.file);
  return {
    name: 'bad-core',
    setup(builder) {
      builder.onLoad({ filter: /[/\\]src[/\\]core[/\\].*[.]ts$/ }, ({ path }) => {
        if (path !== wanted) return undefined;
        onPatched();
        const source = readFileSync(path, 'utf8');
        return { contents: 'edit' in patch ? patch.edit(source) : patched(source, patch), loader: 'ts' };
      });
    },
  };
}

export async function bundleLab(patch: Patch | Edit | null): Promise<Lab> {
  let patches = 0;
  const result = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: ['tests/canaries/lab.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lab',
    target: 'node20',
    logLevel: 'silent',
    plugins: patch === null ? [] : [patching(patch, () => (patches += 1))],
  });
  if (patch !== null && patches !== 1) throw new Error(`src/core/${patch.file} is not part of the bundle`);
  return runInThisContext(`(() => { ${result.outputFiles[0]!.text}; return lab; })()`) as Lab;
}
