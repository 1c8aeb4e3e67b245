/** Pumps whose calm ends, each in another way, and in which a calm that goes on leaves something else than ticks do. */
import { LOW_RESERVOIR } from '../../src/core/alarms/table.ts';
import type { Calm } from '../../src/core/calm.ts';
import {
  BATTERY_CAPACITY_NC,
  ERI_LOADED_MV,
  ERI_PERMILLE,
  ERI_RESTING_MV,
  NON_CRITICAL_SILENCE_TICKS,
  RETAINED_RISE_PA,
  SLIP_MIN_PA,
  SUSPECT_RISE_PA,
  TONE_NC,
} from '../../src/core/config.ts';
import { FIRST_RATE_WORD } from '../../src/core/prescription-words.ts';
import type { PumpState } from '../../src/core/state.ts';
import { HIGH_WORD } from '../../src/core/units.ts';
import { type Core, REAL_CORE, Rig, type RigOptions } from '../core/rig.ts';
import type { Lab } from './checks.ts';
import { byHand, endOf, HOUR, orders, type Situation, SITUATIONS, walk } from './wake-situations.ts';

/** A core that runs as a host runs it: calm where it may be, and quiet where it executes every tick. */
export function calmCore(lab: Lab): Core {
  return hosted(lab, lab.runTick);
}

export function quietCore(lab: Lab): Core {
  return hosted(lab, lab.runEachTick);
}

function hosted(lab: Lab, run: Lab['runTick']): Core {
  const calms = new WeakMap<PumpState, Calm>();
  const calmOf = (pump: PumpState): Calm => {
    const calm = calms.get(pump) ?? lab.createCalm();
    calms.set(pump, calm);
    return calm;
  };
  return {
    ...lab,
    nextWake: (pump) => lab.nextCalmWake(pump, calmOf(pump)),
    tick: (pump, hal) => run(pump, calmOf(pump), hal),
    touched: (pump) => lab.disturb(calmOf(pump)),
  };
}

/** One stroke in 72 ticks: number k in tick 72 k - 1, which is never an hour. */
function pump(changes: Partial<RigOptions> = {}): Situation['start'] {
  return (core) => new Rig(changes, core);
}

type Step = Situation['steps'][number];

/** From a tick on the surroundings are otherwise. */
function from(tick: number, change: Partial<Pick<Rig, Surrounding>>): Step {
  return [tick, (rig) => void Object.assign(rig, change)];
}

type Surrounding =
  | 'pressurePa'
  | 'restingMv'
  | 'loadedMv'
  | 'temperatureMilliC'
  | 'isTurning'
  | 'isFeedbackLost';

/** A tick later than without: strokes are then at 72 k, and one falls into each hour. */
const STROKES_AT_HOURS: readonly Step[] = [
  [100, orders({ kind: 'stop' })],
  [101, orders({ kind: 'resume' })],
];

const REST_PA = 1000;

function situation(name: string, steps: readonly Step[], start = pump(), untilTick = 3 * HOUR): Situation {
  return { name, start, steps, untilTick };
}

const flex = (...rates: readonly number[]): Partial<RigOptions> => ({
  therapy: {
    mode: 'flex',
    unit: 'nl-per-hour',
    days: [{ weekdays: [0, 1, 2, 3, 4, 5, 6], steps: rates.map((rate, fromSlot) => ({ fromSlot, rate })) }],
  },
});

/** A reservoir that is low within the first hour. */
const LOW = pump({ fillNl: 2_020_000 });

/** The tone that comes next is put off by a day. */
function silenced(tick: number): Step {
  return [tick, orders({ kind: 'silence', alarm: LOW_RESERVOIR })];
}

