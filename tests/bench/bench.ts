/**
 * What a run costs: each figure beside what is required of it and what is aimed at. Times differ from machine to machine,
 * so that every requirement is held by a ratio of two runs in turns in one process, or says that it is of this machine.
 * The counted part is the same everywhere, and a test holds it (`counters.test.ts`).
 *
 * `npm run bench`, with `-- --json` for machines. It never fails for being slow: it says so.
 */
import { execFile, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { sha256 } from '../../src/cli/hashing.ts';
import { createTraceWriter } from '../../src/trace/write.ts';
import { bundleLab } from '../canaries/bundle.ts';
import type { Lab } from '../canaries/checks.ts';
import { DAY } from '../properties/runs.ts';
import { allocated } from './allocated.ts';
import { count } from './counters.ts';
import { compileLimit, runLimit } from './limit.ts';
import { type PlainRun, runPlain } from './plain-pump.ts';
import { continuous, FLEX, LIFE_TICKS, runWorld, YEAR_TICKS } from './runs.ts';

const ROUNDS = 5;
/** A run is repeated for so long in a round, and before the first for so long that the engine has settled on its code. */
const ROUND_SECONDS = 0.25;
const WARM_UP_SECONDS = 1;
const CAMPAIGN_ROUNDS = 3;
/** Months of the C program in one of several processes: some two seconds. */
const YARDSTICK_TIMES = 3000;
/** 0.2 mL a day for so long is 15 of the plain pump's 20 mL. */
const PLAIN_REFILL_EVERY = 75 * DAY;

interface Figure {
  readonly what: string;
  /** Null where it could not be measured; `note` says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly required?: number;
  readonly goal?: number;
  /** More is better; else less is. */
  readonly isMoreBetter?: boolean;
  /** Of this machine, or the same on every one. */
  readonly isCounted: boolean;
  readonly note?: string;
}

function cpuSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** CPU seconds of one run, of as many as it takes until `seconds` are over. */
async function timed(run: () => unknown, seconds = ROUND_SECONDS): Promise<number> {
  const before = process.cpuUsage();
  let count = 0;
  do {
    await run();
    count += 1;
  } while (cpuSeconds(before) < seconds);
  return cpuSeconds(before) / count;
}

async function warmUp(run: () => unknown): Promise<void> {
  await timed(run, WARM_UP_SECONDS);
}

async function settled(run: () => unknown): Promise<number> {
  await warmUp(run);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(run));
  return median(times);
}

/** Median over the rounds of what `of` costs in terms of `beside`, run in turns. */
async function ratio(of: () => unknown, beside: () => unknown): Promise<number> {
  await warmUp(beside);
  await warmUp(of);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const base = await timed(beside);
    ratios.push((await timed(of)) / base);
  }
  return median(ratios);
}

/** The firmware alone against plain C, per executed tick; the same rolling digest, or there is nothing to compare. */
async function againstC(lab: Lab): Promise<Figure[]> {
  const ticks = 31 * DAY;
  const rows = [
    { what: 'from wake to wake, against C', isTickByTick: false, times: 300, required: 3, goal: 1.5 },
    { what: 'tick by tick, against C', isTickByTick: true, times: 5, required: 3, goal: 1.6 },
  ];
  const program = compileLimit(FLEX);
  const figures: Figure[] = [];
  for (const { what, isTickByTick, times, required, goal } of rows) {
    const figure = { what, unit: 'x', required, goal, isCounted: false };
    if (program === null) {
      figures.push({ ...figure, value: null, note: 'there is no C compiler here' });
      continue;
    }
    const month = (): PlainRun => runPlain(lab, FLEX, ticks, isTickByTick);
    const { executed, rolling } = month();
    await warmUp(month);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const limit = runLimit(program, ticks, isTickByTick, times);
      if (rolling !== limit.rolling) throw new Error('C and the firmware say different things');
      const ns = ((await timed(month)) * 1e9) / executed;
      ratios.push(ns / (limit.cpuNs / times / limit.executed));
    }
    figures.push({ ...figure, value: median(ratios) });
  }
  return figures;
}

async function lives(lab: Lab): Promise<Figure[]> {
  const years = LIFE_TICKS / YEAR_TICKS;
  // One after the other, see `main`.
  const alone = await settled(() => runPlain(lab, continuous(100), LIFE_TICKS, false, PLAIN_REFILL_EVERY));
  const whole = await settled(() => runWorld(lab, { ugPerDay: 100, untilTick: LIFE_TICKS }));
  const figure = { unit: 'years/s', isMoreBetter: true, isCounted: false };
  return [
    {
      ...figure,
      what: '0.2 mL a day, firmware and mechanism',
      value: years / alone,
      required: 75,
      goal: 200,
    },
    {
      ...figure,
      what: '0.2 mL a day, with body, patient and oracle',
      value: years / whole,
      required: 10,
      goal: 30,
    },
  ];
}

