/** Writes the published JSON Schemas, docs/schema/*.json, from what the program itself checks with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BOARDS_SCHEMA } from '../src/cli/boards/inventory.ts';
import { VOCABULARY } from '../src/cli/vocabulary.ts';
import { resultJsonSchema } from '../src/report/result-schema.ts';
import { editorJsonSchema, scenarioJsonSchema } from '../src/scenario/json-schema.ts';
import { PROJECT_ROOT } from './core-hash.ts';

/** Path below the project's root, and content. */
export function schemaFiles(): Record<string, string> {
  const text = (schema: Record<string, unknown>): string => `${JSON.stringify(schema, null, 2)}\n`;
  return {
    'docs/schema/scenario.schema.json': text(scenarioJsonSchema(VOCABULARY)),
    'docs/schema/boards.schema.json': text(
      editorJsonSchema('boards', 'Thecal boards file, version 1', BOARDS_SCHEMA),
    ),
    'docs/schema/result.schema.json': text(resultJsonSchema()),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of Object.entries(schemaFiles())) {
    mkdirSync(dirname(join(PROJECT_ROOT, path)), { recursive: true });
    writeFileSync(join(PROJECT_ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