export const CALMS: readonly Situation[] = [
  situation('days of nothing', [], pump({ startHour: 22 }), 30 * HOUR),
  situation(
    'hours without a stroke',
    [],
    pump({ therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: 200 } }),
    10 * HOUR,
  ),
  situation('a reservoir that becomes low', [], pump({ fillNl: 2_060_000 })),
  situation('a reservoir that becomes low by the stroke before an hour', [], pump({ fillNl: 2_050_000 })),
  // Raised with a stroke, and an hour is 50 strokes: each tone falls into one.
  situation('a low reservoir that nobody fills', [], pump({ fillNl: 2_060_000 }), 8 * HOUR),
  situation(
    'a tone in each hour, and a stroke',
    [...STROKES_AT_HOURS, from(2 * HOUR, { restingMv: ERI_RESTING_MV })],
    pump(),
    12 * HOUR,
  ),
  situation('a tone in a tick without anything else', [silenced(5000)], LOW, 26 * HOUR),
  situation(
    'a tone with the second look at a stroke',
    // That of the first stroke after the rise: 1,200 strokes are a day.
    [silenced(5041), from(5000 + NON_CRITICAL_SILENCE_TICKS, { pressurePa: REST_PA + SUSPECT_RISE_PA })],
    LOW,
    26 * HOUR,
  ),
  situation(
    'a tone in the half hour with which another rate begins',
    [silenced(1.5 * HOUR)],
    pump({ fillNl: 2_001_000, ...flex(25_000, 25_000, 25_000, 12_000) }),
    26 * HOUR,
  ),
  situation('a reservoir that becomes empty', [], pump({ fillNl: 1_060_000 })),
  situation(
    'other rates at hours and at half past',
    // To the tick before the last of them.
    [[9000, () => {}]],
    pump(flex(7770, 7770, 5000, 5000, 0, 9000)),
    5 * HOUR,
  ),
  situation('a command', [[5000, orders({ kind: 'refill', volumeNl: 20_000_000 })]]),
  situation('a bolus', [[5000, orders({ kind: 'bolus', doseTenthUg: 100, ticks: 3000 })]]),
  situation('a prime', [[5000, orders({ kind: 'prime', volumeNl: 5000 })]]),
  situation('a bridge', [
    [
      5000,
      orders({
        kind: 'program',
        concentrationUgPerMl: 1000,
        therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
        bridgeNl: 5000,
      }),
    ],
  ]),
  situation('a pressure that falls, and then rises by less than a suspicion', [
    from(5000, { pressurePa: REST_PA - 100 }),
    from(6000, { pressurePa: REST_PA - 101 + SUSPECT_RISE_PA }),
  ]),
  situation('a pressure that rises by a suspicion', [
    from(5000, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
    from(5500, { pressurePa: REST_PA }),
  ]),
  situation('a pressure that rises with the tick of a stroke', [
    from(70 * 72 - 1, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
    from(5500, { pressurePa: REST_PA }),
  ]),
  situation('a suspicion just before an hour', [
    from(3 * HOUR - 300, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
  ]),
  situation(
    'a rise that is retained once, before an hour',
    [
      from(2 * HOUR - 100, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
      // Between the stroke in 7127 and its second look.
      from(2 * HOUR - 72, { pressurePa: REST_PA + SUSPECT_RISE_PA + RETAINED_RISE_PA }),
    ],
    pump(),
    3 * HOUR,
  ),
  situation('a catheter that closes', [
    from(5000, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
    from(5040, { pressurePa: REST_PA + SUSPECT_RISE_PA + RETAINED_RISE_PA }),
    from(5112, { pressurePa: REST_PA + SUSPECT_RISE_PA + 2 * RETAINED_RISE_PA }),
    from(5184, { pressurePa: REST_PA + SUSPECT_RISE_PA + 3 * RETAINED_RISE_PA }),
    from(6000, { pressurePa: REST_PA }),
  ]),
  situation(
    'a catheter that closes, with a stroke in 1.8 ticks',
    [
      from(5000, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
      from(5001, { pressurePa: REST_PA + SUSPECT_RISE_PA + RETAINED_RISE_PA }),
      from(5002, { pressurePa: REST_PA + SUSPECT_RISE_PA + 2 * RETAINED_RISE_PA }),
      from(5003, { pressurePa: REST_PA + SUSPECT_RISE_PA + 3 * RETAINED_RISE_PA }),
      from(5004, { pressurePa: REST_PA }),
    ],
    pump({ therapy: { mode: 'continuous', unit: 'ul-per-hour', rate: 1000 } }),
    2 * HOUR,
  ),
  situation('a mechanism that slips', [
    from(5000, { pressurePa: REST_PA + SLIP_MIN_PA }),
    from(5200, { pressurePa: REST_PA }),
  ]),
  situation('a mechanism that slips in an hour', [
    ...STROKES_AT_HOURS,
    from(2 * HOUR - 100, { pressurePa: REST_PA + SLIP_MIN_PA }),
    from(2 * HOUR + 1, { pressurePa: REST_PA }),
  ]),
  situation(
    'a mechanism that seems to slip once, and then no reading until just before another hour',
    [
      from(2 * HOUR - 10, { pressurePa: REST_PA + SLIP_MIN_PA }),
      from(2 * HOUR, { pressurePa: null }),
      from(4 * HOUR - 200, { pressurePa: REST_PA }),
    ],
    pump(),
    4 * HOUR + 10,
  ),
  situation('a motor that stalls amid a suspicion', [
    from(5000, { pressurePa: REST_PA + SUSPECT_RISE_PA, isTurning: false }),
    from(5500, { pressurePa: REST_PA, isTurning: true }),
  ]),
  situation(
    'a dose that needs another high word',
    [
      byHand(4000, ({ pump: { ledger, build } }) => {
        // Some twenty strokes after three o'clock; the hour before that is the first that the calm saves.
        ledger.computedDosePg = 3 * HIGH_WORD - 115 * build.strokeNl * 500;
      }),
    ],
    pump(),
    4 * HOUR,
  ),
  situation(
    'hours that are none like the one before, cold and at other pressures',
    [
      from(3 * HOUR + 10, { temperatureMilliC: 20_000 }),
      from(4 * HOUR + 10, { pressurePa: REST_PA - 100 }),
      from(5 * HOUR + 10, { temperatureMilliC: 37_000, pressurePa: REST_PA - 200 }),
    ],
    pump({ therapy: { mode: 'continuous', unit: 'ul-per-hour', rate: 701 } }),
    7 * HOUR,
  ),
  situation('a pressure that is lost', [
    from(5000, { pressurePa: null }),
    from(5500, { pressurePa: REST_PA }),
  ]),
  situation('a first pressure that comes late', [
    from(0, { pressurePa: null }),
    from(500, { pressurePa: SUSPECT_RISE_PA / 2 }),
  ]),
  situation('a supply that is low under load', [
    from(5000, { loadedMv: ERI_LOADED_MV }),
    from(5050, { loadedMv: 2840 }),
  ]),
  situation('a supply that resets under load', [
    // Out of the body, where a low reading is no sign of age.
    from(1000, { temperatureMilliC: 20_000 }),
    from(5000, { loadedMv: 2200 }),
    from(5050, { loadedMv: 2840 }),
  ]),
  situation('a load that is not read', [from(5000, { loadedMv: null }), from(5050, { loadedMv: 2840 })]),
  situation(
    'a supply that is low at rest',
    [from(2 * HOUR, { restingMv: ERI_RESTING_MV }), from(2 * HOUR + 1, { restingMv: 2900 })],
    pump(),
    4 * HOUR,
  ),
  situation(
    'a supply that was low at rest, in a pump that gets cold, and warm again',
    [
      from(2 * HOUR, { restingMv: ERI_RESTING_MV }),
      from(2 * HOUR + 1, { restingMv: 2900, temperatureMilliC: 20_000 }),
      from(4 * HOUR + 1, { temperatureMilliC: 37_000 }),
    ],
    pump(),
    6 * HOUR,
  ),
  situation('a supply that is not read at rest', [from(2 * HOUR, { restingMv: null })]),
  situation('a cell that is used up by count', [
    byHand(4000, ({ pump: { battery } }) => {
      // 885 thousandths less what 2.5 hours take.
      battery.tones = Math.floor((ERI_PERMILLE * (BATTERY_CAPACITY_NC / 1000) - 100_000_000) / TONE_NC);
    }),
  ]),
  situation('a motor that stalls', [from(5000, { isTurning: false }), from(5500, { isTurning: true })]),
  situation('a motor that misses the stroke before an hour', [
    from(2 * HOUR - 2, { isTurning: false }),
    from(2 * HOUR + 10, { isTurning: true }),
  ]),
  situation('a first count that is lost, of a motor that does not turn', [
    from(0, { isFeedbackLost: true, isTurning: false }),
    from(80, { isFeedbackLost: false }),
    from(300, { isTurning: true }),
  ]),
  situation('a feedback that is lost for a while', [
    from(5000, { isFeedbackLost: true }),
    from(5100, { isFeedbackLost: false }),
  ]),
  situation('a feedback that is lost for long', [
    from(4000, { isFeedbackLost: true }),
    from(6000, { isFeedbackLost: false }),
  ]),
  situation('a temperature that is none of a body', [from(5000, { temperatureMilliC: 20_000 })]),
  situation('a bit of the working copy that flips', [
    byHand(5000, (rig) => void (rig.pump.prescription.words[5]! ^= 16)),
    // A tick in which nobody looks at it.
    [5010, () => {}],
  ]),
  situation('a bit that flips and is mended, and one of the rate in the tick behind it', [
    byHand(140, (rig) => {
      rig.pump.prescription.words[5]! ^= 16;
      // An order looks at the words.
      orders({ kind: 'interrogate' })(rig);
    }),
    // By the false rate a stroke is due, so that it is mended at once; by the true one none is, and nothing is said.
    byHand(141, (rig) => void (rig.pump.prescription.words[FIRST_RATE_WORD]! ^= 8192)),
  ]),
  situation('a bit of a stored copy that flips', [
    byHand(5000, (rig) => void (rig.storedCopy(1)[5]! ^= 16)),
    [5010, () => {}],
  ]),
  situation('a stroke in an hour', STROKES_AT_HOURS),
  situation(
    'a stroke in the half hour with which another rate begins',
    STROKES_AT_HOURS,
    pump(flex(25_000, 25_000, 25_000, 25_000, 25_000, 30_000)),
  ),
  situation(
    'a stroke that the old rate has in the half hour, and the new one has not',
    STROKES_AT_HOURS,
    pump(flex(25_000, 25_000, 25_000, 25_000, 25_000, 12_000)),
  ),
  situation(
    'a stroke in the last second of a rate, and a lower one from then on',
    [],
    pump(flex(25_000, 25_000, 25_000, 25_000, 25_000, 12_000)),
  ),
  situation('a suspicion in an hour', [
    ...STROKES_AT_HOURS,
    from(2 * HOUR - 10, { pressurePa: REST_PA + SUSPECT_RISE_PA }),
    from(2 * HOUR + 1, { pressurePa: REST_PA }),
  ]),
  situation('a lower pressure in an hour', [
    ...STROKES_AT_HOURS,
    from(2 * HOUR - 10, { pressurePa: REST_PA - 100 }),
    from(2 * HOUR + 1, { pressurePa: REST_PA }),
  ]),
  situation('a supply that is low under load in an hour', [
    ...STROKES_AT_HOURS,
    from(2 * HOUR - 10, { loadedMv: ERI_LOADED_MV }),
    from(2 * HOUR + 1, { loadedMv: 2840 }),
  ]),
];

const ends = new Map<Situation, string>();

function endOfTicks(one: Situation): string {
  let end = ends.get(one);
  if (end === undefined) {
    const rig = one.start(REAL_CORE);
    walk(one, rig, (beforeTick) => rig.runTo(beforeTick - 1));
    end = endOf(rig);
    ends.set(one, end);
  }
  return end;
}

/** The first situation in which jumping with calms does not end as ticks do; null when all do. */
export function calmComplaint(core: Core): string | null {
  return complaint(CALMS, core, (rig, toTick) => rig.jumpTo(toTick));
}

/** The same of a core that executes every tick, quiet where it may be. */
export function quietComplaint(core: Core): string | null {
  return complaint([...SITUATIONS, ...CALMS], core, (rig, toTick) => rig.runTo(toTick));
}

function complaint(
  situations: readonly Situation[],
  core: Core,
  go: (rig: Rig, toTick: number) => void,
): string | null {
  for (const one of situations) {
    try {
      const rig = one.start(core);
      walk(one, rig, (beforeTick) => go(rig, beforeTick - 1));
      if (endOf(rig) !== endOfTicks(one)) return one.name;
    } catch (error) {
      return `${one.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return null;
}
