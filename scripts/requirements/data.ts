/** The requirements as they are written in docs/requirements/*.yaml: their shape, and how they are read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PERMISSIONS } from '../../src/core/permission.ts';

const sentence = z.string().trim().min(10);
const id = z.string().trim().min(3);

/** One of our own. */
const OWN = z.strictObject({
  id: z.string().regex(/^SR-[A-Z]+-\d+$/, 'an id of ours is SR-, an area in capitals, and a number'),
  text: sentence,
  from: z.string().min(2),
  /** `path#name`: see `evidence.ts` for what counts as a name. */
  code: z.array(z.string().regex(/^[\w./-]+\.ts#[\w-]+$/, 'write path/to/file.ts#name')).min(1),
});

const AREA = z.strictObject({ area: z.string().min(3), requirements: z.array(OWN).min(1) });

const SAFE_STATE = z.strictObject({
  alarm: z.string().min(3),
  requirement: id,
  'safe-state': z.enum(PERMISSIONS),
  'others-ask': sentence,
});

const OWN_FILE = z.strictObject({ areas: z.array(AREA).min(1), 'safe-states': z.array(SAFE_STATE) });

/** One of somebody else's. What applies to us names those of ours by which we meet it. */
const FOREIGN = z
  .strictObject({
    id,
    text: sentence,
    applies: z.enum(['applicable', 'adapted', 'not-applicable']),
    reason: sentence.optional(),
    by: z.array(id).default([]),
  })
  .refine(({ applies, reason }) => applies === 'applicable' || reason !== undefined, {
    message: 'say under reason what is adapted, or why it does not apply',
  })
  .refine(({ applies, by }) => (applies === 'not-applicable') === (by.length === 0), {
    message: 'what applies names under by those of ours that meet it, and what does not names none',
  });

const SOURCE_FILE = z.strictObject({
  title: z.string().min(3),
  source: sentence,
  requirements: z.array(FOREIGN).min(1),
});

export type Own = z.infer<typeof OWN>;
export type Area = z.infer<typeof AREA>;
export type SafeState = z.infer<typeof SAFE_STATE>;
export type Foreign = z.infer<typeof FOREIGN>;
export type Source = z.infer<typeof SOURCE_FILE>;

const OWN_FILE_NAME = 'own.yaml';

/** Read with the schema, or fail with the file and every problem in it. */
function readAs<T>(schema: z.ZodType<T>, folder: string, name: string): T {
  const read = schema.safeParse(parse(readFileSync(join(folder, name), 'utf8')));
  if (!read.success) throw new Error(`docs/requirements/${name}:\n${z.prettifyError(read.error)}`);
  return read.data;
}

export function readOwn(folder: string): z.infer<typeof OWN_FILE> {
  return readAs(OWN_FILE, folder, OWN_FILE_NAME);
}

/** The other files, each a source, by name. */
export function readSources(folder: string): Source[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== OWN_FILE_NAME)
    .sort()
    .map((name) => readAs(SOURCE_FILE, folder, name));
}
