/** The schema as editors use it: completion and red lines while typing. What it can't say, `thecal check` does. */
import * as z from 'zod';
import { buildSchemas } from './schema.ts';
import { editorSchemas } from './schema-parts.ts';
import type { Vocabulary } from './vocabulary.ts';

/** JSON Schema, draft 2020-12, of what a person writes (and not of what reading makes of it). */
export function scenarioJsonSchema(vocabulary: Vocabulary): Record<string, unknown> {
  const { document } = buildSchemas(vocabulary);
  return {
    title: 'Thecal scenario, version 1',
    ...toJsonSchema(document),
  };
}

function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const known = editorSchemas.get(zodSchema);
      if (known === undefined) return;
      const alternatives = known.alternatives.map((alternative) => {
        const { $schema: _, ...rest } = toJsonSchema(alternative);
        return rest;
      });
      Object.assign(
        jsonSchema,
        alternatives.length === 1 ? { allOf: alternatives } : { anyOf: alternatives },
        known.extra,
      );
    },
  });
}
