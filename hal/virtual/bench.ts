/**
 * HOST: what hangs on the pins of a virtual board: motor, sensors, cell and buzzer over the world of the simulation,
 * with the simulation's faults. Time is the board's.
 */
import {
  applyFault,
  confirmedStrokes,
  createWorld,
  outletPressurePa,
  stroke,
  supplyMv,
  temperatureMilliC,
  type World,
} from '../../sim/world.ts';
import { PERISTALTIC_STROKE_NL } from '../../src/core/config.ts';
import { TICK_MS } from '../../src/core/units.ts';
import { textCrc } from '../espruino/board-target.ts';
import {
  ADC_FULL,
  PRESSURE_SPAN_PA,
  PRESSURE_SPAN_RAW,
  PRESSURE_ZERO_RAW,
  pinMapOf,
  REFERENCE_MV,
  SUPPLY_DIVIDER,
} from '../espruino/board.ts';
import { wordsText } from '../espruino/foresight.ts';
import { sealLine } from '../espruino/link.ts';
import { prescriptionWords } from '../prescription-words.ts';
import { Rotor } from './rotor.ts';

const VIRTUAL = pinMapOf('VIRTUAL');
if (VIRTUAL === null) throw new Error('no pin map for the virtual board');
export const BENCH_PINS = VIRTUAL;
const { phases, feedback, pressure, supply, buzzer } = BENCH_PINS;
export const PINS: readonly string[] = [...phases, feedback, pressure, supply, buzzer];

/** A pump as the scenarios have it that say nothing else, and a body that lies still. */
const WORLD = {
  tickMs: TICK_MS,
  seed: 1,
  mechanism: 'peristaltic',
  reservoirCapacityNl: 40_000_000,
  fillNl: 38_000_000,
  lowVolumeFade: true,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  catheterLengthMm: 890,
  compliancePlPerPa: 300,
  mixingTanks: 128,
  isLinePrimed: true,
  usedToPgPerDay: 300_000_000,
  needsTenthUg: 500,
  environment: { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 },
} as const;

/** 300 ug a day. */
const RATE_TENTH_UG_PER_DAY = 3000;
const LOW_RESERVOIR_NL = 2_000_000;
/** An update session stays open, as in the real device. */
const SESSION_TIMEOUT_TICKS = 0;

/** A request to the free-running firmware, at its prompt: a pump for this bench, from Monday 0:00 on. */
export function benchSetup(): string {
  const { reservoirCapacityNl, fillNl, concentrationUgPerMl } = WORLD;
  const words = prescriptionWords({
    therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: RATE_TENTH_UG_PER_DAY },
    concentrationUgPerMl,
    lowReservoirNl: LOW_RESERVOIR_NL,
  });
  return `thecal(${JSON.stringify(
    sealLine(
      [
        'setup',
        1,
        PERISTALTIC_STROKE_NL,
        reservoirCapacityNl,
        0,
        fillNl,
        SESSION_TIMEOUT_TICKS,
        wordsText(words),
      ],
      textCrc,
    ),
  )})`;
}

export interface Note {
  /** Since the bench was switched on, by the board's clock. */
  readonly atMs: number;
  readonly hertz: number;
}

export class Bench {
  private readonly world: World = createWorld(WORLD);
  private readonly rotor = new Rotor();
  private readonly startMs: number;
  private isEnergised = false;
  /** As the last pulse left it. */
  private seenStrokes = 0;

  /** `faults` are kinds of the simulation, with their usual options. */
  constructor(faults: readonly string[], startMs: number) {
    this.startMs = startMs;
    for (const kind of faults) applyFault(this.world, { id: kind, kind, options: {} }, 0);
  }

  /** Levels at pins, of several the last one in bit 0. How many pulses the feedback gives. */
  write(pins: readonly string[], value: number, nowMs: number): number {
    if (pins.join() !== phases.join()) return 0;
    this.isEnergised = value !== 0;
    if (!this.rotor.energise(value)) return 0;
    const tick = this.tickAt(nowMs);
    // The world takes one stroke a tick; two that follow each other may end in the same second.
    stroke(this.world, Math.max(tick, this.world.mechanism.lastStrokeTick + 1));
    const strokes = confirmedStrokes(this.world, tick, 'consumed') ?? this.seenStrokes;
    const pulses = Math.max(0, strokes - this.seenStrokes);
    this.seenStrokes = strokes;
    return pulses;
  }

  /** What the ADC sees of its reference; null: nothing that means anything. */
  share(pin: string, nowMs: number): number | null {
    const tick = this.tickAt(nowMs);
    if (pin === pressure) {
      const pa = outletPressurePa(this.world, tick, 'consumed');
      return pa === null ? null : shareOf(PRESSURE_ZERO_RAW + (pa * PRESSURE_SPAN_RAW) / PRESSURE_SPAN_PA);
    }
    if (pin === supply) {
      const mv = supplyMv(this.world, tick, this.isEnergised ? 'loaded' : 'resting', 'consumed');
      return mv === null ? null : shareOf((mv * ADC_FULL) / (SUPPLY_DIVIDER * REFERENCE_MV));
    }
    return null;
  }

  /** null: no body is there to be measured. */
  celsius(nowMs: number): number | null {
    const milliC = temperatureMilliC(this.world, this.tickAt(nowMs), 'consumed');
    return milliC === null ? null : milliC / 1000;
  }

  sound(pin: string, hertz: number, nowMs: number): Note | null {
    return pin === buzzer ? { atMs: nowMs - this.startMs, hertz } : null;
  }

  private tickAt(nowMs: number): number {
    return Math.floor((nowMs - this.startMs) / TICK_MS);
  }
}

/** A raw reading as the share it is of; the middle of its step, so that it reads back as itself. */
function shareOf(raw: number): number {
  return Math.min(1, Math.max(0, (Math.ceil(raw) + 1 / 2) / ADC_FULL));
}
