/**
 * Random runs: any therapy, any fault with any option, any command, in any surroundings. Plain data, so that a
 * counterexample can be read and pasted. Options come from the fault table: a new fault is tried with no work here.
 */
import fc from 'fast-check';
import { hourlyTherapy, prescriptionWords, RATE_UNITS } from '../../hal/prescription-words.ts';
import { ACCEPTED } from '../../src/core/commands.ts';
import { PERISTALTIC_STROKE_NL } from '../../src/core/config.ts';
import { judgeWords } from '../../src/core/periodic.ts';
import type { ClinicalOrder, Stimulus, TargetSetup } from '../../hal/target.ts';
import { FAULTS, faultSpec } from '../../sim/faults/index.ts';
import { PUMP_LAYERS, type FaultSpec, type OptionSpec } from '../../sim/faults/fault.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { NO_BRIDGE, RATE_MAX } from '../../src/core/prescription-words.ts';
import type { PatientGroup, RateUnit, Therapy } from '../../src/core/therapy.ts';

export const HOUR = 3600;
export const DAY = 86_400;

export interface RandomRun {
  readonly setup: TargetSetup;
  readonly stimuli: readonly { readonly tick: number; readonly stimulus: Stimulus }[];
  readonly untilTick: number;
}

/**
 * Fixed, so that a red run says something about the change and not about the dice; `THECAL_SEED` asks for another one,
 * and the long run rolls a new one each time. Always printed.
 */
export function seedOf(part: string): number {
  const given = process.env.THECAL_SEED;
  const seed = given === undefined ? (isLong() ? Date.now() % 1_000_000_000 : 20_260_711) : Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`THECAL_SEED is no whole number: ${given ?? ''}`);
  console.log(`${part}: seed ${seed} (again with THECAL_SEED=${seed})`);
  return seed;
}

export function isLong(): boolean {
  return process.env.THECAL_LONG === '1';
}

const CONCENTRATIONS = [50, 500, 512, 1000, 2000, 3333] as const;
type Mechanism = TargetSetup['mechanism'];

/** 0.05 to 24 mL a day, as even over the decades as integers allow. */
const nlPerDay: fc.Arbitrary<number> = fc
  .tuple(
    fc.constantFrom(50_000, 200_000, 600_000, 2_000_000, 8_000_000),
    fc.integer({ min: 1000, max: 3000 }),
  )
  .map(([base, thousandths]) => Math.min(24_000_000, Math.floor((base * thousandths) / 1000)));

/** The flow in a unit, never nothing, never more than a stroke a tick. */
function rateOf(unit: RateUnit, flowNlPerDay: number, ugPerMl: number): number {
  const nlPerDayOfOne = {
    'tenth-ug-per-day': 100_000 / ugPerMl,
    'tenth-ug-per-hour': 2_400_000 / ugPerMl,
    'nl-per-hour': 24,
    'ul-per-hour': 24_000,
  };
  return Math.min(RATE_MAX, Math.max(1, Math.floor(flowNlPerDay / nlPerDayOfOne[unit])));
}

const unit = fc.constantFrom<RateUnit>(...RATE_UNITS);

