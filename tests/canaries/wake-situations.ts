/**
 * Pumps in which everything that can wake one does, each at a tick at which nothing else is due. In every tick the
 * core is asked when it wants to wake next, and must not sleep over anything; and jumping must leave what ticking does.
 */
import { stateFields } from '../../hal/state-fields.ts';
import { ERI_TO_EOS_TICKS } from '../../src/core/config.ts';
import { type Core, REAL_CORE, Rig } from '../core/rig.ts';

export interface Situation {
  readonly name: string;
  readonly start: (core: Core) => Rig;
  /** Done before the tick is executed. */
  readonly steps: readonly (readonly [tick: number, act: (rig: Rig) => void])[];
  readonly untilTick: number;
}

export const HOUR = 3600;
const MOTOR_STALL = 2;
const OCCLUSION = 3;

/** Without a frame, so without all that a frame brings about: what stands in the state is what wakes a pump. */
function openSession(rig: Rig): void {
  const { session } = rig.pump.telemetry;
  session.isOpen = 1;
  session.heardTick = rig.pump.nowTick;
  rig.pump.mode.isUnsettled = 1;
}

/** It ends in tick 777. */
function nearEndOfService(rig: Rig): void {
  rig.pump.battery.eriTick = 777 - ERI_TO_EOS_TICKS;
  rig.pump.mode.isUnsettled = 1;
}

/** Something else than a tick or a command changes the pump. */
export function byHand(tick: number, change: (rig: Rig) => void): Situation['steps'][number] {
  return [
    tick,
    (rig) => {
      change(rig);
      rig.core.touched?.(rig.pump);
    },
  ];
}

export function orders(...list: Parameters<Rig['at']>[1][]) {
  return (rig: Rig): void => void rig.at(rig.pump.nowTick, ...list);
}

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'doses and duties of an hour',
    start: (core) => new Rig({}, core),
    steps: [],
    untilTick: HOUR + 100,
  },
  {
    name: 'a dose that does not go into whole ticks',
    start: (core) => new Rig({ therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: 7777 } }, core),
    steps: [],
    untilTick: HOUR + 100,
  },
  {
    name: 'a rate that changes at half past',
    start: (core) =>
      new Rig(
        {
          therapy: {
            mode: 'flex',
            unit: 'nl-per-hour',
            days: [
              {
                weekdays: [0, 1, 2, 3, 4, 5, 6],
                steps: [
                  { fromSlot: 0, rate: 7770 },
                  { fromSlot: 1, rate: 5000 },
                ],
              },
            ],
          },
        },
        core,
      ),
    steps: [],
    untilTick: HOUR + 100,
  },
  {
    name: 'a bolus that comes again',
    start: (core) => {
      const bolus = { doseTenthUg: 70, durationTicks: 333, intervalTicks: HOUR / 2, firstTicks: 1000 };
      return new Rig({ therapy: { mode: 'periodic', unit: 'nl-per-hour', rate: 7770, bolus } }, core);
    },
    steps: [],
    untilTick: HOUR + 100,
  },
  {
    name: 'a bolus that begins at half past, behind a stroke',
    start: (core) => {
      const bolus = { doseTenthUg: 70, durationTicks: 333, intervalTicks: 2 * HOUR, firstTicks: HOUR / 2 };
      return new Rig({ therapy: { mode: 'periodic', unit: 'tenth-ug-per-day', rate: 3000, bolus } }, core);
    },
    steps: [],
    untilTick: HOUR + 100,
  },
  {
    name: 'a stroke that the old rate has in the half hour, and the new one has not',
    start: (core) => {
      const steps = [25_000, 12_000].map((rate, fromSlot) => ({ fromSlot, rate }));
      const days = [{ weekdays: [0, 1, 2, 3, 4, 5, 6], steps }];
      return new Rig({ therapy: { mode: 'flex', unit: 'nl-per-hour', days } }, core);
    },
    // One of every 72 ticks, a tick later than without.
    steps: [
      [100, orders({ kind: 'stop' })],
      [101, orders({ kind: 'resume' })],
    ],
    untilTick: HOUR + 100,
  },
  {
    name: 'a stop and a resume',
    start: (core) => new Rig({}, core),
    steps: [
      [500, orders({ kind: 'stop' })],
      [900, orders({ kind: 'resume' })],
    ],
    untilTick: 1000,
  },
  {
    name: 'a stall that sounds, is silenced, and ends',
    start: (core) => new Rig({}, core),
    steps: [
      [400, (rig) => void (rig.isTurning = false)],
      [1300, orders({ kind: 'silence', alarm: MOTOR_STALL })],
      [1400, (rig) => void (rig.isTurning = true)],
      [1500, orders({ kind: 'acknowledge', alarm: MOTOR_STALL })],
    ],
    untilTick: 1700,
  },
  {
    name: 'a stop that is too long',
    start: (core) => new Rig({}, core),
    steps: [
      [100, orders({ kind: 'stop' })],
      byHand(150, (rig) => void (rig.pump.mode.stoppedSinceTick -= 172_000)),
    ],
    untilTick: 1000,
  },
  {
    name: 'a session that is left open',
    start: (core) => new Rig({}, core),
    steps: [byHand(100, openSession)],
    untilTick: 400,
  },
  {
    name: 'a session that times out',
    start: (core) => new Rig({ sessionTimeoutTicks: 77 }, core),
    steps: [byHand(100, openSession)],
    untilTick: 400,
  },
  {
    name: 'the end of service',
    start: (core) => new Rig({}, core),
    steps: [byHand(100, nearEndOfService)],
    untilTick: 1000,
  },
  {
    name: 'a catheter that closes, is looked at, and is probed',
    start: (core) => new Rig({}, core),
    steps: [
      ...[1, 2, 3, 4, 5].map(
        (n) => [72 * (n + 5) - 20, (rig: Rig) => void (rig.pressurePa = 1000 + 1666 * n)] as const,
      ),
      // Between a stroke and its second look.
      ...[1, 2, 3, 4].map(
        (n) => [72 * (n + 5), (rig: Rig) => void (rig.pressurePa = 1000 + 1666 * (n + 1))] as const,
      ),
      // Its tone would come with the reading at rest.
      [800, orders({ kind: 'silence', alarm: OCCLUSION })],
      [1100, (rig) => void (rig.pressurePa = 1200)],
      [1500, orders({ kind: 'acknowledge', alarm: OCCLUSION })],
    ],
    untilTick: 1900,
  },
  {
    name: 'a bolus',
    start: (core) => new Rig({}, core),
    steps: [[100, orders({ kind: 'bolus', doseTenthUg: 100, ticks: 700 })]],
    untilTick: 900,
  },
  {
    name: 'a prime',
    start: (core) => new Rig({}, core),
    steps: [[100, orders({ kind: 'prime', volumeNl: 5000 })]],
    untilTick: 300,
  },
  {
    name: 'a change of concentration that is bridged',
    start: (core) => new Rig({}, core),
    steps: [
      [
        100,
        orders({
          kind: 'program',
          concentrationUgPerMl: 1000,
          therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
          bridgeNl: 2000,
        }),
      ],
    ],
    untilTick: 700,
  },
  {
    name: 'a bit of the prescription that flips and is mended',
    start: (core) => new Rig({}, core),
    steps: [byHand(100, (rig) => void (rig.pump.prescription.words[5]! ^= 16))],
    untilTick: 500,
  },
  {
    name: 'a restart',
    start: (core) => {
      const before = new Rig({}, REAL_CORE).runTo(1000);
      return new Rig({}, core, { stored: before.stored!, tick: 1100 });
    },
    steps: [],
    untilTick: 1900,
  },
];

