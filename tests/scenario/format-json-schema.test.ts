import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { LIBRARY, libraryFiles } from '../../scripts/library.ts';
import { VOCABULARY } from '../../src/cli/vocabulary.ts';
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts';
import { WORDS } from './format-words.ts';

const schema = scenarioJsonSchema(WORDS) as {
  required: string[];
  additionalProperties: boolean;
  properties: Record<string, Record<string, unknown>>;
  $defs: Record<string, Record<string, unknown>>;
};

/** A part, or what it refers to. */
function resolved(part: Record<string, unknown> | undefined): Record<string, unknown> {
  const name = /^#\/\$defs\/(.*)$/.exec(String(part?.['$ref']))?.[1];
  return (name === undefined ? part : schema.$defs[name]) ?? {};
}

/** Every object in the schema, however deep. */
function* parts(of: unknown): Generator<Record<string, unknown>> {
  if (typeof of !== 'object' || of === null) return;
  if (!Array.isArray(of)) yield of as Record<string, unknown>;
  for (const part of Object.values(of)) yield* parts(part);
}

describe('the schema for editors', () => {
  it('asks for what has no default, and for nothing else', () => {
    expect(schema.required.sort()).toEqual(['drug', 'name', 'pump', 'therapy', 'until', 'version']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('refuses unknown keys in every map', () => {
    for (const part of parts(schema)) {
      if (part['type'] === 'object') expect(part['additionalProperties']).toBe(false);
    }
  });

  it('knows quantities by a pattern, with their default as it is written', () => {
    const pump = resolved(schema.properties['pump'])['properties'] as Record<string, Record<string, unknown>>;
    const fill = new RegExp(String(resolved(pump['fill'])['pattern']), 'u');
    expect(resolved(pump['low-reservoir'])['default']).toBe('2 mL');
    expect('38 mL').toMatch(fill);
    expect('38').not.toMatch(fill);
    expect('-1 mL').not.toMatch(fill);
    expect('-14.5 %').toMatch(new RegExp(String(resolved(pump['tolerance'])['pattern']), 'u'));
  });

  it('says nothing twice: what stands in several places is a definition, and each of them is used', () => {
    const refs = [...parts(schema)].flatMap((part) =>
      typeof part['$ref'] === 'string' ? [part['$ref']] : [],
    );
    const names = Object.keys(schema.$defs).map((name) => `#/$defs/${name}`);
    expect([...new Set(refs)].sort()).toEqual(names.sort());
    const long = [...parts(schema)].map((part) => JSON.stringify(part)).filter((text) => text.length > 300);
    expect(new Set(long).size).toBe(long.length);
  });

  it('accepts every scenario of the library, and refuses what is wrong with one', () => {
    // The one word that the reader does not know.
    const text = JSON.stringify(scenarioJsonSchema(VOCABULARY), (key, value: unknown) =>
      key === 'dependentRequired' ? undefined : value,
    );
    const reader = z.fromJSONSchema(JSON.parse(text) as z.core.JSONSchema.BaseSchema);
    const folder = new URL(`../../${LIBRARY}/`, import.meta.url);
    for (const file of libraryFiles()) {
      const scenario = parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, unknown>;
      expect(reader.safeParse(scenario).error, file).toBeUndefined();
      expect(reader.safeParse({ ...scenario, until: 4 }).success, file).toBe(false);
      expect(reader.safeParse({ ...scenario, untill: '4 d' }).success, file).toBe(false);
    }
  });

  it('has only patterns that are regular expressions', () => {
    for (const part of parts(schema)) {
      if (typeof part['pattern'] === 'string')
        expect(() => new RegExp(part['pattern'] as string, 'u')).not.toThrow();
    }
  });

  it('completes the names of faults with their options, alarms and signals', () => {
    const text = JSON.stringify(schema);
    for (const { kind, options } of WORDS.faults) {
      expect(text).toContain(`"const":"${kind}"`);
      for (const { name, meaning } of options) {
        expect(text).toContain(`"${name}":{`);
        expect(text).toContain(`"description":${JSON.stringify(meaning)}`);
      }
    }
    for (const alarm of WORDS.alarms) expect(text).toContain(`"${alarm}"`);
    for (const { name } of WORDS.signals) expect(text).toContain(`"${name}"`);
  });
});