export function therapy(ugPerMl: number): fc.Arbitrary<Therapy> {
  const continuous = fc
    .tuple(unit, nlPerDay)
    .map(([u, flow]): Therapy => ({ mode: 'continuous', unit: u, rate: rateOf(u, flow, ugPerMl) }));
  const slot = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: nlPerDay });
  const rateIn = (u: RateUnit, flow: number): number => (flow === 0 ? 0 : rateOf(u, flow, ugPerMl));
  const hourly = fc
    .tuple(unit, nlPerDay, fc.array(slot, { minLength: 23, maxLength: 23 }))
    .map(([u, first, rest]) =>
      hourlyTherapy(
        u,
        [first, ...rest].map((flow) => rateIn(u, flow)),
      ),
    );
  const steps = fc
    .uniqueArray(fc.integer({ min: 1, max: 47 }), { maxLength: 47 })
    .chain((later) =>
      fc.tuple(
        fc.constant([0, ...later.sort((a, b) => a - b)]),
        fc.array(slot, { minLength: later.length + 1, maxLength: later.length + 1 }),
      ),
    );
  /** Each weekday in one of up to 7 patterns; the first has a flow at midnight. */
  const weekly = fc
    .tuple(
      unit,
      nlPerDay,
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 7, maxLength: 7 }),
      fc.array(steps, { minLength: 7, maxLength: 7 }),
    )
    .map(([u, first, patternOf, patterns]): Therapy => {
      const used = [...new Set(patternOf)];
      const days = used.map((pattern, i) => {
        const [slots, flows] = patterns[pattern]!;
        return {
          weekdays: [0, 1, 2, 3, 4, 5, 6].filter((weekday) => patternOf[weekday] === pattern),
          steps: slots.map((fromSlot, place) => ({
            fromSlot,
            rate: rateIn(u, i === 0 && place === 0 ? first : flows[place]!),
          })),
        };
      });
      return { mode: 'flex', unit: u, days };
    });
  /** Up to 6 ug over at least half a minute: at 50 ug/mL some of them are too fast, and then the rate stays alone. */
  const periodic = fc
    .tuple(
      continuous,
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(50, 1800, 7200, 6 * HOUR, DAY),
      fc.integer({ min: 30, max: DAY }),
      fc.integer({ min: 0, max: DAY }),
    )
    .map(([basal, doseTenthUg, intervalTicks, over, from]): Therapy => {
      if (basal.mode !== 'continuous') return basal;
      const bolus = {
        doseTenthUg,
        intervalTicks,
        durationTicks: Math.min(over, intervalTicks),
        firstTicks: from % intervalTicks,
      };
      const wanted: Therapy = { ...basal, mode: 'periodic', bolus };
      const words = prescriptionWords({ therapy: wanted, concentrationUgPerMl: ugPerMl });
      return judgeWords(words, PERISTALTIC_STROKE_NL) === ACCEPTED ? wanted : basal;
    });
  return fc.oneof(
    { weight: 2, arbitrary: periodic },
    { weight: 5, arbitrary: continuous },
    { weight: 2, arbitrary: hourly },
    { weight: 2, arbitrary: weekly },
    { weight: 1, arbitrary: fc.constant<Therapy>({ mode: 'minimum' }) },
    { weight: 1, arbitrary: fc.constant<Therapy>({ mode: 'stopped' }) },
  );
}

const setup: fc.Arbitrary<TargetSetup> = fc
  .record({
    ugPerMl: fc.constantFrom(...CONCENTRATIONS),
    mechanism: fc.constantFrom<Mechanism>('peristaltic', 'valve-accumulator'),
    fill: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 4_000_000, max: 40_000_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 500_000, max: 4_000_000 }) },
    ),
    environment: fc.record({
      noise: fc.boolean(),
      posture: fc.boolean(),
      cough: fc.boolean(),
      flights: fc.boolean(),
      temperatureMilliC: fc.constantFrom(37_000, 37_000, 39_500, 30_000),
    }),
    seed: fc.integer({ min: 0, max: 2_147_483_647 }),
    startHour: fc.integer({ min: 0, max: 167 }),
    lowReservoirNl: fc.integer({ min: 1, max: 5_000_000 }),
    lowVolumeFade: fc.boolean(),
    tolerancePpm: fc.integer({ min: -100_000, max: 100_000 }),
    catheterLengthMm: fc.integer({ min: 100, max: 1100 }),
    compliancePlPerPa: fc.integer({ min: 50, max: 1200 }),
  })
  .chain(({ ugPerMl, fill, ...rest }) =>
    therapy(ugPerMl).map((prescribed) => ({
      ...rest,
      reservoirNl: 40_000_000,
      fillNl: fill,
      concentrationUgPerMl: ugPerMl,
      therapy: prescribed,
      isTickByTick: false,
      hasOracle: true,
    })),
  );

/** Of most nothing is asked. */
const group = fc.constantFrom<PatientGroup>('none', 'none', 'adult-spinal', 'adult-cerebral', 'child');

/** What is said of it: nothing, no bridge, or a volume. */
const line = fc.constantFrom(0, NO_BRIDGE, 100_000);

