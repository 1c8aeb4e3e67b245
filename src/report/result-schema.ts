/**
 * The result as a schema, for whoever reads `--json`: published as docs/schema/result.schema.json. The types in
 * src/scenario/result.ts are the contract; this file and its test would not compile if they drifted apart.
 */
import * as z from 'zod';
import type { Result } from '../scenario/result.ts';
import { RESULT_VERSION, VERDICTS } from '../scenario/result.ts';

const verdict = z
  .enum(VERDICTS)
  .describe('in the order of precedence: the first that any part earns is the whole');
const count = z.int().min(0);
const tick = z.int().min(0).describe('simulated seconds since tick 0');
const maybeTick = tick.nullable();
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();

const judgement = z.object({
  id: z.string().describe('as written in the scenario, or its section and index'),
  line: z.int().min(1).describe('in the scenario file'),
  text: z.string(),
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  tick: maybeTick.describe('that decided; null when none did'),
  observed: z.string().nullable().describe('what was seen there, with its unit'),
});

const alarm = z.object({
  alarm: z.string(),
  raisedTick: tick,
  conditionGoneTick: maybeTick,
  acknowledgedTick: maybeTick,
  clearedTick: maybeTick,
});

const fault = z.object({
  id: z.string(),
  kind: z.string(),
  appliedTick: tick,
  clearedTick: maybeTick,
  passedTick: maybeTick.describe(
    'first tick with nothing of it any more though nobody cleared it; null: it lasts until it is cleared',
  ),
  fired: z
    .boolean()
    .describe(
      'it changed at least one value that the plant or a reading used; of a fault of the line: it struck',
    ),
  firedTick: maybeTick,
  strikes: z
    .int()
    .min(0)
    .nullable()
    .exactOptional()
    .describe('of a fault of the line: messages it struck, or restarts; null: this target has no line'),
  noticedBy: z
    .string()
    .nullable()
    .describe('the first alarm that can reveal it and was not raised in the control'),
  noticedTick: maybeTick,
  prescribedUg: z.number().nullable().describe('from applied to noticed, or cleared, or the end'),
  trueDeliveredUg: z.number().nullable().describe('past the tip, in the same window'),
  trueIntrathecalUg: z.number().nullable().describe('into the spinal fluid, in the same window'),
});

const run = z.object({
  verdict,
  ticks: z.int().min(0),
  executedTicks: z.int().min(0).describe('really executed, as against skipped'),
  digest: z.object({ rolling: z.string(), state: z.string() }).nullable(),
  alarms: list(alarm).describe('a row for each raise'),
  faults: list(fault),
  expectations: list(judgement),
  signals: z
    .record(z.string(), z.number().nullable())
    .describe('final values; null is what can not be known'),
  strokesOfAllPumps: count
    .exactOptional()
    .describe('of a run in which the pump was replaced only; the signals are those of the last one'),
  refills: list(
    z.object({
      tick,
      performed: z.boolean().describe('somebody got into the reservoir'),
      computedUl: z.number().describe('what the pump, interrogated before, computed to be left'),
      withdrawnUl: z.number().describe('what was found'),
      injectedUl: z.number().describe('what was filled in and programmed'),
      filledUl: z.number().describe('what of it truly came into the reservoir'),
      isToInvestigate: z.boolean().describe('withdrawn and computed differ by more than 2 mL'),
    }),
  ).describe('where belief and truth meet'),
  doseFailures: list(
    z.object({
      kind: z.string(),
      tick,
      verdict: z.enum(['failed', 'allowed']).describe('by the `allow` of the scenario'),
    }),
  ).describe('what the dose oracle found'),
  error: z.string().nullable().describe('what ended the run before its time'),
});

const scenario = run.extend({
  name: z.string(),
  file: z.string(),
  scenarioHash: z.string().describe('SHA-256 of the file'),
  seed: z.int().min(0),
  attempts: z.int().min(1),
  control: run.nullable().describe('the same run without its faults, where the scenario asks for it'),
  fingerprint: z.string().nullable().describe('the same for the same failure, whatever the ticks and values'),
  reproduce: z.string().describe('the command line that shows this again'),
  late: z
    .object({ count: z.int().min(0), largestLagMs: z.int().min(0) })
    .exactOptional()
    .describe('of a run in real time only'),
  line: z
    .object({
      exchanges: count,
      wakes: count,
      retries: count,
      lost: count,
      broken: count,
      refused: count,
      stale: count,
      reopened: count,
      reboots: count,
      bytesOut: count,
      bytesIn: count,
      exchangeMs: z.number().min(0),
    })
    .exactOptional()
    .describe('what went over the line to a board; of such a run only'),
});

export const resultSchema = z.object({
  version: z.literal(RESULT_VERSION),
  start: z.iso.datetime().describe('by the wall clock of the machine'),
  tickMs: z.int().min(1),
  interrupted: z.boolean().describe('true: scenarios that had not finished are missing'),
  manifest: z.object({
    product: z.string(),
    productVersion: z.string(),
    coreHash: z.string().describe('SHA-256 over the sources of the firmware core'),
    seed: z.int().min(0).nullable().describe('given for all scenarios; null where each has its own'),
    target: z.string(),
    board: z
      .string()
      .nullable()
      .describe('as it was named: a port, a name of the boards file, a program; null: no board'),
    engine: z.string().describe('of the host'),
    stepping: z.enum(['jumps', 'tick-by-tick']),
    notice: z.string(),
  }),
  summary: z.object({
    error: count,
    failed: count,
    infrastructure: count,
    inconclusive: count,
    passed: count,
  }),
  scenarios: list(scenario),
}) satisfies z.ZodType<Result>;

/** JSON Schema, draft 2020-12. A reader should expect members that are newer than its copy. */
export function resultJsonSchema(): Record<string, unknown> {
  return {
    title: `Thecal result, version ${RESULT_VERSION}`,
    ...z.toJSONSchema(resultSchema, { io: 'input' }),
  };
}
