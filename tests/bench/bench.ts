/**
 * What a run costs. CPU time differs from machine to machine and says so; the counters are the same everywhere, and the
 * ratio compares two ways of doing the same run, in one process, in turns.
 */
import { cpus } from 'node:os';
import type { TargetSetup } from '../../hal/target.ts';
import { SimTarget } from '../../hal/sim/target.ts';
import { sha256 } from '../../src/cli/hashing.ts';
import { createTraceWriter, type TraceWriter } from '../../src/trace/write.ts';
import { SETUP } from '../canaries/checks.ts';

const DAY = 86_400;
const REFILL_EVERY = 150 * DAY;
/** 6.9 years: short of the end of service at 7. */
const LIFE_TICKS = Math.floor(6.9 * 365) * DAY;
const ROUNDS = 5;

interface Cost {
  readonly cpuSeconds: number;
  readonly ticks: number;
  readonly executed: number;
  readonly events: number;
  readonly digest: string;
}

/** 100 ug/day of 500 ug/mL are 0.2 mL a day. */
function setupAt(ugPerDay: number, isTickByTick: boolean): TargetSetup {
  return {
    ...SETUP,
    therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: ugPerDay * 10 },
    isTickByTick,
    environment: { noise: true, posture: true, cough: true, flights: true, temperatureMilliC: 37_000 },
  };
}

async function run(
  setup: TargetSetup,
  untilTick: number,
  refillEvery: number,
  writer: TraceWriter | null = null,
): Promise<Cost> {
  const began = process.cpuUsage();
  const target = new SimTarget(setup);
  for (let at = refillEvery; at <= untilTick; at += refillEvery) {
    target.stimulate(at, { kind: 'refill', volumeNl: 38_000_000 });
  }
  let events = 0;
  await target.advance(untilTick, {
    event(event) {
      events += 1;
      writer?.event(event);
    },
    stateDigest: (tick, digest) => writer?.stateDigest(tick, digest),
    afterTick() {},
  });
  writer?.flush();
  const { rolling, state } = await target.digest();
  const { user, system } = process.cpuUsage(began);
  return {
    cpuSeconds: (user + system) / 1e6,
    ticks: untilTick + 1,
    executed: target.executedTicks(),
    events,
    digest: `${rolling} ${state}`,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function row(label: string, value: string, mark = ''): void {
  console.log(`  ${label.padEnd(44)} ${value.padStart(14)}  ${mark}`);
}

const SAME = '(same on every machine)';
const fixed = (value: number, digits: number): string => value.toFixed(digits);
const whole = (value: number): string => value.toLocaleString('en-US');

async function life(label: string, ugPerDay: number, refillEvery: number): Promise<void> {
  const rounds: Cost[] = [];
  for (let i = 0; i < 3; i++) rounds.push(await run(setupAt(ugPerDay, false), LIFE_TICKS, refillEvery));
  const first = rounds[0]!;
  const cpu = median(rounds.map((cost) => cost.cpuSeconds));
  console.log(`\n${label}`);
  row('days simulated', whole((first.ticks / DAY) | 0), SAME);
  row('ticks executed', whole(first.executed), SAME);
  row('events recorded', whole(first.events), SAME);
  row('ticks executed per event', fixed(first.executed / first.events, 3), SAME);
  row('share of ticks executed', `${fixed((100 * first.executed) / first.ticks, 3)} %`, SAME);
  row('end of the run', first.digest.slice(0, 14), SAME);
  row('CPU seconds, median of 3', fixed(cpu, 2));
  row('events per CPU second', whole(Math.round(first.events / cpu)));
  row('times faster than the pump itself', whole(Math.round(first.ticks / cpu)));
}

/** What a trace adds to a run, in turns in one process; the digest is part of both. */
async function traceCost(label: string, ugPerDay: number): Promise<void> {
  const until = 2 * 365 * DAY;
  const ratios: number[] = [];
  let bytes = 0;
  let events = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const plain = await run(setupAt(ugPerDay, false), until, REFILL_EVERY);
    bytes = 0;
    const count = (part: Uint8Array): void => void (bytes += part.length);
    const writer = createTraceWriter(
      { begin: count, block: ({ head, body }) => [head, body].forEach(count) },
      sha256,
      { keepsSnapshots: true, keepsValues: true },
    );
    const traced = await run(setupAt(ugPerDay, false), until, REFILL_EVERY, writer);
    events = traced.events;
    ratios.push(traced.cpuSeconds / plain.cpuSeconds);
  }
  console.log(`\n${label}`);
  row('bytes per event, digests and chain included', fixed(bytes / events, 2), SAME);
  const added = 100 * (median(ratios) - 1);
  row(`a full trace adds, median of ${ROUNDS} pairs`, `${fixed(added, 0)} %`, 'required 30 %, goal 12 %');
}

async function ratio(label: string, ugPerDay: number): Promise<void> {
  const until = 60 * DAY;
  const jumped: Cost[] = [];
  const ticked: Cost[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    jumped.push(await run(setupAt(ugPerDay, false), until, REFILL_EVERY));
    ticked.push(await run(setupAt(ugPerDay, true), until, REFILL_EVERY));
  }
  if (jumped[0]!.digest !== ticked[0]!.digest)
    throw new Error('jumps and ticks end differently: nothing to compare');
  const ratios = jumped.map((cost, i) => ticked[i]!.cpuSeconds / cost.cpuSeconds);
  console.log(`\n${label}`);
  row('ticks executed, by jumps', whole(jumped[0]!.executed), SAME);
  row('ticks executed, tick by tick', whole(ticked[0]!.executed), SAME);
  row('fewer ticks by', `${fixed(ticked[0]!.executed / jumped[0]!.executed, 1)} x`, SAME);
  row(`CPU seconds by jumps, median of ${ROUNDS}`, fixed(median(jumped.map((cost) => cost.cpuSeconds)), 3));
  row(
    `CPU seconds tick by tick, median of ${ROUNDS}`,
    fixed(median(ticked.map((cost) => cost.cpuSeconds)), 3),
  );
  row(`jumps are faster by, median of ${ROUNDS} pairs`, `${fixed(median(ratios), 1)} x`);
  row('  slowest and fastest pair', `${fixed(Math.min(...ratios), 1)} to ${fixed(Math.max(...ratios), 1)} x`);
}

console.log(
  `Node ${process.version} on ${cpus()[0]?.model ?? 'an unknown processor'}, ${process.platform} ${process.arch}`,
);
console.log('All disturbances of the body on, the dose oracle running.');
await run(setupAt(100, false), 30 * DAY, REFILL_EVERY);
await life(
  'A life of 6.9 years at 0.2 mL a day (100 ug of 500 ug/mL), a refill every 150 days',
  100,
  REFILL_EVERY,
);
await life('A life of 6.9 years at 1 mL a day (500 ug of 500 ug/mL), a refill every 30 days', 500, 30 * DAY);
await ratio('60 days at 0.2 mL a day: jumps against tick by tick', 100);
await ratio('60 days at 1 mL a day: jumps against tick by tick', 500);
await traceCost('2 years at 0.6 mL a day: with a trace against without', 300);