/** A program of any kind; now and then one that the pump has to refuse. */
const programCommand: fc.Arbitrary<ClinicalOrder> = fc.constantFrom(...CONCENTRATIONS, 7).chain((ugPerMl) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(therapy(ugPerMl), group, fc.boolean(), fc.integer({ min: -1, max: DAY }), line).map(
        ([wanted, patientGroup, isConfirmed, firstStartTick, bridgeNl]): ClinicalOrder => ({
          kind: 'program',
          therapy: wanted,
          concentrationUgPerMl: ugPerMl,
          patientGroup,
          isConfirmed,
          firstStartTick,
          bridgeNl,
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constant<ClinicalOrder>({
        kind: 'program',
        therapy: { mode: 'continuous', unit: 'ul-per-hour', rate: RATE_MAX },
        concentrationUgPerMl: ugPerMl,
      }),
    },
  ),
);

const alarm = fc.integer({ min: 0, max: ALARMS.length - 1 });
const command: fc.Arbitrary<ClinicalOrder> = fc.oneof(
  fc.constant<ClinicalOrder>({ kind: 'stop' }),
  fc.constant<ClinicalOrder>({ kind: 'resume' }),
  programCommand,
  fc
    .integer({ min: 0, max: 6_000_000 })
    .map((thresholdNl): ClinicalOrder => ({ kind: 'low-reservoir', thresholdNl })),
  fc.integer({ min: 0, max: 41_000_000 }).map((volumeNl): ClinicalOrder => ({ kind: 'refill', volumeNl })),
  alarm.map((index): ClinicalOrder => ({ kind: 'silence', alarm: index })),
  alarm.map((index): ClinicalOrder => ({ kind: 'acknowledge', alarm: index })),
  fc.constant<ClinicalOrder>({ kind: 'acknowledge', alarm: 3 }),
  fc.constant<ClinicalOrder>({ kind: 'interrogate' }),
  // From 0 to 50 ug in up to three hours: often refused, often cut off.
  fc
    .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 3 * HOUR }))
    .map(([doseTenthUg, ticks]): ClinicalOrder => ({ kind: 'bolus', doseTenthUg, ticks })),
  fc.integer({ min: 0, max: 600_000 }).map((volumeNl): ClinicalOrder => ({ kind: 'prime', volumeNl })),
);

/** Up to a hundred times what the fault does by default: a range up to 2^53 would hardly ever hit the interesting end. */
function option(spec: FaultSpec, o: OptionSpec): fc.Arbitrary<number | string> {
  if (o.choices !== undefined) return fc.constantFrom(...o.choices);
  // Far beyond any occlusion that shows, the interesting ones lie close together.
  if (spec.kind === 'catheter-occlusion') {
    return fc.oneof(
      fc.constant(1_000_000),
      fc.integer({ min: 850_000, max: 999_999 }),
      fc.integer({ min: 0, max: 850_000 }),
    );
  }
  const max = Math.min(o.max ?? 5 * DAY, o.type === 'duration' ? 5 * DAY : Number.MAX_SAFE_INTEGER);
  return fc.oneof(fc.integer({ min: o.min ?? 0, max }), fc.constant(Number(o.default)));
}

const fault: fc.Arbitrary<{ kind: string; options: Record<string, number | string> }> = fc
  // Those of the line do nothing to a pump; `tests/line` is about them.
  .constantFrom(...FAULTS.filter(({ layer }) => layer !== 'line'))
  .chain((spec) =>
    fc
      .record(Object.fromEntries(spec.options.map((o) => [o.name, option(spec, o)])))
      .map((options) => ({ kind: spec.kind, options })),
  );

/** Positions in a run, 0 to 999,999 of it: some share a tick, some fall on an hour. */
const place = fc.integer({ min: 0, max: 999_999 });

function tickAt(where: number, untilTick: number): number {
  const tick = Math.floor((where * (untilTick + 1)) / 1_000_000);
  return where % 5 === 0 ? tick - (tick % HOUR) : tick;
}

/** One to two days, often up to five: 2,000 of them are some 4,600 days, each run both ways. */
const length: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: DAY, max: 2 * DAY }) },
  { weight: 2, arbitrary: fc.integer({ min: 2 * DAY, max: 5 * DAY }) },
);

export function randomRun(untilTick: fc.Arbitrary<number> = length): fc.Arbitrary<RandomRun> {
  return fc
    .record({
      setup,
      untilTick,
      commands: fc.array(fc.tuple(place, command), { maxLength: 8 }),
      refills: fc.array(fc.tuple(place, fc.integer({ min: 1, max: 40_000_000 })), { maxLength: 1 }),
      faults: fc.array(fc.tuple(place, place, fault), { maxLength: 4 }),
    })
    .map(({ commands, refills, faults, ...run }) => {
      const stimuli: { tick: number; stimulus: Stimulus }[] = [];
      faults.forEach(([from, to, { kind, options }], i) => {
        const applied = tickAt(from, run.untilTick);
        const id = `f${i}`;
        stimuli.push({ tick: applied, stimulus: { kind: 'fault', id, fault: kind, options } });
        // Behind itself, it stays to the end.
        const cleared = tickAt(to, run.untilTick);
        if (cleared > applied) stimuli.push({ tick: cleared, stimulus: { kind: 'clear', id } });
      });
      for (const [where, volumeNl] of refills) {
        stimuli.push({ tick: tickAt(where, run.untilTick), stimulus: { kind: 'refill', volumeNl } });
      }
      for (const [where, wanted] of commands) {
        stimuli.push({ tick: tickAt(where, run.untilTick), stimulus: { kind: 'command', command: wanted } });
      }
      return { ...run, stimuli };
    });
}

