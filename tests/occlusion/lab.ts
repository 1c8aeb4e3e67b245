/** A pump over a world for the occlusion grid: the cells, the disturbances, and a run that listens. */
import { SimTarget } from '../../hal/sim/target.ts';
import type { Stimulus, TargetSetup } from '../../hal/target.ts';
import type { PumpEvent } from '../../src/core/events.ts';
import { TICKS_PER_DAY } from '../../src/core/units.ts';

/** The whole grid is long; a tenth of it is run where nobody asked for more. */
export const IS_LONG = process.env['THECAL_LONG'] === '1';

const CONCENTRATION_UG_PER_ML = 500;

export interface Cell {
  readonly rateMlPerDay: number;
  readonly compliancePlPerPa: number;
  readonly name: string;
}

/** 0.05 to 1 mL/day by 0.1 to 1 uL/kPa (1 uL/kPa is 1,000 pL/Pa). */
export const CELLS: readonly Cell[] = [0.05, 0.2, 0.6, 1].flatMap((rateMlPerDay) =>
  [100, 300, 1000].map((compliancePlPerPa) => ({
    rateMlPerDay,
    compliancePlPerPa,
    name: `${rateMlPerDay} mL/day, ${compliancePlPerPa / 1000} uL/kPa`,
  })),
);

export const STILL = { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37000 };
export const UPRIGHT = { ...STILL, noise: true, posture: true, cough: true };
export const TRAVELLING = { ...UPRIGHT, flights: true };

export const OCCLUDED: Stimulus = {
  kind: 'fault',
  id: 'kink',
  fault: 'catheter-occlusion',
  options: { 'diameter-closed': 1000000 },
};
export const RELEASED: Stimulus = { kind: 'clear', id: 'kink' };

export class Bench {
  readonly target: SimTarget;
  readonly events: PumpEvent[] = [];
  strokes = 0;
  /** Ticks without delivery, the longest stop so far. */
  longestStopTicks = 0;

  constructor(cell: Cell, environment: TargetSetup['environment'], seed: number) {
    this.target = new SimTarget({
      seed,
      startHour: 0,
      mechanism: 'peristaltic',
      reservoirNl: 40000000,
      fillNl: 40000000,
      lowReservoirNl: 2000000,
      lowVolumeFade: false,
      tolerancePpm: 0,
      concentrationUgPerMl: CONCENTRATION_UG_PER_ML,
      catheterLengthMm: 890,
      compliancePlPerPa: cell.compliancePlPerPa,
      environment,
      therapy: {
        mode: 'continuous',
        unit: 'tenth-ug-per-day',
        rate: cell.rateMlPerDay * CONCENTRATION_UG_PER_ML * 10,
      },
      isTickByTick: false,
      hasOracle: false,
    });
  }

  async runTo(tick: number): Promise<void> {
    await this.target.advance(tick, {
      event: (event) => {
        if (event.kind === 'stroke') this.strokes += 1;
        else if (event.kind !== 'hour' && event.kind !== 'tone') this.events.push(event);
        if (event.kind === 'resume') this.longestStopTicks = Math.max(this.longestStopTicks, event.argument);
      },
      stateDigest() {
        // not needed here
      },
      afterTick() {
        // not needed here
      },
    });
  }

  first(kind: PumpEvent['kind'], fromTick = 0): PumpEvent | undefined {
    return this.events.find((event) => event.kind === kind && event.tick >= fromTick);
  }

  count(kind: PumpEvent['kind']): number {
    return this.events.filter((event) => event.kind === kind).length;
  }
}

/** A reproducible spread of numbers for case `index`, 0 to `below` - 1. */
export function spread(index: number, below: number): number {
  return (index * 7919 + 104729 * (index % 13)) % below;
}

/** Run for `days` with a full reservoir every 30 days, so that no other alarm gets in the way. */
export async function liveFor(bench: Bench, days: number): Promise<void> {
  for (let day = 30; day < days; day += 30) {
    bench.target.stimulate(day * TICKS_PER_DAY, { kind: 'refill', volumeNl: 40000000 });
  }
  await bench.runTo(days * TICKS_PER_DAY);
}