/**
 * Runs a second of a process of its own, or of several side by side, which all run the same. Each keeps to one core: with
 * as many processes as cores an engine that compiles and collects beside one gets in the way of another, and alone it
 * would use two cores.
 */
async function campaigns(processes: number): Promise<number> {
  const rates = Array.from({ length: processes }, () => {
    const child = fork(`${import.meta.dirname}/campaign.ts`, [], {
      execArgv: [...process.execArgv, '--single-threaded'],
    });
    return new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`a campaign ended with ${code}`)));
    });
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** How much more than one of them several processes of the C program get done in the same time: what the machine gives. */
async function yardsticks(program: string, processes: number): Promise<number> {
  const seconds = async (count: number): Promise<number> => {
    const began = performance.now();
    const run = (): Promise<unknown> =>
      promisify(execFile)(program, ['jump', String(31 * DAY), String(YARDSTICK_TIMES)]);
    await Promise.all(Array.from({ length: count }, run));
    return (performance.now() - began) / 1000;
  };
  const one = await seconds(1);
  return (processes * one) / (await seconds(processes));
}

/** In turns, and the median of the rounds. */
async function oneAndTwo(): Promise<{ one: number; twoPerOne: number | null }> {
  const ones: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < CAMPAIGN_ROUNDS; round++) {
    const one = await campaigns(1);
    ones.push(one);
    if (cpus().length > 1) ratios.push((await campaigns(2)) / one);
  }
  return { one: median(ones), twoPerOne: ratios.length === 0 ? null : median(ratios) };
}

async function randomScenarios(): Promise<Figure[]> {
  const { one, twoPerOne } = await oneAndTwo();
  const figure = { isMoreBetter: true, isCounted: false };
  const rate = {
    ...figure,
    what: 'random scenarios of 30 days, one core',
    value: one,
    unit: 'runs/s',
    required: 500,
    goal: 1000,
  };
  const what = 'the same in two processes';
  if (twoPerOne === null) {
    return [rate, { ...figure, what, value: null, unit: 'x', required: 1.9, note: 'there is one core here' }];
  }
  const program = compileLimit(FLEX);
  const two = { ...figure, unit: 'x' };
  return [
    rate,
    { ...two, what, value: twoPerOne, required: 1.9 },
    {
      ...two,
      what: 'beside it two processes of the C program',
      value: program === null ? null : await yardsticks(program, 2),
      ...(program === null ? { note: 'there is no C compiler here' } : {}),
    },
  ];
}

const FOLD = {
  file: 'log.ts',
  replace: 'function fold(log: LogState, word: number): void {',
  by: 'function fold(log: LogState, word: number): void {\n  if (word === word) return;',
};
/** In a calm, as nearly every hour is. */
const HOURLY = {
  file: 'calm.ts',
  replace: 'hal.telemetry.stateDigest(now, calmDigest(calm.digest, calm.isDigested, pump, hal.checksum));',
  by: '',
};

/** What proof costs: the firmware with its digests against the same without, a run with a trace against one without. */
async function proof(lab: Lab): Promise<Figure[]> {
  // Beside bundles that have run nothing else, one that has not either.
  const whole = await bundleLab(null);
  const withoutFold = await bundleLab(FOLD);
  const withoutState = await bundleLab(HOURLY);
  const life = (of: Lab) => () => runPlain(of, continuous(100), YEAR_TICKS, false, PLAIN_REFILL_EVERY);
  const rolling = (await ratio(life(whole), life(withoutFold))) - 1;
  const state = (await ratio(life(whole), life(withoutState))) - 1;
  let bytes = 0;
  let events = 0;
  const world = { ugPerDay: 300, untilTick: YEAR_TICKS };
  const tracing = async (): Promise<void> => {
    bytes = 0;
    const add = (part: Uint8Array): void => void (bytes += part.length);
    const sink = {
      begin: add,
      block: ({ head, body }: { head: Uint8Array; body: Uint8Array }) => [head, body].forEach(add),
    };
    const writer = createTraceWriter(sink, sha256, { keepsSnapshots: true, keepsValues: true });
    ({ events } = await runWorld(lab, { ...world, writer }));
  };
  const traced = (await ratio(tracing, () => runWorld(lab, world))) - 1;
  return [
    { what: 'the rolling digest adds', value: 100 * rolling, unit: '%', required: 10, isCounted: false },
    { what: 'the hourly digest of the state adds', value: 100 * state, unit: '%', isCounted: false },
    { what: 'a full trace adds', value: 100 * traced, unit: '%', required: 30, goal: 12, isCounted: false },
    {
      what: 'trace, chain and digests included',
      value: bytes / events,
      unit: 'bytes/event',
      goal: 4,
      isCounted: true,
    },
  ];
}

