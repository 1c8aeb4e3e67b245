import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts';
import { WORDS } from './format-words.ts';

const schema = scenarioJsonSchema(WORDS) as {
  required: string[];
  additionalProperties: boolean;
  properties: Record<string, Record<string, unknown>>;
};

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
    const pump = schema.properties['pump']?.['properties'] as Record<
      string,
      { pattern: string; default?: string }
    >;
    expect(pump['low-reservoir']?.default).toBe('2 mL');
    expect('38 mL').toMatch(new RegExp(pump['fill']?.pattern ?? '^$', 'u'));
    expect('38').not.toMatch(new RegExp(pump['fill']?.pattern ?? '', 'u'));
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
