/** The runs that the bench measures and counts, over a laboratory bundle, with the core in the form in which it is shipped. */
import fc from 'fast-check';
import type { TargetSetup } from '../../hal/target.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import type { TraceWriter } from '../../src/trace/write.ts';
import { type Lab, SETUP } from '../canaries/checks.ts';
import { DAY, type RandomRun, randomRun } from '../properties/runs.ts';

/** 6.9 years: short of the end of service at 7. */
export const LIFE_TICKS = Math.floor(6.9 * 365) * DAY;
export const YEAR_TICKS = 365 * DAY;
export const REFILL_EVERY = 150 * DAY;

/** Disturbances of the body, all of them or none. */
const DISTURBED = { noise: true, posture: true, cough: true, flights: true, temperatureMilliC: 37_000 };
const UNDISTURBED = { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 };

/** Of 500 ug/mL: 100 ug/day are 0.2 mL a day. */
export function continuous(ugPerDay: number): Therapy {
  return { mode: 'continuous', unit: 'tenth-ug-per-day', rate: ugPerDay * 10 };
}

/** A night, a morning and a day: 0.6 mL a day on the mean, which brings 20 mL to 2 mL in 30 days. */
export const FLEX: Therapy = {
  mode: 'flex',
  unit: 'nl-per-hour',
  days: [
    {
      weekdays: [0, 1, 2, 3, 4, 5, 6],
      steps: [
        { fromSlot: 0, rate: 15_000 },
        { fromSlot: 12, rate: 40_000 },
        { fromSlot: 20, rate: 25_000 },
      ],
    },
  ],
};

/** Another rate each half hour, 0.2 mL a day on the mean. */
export const HALF_HOURS: Therapy = {
  mode: 'flex',
  unit: 'nl-per-hour',
  days: [
    {
      weekdays: [0, 1, 2, 3, 4, 5, 6],
      steps: Array.from({ length: 48 }, (_, slot) => ({
        fromSlot: slot,
        rate: slot % 2 === 0 ? 8_000 : 8_667,
      })),
    },
  ],
};

export interface Run {
  readonly executed: number;
  readonly events: number;
  readonly digest: string;
}

export interface RunOptions {
  readonly ugPerDay: number;
  readonly untilTick: number;
  readonly refillEvery?: number;
  readonly isTickByTick?: boolean;
  readonly isDisturbed?: boolean;
  /** Occlusions of a day each, spread over the run. */
  readonly occlusions?: number;
  readonly writer?: TraceWriter;
}

/** One pump over the whole world, patient and dose oracle included. */
export async function runWorld(lab: Lab, options: RunOptions): Promise<Run> {
  const { ugPerDay, untilTick, refillEvery = REFILL_EVERY, occlusions = 0, writer } = options;
  const setup: TargetSetup = {
    ...SETUP,
    therapy: continuous(ugPerDay),
    isTickByTick: options.isTickByTick === true,
    environment: options.isDisturbed === false ? UNDISTURBED : DISTURBED,
  };
  const target = new lab.SimTarget(setup);
  for (let at = refillEvery; at <= untilTick; at += refillEvery) {
    target.stimulate(at, { kind: 'refill', volumeNl: 38_000_000 });
  }
  for (let i = 0; i < occlusions; i++) {
    const at = Math.floor(((i + 0.5) * untilTick) / occlusions);
    target.stimulate(at, { kind: 'fault', id: `kink-${i}`, fault: 'catheter-occlusion', options: {} });
    target.stimulate(at + DAY, { kind: 'clear', id: `kink-${i}` });
    // Somebody answers the alarm, else its tones go on to the end of the run.
    target.stimulate(at + DAY, {
      kind: 'command',
      command: { kind: 'acknowledge', alarm: lab.CATHETER_OCCLUSION },
    });
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
  return { executed: target.executedTicks(), events, digest: `${rolling} ${state}` };
}

/** 30 days of 0.05 to 1 mL a day with faults, commands and a refill where the dice put them. */
export function campaignRuns(seed: number, count: number): readonly RandomRun[] {
  const runs = fc.sample(
    fc.record({
      run: randomRun(fc.constant(30 * DAY)),
      decade: fc.constantFrom(50, 100, 200, 500),
      share: fc.integer({ min: 100, max: 200 }),
    }),
    { seed, numRuns: count },
  );
  return runs.map(({ run, decade, share }) => ({
    ...run,
    setup: {
      ...run.setup,
      concentrationUgPerMl: 500,
      therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: Math.floor((decade * 10 * share) / 24) },
    },
  }));
}

/** Returns the events of all of them. */
export async function playCampaign(lab: Lab, runs: readonly RandomRun[]): Promise<number> {
  let events = 0;
  for (const run of runs) {
    const target = new lab.SimTarget(run.setup);
    for (const { tick, stimulus } of run.stimuli) target.stimulate(tick, stimulus);
    await target.advance(run.untilTick, {
      event: () => {
        events += 1;
      },
      stateDigest() {},
      afterTick() {},
    });
  }
  return events;
}
