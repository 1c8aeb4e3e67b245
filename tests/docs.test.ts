/** The documents: no table is stale, no link or path leads nowhere, and what is shown is really in the files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../scripts/core-hash.ts';
import { DOCUMENTS, renewed } from '../scripts/docs-tables.ts';

const docs = readdirSync(join(PROJECT_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name.replaceAll('\\', '/')}`)
  .sort();
const documents = ['README.md', ...docs];

const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

function read(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), 'utf8');
}

/** Prose without fenced blocks, whose lines are examples. */
function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** As the usual renderers name a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsIn(text: string): readonly string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe('generated tables', () => {
  it.each(DOCUMENTS)('of %s are what the code says: else npm run docs', async (file) => {
    const text = read(file);
    expect(await renewed(text)).toBe(text);
  });

  it('are listed with every document that has one', () => {
    expect(docs.filter((file) => read(file).includes('<!-- table: '))).toEqual([...DOCUMENTS].sort());
  });

  it('refuse a name that no table has', async () => {
    await expect(renewed('<!-- table: nothing -->\n<!-- end of table -->')).rejects.toThrow(
      'no table is called',
    );
  });
});

describe.each(documents)('%s', (file) => {
  const text = read(file);

  it('links only to what is there', () => {
    const dead: string[] = [];
    for (const [, target = ''] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? file : normalize(join(dirname(file), path)).replaceAll('\\', '/');
      if (!existsSync(join(PROJECT_ROOT, linked))) dead.push(target);
      else if (anchor !== undefined && !anchorsIn(read(linked)).includes(anchor)) dead.push(target);
    }
    expect(dead).toEqual([]);
  });

  it('names only files and folders that are there', () => {
    const missing: string[] = [];
    for (const [, quoted = ''] of prose(text).matchAll(/`([^`\n]+)`/g)) {
      if (!/^(\.ci|docs|hal|scripts|sim|src|tests)\/[\w./-]*$/.test(quoted)) continue;
      if (!existsSync(join(PROJECT_ROOT, quoted))) missing.push(quoted);
    }
    expect(missing).toEqual([]);
  });

  it('names no package registry and no place on one machine', () => {
    expect(text).not.toMatch(/registry\.|npmjs|artifactory|_authToken/i);
    expect(text).not.toMatch(/(^|[\s"'(`=])\/(home|Users|root|tmp|work|mnt|opt|usr|var|private)\//m);
    expect(text).not.toMatch(/\b[A-Z]:\\/);
  });

  it('names only scripts that package.json has', () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('has its fences and markers in pairs', () => {
    expect(text.match(/^```/gm)?.length ?? 0).toSatisfy((count: number) => count % 2 === 0);
    expect(text.match(/<!-- table: /g)?.length ?? 0).toBe(text.match(/<!-- end of table -->/g)?.length ?? 0);
  });
});

describe('the README', () => {
  const text = read('README.md');

  it('shows lines of the scenario that it names', () => {
    const scenario = /`(sim\/scenarios\/[\w-]+\.yaml)`/.exec(text)?.[1] ?? '';
    const shown = /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? '';
    const lines = read(scenario)
      .split('\n')
      .map((line) => line.trim());
    const invented = shown.split('\n').filter((line) => line !== '' && !lines.includes(line.trim()));
    expect(invented).toEqual([]);
    expect(shown.split('\n').length).toBeGreaterThan(10);
  });

  it('stays under two screens', () => {
    expect(text.split('\n').length).toBeLessThan(110);
  });
});

describe('what the models leave out', () => {
  it('is told in docs/fidelity.md of each part of the world', () => {
    const rows = /## What each model leaves out\n([\s\S]*?)\n## /.exec(read('docs/fidelity.md'))?.[1] ?? '';
    const parts = readdirSync(join(PROJECT_ROOT, 'sim/plant')).map((name) => `sim/plant/${name}`);
    expect(
      [...parts, 'sim/oracle.ts', 'sim/world.ts', 'sim/faults'].filter((part) => !rows.includes(part)),
    ).toEqual([]);
  });
});

describe('the sources', () => {
  it('named by code, scenarios and requirements are all in docs/fidelity.md', () => {
    const listed = read('docs/fidelity.md');
    const keys = new Set<string>();
    for (const folder of ['sim', 'src/core', 'src/scenario', 'docs/requirements']) {
      for (const name of readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })) {
        if (!/\.(ts|yaml)$/.test(name)) continue;
        const found = read(`${folder}/${name.replaceAll('\\', '/')}`).match(
          /\b(?:TGA|FDA|MDT|GILL|MRI|HK|HSA|RESID|PROM|BP|AAN)-(?:[A-Z]+|\d+)\b|\b(?:JULLIAN|SGOUROS|RIORDAN|GALICA|PERRUCHOUD|DAWES|ECRI|ANESKEY|MM3150|MULLER|WESEMANN|AKMAN|DRAULANS|SCHIAVO|ASRA|MAINO|BISSIG|INFUTEST|BRAUN|DTRON|FNS|GLOBALSPEC|NVISION)\b/g,
        );
        for (const key of found ?? []) keys.add(key);
      }
    }
    expect([...keys].filter((key) => !listed.includes(key)).sort()).toEqual([]);
  });
});