async function counted(lab: Lab): Promise<Figure[]> {
  const { perEvent, exponents, tenthTicks } = await count(lab);
  const { ticking, jumping } = allocated();
  const ticks = { unit: 'ticks/event', isCounted: true };
  const grows = { unit: 'exponent', required: 1.05, isCounted: true };
  return [
    { ...ticks, what: 'executed, undisturbed', value: perEvent.undisturbed, required: 1.05, goal: 1.01 },
    {
      ...ticks,
      what: 'executed, another rate each half hour',
      value: perEvent.halfHours,
      required: 1.05,
      goal: 1.01,
    },
    { ...ticks, what: 'executed, with all disturbances', value: perEvent.disturbed },
    {
      ...ticks,
      what: 'executed with ticks of 100 ms, for each of 1 s',
      value: tenthTicks,
      unit: 'ticks',
      required: 1.05,
    },
    { ...grows, what: 'executed ticks over years', value: exponents.years },
    { ...grows, what: 'executed ticks over the rate', value: exponents.rate },
    { ...grows, what: 'executed ticks over occlusions', value: exponents.faults },
    { what: 'allocated tick by tick', value: ticking, unit: 'bytes/tick', required: 16, isCounted: false },
    { what: 'allocated from wake to wake', value: jumping, unit: 'bytes/tick', isCounted: false },
  ];
}

/** What jumping saves over the whole world. */
async function jumps(lab: Lab): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const ugPerDay of [100, 500]) {
    const run = (isTickByTick: boolean) => () =>
      runWorld(lab, { ugPerDay, untilTick: 30 * DAY, isTickByTick });
    const [jumped, ticked] = [await run(false)(), await run(true)()];
    if (jumped.digest !== ticked.digest) throw new Error('jumps and ticks end differently');
    const what = `jumps against ticks at ${ugPerDay / 500} mL a day`;
    figures.push({
      what,
      value: await ratio(run(true), run(false)),
      unit: 'x',
      isMoreBetter: true,
      isCounted: false,
    });
  }
  return figures;
}

function verdict({ value, required, goal, isMoreBetter = false }: Figure): string {
  if (value === null) return 'not measured';
  const isMet = (limit: number): boolean => (isMoreBetter ? value >= limit : value <= limit);
  if (goal !== undefined && isMet(goal)) return 'goal met';
  if (required === undefined) return goal === undefined ? '' : 'short of the goal';
  return isMet(required) ? 'as required' : 'MISSED';
}

function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function print(figures: readonly Figure[]): void {
  const line = (cells: readonly string[]): string =>
    `  ${cells[0]!.padEnd(46)}${cells[1]!.padStart(10)} ${cells[2]!.padEnd(12)}${cells[3]!.padStart(9)}${cells[4]!.padStart(10)}   ${cells[5]!}`;
  for (const isCounted of [true, false]) {
    console.log(
      isCounted
        ? '\nCounted: the same on every machine'
        : '\nMeasured: of this machine and this run, CPU times and their ratios',
    );
    console.log(line(['', 'figure', '', 'required', 'goal', '']));
    for (const figure of figures.filter((one) => one.isCounted === isCounted)) {
      const { what, value, unit, required, goal, note } = figure;
      const said = note === undefined ? verdict(figure) : `${verdict(figure)}: ${note}`;
      const limit = (of: number | undefined): string =>
        of === undefined ? '-' : `${figure.isMoreBetter === true ? '>=' : '<='} ${number(of)}`;
      console.log(line([what, number(value), unit, limit(required), limit(goal), said]));
    }
  }
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => !['--json', '--help', '-h'].includes(word));
  if (words.some((word) => word !== '--json')) {
    if (unknown !== undefined) console.error(`there is no option ${unknown}`);
    console.log('npm run bench                 a table of figure, requirement (<= or >=), goal and verdict');
    console.log('npm run bench -- --json       the same for a machine');
    console.log('Exit 0 whatever is missed: times are of a machine. What is counted is held by npm test.');
    process.exitCode = unknown === undefined ? 0 : 2;
    return;
  }
  const isJson = words.length > 0;
  const processor = cpus()[0]?.model ?? 'an unknown processor';
  if (!isJson)
    console.log(
      `Node ${process.version} on ${processor}, ${process.platform} ${process.arch}; a minute and a half`,
    );
  const lab = await bundleLab(null);
  const figures: Figure[] = [];
  // First what is measured of one core alone: an engine that has met several puts none of them into its loop.
  const parts = [againstC, lives, jumps, proof, randomScenarios, counted];
  for (const part of parts) {
    if (process.stderr.isTTY) process.stderr.write(`  ${part.name} ...\r`);
    figures.push(...(await part(lab)));
  }
  if (isJson) {
    console.log(
      JSON.stringify({
        node: process.version,
        processor,
        figures: figures.map((one) => ({ ...one, verdict: verdict(one) })),
      }),
    );
  } else print(figures);
}

await main();