/** Goes through a situation and lets `go` take the rig to each tick before which something is done, and to the end. */
export function walk({ steps, untilTick }: Situation, rig: Rig, go: (beforeTick: number) => void): void {
  for (const [tick, act] of [...steps].sort(([a], [b]) => a - b)) {
    go(tick);
    act(rig);
  }
  go(untilTick + 1);
}

/** For each tick of a situation the next one in which something happens, unless something is done before that. */
function dueTicks(situation: Situation): Map<number, number> {
  const due = new Map<number, number>();
  const rig = situation.start(REAL_CORE);
  const { pump } = rig;
  walk(situation, rig, (beforeTick) => {
    const from = pump.nowTick;
    const eventful: number[] = [];
    while (pump.nowTick < beforeTick) {
      const now = pump.nowTick;
      if (isEventful(rig)) eventful.push(now);
    }
    for (let tick = from, i = 0; tick < beforeTick; tick++) {
      while (i < eventful.length && eventful[i]! < tick) i += 1;
      due.set(tick, eventful[i] ?? Number.POSITIVE_INFINITY);
    }
  });
  return due;
}

/** Executes a tick. True when it was not the quiet one that `idle` stands for. */
function isEventful(rig: Rig): boolean {
  const { pump, events, digests, played, replies, asked } = rig;
  const now = pump.nowTick;
  const saidBefore = events.length + digests.length + played.length + replies.length;
  // Of what does not wake the pump only what is owed moves, and at what rate.
  const before = { ...pump, nowTick: now + 1, inbox: [], dosing: { ...pump.dosing } };
  const text = JSON.stringify(stateOf(before));
  rig.runTo(now);
  if (asked.has(now) || events.length + digests.length + played.length + replies.length > saidBefore)
    return true;
  return JSON.stringify(stateOf({ ...pump, inbox: [] })) !== text;
}

function stateOf(pump: Rig['pump']): [string, number][] {
  return [...stateFields(pump)].filter(([path]) => !path.startsWith('dosing.'));
}

const known = new Map<Situation, { readonly due: Map<number, number>; readonly end: string }>();

function knownOf(situation: Situation) {
  let one = known.get(situation);
  if (one === undefined) {
    const rig = situation.start(REAL_CORE);
    walk(situation, rig, (beforeTick) => rig.runTo(beforeTick - 1));
    one = { due: dueTicks(situation), end: endOf(rig) };
    known.set(situation, one);
  }
  return one;
}

export function endOf({ pump, events, digests, played, stored }: Rig): string {
  return JSON.stringify([[...stateFields({ ...pump, inbox: [] })], events, digests, played, [...stored!]]);
}

/** What is wrong with a core in a situation, or null. */
function complaint(situation: Situation, core: Core): string | null {
  const { due, end } = knownOf(situation);
  const jumping = situation.start(core);
  walk(situation, jumping, (beforeTick) => jumping.jumpTo(beforeTick - 1));
  if (endOf(jumping) !== end) return 'jumps do not end as ticks do';
  const asking = situation.start(core);
  const { pump } = asking;
  let found: string | null = null;
  walk(situation, asking, (beforeTick) => {
    while (pump.nowTick < beforeTick) {
      const now = pump.nowTick;
      const wake = core.nextWake(pump);
      if (wake > due.get(now)!) found ??= `asked in ${now} it sleeps to ${wake}, over ${due.get(now)!}`;
      asking.runTo(now);
    }
  });
  return found;
}

/** The first situation in which something is wrong with this core, and what; null when nothing is. */
export function wakeComplaint(core: Core): string | null {
  for (const situation of SITUATIONS) {
    let said: string | null;
    try {
      said = complaint(situation, core);
    } catch (error) {
      said = error instanceof Error ? error.message : String(error);
    }
    if (said !== null) return `${situation.name}: ${said}`;
  }
  return null;
}
