/** The schema as editors use it: completion and red lines while typing. What it can't say, `thecal check` does. */
import * as z from 'zod';
import { buildSchemas } from './schema.ts';
import { editorSchemas } from './schema-parts.ts';
import type { Vocabulary } from './vocabulary.ts';

/** JSON Schema, draft 2020-12, of what a person writes (and not of what reading makes of it). */
export function scenarioJsonSchema(vocabulary: Vocabulary): Record<string, unknown> {
  return editorJsonSchema('scenario', 'Thecal scenario, version 1', buildSchemas(vocabulary).document);
}

/** `name` is that of the whole, in case it is a part of itself. */
export function editorJsonSchema(name: string, title: string, document: z.ZodType): Record<string, unknown> {
  return { title, ...shared(toJsonSchema(document), name) };
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

type JsonSchema = Record<string, unknown>;

/** Shorter than a reference to it and the definition would be together. */
const WORTH_SHARING = 100;

/**
 * Every part that stands in more than one place, once, under `$defs`; a third of the size. (zod can do that too, but
 * not across the parts that are converted one by one above.) A definition is named after the first place it is found.
 */
function shared(root: JsonSchema, rootName: string): JsonSchema {
  const counts = new Map<string, number>();
  const count = (part: JsonSchema): JsonSchema => {
    const text = JSON.stringify(part);
    const seen = counts.get(text) ?? 0;
    counts.set(text, seen + 1);
    // What stands in a repeated part alone is no repetition of its own.
    if (seen === 0) mapParts(part, rootName, count);
    return part;
  };
  mapParts(root, rootName, count);

  const names = new Map<string, string>();
  const definitions: JsonSchema = {};
  const refer = (part: JsonSchema, place: string): JsonSchema => {
    const text = JSON.stringify(part);
    if (text.length < WORTH_SHARING || counts.get(text) === 1) return mapParts(part, place, refer);
    let name = names.get(text);
    if (name === undefined) {
      const taken = new Set(names.values());
      name = place;
      for (let next = 2; taken.has(name); next++) name = `${place}-${next}`;
      names.set(text, name);
      definitions[name] = mapParts(part, place, refer);
    }
    return { $ref: `#/$defs/${name}` };
  };
  const mapped = mapParts(root, rootName, refer);
  return Object.keys(definitions).length === 0 ? mapped : { ...mapped, $defs: definitions };
}

/** The same schema with each schema directly inside it replaced. `place` is the nearest key of a document above. */
function mapParts(
  schema: JsonSchema,
  place: string,
  replace: (part: JsonSchema, place: string) => JsonSchema,
): JsonSchema {
  const isSchema = (value: unknown): value is JsonSchema =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const one = (value: unknown, at: string): unknown => (isSchema(value) ? replace(value, at) : value);
  const mapped: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isSchema(value)) {
      mapped[keyword] = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, one(part, key)]));
    } else if (['anyOf', 'allOf', 'oneOf', 'prefixItems'].includes(keyword) && Array.isArray(value)) {
      mapped[keyword] = value.map((part) => one(part, place));
    } else {
      mapped[keyword] = ['items', 'additionalProperties', 'not'].includes(keyword)
        ? one(value, place)
        : value;
    }
  }
  return mapped;
}