/**
 * A day in which somebody gives orders in a hurry: several in a tick or in ticks that follow each other, and again before
 * what they began is over.
 */
export function hurriedRun(): fc.Arbitrary<RandomRun> {
  const hurry = fc.tuple(
    fc.integer({ min: 0, max: DAY }),
    fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 1, 2, 300), command), { minLength: 2, maxLength: 6 }),
  );
  return fc
    .record({ setup, hurries: fc.array(hurry, { minLength: 2, maxLength: 6 }) })
    .map(({ setup, hurries }) => ({
      setup,
      untilTick: DAY,
      stimuli: hurries.flatMap(([from, orders]) => {
        let tick = from;
        return orders.map(([after, wanted]) => {
          tick = Math.min(DAY, tick + after);
          return { tick, stimulus: { kind: 'command', command: wanted } as const };
        });
      }),
    }));
}

type Program = Extract<ClinicalOrder, { readonly kind: 'program' }>;
const isProgram = (order: ClinicalOrder): order is Program => order.kind === 'program';

/** Somebody at the programmer, who may only look, and may leave what he began. */
const session: fc.Arbitrary<Stimulus> = fc
  .tuple(
    fc.option(programCommand.filter(isProgram), { freq: 4 }),
    fc.constantFrom('commit', 'commit', 'rollback', 'open'),
    fc.boolean(),
  )
  .map(([program, leave, isConfirmed]) => ({ kind: 'session', program, leave, isConfirmed }));

const newPump: fc.Arbitrary<Stimulus> = fc.constantFrom(...CONCENTRATIONS).chain((concentrationUgPerMl) =>
  fc
    .record({
      fillNl: fc.integer({ min: 500_000, max: 40_000_000 }),
      wanted: therapy(concentrationUgPerMl),
      isPrimed: fc.boolean(),
    })
    .map(({ fillNl, wanted, isPrimed }) => ({
      kind: 'replace',
      fillNl,
      prescription: { therapy: wanted, concentrationUgPerMl },
      isPrimed,
    })),
);

/** Of a fault that leaves with its pump nothing is left to be cleared. */
function withoutGoneFaults(stimuli: RandomRun['stimuli']): RandomRun['stimuli'] {
  const gone = new Set<string>();
  const there = new Map<string, string>();
  return stimuli.filter(({ stimulus }) => {
    if (stimulus.kind === 'fault') there.set(stimulus.id, stimulus.fault);
    if (stimulus.kind === 'replace') {
      for (const [id, kind] of there) if (PUMP_LAYERS.includes(faultSpec(kind).layer)) gone.add(id);
    }
    return stimulus.kind !== 'clear' || !gone.has(stimulus.id);
  });
}

/** A random run with all that a clinic does: the programmer over the wand, and another pump on the same catheter. */
export function clinicRun(): fc.Arbitrary<RandomRun> {
  return fc
    .record({
      run: randomRun(),
      sessions: fc.array(fc.tuple(place, session), { maxLength: 2 }),
      pumps: fc.array(fc.tuple(place, newPump), { maxLength: 1 }),
      sessionTimeoutTicks: fc.constantFrom(0, 600),
    })
    .map(({ run, sessions, pumps, sessionTimeoutTicks }) => {
      const deeds = [...sessions, ...pumps].map(([where, stimulus]) => ({
        tick: tickAt(where, run.untilTick),
        stimulus,
      }));
      // As a target has them: by tick, and those of one tick in the order in which they were said.
      const stimuli = [...run.stimuli, ...deeds].sort((a, b) => a.tick - b.tick);
      return { ...run, setup: { ...run.setup, sessionTimeoutTicks }, stimuli: withoutGoneFaults(stimuli) };
    });
}
