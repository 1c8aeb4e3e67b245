/** Builds what a page with pictures carries: `src/report/page` and the plotting library in it, as one script and one style. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_ROOT } from './core-hash.ts';

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

export async function bundlePage(root: string = PROJECT_ROOT): Promise<PageBundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'src/report/page/main.ts'), join(root, 'src/report/page/page.css')],
    outdir: join(root, 'dist'),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome109', 'firefox113', 'safari16.4'],
    // The page is passed on, and with it the library's code: its licence goes along.
    banner: { js: `/*\nuPlot\n${readFileSync(join(root, 'node_modules/uplot/LICENSE'), 'utf8')}*/` },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const text = (ending: string): string => {
    const file = result.outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`the bundler made no ${ending} of src/report/page`);
    return file.text;
  };
  return { script: text('.js'), style: text('.css') };
}
