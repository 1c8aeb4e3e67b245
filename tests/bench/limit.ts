/** The same run in plain C, where there is a compiler: the yardstick of the bench. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prescriptionWords } from '../../hal/prescription-words.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import * as config from '../../src/core/config.ts';
import { strokeDenominator } from '../../src/core/prescription-words.ts';
import { FULL } from '../../src/core/permission.ts';
import { numeratorAt } from '../../src/core/schedule.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import { TICKS_PER_HALF_HOUR, TICKS_PER_HOUR, TICKS_PER_SECOND } from '../../src/core/units.ts';
import { PLAIN, type PlainRun } from './plain-pump.ts';

export interface TimedRun extends PlainRun {
  readonly cpuNs: number;
}

const HALF_HOURS_PER_WEEK = 336;

/** The firmware's own figures, so that the two cannot differ in one. */
function figures(therapy: Therapy): string {
  const { strokeNl, fillNl, lowReservoirNl, concentrationUgPerMl } = PLAIN;
  const words = prescriptionWords({ lowReservoirNl, concentrationUgPerMl, therapy });
  const prescription = { words, isReadable: 1, repairs: 0, isJustRepaired: 0 };
  const week: number[] = [];
  for (let i = 0; i < HALF_HOURS_PER_WEEK; i++)
    week.push(numeratorAt(prescription, FULL, i * TICKS_PER_HALF_HOUR, 0));
  const lines: [string, number | string][] = [
    ['ALARMS', ALARMS.length],
    ['REPEAT_TICKS', `{${ALARMS.map((row) => row.repeatTicks).join(',')}}`],
    ['WEEK_NUMERATORS', `{${week.map((numerator) => `${numerator}LL`).join(',')}}`],
    ['DENOMINATOR', strokeDenominator(concentrationUgPerMl, strokeNl)],
    ['TICKS_PER_HOUR', TICKS_PER_HOUR],
    ['TICKS_PER_HALF_HOUR', TICKS_PER_HALF_HOUR],
    ['STROKE_NL', strokeNl],
    ['STROKE_PG', strokeNl * concentrationUgPerMl],
    ['FILLED_NL', fillNl],
    ['LOW_RESERVOIR_NL', lowReservoirNl],
    ['EMPTY_RESERVOIR_NL', config.EMPTY_RESERVOIR_NL],
    ['STALL_STROKES', config.STALL_STROKES],
    ['SUSPECT_RISE_PA', config.SUSPECT_RISE_PA],
    ['LIFE_TICKS', config.LIFE_TICKS],
    ['ERI_TO_EOS_TICKS', config.ERI_TO_EOS_TICKS],
    ['ERI_PERMILLE', config.ERI_PERMILLE],
    ['ERI_RESTING_MV', config.ERI_RESTING_MV],
    ['ERI_LOADED_MV', config.ERI_LOADED_MV],
    ['RESET_LOADED_MV', config.RESET_LOADED_MV],
    ['BATTERY_CAPACITY_NC', config.BATTERY_CAPACITY_NC],
    ['IDLE_NC_PER_TICK', config.IDLE_NC_PER_SECOND / TICKS_PER_SECOND],
    ['STROKE_NC', config.STROKE_NC],
    ['TONE_NC', config.TONE_NC],
    ['PRESSURE_PA', PLAIN.pressurePa],
    ['RESTING_MV', PLAIN.restingMv],
    ['LOADED_MV', PLAIN.loadedMv],
  ];
  return lines
    .map(([name, value]) => `#define ${name} ${typeof value === 'number' ? `${value}LL` : value}\n`)
    .join('');
}

/** Path of the compiled program; null where there is no C compiler. */
export function compileLimit(therapy: Therapy): string | null {
  const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (compiler === undefined) return null;
  const directory = mkdtempSync(join(tmpdir(), 'thecal-limit-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'figures.h'), figures(therapy));
  const program = join(directory, 'limit');
  const source = join(import.meta.dirname, 'limit.c');
  execFileSync(compiler, ['-std=c11', '-O2', '-Wall', '-Werror', '-I', directory, '-o', program, source]);
  return program;
}

export function runLimit(program: string, ticks: number, isTickByTick: boolean, times: number): TimedRun {
  const words = execFileSync(program, [isTickByTick ? 'tick' : 'jump', String(ticks), String(times)], {
    encoding: 'utf8',
  }).trim();
  const [executed, events, rolling, cpuNs] = words.split(' ');
  return {
    executed: Number(executed) / times,
    events: Number(events) / times,
    rolling: rolling!,
    cpuNs: Number(cpuNs),
  };
}
